"""Circuits of bmtk's NetworkBuilder in the folder argv[1], untouched and changed, and what bmtk itself reads of them.

Prints, for each that bmtk can read, how many edges (and nodes) differ from the original in each property, as JSON.
"""
import json
import os
import shutil
import sys

import h5py
import numpy as np
from bmtk.builder.networks import NetworkBuilder
from bmtk.utils.sonata.file import File

FOLDER = sys.argv[1]
FILES = {"nodes_file": "v1_nodes.h5", "node_types_file": "v1_node_types.csv"}
EDGES = {"edges_file": "v1_v1_edges.h5", "edge_types_file": "v1_v1_edge_types.csv"}


def build(folder):
    net = NetworkBuilder("v1")
    nest = {"model_type": "point_process", "model_template": "nest:iaf_psc_alpha"}
    net.add_nodes(N=12, pop_name="exc", ei="e", dynamics_params="e.json", x=np.arange(12) * 1.5, **nest)
    net.add_nodes(N=4, pop_name="inh", ei="i", dynamics_params="i.json", **nest)
    static = {"model_template": "static_synapse"}
    e, i = {"ei": "e"}, {"ei": "i"}
    net.add_edges(source=e, target=e, connection_rule=lambda s, t: (s.node_id * 7 + t.node_id) % 3,
                  syn_weight=0.5, delay=2.0, dynamics_params="ExcToExc.json", **static)
    net.add_edges(source=i, target=e, connection_rule=lambda s, t: (s.node_id + t.node_id) % 2,
                  syn_weight=-1.5, delay=2.0, dynamics_params="InhToExc.json", **static)
    # A group of its own, which has the weights that the table has of the others.
    own = net.add_edges(source=e, target=i, connection_rule=lambda s, t: 1, delay=1.0,
                        dynamics_params="ExcToInh.json", **static)
    own.add_properties("syn_weight", rule=lambda s, t: 0.1 * s.node_id, dtypes=float)
    net.build()
    net.save(output_dir=folder)


def config(folder, nodes=FILES, edges=EDGES):
    with open(f"{folder}/circuit_config.json", "w") as file:
        json.dump({"networks": {"nodes": [nodes], "edges": [edges]}}, file)


def table(name, new):
    """Change cells of a table of types, whatever order its columns have: `new` gets column, type id and text."""
    def change(folder):
        with open(f"{folder}/{name}") as file:
            header, *lines = [line.split(" ") for line in file.read().splitlines()]
        id_at = [k for k, column in enumerate(header) if column.endswith("_type_id")][0]
        rows = [[new(column, int(line[id_at]), cell) for column, cell in zip(header, line)] for line in lines]
        assert rows != lines, (name, rows)
        with open(f"{folder}/{name}", "w") as file:
            file.write("".join(" ".join(line) + "\n" for line in [header, *rows]))
    return change


def cell(wanted, type_id, text):
    return lambda column, row, before: text if (column, row) == (wanted, type_id) else before


def renumber(column, row, before):
    return str(row - 93) if column.endswith("_type_id") else before


def otherwise(column, row, before):
    return {"2.0": "2", "NULL": "NaN", "0.5": '"5e-1"'}.get(before, before)


def double(column, row, before):
    return str(2 * float(before)) if column == "syn_weight" and before != "NULL" else before


def ids(name, dataset, new):
    def change(folder):
        with h5py.File(f"{folder}/{name}", "r+") as h5:
            h5[dataset][:] = new(h5[dataset][:])
    return change


EDGE_IDS = ("v1_v1_edges.h5", "edges/v1_to_v1/edge_type_id")
EDGE_CSV, NODE_CSV = EDGES["edge_types_file"], FILES["node_types_file"]


def one_other(values):
    values[3] = 101
    return values


VARIANTS = {
    "untouched": [],
    "written otherwise": [table(EDGE_CSV, otherwise)],
    "renumbered": [ids(*EDGE_IDS, lambda v: v - 93), table(EDGE_CSV, renumber)],
    "doubled": [table(EDGE_CSV, double)],
    "zeroed": [ids(*EDGE_IDS, lambda v: 0 * v)],
    "zeroed, not named": [ids(*EDGE_IDS, lambda v: 0 * v), lambda f: config(f, edges={"edges_file": EDGES["edges_file"]})],
    "lost": [lambda f: os.remove(f"{f}/{EDGE_CSV}")],
    "not named": [lambda f: config(f, edges={"edges_file": EDGES["edges_file"]})],
    "template": [table(EDGE_CSV, cell("model_template", 101, "stdp_synapse"))],
    "one edge": [ids(*EDGE_IDS, one_other)],
    "node template": [table(NODE_CSV, cell("model_template", 101, "nest:iaf_psc_exp"))],
    "one node": [ids("v1_nodes.h5", "nodes/v1/node_type_id", one_other)],
    "nodes renumbered": [ids("v1_nodes.h5", "nodes/v1/node_type_id", lambda v: v - 93), table(NODE_CSV, renumber)],
    "node types not named": [lambda f: config(f, nodes={"nodes_file": FILES["nodes_file"]})],
}
EDGE_NAMES = ["syn_weight", "delay", "model_template", "dynamics_params", "target_query", "source_query", "nsyns"]
NODE_NAMES = ["model_template", "ei", "model_type", "dynamics_params", "pop_name", "x"]


def rows(folder):
    file = File(data_files=[f"{folder}/v1_v1_edges.h5", f"{folder}/v1_nodes.h5"],
                data_type_files=[f"{folder}/{EDGE_CSV}", f"{folder}/{NODE_CSV}"])
    def values(items, names):
        return [[item[n] if n in item else None for n in names] for item in items]
    edges = values(list(file.edges["v1_to_v1"]), EDGE_NAMES)
    return edges, values(list(file.nodes["v1"]), NODE_NAMES)


def differing(names, before, after):
    counts = {n: int(sum(a[k] != b[k] for a, b in zip(before, after))) for k, n in enumerate(names)}
    return {n: c for n, c in counts.items() if c > 0}


build(f"{FOLDER}/original")
config(f"{FOLDER}/original")
ORIGINAL = rows(f"{FOLDER}/original")
told = {}
for name, changes in VARIANTS.items():
    folder = f"{FOLDER}/{name}"
    shutil.copytree(f"{FOLDER}/original", folder)
    for change in changes:
        change(folder)
    try:
        edges, nodes = rows(folder)
        told[name] = [differing(EDGE_NAMES, ORIGINAL[0], edges), differing(NODE_NAMES, ORIGINAL[1], nodes)]
    except Exception as error:  # bmtk refuses an edge whose type is not there, with whatever it stumbles over.
        told[name] = str(error)
print(json.dumps(told))
