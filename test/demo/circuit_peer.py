"""What libsonata makes of a circuit of the demo: `python circuit_peer.py CIRCUIT_CONFIG SCRATCH` prints JSON."""

import json
import sys

import h5py
import libsonata
import numpy as np

config_file, scratch = sys.argv[1:]
config = libsonata.CircuitConfig.from_file(config_file)
(name,) = config.edge_populations
nodes = config.node_population("All")
edges = config.edge_population(name)
sets = libsonata.NodeSets.from_file(config.node_sets_path)
path = config.edge_population_properties(name).elements_path

with h5py.File(path) as f:
    group = f[f"edges/{name}"]
    source, target = group["source_node_id"][:], group["target_node_id"][:]
    written = {k: group[f"indices/{k}"][:] for k in (
        "source_to_target/node_id_to_ranges", "source_to_target/range_to_edge_id",
        "target_to_source/node_id_to_ranges", "target_to_source/range_to_edge_id")}

# The same edges again, indexed by libsonata.
with h5py.File(scratch, "w") as f:
    group = f.create_group(f"edges/{name}")
    for side, ids in (("source", source), ("target", target)):
        group[f"{side}_node_id"] = ids.astype(np.uint64)
        group[f"{side}_node_id"].attrs["node_population"] = "All"
    group["edge_type_id"] = np.full(len(source), -1, np.int64)
    group.create_group("0")
libsonata.EdgePopulation.write_indices(scratch, name, nodes.size, nodes.size)
with h5py.File(scratch) as f:
    theirs = {k: f[f"edges/{name}/indices/{k}"][:] for k in written}

everything = libsonata.Selection([(0, nodes.size)])
print(json.dumps({
    "nodes": nodes.size,
    "edges": edges.size,
    "ends": [edges.source, edges.target],
    "attributes": sorted(nodes.attribute_names),
    "enumerations": sorted(nodes.enumeration_names),
    "synapse_class": nodes.get_enumeration("synapse_class", everything).tolist(),
    "mtype": list(nodes.get_attribute("mtype", everything)),
    "layer": nodes.get_attribute("layer", everything).tolist(),
    "properties": sorted(edges.attribute_names),
    "sets": {k: sets.materialize(k, nodes).flatten().tolist() for k in sorted(sets.names)},
    "afferent": [edges.afferent_edges([id]).flatten().tolist() for id in range(nodes.size)],
    "efferent": [edges.efferent_edges([id]).flatten().tolist() for id in range(nodes.size)],
    "same_index": {k: bool(np.array_equal(written[k], theirs[k])) for k in written},
}))
