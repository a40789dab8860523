"""The notebook's own steps on L1: draw, write list, targets and csv, map GIDs, build and save the mask.

usage: python l1.py FOLDER LIST RUNS

`remove_connections` of o1v5-workflows and the cells after it, with arrays where they ask bluepy for GIDs and
connections. No step looks a connection up in the circuit: the notebook does not.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import time

import numpy as np
import scipy.sparse as sps

NODES = 219_422
DRAWN = 81_540


def load(folder, which):
    """The list as GIDs, (N, 2): all connections by (source, target), or reciprocal pairs u < v by (u, v)."""
    source, target = (np.load(f"{folder}/original_{side}.npy") for side in ("source", "target"))
    keys = np.sort(source * NODES + target)
    if which == "pairs":
        keys = keys[np.isin(keys, target * NODES + source)]
    rows, columns = np.divmod(keys, NODES)
    pairs = np.stack([rows, columns], axis=1)
    return (pairs if which == "connections" else pairs[rows < columns]) + 1


def select(pairs, reciprocal, path):
    np.random.seed(9900)
    count = min(len(pairs), DRAWN)
    drawn = np.random.choice(len(pairs), count, replace=False)
    order = np.argsort(drawn)
    selected = pairs[drawn[order]]
    flips = 0
    if reciprocal:
        flip = np.random.choice([False, True], count)[order]
        selected = np.array([row[::-1] if turn else row for row, turn in zip(selected, flip)])
        flips = int(flip.sum())
    target_file = os.path.join(path, "conns_removed.target")
    for index, (pre, post) in enumerate(selected):
        name = f"ConnRemoved_{index}"
        text = f"Target Cell {name}_src\n{{\na{pre}\n}}\n\n" + f"Target Cell {name}_dest\n{{\na{post}\n}}\n\n"
        with open(target_file, "a") as file:
            file.write(text)
    np.savetxt(os.path.join(path, "conns_removed.csv"), selected, fmt="%d", delimiter=",")
    np.save(os.path.join(path, "conns_removed.npy"), selected.T)
    return flips


def mask(gids, path):
    conns = np.load(os.path.join(path, "conns_removed.npy")).T
    assert np.all(np.isin(conns, gids)), "GIDs not found in selected circuit GIDs!"
    np.save(os.path.join(path, "conns_removed_gids.npy"), gids)
    table = sps.csr_matrix((np.arange(len(gids), dtype=int), (np.zeros(len(gids), dtype=int), gids)))
    index = np.array([table[0, conns[:, side]].toarray().flatten() for side in range(2)]).T
    sps.save_npz(os.path.join(path, "conns_removed_gid_to_idx.npz"), table)
    shape = (len(gids), len(gids))
    matrix = sps.csc_matrix((np.full(index.shape[0], True), index.T.tolist()), shape=shape)
    sps.save_npz(os.path.join(path, "conns_removed_adjmat.npz"), matrix)
    return matrix.count_nonzero()


def main(folder, which, runs):
    pairs = load(folder, which)
    gids = np.arange(NODES) + 1
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    milliseconds, answers = [], []
    for _ in range(int(runs)):
        path = tempfile.mkdtemp(prefix="connproof-l1-")
        started = time.perf_counter()
        flips = select(pairs, which == "pairs", path)
        elements = mask(gids, path)
        milliseconds.append((time.perf_counter() - started) * 1000)
        shutil.rmtree(path)
        answers = [dict(verified=True, original=len(pairs), manipulated=flips, removed=int(elements))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(dict(milliseconds=milliseconds, answers=answers, loadedMB=loaded / 1024, peakMB=peak / 1024)))


if __name__ == "__main__":
    main(*sys.argv[1:])
