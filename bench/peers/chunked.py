"""Peers of the benchmark of chunked, compressed id columns (bench/chunked.ts).

usage: python chunked.py write IN.h5 OUT.h5      the same population, ids in chunks of 65,536, shuffle + gzip 4
       python chunked.py read ROWS FILE.h5 ...   merely read the id columns, ROWS at a time, into one buffer
"""
import json
import sys

import h5py
import numpy as np

CHUNK = 65_536
SIDES = ("source_node_id", "target_node_id")


def write(source, destination):
    with h5py.File(source) as old, h5py.File(destination, "w") as new:
        ((name, population),) = old["edges"].items()
        group = new.create_group(f"edges/{name}")
        group.create_group("0")
        for side in SIDES:
            ids = population[side]
            column = group.create_dataset(
                side, ids.shape, ids.dtype, chunks=(CHUNK,), compression="gzip", compression_opts=4, shuffle=True
            )
            for at in range(0, len(ids), 16 * CHUNK):
                column[at : at + 16 * CHUNK] = ids[at : at + 16 * CHUNK]
            column.attrs["node_population"] = ids.attrs["node_population"]
        population.copy("edge_type_id", group)


def read(rows, *paths):
    """No work beside reading: whole chunks, one after the other, into a buffer that is used again."""
    total = 0
    for path in paths:
        with h5py.File(path) as file:
            (population,) = file["edges"].values()
            for side in SIDES:
                column = population[side]
                buffer = np.empty(rows, column.dtype)
                for at in range(0, len(column), rows):
                    end = min(at + rows, len(column))
                    column.read_direct(buffer[: end - at], np.s_[at:end])
                total += len(column)
    print(json.dumps({"elements": total}))


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb == "write":
        write(*arguments)
    else:
        read(int(arguments[0]), *arguments[1:])
