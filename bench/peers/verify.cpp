// The same proof as a native program on the HDF5 C library: E1 and W2 from files to verdict, one thread.
// usage: verify ORIGINAL_FOLDER MANIPULATED_FOLDER mask.npz [any-order]       (stored npz, CSC, int32)
#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "dealt.hpp"

namespace {

constexpr size_t WINDOW = 32768;
constexpr uint64_t END = ~0ull;

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::exit(2);
}

hid_t checked(hid_t id, const char* what) {
    if (id < 0) fail(what);
    return id;
}

std::string onlyMember(hid_t file, const char* group) {
    char name[256];
    if (H5Lget_name_by_idx(file, group, H5_INDEX_NAME, H5_ITER_INC, 0, name, sizeof name, H5P_DEFAULT) < 0) fail(group);
    return std::string(group) + "/" + name;
}

/** One id column, read window by window in the type it is stored in, so that nothing is converted. */
struct Column {
    hid_t dataset, space, type;
    hsize_t length = 0;

    Column(hid_t file, const std::string& path) {
        dataset = checked(H5Dopen2(file, path.c_str(), H5P_DEFAULT), path.c_str());
        space = H5Dget_space(dataset);
        H5Sget_simple_extent_dims(space, &length, nullptr);
        hid_t stored = H5Dget_type(dataset);
        if (H5Tget_size(stored) != 8) fail("expected 64-bit ids");
        type = H5Tget_native_type(stored, H5T_DIR_ASCEND);
    }

    void read(hsize_t first, hsize_t count, uint64_t* into) const {
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr);
        hid_t memory = H5Screate_simple(1, &count, nullptr);
        if (H5Dread(dataset, type, memory, space, H5P_DEFAULT, into) < 0) fail("cannot read");
        H5Sclose(memory);
    }
};

/** Rows of one edge population as keys target << 32 | source. */
struct Rows {
    Column source, target;
    hsize_t next = 0;
    size_t at = 0, length = 0;
    std::vector<uint64_t> sources, targets, keys;

    Rows(hid_t file, const std::string& path)
        : source(file, path + "/source_node_id"), target(file, path + "/target_node_id"),
          sources(WINDOW), targets(WINDOW), keys(WINDOW + 1) {
        if (source.length != target.length) fail("columns of different lengths");
    }

    /** Only if rows are in no order. */
    std::optional<Dealt> dealt;

    void deal(uint64_t nodes) {
        std::vector<uint32_t> rowsOf(nodes);
        for (next = 0; next < source.length; next += length) {
            length = std::min<hsize_t>(WINDOW, source.length - next);
            target.read(next, length, targets.data());
            for (size_t i = 0; i < length; i++) {
                if (targets[i] >= nodes) fail("node id out of range");
                rowsOf[targets[i]]++;
            }
        }
        dealt.emplace(rowsOf, nodes);
        for (next = 0; next < source.length; next += length) {
            length = std::min<hsize_t>(WINDOW, source.length - next);
            source.read(next, length, sources.data());
            target.read(next, length, targets.data());
            uint64_t outside = 0;
            for (size_t i = 0; i < length; i++) outside |= uint64_t(sources[i] >= nodes);
            if (outside) fail("node id out of range");
            dealt->deal(sources.data(), targets.data(), length);
        }
        length = 0;
    }

    bool refill(uint64_t nodes) {
        if (dealt) {
            at = 0;
            return dealt->next(keys, length);
        }
        length = std::min<hsize_t>(WINDOW, source.length - next);
        at = 0;
        if (length == 0) return false;
        source.read(next, length, sources.data());
        target.read(next, length, targets.data());
        next += length;
        const uint64_t* s = sources.data();
        const uint64_t* t = targets.data();
        uint64_t* k = keys.data();
        const uint64_t before = k[0] = last;
        uint64_t outside = 0, descends = before > (t[0] << 32 | s[0]);
        for (size_t i = 0; i < length; i++) {
            k[i + 1] = t[i] << 32 | s[i];
            outside |= uint64_t(s[i] >= nodes) | uint64_t(t[i] >= nodes);
        }
        for (size_t i = 1; i < length; i++) descends |= k[i + 1] < k[i];
        if (outside) fail("node id out of range");
        if (descends) fail("not sorted by (target, source)");
        last = k[length];
        return true;
    }

