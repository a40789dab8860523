"""The notebook's own steps on a selection, and what NumPy and SciPy load from our files.

    python removal_peer.py OURS THEIRS < {"pairs": [[pre, post], ...], "source": [...], "target": [...]} (GIDs)

Prints JSON: per file whether the bytes are the same, and whether the loaded content is.
"""

import json
import os
import sys

import numpy as np
import scipy.sparse as sps

ours, theirs = sys.argv[1:3]
spec = json.load(sys.stdin)
pairs = np.array(spec["pairs"], dtype=int).reshape(-1, 2)
sides = {"_source": np.array(spec["source"]), "_target": np.array(spec["target"])}
if spec["source"] == spec["target"]:
    sides = {"": sides["_source"]}
same_bytes, same_content = {}, {}


def compare(name, load):
    a, b = (os.path.join(folder, name) for folder in (ours, theirs))
    with open(a, "rb") as x, open(b, "rb") as y:
        same_bytes[name] = x.read() == y.read()
    same_content[name] = bool(load(a, b))


def same_array(a, b):
    x, y = np.load(a), np.load(b)
    return x.dtype == y.dtype and x.shape == y.shape and (x == y).all()


def same_matrix(a, b):
    x, y = sps.load_npz(a), sps.load_npz(b)
    return type(x) is type(y) and x.dtype == y.dtype and x.shape == y.shape and (x != y).nnz == 0


np.save(os.path.join(theirs, "conns_removed.npy"), pairs.T)
compare("conns_removed.npy", same_array)
np.savetxt(os.path.join(theirs, "conns_removed.csv"), pairs, fmt="%d", delimiter=",")
compare("conns_removed.csv", lambda a, b: True)

index = []
for side, gids in sides.items():
    np.save(os.path.join(theirs, f"conns_removed_gids{side}.npy"), gids)
    compare(f"conns_removed_gids{side}.npy", same_array)
    table = sps.csr_matrix((np.arange(len(gids), dtype=int), (np.zeros(len(gids), dtype=int), gids)))
    sps.save_npz(os.path.join(theirs, f"conns_removed_gid_to_idx{side}.npz"), table, compressed=False)
    compare(f"conns_removed_gid_to_idx{side}.npz", same_matrix)
    index.append(table)
rows = index[0][0, pairs[:, 0]].toarray().flatten()
columns = index[-1][0, pairs[:, 1]].toarray().flatten()
shape = (len(spec["source"]), len(spec["target"]))
mask = sps.csc_matrix((np.full(len(pairs), True), (rows, columns)), shape=shape)
sps.save_npz(os.path.join(theirs, "conns_removed_adjmat.npz"), mask, compressed=False)
compare("conns_removed_adjmat.npz", same_matrix)
print(json.dumps({"bytes": same_bytes, "content": same_content}))
