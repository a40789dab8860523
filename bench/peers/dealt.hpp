// Rows in any order as one key each, dealt out to buckets of targets, each bucket then sorted by radix: what connproof
// does with them, natively.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

class Dealt {
    static constexpr size_t BUCKET_ROWS = 65536;
    static constexpr unsigned DIGIT = 13;

    std::vector<uint16_t> bucketOf;
    std::vector<uint64_t> firstTargets, cursors;
    std::vector<uint32_t> keys, scratch;
    unsigned sourceBits = 0;
    size_t bucket = 0;

public:
    /** rowsOf: rows of each target; ids of both columns are below `nodes`. */
    Dealt(const std::vector<uint32_t>& rowsOf, uint64_t nodes) : bucketOf(rowsOf.size()), scratch(BUCKET_ROWS) {
        while ((1ull << sourceBits) < nodes) sourceBits++;
        uint64_t rows = 0, inBucket = BUCKET_ROWS + 1;
        for (size_t target = 0; target < rowsOf.size(); target++) {
            const bool wide = !firstTargets.empty() && (target - firstTargets.back()) >> (32 - sourceBits);
            if (inBucket + rowsOf[target] > BUCKET_ROWS || wide) {
                firstTargets.push_back(target);
                cursors.push_back(rows);
                inBucket = 0;
            }
            bucketOf[target] = firstTargets.size() - 1;
            inBucket += rowsOf[target];
            rows += rowsOf[target];
        }
        keys.resize(rows);
    }

    void deal(const uint64_t* sources, const uint64_t* targets, size_t count) {
        for (size_t i = 0; i < count; i++) {
            const uint64_t target = targets[i];
            const unsigned number = bucketOf[target];
            keys[cursors[number]++] = uint32_t(target - firstTargets[number]) << sourceBits | uint32_t(sources[i]);
        }
    }

    /** Rows of the next bucket, sorted, as target << 32 | source from into[0] on; false if there is none. */
    bool next(std::vector<uint64_t>& into, size_t& length) {
        size_t begin = 0;
        for (length = 0; length == 0; bucket++) {
            if (bucket == firstTargets.size()) return false;
            begin = bucket == 0 ? 0 : cursors[bucket - 1];
            length = cursors[bucket] - begin;
        }
        if (scratch.size() < length) scratch.resize(length);
        uint32_t *from = keys.data() + begin, *to = scratch.data();
        uint32_t starts[3][1 << DIGIT] = {};
        for (size_t i = 0; i < length; i++)
            for (unsigned pass = 0; pass < 3; pass++) starts[pass][from[i] >> (pass * DIGIT) & ((1 << DIGIT) - 1)]++;
        for (unsigned pass = 0; pass < 3; pass++) {
            // A digit that all keys share orders nothing.
            if (starts[pass][from[0] >> (pass * DIGIT) & ((1 << DIGIT) - 1)] == length) continue;
            uint32_t start = 0;
            for (uint32_t& bin : starts[pass]) {
                const uint32_t size = bin;
                bin = start;
                start += size;
            }
            for (size_t i = 0; i < length; i++) to[starts[pass][from[i] >> (pass * DIGIT) & ((1 << DIGIT) - 1)]++] = from[i];
            std::swap(from, to);
        }
        if (into.size() < length + 1) into.resize(length + 1);
        const uint64_t first = firstTargets[bucket - 1];
        const uint32_t mask = (1u << sourceBits) - 1;
        for (size_t i = 0; i < length; i++) into[i + 1] = (first + (from[i] >> sourceBits)) << 32 | (from[i] & mask);
        return true;
    }
};