    uint64_t last = 0;
    const uint64_t* data() const { return keys.data() + 1; }
};

struct Mask {
    int64_t rows = 0, columns = 0;
    std::vector<int32_t> indices, indptr;
};

/** Members of a zip without compression, in the order of the file. */
Mask readMask(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (!file) fail(path);
    std::vector<unsigned char> bytes;
    std::fseek(file, 0, SEEK_END);
    bytes.resize(std::ftell(file));
    std::rewind(file);
    if (std::fread(bytes.data(), 1, bytes.size(), file) != bytes.size()) fail(path);
    std::fclose(file);
    Mask mask;
    for (size_t at = 0; at + 30 <= bytes.size() && !std::memcmp(&bytes[at], "PK\3\4", 4);) {
        uint16_t method, nameLength, extra, headerLength;
        uint32_t size;
        std::memcpy(&method, &bytes[at + 8], 2);
        std::memcpy(&size, &bytes[at + 18], 4);
        std::memcpy(&nameLength, &bytes[at + 26], 2);
        std::memcpy(&extra, &bytes[at + 28], 2);
        if (method != 0) fail("expected a stored npz");
        std::string name(reinterpret_cast<char*>(&bytes[at + 30]), nameLength);
        const unsigned char* npy = &bytes[at + 30 + nameLength + extra];
        std::memcpy(&headerLength, npy + 8, 2);
        const unsigned char* data = npy + 10 + headerLength;
        const size_t length = size - 10 - headerLength;
        auto copy = [&](std::vector<int32_t>& into) {
            into.resize(length / 4);
            std::memcpy(into.data(), data, length);
        };
        if (name == "indices.npy") copy(mask.indices);
        if (name == "indptr.npy") copy(mask.indptr);
        if (name == "shape.npy") std::memcpy(&mask.rows, data, 8), std::memcpy(&mask.columns, data + 8, 8);
        at += 30 + nameLength + extra + size;
    }
    return mask;
}

