"""Peer of S1: two SONATA circuits and a mask, edge by edge, chunk by chunk, sorted rows only.

usage: python s1.py ORIGINAL_FOLDER MANIPULATED_FOLDER mask.npz
"""
import json
import sys

import h5py
import numpy as np

from e1 import mask_pairs, selected

CHUNK = 1 << 18


def population(folder):
    (group,) = h5py.File(f"{folder}/edges.h5")["edges"].values()
    return group


def main(original, manipulated, mask):
    nodes = selected(original)
    ids = np.flatnonzero(nodes)
    asked = np.sort(np.array([t * len(nodes) + s for s, t in [mask_pairs(mask, ids)]][0], dtype=np.int64))
    before, after = population(original), population(manipulated)
    names = ["source_node_id", "target_node_id"] + [f"0/{name}" for name in before["0"]]
    verified, at, removed, connections, last = True, 0, 0, 0, -1
    rows = len(before["source_node_id"])
    for first in range(0, rows, CHUNK):
        end = min(first + CHUNK, rows)
        source, target = (before[f"{side}_node_id"][first:end].astype(np.int64) for side in ("source", "target"))
        keys = target * len(nodes) + source
        new = np.diff(keys, prepend=last) != 0
        last = keys[-1]
        inside = nodes[source] & nodes[target]
        place = np.minimum(np.searchsorted(asked, keys), len(asked) - 1)
        gone = asked[place] == keys
        connections += int((new & inside).sum())
        removed += int((new & gone).sum())
        keep = ~gone
        count = int(keep.sum())
        for name in names:
            ours, theirs = before[name][first:end][keep], after[name][at : at + count]
            if ours.dtype.kind == "f":
                ours, theirs = ours.view(np.uint32), theirs.view(np.uint32)
            verified &= len(theirs) == count and bool((ours == theirs).all())
        verified &= not after["edge_type_id"][at : at + count].any()
        at += count
    verified &= at == len(after["source_node_id"]) and removed == len(asked)
    print(json.dumps(dict(verified=bool(verified), original=connections, manipulated=connections - removed, removed=removed)))


main(*sys.argv[1:])
