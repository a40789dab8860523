"""Python peers of E1: two SONATA circuits and a mask -> one line of JSON, from a fresh process.

usage: python e1.py VARIANT ORIGINAL_FOLDER MANIPULATED_FOLDER mask.npz
"""
import json
import sys
import zipfile

import h5py
import numpy as np

SELECTED = "EXC"


def selected(folder):
    """One Boolean per node: synapse_class is EXC."""
    with h5py.File(f"{folder}/nodes.h5") as file:
        (population,) = file["nodes"].values()
        names = population["0/@library/synapse_class"].asstr()[:].tolist()
        return population["0/synapse_class"][:] == names.index(SELECTED)


def columns(folder):
    file = h5py.File(f"{folder}/edges.h5")
    (population,) = file["edges"].values()
    return population["source_node_id"], population["target_node_id"]


def mask_pairs(path, ids):
    """Node ids (source, target) of the mask, ascending by (target, source). Importing SciPy would cost 0.2 s."""
    with np.load(path) as npz:
        indptr, indices, shape = npz["indptr"], npz["indices"], npz["shape"]
    assert tuple(shape) == (len(ids), len(ids)), "mask of another shape"
    return ids[indices], np.repeat(ids, np.diff(indptr))


def answer(verified, original, manipulated, removed):
    print(json.dumps(dict(verified=bool(verified), original=int(original), manipulated=int(manipulated), removed=int(removed))))


class H5pyReader:
    def __init__(self, dataset, rows):
        self.dataset, self.length = dataset, len(dataset)
        self.buffer = np.empty(rows, dataset.dtype)

    def read(self, first, last):
        into = self.buffer[: last - first]
        if last > first:
            self.dataset.read_direct(into, np.s_[first:last])
        return into.view(np.int64)


class OffsetReader:
    """Contiguous data straight from their place in the file: less work per window than read_direct."""

    def __init__(self, dataset, rows):
        self.length, offset = len(dataset), dataset.id.get_offset()
        assert offset is not None, "not contiguous"
        self.buffer = np.empty(rows, dataset.dtype)
        self.file, self.offset = open(dataset.file.filename, "rb", buffering=0), offset

    def read(self, first, last):
        into = self.buffer[: last - first]
        self.file.seek(self.offset + 8 * first)
        assert self.file.readinto(into) == into.nbytes
        return into.view(np.int64)


def lockstep(original, manipulated, mask, rows, reader, narrow=False):
    """Window by window: drop the masked rows of the original, the rest must be the manipulated rows.

    Both files sorted by (target, source). A failure is reported as such, without classes.
    """
    member = selected(original)
    assert np.array_equal(member, selected(manipulated)), "other nodes"
    nodes, ids = len(member), np.flatnonzero(member)
    mask_source, mask_target = mask_pairs(mask, ids)
    mask_keys = mask_target * nodes + mask_source
    width = np.uint32 if narrow and nodes * nodes < 2**32 else np.int64
    mask_keys = mask_keys.astype(width)
    both = np.uint8
    member = member.astype(both)
    o_source, o_target = (reader(column, rows) for column in columns(original))
    m_source, m_target = (reader(column, rows) for column in columns(manipulated))
    edges = o_source.length
    count = removed = 0
    at = asked = 0
    previous = -1
    keys = np.empty(rows, width)
    m_keys = np.empty(rows, width)
    start = np.empty(rows, bool)
    keep = np.empty(rows, bool)
    equal = True
    for first in range(0, edges, rows):
        last = min(first + rows, edges)
        size = last - first
        source, target = o_source.read(first, last), o_target.read(first, last)
        assert (source.view(np.uint64) < nodes).all() and int(target[-1]) < nodes and int(target[0]) >= 0
        k = keys[:size]
        np.multiply(target, nodes, out=k, casting="unsafe")
        np.add(k, source, out=k, casting="unsafe")
        starts = start[:size]
        starts[0] = k[0] != previous
        np.not_equal(k[1:], k[:-1], out=starts[1:])
        assert int(k[0]) >= previous and (k[1:] >= k[:-1]).all(), "not sorted"
        previous = int(k[-1])
        at_starts = np.flatnonzero(starts)
        count += np.count_nonzero(member[source[at_starts]] & member[target[at_starts]])
        # Masked connections that end in this window or go on behind it.
        upto = np.searchsorted(mask_keys, k[-1], "right")
        wanted = mask_keys[asked:upto]
        lo, hi = np.searchsorted(k, wanted), np.searchsorted(k, wanted, "right")
        # One that began in the window before is found again here, and counted where it starts.
        hit = (hi > lo) & starts[np.minimum(lo, size - 1)]
        removed += np.count_nonzero(hit)
        kept = keep[:size]
        kept[:] = True
        step = np.zeros(size + 1, np.int8)
        np.add.at(step, lo, 1)
        np.add.at(step, hi, -1)
        kept[:] = np.cumsum(step[:-1], dtype=np.int8) == 0
        rest = k[kept]
        asked = upto - 1 if len(wanted) and wanted[-1] == k[-1] else upto
        stop = at + len(rest)
        if stop > m_source.length:
            equal = False
            break
        source, target = m_source.read(at, stop), m_target.read(at, stop)
        if len(rest):
            assert (source.view(np.uint64) < nodes).all() and (target.view(np.uint64) < nodes).all()
        m = m_keys[: len(rest)]
        np.multiply(target, nodes, out=m, casting="unsafe")
        np.add(m, source, out=m, casting="unsafe")
        if not np.array_equal(m, rest):
            equal = False
            break
        at = stop
    verified = equal and at == m_source.length and removed == len(mask_keys)
    answer(verified, count, count - removed, removed)


