"""Stands in for parquet-converters' parquet2hdf5, which no package index has: DIRECTORY FILE POPULATION."""

import sys
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def values(column):
    """What lies in Arrow's buffers, of null values too: the converter does not ask which those are."""
    arrays = []
    for chunk in column.chunks:
        kind = np.dtype(chunk.type.to_pandas_dtype())
        arrays.append(np.frombuffer(chunk.buffers()[1], kind, len(chunk), chunk.offset * kind.itemsize))
    return np.concatenate(arrays)


folder, target, population = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
table = pa.concat_tables([pq.read_table(file) for file in sorted(folder.glob("*.parquet"))])
source, sink = population.split("__")[:2]
with h5py.File(target, "w") as file:
    group = file.create_group(f"edges/{population}")
    for name in table.column_names:
        at = name if name in ("source_node_id", "target_node_id", "edge_type_id") else f"0/{name}"
        group.create_dataset(at, data=values(table[name]))
    group["source_node_id"].attrs["node_population"] = source
    group["target_node_id"].attrs["node_population"] = sink