/** One byte per node: synapse_class is EXC. */
std::vector<uint8_t> excitatory(const std::string& folder) {
    hid_t file = checked(H5Fopen((folder + "/nodes.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "nodes.h5");
    const std::string group = onlyMember(file, "/nodes") + "/0";
    hid_t names = checked(H5Dopen2(file, (group + "/@library/synapse_class").c_str(), H5P_DEFAULT), "@library");
    hsize_t count = 0;
    H5Sget_simple_extent_dims(H5Dget_space(names), &count, nullptr);
    std::vector<char*> texts(count);
    if (H5Dread(names, H5Dget_type(names), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) < 0) fail("@library");
    uint32_t wanted = 0;
    while (wanted < count && std::strcmp(texts[wanted], "EXC")) wanted++;
    hid_t classes = checked(H5Dopen2(file, (group + "/synapse_class").c_str(), H5P_DEFAULT), "synapse_class");
    hsize_t nodes = 0;
    H5Sget_simple_extent_dims(H5Dget_space(classes), &nodes, nullptr);
    std::vector<uint32_t> values(nodes);
    if (H5Dread(classes, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) fail("synapse_class");
    std::vector<uint8_t> member(nodes);
    for (size_t k = 0; k < nodes; k++) member[k] = values[k] == wanted;
    H5Fclose(file);
    return member;
}

struct Result {
    uint64_t original = 0, removed = 0, stillThere = 0, absent = 0, lost = 0, added = 0, multiplicity = 0, outside = 0;
};

struct Merge {
    Rows &o, &m;
    const std::vector<uint8_t>& member;
    const std::vector<uint64_t>& asked;
    Result result;
    size_t askedAt = 0;
    uint64_t openKey = END, openO = 0, openM = 0, lastCounted = END;

    bool inside(uint64_t key) const { return member[uint32_t(key)] & member[key >> 32]; }
    uint64_t nextAsked() const { return askedAt < asked.size() ? asked[askedAt] : END; }

    /** Connections of the original that begin in its window. */
    void count() {
        const uint64_t* k = o.data();
        uint64_t inside_ = 0, before = lastCounted;
        for (size_t i = 0; i < o.length; i++) {
            if (k[i] != before) inside_ += inside(k[i]);
            before = k[i];
        }
        lastCounted = before;
        result.original += inside_;
    }

    void close() {
        if (openKey == END) return;
        const uint64_t key = openKey;
        openKey = END;
        if (nextAsked() == key) {
            askedAt++;
            if (openO == 0) result.absent++, result.added++;
            else if (openM == 0) result.removed++;
            else result.stillThere++;
        } else if (openO != openM) {
            if (!inside(key)) result.outside++;
            else if (openM == 0) result.lost++;
            else if (openO == 0) result.added++;
            else result.multiplicity++;
        }
    }

    static size_t equalRows(const uint64_t* a, const uint64_t* b, size_t limit) {
        size_t k = 0;
        for (; k + 32 <= limit; k += 32) {
            uint64_t differ = 0;
            for (size_t i = 0; i < 32; i++) differ |= a[k + i] ^ b[k + i];
            if (differ) break;
        }
        while (k < limit && a[k] == b[k]) k++;
        return k;
    }

    void run() {
        const uint64_t nodes = member.size();
        for (bool moreO = true, moreM = true;;) {
            if (moreO && o.at == o.length && (moreO = o.refill(nodes))) count();
            if (moreM && m.at == m.length) moreM = m.refill(nodes);
            const uint64_t oKey = moreO ? o.data()[o.at] : END;
            const uint64_t mKey = moreM ? m.data()[m.at] : END;
            const uint64_t key = std::min(oKey, mKey);
            if (key != openKey) {
                close();
                while (nextAsked() < key) askedAt++, result.absent++;
                if (key == END) return;
                if (oKey == mKey && nextAsked() != key) {
                    const uint64_t* a = o.data() + o.at;
                    size_t equal = equalRows(a, m.data() + m.at, std::min(o.length - o.at, m.length - m.at));
                    if (a[equal - 1] >= nextAsked()) equal = std::lower_bound(a, a + equal, nextAsked()) - a;
                    o.at += equal;
                    m.at += equal;
                    // The last connection of the run may go on behind it; so far both sides have as many rows.
                    openKey = a[equal - 1];
                    openO = openM = 1;
                    continue;
                }
                openKey = key;
                openO = openM = 0;
            }
            if (oKey == key) openO++, o.at++;
            if (mKey == key) openM++, m.at++;
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) fail("usage: verify ORIGINAL_FOLDER MANIPULATED_FOLDER mask.npz [any-order]");
    const std::string folders[] = {argv[1], argv[2]};
    const std::vector<uint8_t> member = excitatory(folders[0]);
    if (member != excitatory(folders[1])) fail("other nodes");
    std::vector<uint32_t> ids;
    for (size_t k = 0; k < member.size(); k++)
        if (member[k]) ids.push_back(k);
    const Mask mask = readMask(argv[3]);
    if (mask.rows != int64_t(ids.size()) || mask.columns != mask.rows) fail("mask of another shape");
    std::vector<uint64_t> asked;
    for (size_t c = 0; c + 1 < mask.indptr.size(); c++)
        for (int32_t k = mask.indptr[c]; k < mask.indptr[c + 1]; k++)
            asked.push_back(uint64_t(ids[c]) << 32 | ids[mask.indices[k]]);
    std::sort(asked.begin(), asked.end());
    hid_t files[2];
    for (int k = 0; k < 2; k++)
        files[k] = checked(H5Fopen((folders[k] + "/edges.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "edges.h5");
    Rows original(files[0], onlyMember(files[0], "/edges"));
    Rows manipulated(files[1], onlyMember(files[1], "/edges"));
    if (argc > 4) original.deal(member.size()), manipulated.deal(member.size());
    Merge merge{original, manipulated, member, asked, {}};
    merge.run();
    const Result& r = merge.result;
    const bool verified = !(r.stillThere | r.absent | r.lost | r.added | r.multiplicity | r.outside);
    const uint64_t left = r.original - r.removed - r.lost + r.added;
    std::printf("{\"verified\": %s, \"original\": %lu, \"manipulated\": %lu, \"removed\": %lu}\n",
                verified ? "true" : "false", r.original, left, r.removed);
    return verified ? 0 : 1;
}