def lockstep_raw(original, manipulated, mask, rows, reader):
    """As lockstep, but rows are compared as they are stored: no keys of the manipulated side."""
    member = selected(original)
    assert np.array_equal(member, selected(manipulated)), "other nodes"
    nodes, ids = len(member), np.flatnonzero(member)
    mask_source, mask_target = mask_pairs(mask, ids)
    mask_keys = mask_target * nodes + mask_source
    member = member.astype(np.uint8)
    o_source, o_target = (reader(column, rows) for column in columns(original))
    m_source, m_target = (reader(column, rows) for column in columns(manipulated))
    edges = o_source.length
    count = removed = at = asked = 0
    previous = -1
    equal = True
    starts = np.empty(rows + 1, bool)
    for first in range(0, edges, rows):
        last = min(first + rows, edges)
        size = last - first
        source, target = o_source.read(first, last), o_target.read(first, last)
        changed = starts[:size]
        np.not_equal(source[1:], source[:-1], out=changed[1:])
        changed[1:] |= target[1:] != target[:-1]
        head = int(target[0]) * nodes + int(source[0])
        changed[0] = head != previous
        begin = np.flatnonzero(changed)
        # Everything that follows works on connections, a fifth of the rows.
        c_source, c_target = source[begin], target[begin]
        assert 0 <= c_source.min(initial=0) and c_source.max(initial=0) < nodes
        keys = c_target * nodes + c_source
        if len(keys):
            assert keys[0] > previous and (keys[1:] > keys[:-1]).all(), "not sorted"
            assert c_target[0] >= 0 and c_target[-1] < nodes
        count += np.count_nonzero(member[c_source] & member[c_target])
        previous = int(target[-1]) * nodes + int(source[-1])
        upto = np.searchsorted(mask_keys, previous, "right")
        wanted = mask_keys[asked:upto]
        place = np.searchsorted(keys, wanted)
        hit = place < len(keys)
        hit[hit] = keys[place[hit]] == wanted[hit]
        place = place[hit]
        removed += len(place)
        drop = np.zeros(len(keys) + 1, bool)
        drop[place + 1] = True
        # Entry 0: the connection that goes on from the window before.
        drop[0] = first > 0 and dropped_last and not changed[0]
        lengths = np.diff(begin, prepend=0, append=size)
        kept = np.repeat(~drop, lengths)
        dropped_last = drop[-1] if len(keys) else drop[0]
        asked = upto
        source, target = source[kept], target[kept]
        stop = at + len(source)
        if stop > m_source.length:
            equal = False
            break
        equal = np.array_equal(m_source.read(at, stop), source) and np.array_equal(m_target.read(at, stop), target)
        if not equal:
            break
        at = stop
    verified = equal and at == m_source.length and removed == len(mask_keys)
    answer(verified, count, count - removed, removed)


def whole_columns(original, manipulated, mask):
    """Whole columns, unique keys of the selected, set differences."""
    member = selected(original)
    nodes, ids = len(member), np.flatnonzero(member)
    mask_source, mask_target = mask_pairs(mask, ids)

    def connections(folder):
        source, target = (column[:].view(np.int64) for column in columns(folder))
        inside = member[source] & member[target]
        keys = target[inside] * nodes + source[inside]
        return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if (keys[1:] >= keys[:-1]).all() else np.unique(keys)

    a, b = connections(original), connections(manipulated)
    gone = np.setdiff1d(a, b, assume_unique=True)
    new = np.setdiff1d(b, a, assume_unique=True)
    verified = len(new) == 0 and np.array_equal(gone, mask_target * nodes + mask_source)
    answer(verified, len(a), len(b), len(gone))


