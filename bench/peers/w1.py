"""Python peers of W1: arrays in memory -> one verdict per version; loading is not timed.

usage: python w1.py VARIANT FOLDER VERSIONS RUNS
"""
import json
import resource
import sys
import time

import numpy as np

NODES = 219_422


def load(folder, versions):
    ids = np.load(f"{folder}/ids.npy")
    pairs = [(np.load(f"{folder}/{name}_source.npy"), np.load(f"{folder}/{name}_target.npy")) for name in ["original", *range(versions)]]
    masks = []
    for version in range(versions):
        with np.load(f"{folder}/{version}_mask.npz") as npz:
            masks.append((npz["indptr"], npz["indices"]))
    return ids, pairs[0], pairs[1:], masks


def mask_columns(indptr):
    return np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))


def ranks_of(ids):
    table = np.full(NODES, -1, np.int32)
    table[ids] = np.arange(len(ids), dtype=np.int32)
    return table


def check_ascending(keys, first, rows):
    """Of a piece, the step from the piece before included."""
    piece = keys[max(first - 1, 0) : first + rows]
    assert (piece[1:] > piece[:-1]).all(), "not sorted or not unique"


def packed_keys(ids, original, versions, masks):
    """Ranks of both ends packed into one uint32, whole columns; delete the masked keys and compare."""
    rank, n = ranks_of(ids), np.uint32(len(ids))

    def keys(source, target):
        row, column = rank[source], rank[target]
        assert row.min() >= 0 and column.min() >= 0, "outside the selection"
        return column.view(np.uint32) * n + row.view(np.uint32)

    a = keys(*original)
    assert (a[1:] > a[:-1]).all(), "not sorted or not unique"
    for (source, target), (indptr, indices) in zip(versions, masks):
        asked = mask_columns(indptr).astype(np.uint32) * n + indices.astype(np.uint32)
        place = np.searchsorted(a, asked)
        removed = np.count_nonzero(a[np.minimum(place, len(a) - 1)] == asked)
        verified = removed == len(asked) and np.array_equal(np.delete(a, place), keys(source, target))
        yield verified, len(a), len(source), removed


def packed_keys_chunked(ids, original, versions, masks, rows=65_536):
    """The same in pieces that stay in the cache."""
    rank, n = ranks_of(ids).view(np.uint32), np.uint32(len(ids))

    def keys(source, target, into):
        row, column = rank[source], rank[target]
        assert max(row.max(initial=0), column.max(initial=0)) < n, "outside the selection"
        np.multiply(column, n, out=into)
        np.add(into, row, out=into)
        return into

    a = np.empty(len(original[0]), np.uint32)
    for first in range(0, len(a), rows):
        piece = slice(first, first + rows)
        keys(original[0][piece], original[1][piece], a[piece])
        check_ascending(a, first, rows)
    buffer = np.empty(rows, np.uint32)
    for (source, target), (indptr, indices) in zip(versions, masks):
        asked = mask_columns(indptr).astype(np.uint32) * n + indices.astype(np.uint32)
        place = np.searchsorted(a, asked)
        removed = np.count_nonzero(a[np.minimum(place, len(a) - 1)] == asked)
        keep = np.ones(len(a), bool)
        keep[place[place < len(a)]] = False
        verified, at = removed == len(asked), 0
        for first in range(0, len(a), rows):
            rest = a[first : first + rows][keep[first : first + rows]]
            piece = slice(at, at + len(rest))
            verified = verified and np.array_equal(keys(source[piece], target[piece], buffer[: len(source[piece])]), rest)
            at += len(rest)
        yield verified and at == len(source), len(a), len(source), removed


def raw_rows_chunked(ids, original, versions, masks, rows=65_536):
    """Sorted rows compared as they are stored: a row equal to a proven row needs no mapping of its own."""
    member = np.zeros(NODES, bool)
    member[ids] = True
    source, target = original
    a = np.empty(len(source), np.int64)
    for first in range(0, len(a), rows):
        s, t = source[first : first + rows], target[first : first + rows]
        assert member[s].all() and member[t].all(), "outside the selection"
        np.multiply(t, NODES, out=a[first : first + rows])
        a[first : first + rows] += s
        check_ascending(a, first, rows)
    buffer = np.empty(rows, np.int64)
    for (m_source, m_target), (indptr, indices) in zip(versions, masks):
        asked = ids[mask_columns(indptr)] * NODES + ids[indices]
        place = np.searchsorted(a, asked)
        removed = np.count_nonzero(a[np.minimum(place, len(a) - 1)] == asked)
        keep = np.ones(len(a), bool)
        keep[place[place < len(a)]] = False
        verified, at = removed == len(asked), 0
        for first in range(0, len(a), rows):
            rest = a[first : first + rows][keep[first : first + rows]]
            piece = slice(at, at + len(rest))
            s, t = m_source[piece], m_target[piece]
            assert s.size == 0 or (s.min() >= 0 and s.max() < NODES), "id out of range"
            m = buffer[: len(s)]
            np.multiply(t, NODES, out=m)
            m += s
            verified = verified and np.array_equal(m, rest)
            at += len(rest)
        yield verified and at == len(m_source), len(a), len(m_source), removed


