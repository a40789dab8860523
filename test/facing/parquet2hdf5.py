"""Stands in for parquet-converters' parquet2hdf5, which no package index has: DIRECTORY FILE POPULATION."""

import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

folder, target, population = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
table = pd.concat([pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))])
source, sink = population.split("__")[:2]
with h5py.File(target, "w") as file:
    group = file.create_group(f"edges/{population}")
    for name in table.columns:
        at = name if name in ("source_node_id", "target_node_id", "edge_type_id") else f"0/{name}"
        group.create_dataset(at, data=np.ascontiguousarray(table[name].to_numpy()))
    group["source_node_id"].attrs["node_population"] = source
    group["target_node_id"].attrs["node_population"] = sink
