"""Say as JSON what h5py (argv 1 = h5py) or libsonata (argv 1 = libsonata) reads from a folder (argv 2).

Two runs, since each brings an HDF5 library of its own and one process must not hold both.
"""

import json
import sys


def h5py_reads(folder):
    import h5py
    import numpy as np

    found = {}
    with h5py.File(f"{folder}/odd.h5", "r") as f:
        found["members"] = {"/": sorted(f), "many": len(f["many"])}
        found["attributes"] = {k: np.asarray(v).tolist() for k, v in f.attrs.items()}
        for name in ("i1", "u2", "i4", "u8", "f4", "f8", "matrix", "scalar", "empty"):
            found[name] = [str(f[name].dtype), list(f[name].shape), f[name][()].tolist()]
        found["text"] = f["text"].asstr()[:].tolist()
        found["population"] = f["u8"].attrs["node_population"]
        found["many"] = [int(f["many"][name][0]) for name in f["many"]]
        found["contiguous"] = all(f[name].chunks is None for name in ("i1", "matrix", "text"))
    with h5py.File(f"{folder}/odd.h5", "r+") as f:
        f["many"]["added"] = np.arange(3)
        f["text"][1] = "changed"
        f.attrs["later"] = "x"
    with h5py.File(f"{folder}/odd.h5", "r") as f:
        found["changed"] = [f["text"].asstr()[:3].tolist(), f["many/added"][:].tolist(), f.attrs["later"]]
    return found


def libsonata_reads(folder):
    import libsonata

    nodes = libsonata.NodeStorage(f"{folder}/nodes.h5").open_population("Alle ß")
    edges = libsonata.EdgeStorage(f"{folder}/edges.h5").open_population("default")
    all_nodes = nodes.select_all()
    found = {
        "size": nodes.size,
        "name": list(nodes.get_attribute("name", all_nodes)),
        "synapse_class": list(nodes.get_attribute("synapse_class", all_nodes)),
        "x": nodes.get_attribute("x", all_nodes).tolist(),
        "enumerations": sorted(nodes.enumeration_names),
        "source": [edges.source, edges.source_nodes(edges.select_all()).tolist()],
        "target": [edges.target, edges.target_nodes(edges.select_all()).tolist()],
    }
    del edges  # the file must not be open when the indices are written
    libsonata.EdgePopulation.write_indices(f"{folder}/edges.h5", "default", 4, 4)
    edges = libsonata.EdgeStorage(f"{folder}/edges.h5").open_population("default")
    found["afferent"] = edges.afferent_edges([1]).ranges
    return found


print(json.dumps({"h5py": h5py_reads, "libsonata": libsonata_reads}[sys.argv[1]](sys.argv[2])))
