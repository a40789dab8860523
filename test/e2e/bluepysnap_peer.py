"""What bluepysnap makes of circuits: `python bluepysnap_peer.py CIRCUIT_CONFIG...` prints one JSON array."""

import json
import sys

import bluepysnap


def told(config):
    circuit = bluepysnap.Circuit(config)
    (name,) = circuit.edges.population_names
    edges = circuit.edges[name]
    nodes = edges.source
    sets = {}
    for node_set in sorted(circuit.node_sets.content):
        sets[node_set] = nodes.ids(node_set).tolist()

    def connections(source, target):
        found = edges.iter_connections(source, target, return_edge_count=True)
        return sorted([int(s.id), int(t.id), int(count)] for s, t, count in found)

    return {
        "sets": sets,
        "connections": connections("All", "All"),
        "inside": connections("Excitatory", "Excitatory"),
        "across": connections("Layer4", "Inhibitory"),
    }


print(json.dumps([told(config) for config in sys.argv[1:]]))