def sorted_keys(original, manipulated, mask):
    """Rows in any order: one key per row, sorted on both sides, then compared without the masked ones."""
    member = selected(original)
    assert np.array_equal(member, selected(manipulated)), "other nodes"
    nodes, ids = len(member), np.flatnonzero(member)
    mask_source, mask_target = mask_pairs(mask, ids)
    asked = mask_target * nodes + mask_source

    def keys(folder):
        source, target = columns(folder)
        keys = target[:].view(np.int64)
        source = source[:].view(np.int64)
        assert keys.view(np.uint64).max() < nodes and source.view(np.uint64).max() < nodes
        keys *= nodes
        keys += source
        del source
        keys.sort()
        return keys

    a, b = keys(original), keys(manipulated)
    starts = np.flatnonzero(np.concatenate(([True], a[1:] != a[:-1])))
    connections = a[starts]
    count = np.count_nonzero(member[connections % nodes] & member[connections // nodes])
    place = np.searchsorted(connections, asked)
    found = place < len(connections)
    found[found] = connections[place[found]] == asked[found]
    lengths = np.diff(starts, append=len(a))
    keep = np.ones(len(connections), bool)
    keep[place[found]] = False
    removed = np.count_nonzero(found)
    verified = removed == len(asked) and np.array_equal(a[np.repeat(keep, lengths)], b)
    answer(verified, count, count - removed, removed)


def stored_ids(folder, _selected):
    return tuple(column[:].view(np.int64) for column in columns(folder))


def scipy_sparse(original, manipulated, mask, read=stored_ids):
    import scipy.sparse as sps

    member = selected(original)
    ids = np.flatnonzero(member)
    rank = np.full(len(member), -1, np.int32)
    rank[ids] = np.arange(len(ids), dtype=np.int32)

    def matrix(folder):
        row, column = (rank[side] for side in read(folder, ids))
        inside = (row >= 0) & (column >= 0)
        row, column = row[inside], column[inside]
        csc = sps.csc_matrix((np.ones(len(row), np.int32), (row, column)), shape=(len(ids), len(ids)))
        csc.sum_duplicates()
        csc.data = np.ones(csc.nnz, np.int8)
        return csc

    a, b = matrix(original), matrix(manipulated)
    expected = sps.load_npz(mask).astype(np.int8)
    difference = a - b
    verified = (difference != expected).nnz == 0
    difference.eliminate_zeros()
    answer(verified, a.nnz, b.nnz, difference.nnz)


def libsonata_scipy(original, manipulated, mask):
    import libsonata

    def connecting(folder, ids):
        storage = libsonata.EdgeStorage(f"{folder}/edges.h5")
        (name,) = storage.population_names
        population = storage.open_population(name)
        edges = population.connecting_edges(ids, ids)
        return population.source_nodes(edges).astype(np.int64), population.target_nodes(edges).astype(np.int64)

    scipy_sparse(original, manipulated, mask, connecting)


def notebook(original, manipulated, mask):
    """The steps of the notebook on pairs read with h5py; its way of listing pairs (bluepy) is not timed."""
    import scipy.sparse as sps

    member = selected(original)
    ids = np.flatnonzero(member)

    def pairs(folder):
        source, target = (column[:].view(np.int64) for column in columns(folder))
        keys = np.unique(target * len(member) + source)
        both = np.stack((keys % len(member), keys // len(member)), 1)
        return both[member[both[:, 0]] & member[both[:, 1]]]

    table = sps.csr_matrix((np.arange(len(ids), dtype=int), (np.zeros(len(ids), dtype=int), ids)))

    def matrix(conns):
        index = np.array([table[0, conns[:, d]].toarray().flatten() for d in range(2)]).T
        return sps.csc_matrix((np.full(len(index), True), index.T.tolist()), shape=(len(ids), len(ids)))

    a = pairs(original)
    a_matrix = matrix(a)
    asked = sps.load_npz(mask)
    b = pairs(manipulated)
    verified = len(b) + asked.count_nonzero() == len(a)
    verified = verified and np.array_equal(a_matrix.toarray(), matrix(b).toarray() + asked.toarray())
    answer(verified, len(a), len(b), len(a) - len(b))


def write_indices(original, manipulated):
    """libsonata needs indices; ours and the others do not look at them."""
    import libsonata

    for folder in (original, manipulated):
        with h5py.File(f"{folder}/edges.h5") as file:
            (name,) = file["edges"]
            if "indices" in file["edges"][name]:
                continue
        count = len(selected(folder))
        libsonata.EdgePopulation.write_indices(f"{folder}/edges.h5", name, count, count)


VARIANTS = {
    "numpy-keys": lambda *paths: lockstep(*paths, 65_536, H5pyReader),
    "numpy-keys-u32": lambda *paths: lockstep(*paths, 65_536, H5pyReader, narrow=True),
    "numpy-rows": lambda *paths: lockstep_raw(*paths, 65_536, H5pyReader),
    "numpy-rows-offset": lambda *paths: lockstep_raw(*paths, 65_536, OffsetReader),
    "numpy-whole": whole_columns,
    "numpy-sort": sorted_keys,
    "scipy": scipy_sparse,
    "libsonata": libsonata_scipy,
    "notebook": notebook,
    "write-indices": write_indices,
}

if __name__ == "__main__":
    VARIANTS[sys.argv[1]](*sys.argv[2:])