def delete_rows(ids, original, versions, masks):
    """Whole columns: expected rows by np.delete, compared column by column. Fewest steps, most memory traffic."""
    member = np.zeros(NODES, bool)
    member[ids] = True
    source, target = original
    assert member[source].all() and member[target].all(), "outside the selection"
    a = target * NODES + source
    assert (a[1:] > a[:-1]).all(), "not sorted or not unique"
    for (m_source, m_target), (indptr, indices) in zip(versions, masks):
        asked = ids[mask_columns(indptr)] * NODES + ids[indices]
        place = np.searchsorted(a, asked)
        removed = np.count_nonzero(a[np.minimum(place, len(a) - 1)] == asked)
        verified = removed == len(asked)
        keep = np.ones(len(a), bool)
        keep[place[place < len(a)]] = False
        verified = verified and np.array_equal(source[keep], m_source) and np.array_equal(target[keep], m_target)
        yield verified, len(a), len(m_source), removed


def scipy_sparse(ids, original, versions, masks):
    import scipy.sparse as sps

    rank, n = ranks_of(ids), len(ids)

    def matrix(source, target):
        row, column = rank[source], rank[target]
        assert row.min() >= 0 and column.min() >= 0, "outside the selection"
        return sps.csc_matrix((np.ones(len(row), np.int8), (row, column)), shape=(n, n))

    a = matrix(*original)
    for pair, (indptr, indices) in zip(versions, masks):
        b = matrix(*pair)
        asked = sps.csc_matrix((np.ones(len(indices), np.int8), indices, indptr), shape=(n, n))
        difference = a - b
        verified = (difference != asked).nnz == 0
        yield verified, a.nnz, b.nnz, difference.nnz


def notebook(ids, original, versions, masks):
    """The steps of the notebook: sparse reindexing table, lists, dense Boolean matrices."""
    import scipy.sparse as sps

    n = len(ids)
    table = sps.csr_matrix((np.arange(n, dtype=int), (np.zeros(n, dtype=int), ids)))

    def matrix(pairs):
        index = np.array([table[0, side].toarray().flatten() for side in pairs]).T
        return sps.csc_matrix((np.full(len(index), True), index.T.tolist()), shape=(n, n))

    a = matrix(original)
    for pair, (indptr, indices) in zip(versions, masks):
        asked = sps.csc_matrix((np.full(len(indices), True), indices, indptr), shape=(n, n))
        verified = len(pair[0]) + asked.count_nonzero() == len(original[0])
        b = matrix(pair)
        verified = verified and np.array_equal(a.toarray(), b.toarray() + asked.toarray())
        yield verified, len(original[0]), len(pair[0]), len(original[0]) - len(pair[0])


VARIANTS = {
    "numpy-keys": packed_keys,
    "numpy-keys-chunked": packed_keys_chunked,
    "numpy-rows-chunked": raw_rows_chunked,
    "numpy-rows": delete_rows,
    "scipy": scipy_sparse,
    "notebook": notebook,
}


def main(variant, folder, versions, runs):
    inputs = load(folder, int(versions))
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    milliseconds, answers = [], []
    for _ in range(int(runs)):
        started = time.perf_counter()
        answers = list(VARIANTS[variant](*inputs))
        milliseconds.append((time.perf_counter() - started) * 1000)
    keys = ("verified", "original", "manipulated", "removed")
    answers = [dict(zip(keys, (bool(v), int(a), int(b), int(r)))) for v, a, b, r in answers]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(dict(milliseconds=milliseconds, answers=answers, loadedMB=loaded / 1024, peakMB=peak / 1024)))


if __name__ == "__main__":
    main(*sys.argv[1:])
