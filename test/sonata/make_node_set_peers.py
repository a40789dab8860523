"""Circuits with random attributes, and what libsonata and bluepysnap make of node sets on them. {"folder", "seed",
"cases": [[json text, ...] for each circuit]} on stdin; results on stdout, as evaluate_node_sets.py gives them."""
import json
import sys
import warnings

import bluepysnap
import h5py
import libsonata
import numpy as np

warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
rng = np.random.default_rng(asked["seed"])
TEXTS = ["", "a", "b", "ab", "A", "1", "a1", "_", "-", "]", "[", "{", "^", "$", "\\", "é", "ü", "aéa", " ", "\t", "\n"]
TEXTS += ["a\nb", "L4_PC", "L5_TPC:A", "LA>ME", "aab", "bab", "b1b1", "\u00a0", "\u2028", "aa", "aaa", "x{1"]
text = h5py.string_dtype()


def write(path, size):
    with h5py.File(path, "w") as h5:
        nodes = h5.create_group("nodes/A")
        nodes["node_type_id"] = np.full(size, -1, "i8")
        columns = nodes.create_group("0")
        columns.create_dataset("name", data=[str(t) for t in rng.choice(TEXTS, size)], dtype=text)
        columns["layer"] = rng.integers(-1, 7, size).astype(rng.choice(["i1", "u4", "i8"]) if size else "i8")
        columns["x"] = rng.choice([0, 0.5, 1, np.nan, np.inf], size).astype("f4")
        columns["half"] = rng.integers(0, 4, size).astype("f2")
        columns["flag"] = rng.integers(0, 2, size).astype(bool)
        columns["fixed"] = rng.choice([b"a", b"ab"], size).astype("S2")
        columns["kind"] = rng.integers(0, 3, size).astype("u4")
        columns.create_dataset("@library/kind", data=["EXC", "INH", "a1"], dtype=text)


def answer(make):
    try:
        return [int(i) for i in make()]
    except Exception as error:
        return {"error": str(error).splitlines()[0] if str(error) else repr(error)}


results = []
for k, cases in enumerate(asked["cases"]):
    path = f"{asked['folder']}/nodes{k}.h5"
    write(path, [40, 1, 7, 200, 33][k % 5])
    population = libsonata.NodeStorage(path).open_population("A")
    both = []
    for case in cases:
        config = {"version": 2, "networks": {"nodes": [{"nodes_file": path, "populations": {"A": {"type": "virtual"}}}], "edges": []}}
        json.dump({**config, "node_sets_file": f"{asked['folder']}/sets.json"}, open(f"{asked['folder']}/config.json", "w"))
        open(f"{asked['folder']}/sets.json", "w").write(case)
        snap = lambda: bluepysnap.Circuit(f"{asked['folder']}/config.json").nodes["A"].ids("k")
        both.append([answer(lambda: libsonata.NodeSets(case).materialize("k", population).flatten()), answer(snap)])
    results.append(both)
print(json.dumps(results))
