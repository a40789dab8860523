/** Twin of `assembly/abi.ts`: the numbers both sides of the wasm boundary agree on. `test/kernels/abi.test.ts` compares them. */

/** "Not selected", "unknown id", "no such row". Never a valid id or rank: at most 2^32-1 nodes. */
export const NONE = 0xffff_ffff

// Classes of difference, in the order of the counters and as the first word of a culprit record.
export const REMOVED_AS_ASKED = 0
export const ASKED_STILL_THERE = 1
export const ASKED_ABSENT = 2
export const LOST_NOT_ASKED = 3
export const ADDED_AS_ASKED = 4
export const ADDED_NOT_ASKED = 5
export const MULTIPLICITY_CHANGED = 6
export const OUTSIDE_CHANGED = 7
export const ASKED_NOT_ADDED = 8
export const ASKED_ALREADY_THERE = 9
export const OUTSIDE_LOST = 10
export const OUTSIDE_ADDED = 11
export const CLASSES = 12

// Kinds of asked connection.
export const ASK_REMOVE = 1
export const ASK_ADD = 2

// What `mergeSorted` says when it returns.
export const DONE = 0
export const NEED_ORIGINAL = 1
export const NEED_MANIPULATED = 2
export const RECORDS_FULL = 3
export const TARGET_ORDER = 4
export const SOURCE_ORDER = 5
export const ID_TOO_LARGE = 6
export const ID_OUT_OF_RANGE = 7

// Integer types of id columns, as `narrowIds` takes them.
export const TYPE_U8 = 0
export const TYPE_I8 = 1
export const TYPE_U16 = 2
export const TYPE_I16 = 3
export const TYPE_U32 = 4
export const TYPE_I32 = 5
export const TYPE_U64 = 6
export const TYPE_I64 = 7

// Culprit record: class u32, source u32, target u32, unused u32, edges in the original f64, in the manipulated f64.
export const RECORD_BYTES = 32
/** A connection closes with at most this many records. */
export const RECORDS_PER_STEP = 2

// State of one merge, bytes from its start. u32 unless said otherwise.
export const M_ORIGINAL_SOURCE = 0 // pointer to u32 ids
export const M_ORIGINAL_TARGET = 4 // pointer to u32 ids
export const M_ORIGINAL_COUNT = 8 // pointer to u32 edges per entry; 0: every entry is one edge
export const M_ORIGINAL_POSITION = 12
export const M_ORIGINAL_LENGTH = 16
export const M_ORIGINAL_FINAL = 20 // 1: no window follows
export const M_MANIPULATED_SOURCE = 24
export const M_MANIPULATED_TARGET = 28
export const M_MANIPULATED_COUNT = 32
export const M_MANIPULATED_POSITION = 36
export const M_MANIPULATED_LENGTH = 40
export const M_MANIPULATED_FINAL = 44
export const M_MANIPULATED_WIDE = 48 // 1: ids of the manipulated are u64 as read from the file
export const M_ASKED_SOURCE = 52 // pointer to u32 ids, ascending by (target, source), unique
export const M_ASKED_TARGET = 56
export const M_ASKED_KIND = 60 // pointer to u8
export const M_ASKED_POSITION = 64
export const M_ASKED_LENGTH = 68
export const M_SOURCE_MEMBER = 72 // pointer to u8 per node: 1 = in the selection
export const M_TARGET_MEMBER = 76
export const M_SOURCE_NODES = 80 // ids of the manipulated must be below
export const M_TARGET_NODES = 84
export const M_OPEN = 88 // 1: a connection is being counted
export const M_RECORDS = 92 // pointer
export const M_RECORDS_LENGTH = 96
export const M_RECORDS_CAPACITY = 100
export const M_OPEN_KEY = 104 // u64
export const M_LAST_KEY = 112 // u64, last key taken from the manipulated
export const M_OPEN_ORIGINAL = 120 // f64 edges of the open connection
export const M_OPEN_MANIPULATED = 128 // f64
export const M_COUNTERS = 136 // f64 per class
export const M_LIMITS = 232 // u32 per class: records still wanted; NONE = all
export const M_PAIRS = 280 // pointer to runs of paired rows; 0: they are not wanted
export const M_PAIRS_LENGTH = 284 // runs so far
export const M_PAIRS_CAPACITY = 288 // runs that there is room for
export const M_UNPAIRED = 292 // 1: some kept connection has not as many edges as before, or there are more runs than room
export const M_ORIGINAL_FIRST = 296 // f64 row of the file that the window begins with
export const M_MANIPULATED_FIRST = 304 // f64
export const M_OPEN_PAIRED = 312 // f64 edges of the open connection that are in a run already
export const MERGE_BYTES = 320

// One run of paired rows of two files, f64 each: first row of the original, of the manipulated, number of rows.
export const PAIR_BYTES = 24

// State of one scan.
export const S_HAS_PREVIOUS = 0
export const S_PREVIOUS_SOURCE = 4
export const S_PREVIOUS_TARGET = 8
export const S_MAX_SOURCE = 12
export const S_MAX_TARGET = 16
export const S_TARGET_ORDER_ROW = 20 // first row of this window whose target is below its predecessor's, or NONE
export const S_SOURCE_ORDER_ROW = 24 // first row with equal target and a smaller source, or NONE
export const S_CONNECTIONS = 32 // f64, running
export const S_INSIDE = 40 // f64, running: connections with both ends selected
export const S_HAS_COUNTED = 48 // 1: the next three are the last row that was counted
export const S_COUNTED_SOURCE = 52
export const S_COUNTED_TARGET = 56
export const SCAN_BYTES = 64

// State of a summary. f64, running, unless said otherwise.
export const C_CONNECTIONS = 0
export const C_MULTI = 8
export const C_MAX = 16
export const C_AUTAPSES = 24
export const C_OPEN_EDGES = 32 // edges of the open connection; 0: none is open
export const C_OPEN_SOURCE = 40 // u32
export const C_OPEN_TARGET = 44 // u32
export const SUMMARY_BYTES = 48

// State of a dictionary-encoded Parquet page, u32 each. The caller sets the first three and LEFT = 0.
export const HYBRID_AT = 0 // next byte of the page
export const HYBRID_END = 4 // behind its last byte
export const HYBRID_WIDTH = 8 // bits of one index
export const HYBRID_LEFT = 12 // values left in the open run
export const HYBRID_PACKED = 16 // 1: the run is bit-packed
export const HYBRID_VALUE = 20 // index of the run, or where its packed bytes start
export const HYBRID_BIT = 24 // bits of the packed run already taken
export const HYBRID_BYTES = 28

// Room behind the buffers of a Parquet page.
export const PAGE_SLACK = 64
export const SNAPPY_SLACK = 64

// One stretch of paired rows, u32 each: row of the original's window, row of the other buffer, number of rows.
export const RUN_BYTES = 12

// One pair of rows, u32 each: row of the original's window, row of the other buffer.
export const PAIRED_BYTES = 8

// Room that sorting keys needs beside them: five digits of 13 bits.
export const HISTOGRAMS_BYTES = 163840

// Rows of one target, f64 each: how many, the first, the last.
export const PLACE_BYTES = 24
