// Numbers that both sides of the wasm boundary must agree on. `src/kernels/abi.ts` is the twin; a test compares them.

/** "Not selected", "unknown id", "no such row". Never a valid id or rank: at most 2^32-1 nodes. */
export const NONE: u32 = 0xffff_ffff

// Classes of difference, in the order of the counters and as the first word of a culprit record.
export const REMOVED_AS_ASKED: u32 = 0
export const ASKED_STILL_THERE: u32 = 1
export const ASKED_ABSENT: u32 = 2
export const LOST_NOT_ASKED: u32 = 3
export const ADDED_AS_ASKED: u32 = 4
export const ADDED_NOT_ASKED: u32 = 5
export const MULTIPLICITY_CHANGED: u32 = 6
export const OUTSIDE_CHANGED: u32 = 7
export const ASKED_NOT_ADDED: u32 = 8
export const ASKED_ALREADY_THERE: u32 = 9
export const OUTSIDE_LOST: u32 = 10
export const OUTSIDE_ADDED: u32 = 11
export const CLASSES: u32 = 12

// Kinds of asked connection.
export const ASK_REMOVE: u8 = 1
export const ASK_ADD: u8 = 2

// What `mergeSorted` says when it returns.
export const DONE: u32 = 0
export const NEED_ORIGINAL: u32 = 1
export const NEED_MANIPULATED: u32 = 2
export const RECORDS_FULL: u32 = 3
export const TARGET_ORDER: u32 = 4
export const SOURCE_ORDER: u32 = 5
export const ID_TOO_LARGE: u32 = 6
export const ID_OUT_OF_RANGE: u32 = 7

// Integer types of id columns, as `narrowIds` takes them.
export const TYPE_U8: u32 = 0
export const TYPE_I8: u32 = 1
export const TYPE_U16: u32 = 2
export const TYPE_I16: u32 = 3
export const TYPE_U32: u32 = 4
export const TYPE_I32: u32 = 5
export const TYPE_U64: u32 = 6
export const TYPE_I64: u32 = 7

// Culprit record: class u32, source u32, target u32, unused u32, edges in the original f64, in the manipulated f64.
export const RECORD_BYTES: u32 = 32
/** A connection closes with at most this many records. */
export const RECORDS_PER_STEP: u32 = 2

// State of one merge, bytes from its start. u32 unless said otherwise.
export const M_ORIGINAL_SOURCE: u32 = 0 // pointer to u32 ids
export const M_ORIGINAL_TARGET: u32 = 4 // pointer to u32 ids
export const M_ORIGINAL_COUNT: u32 = 8 // pointer to u32 edges per entry; 0: every entry is one edge
export const M_ORIGINAL_POSITION: u32 = 12
export const M_ORIGINAL_LENGTH: u32 = 16
export const M_ORIGINAL_FINAL: u32 = 20 // 1: no window follows
export const M_MANIPULATED_SOURCE: u32 = 24
export const M_MANIPULATED_TARGET: u32 = 28
export const M_MANIPULATED_COUNT: u32 = 32
export const M_MANIPULATED_POSITION: u32 = 36
export const M_MANIPULATED_LENGTH: u32 = 40
export const M_MANIPULATED_FINAL: u32 = 44
export const M_MANIPULATED_WIDE: u32 = 48 // 1: ids of the manipulated are u64 as read from the file
export const M_ASKED_SOURCE: u32 = 52 // pointer to u32 ids, ascending by (target, source), unique
export const M_ASKED_TARGET: u32 = 56
export const M_ASKED_KIND: u32 = 60 // pointer to u8
export const M_ASKED_POSITION: u32 = 64
export const M_ASKED_LENGTH: u32 = 68
export const M_SOURCE_MEMBER: u32 = 72 // pointer to u8 per node: 1 = in the selection
export const M_TARGET_MEMBER: u32 = 76
export const M_SOURCE_NODES: u32 = 80 // ids of the manipulated must be below
export const M_TARGET_NODES: u32 = 84
export const M_OPEN: u32 = 88 // 1: a connection is being counted
export const M_RECORDS: u32 = 92 // pointer
export const M_RECORDS_LENGTH: u32 = 96
export const M_RECORDS_CAPACITY: u32 = 100
export const M_OPEN_KEY: u32 = 104 // u64
export const M_LAST_KEY: u32 = 112 // u64, last key taken from the manipulated
export const M_OPEN_ORIGINAL: u32 = 120 // f64 edges of the open connection
export const M_OPEN_MANIPULATED: u32 = 128 // f64
export const M_COUNTERS: u32 = 136 // f64 per class
export const M_LIMITS: u32 = 232 // u32 per class: records still wanted; NONE = all
export const M_PAIRS: u32 = 280 // pointer to runs of paired rows; 0: they are not wanted
export const M_PAIRS_LENGTH: u32 = 284 // runs so far
export const M_PAIRS_CAPACITY: u32 = 288 // runs that there is room for
export const M_UNPAIRED: u32 = 292 // 1: some kept connection has not as many edges as before, or there are more runs than room
export const M_ORIGINAL_FIRST: u32 = 296 // f64 row of the file that the window begins with
export const M_MANIPULATED_FIRST: u32 = 304 // f64
export const M_OPEN_PAIRED: u32 = 312 // f64 edges of the open connection that are in a run already
export const MERGE_BYTES: u32 = 320

// One run of paired rows of two files, f64 each: first row of the original, of the manipulated, number of rows.
export const PAIR_BYTES: u32 = 24

// State of one scan.
export const S_HAS_PREVIOUS: u32 = 0
export const S_PREVIOUS_SOURCE: u32 = 4
export const S_PREVIOUS_TARGET: u32 = 8
export const S_MAX_SOURCE: u32 = 12
export const S_MAX_TARGET: u32 = 16
export const S_TARGET_ORDER_ROW: u32 = 20 // first row of this window whose target is below its predecessor's, or NONE
export const S_SOURCE_ORDER_ROW: u32 = 24 // first row with equal target and a smaller source, or NONE
export const S_CONNECTIONS: u32 = 32 // f64, running
export const S_INSIDE: u32 = 40 // f64, running: connections with both ends selected
export const S_HAS_COUNTED: u32 = 48 // 1: the next three are the last row that was counted
export const S_COUNTED_SOURCE: u32 = 52
export const S_COUNTED_TARGET: u32 = 56
export const SCAN_BYTES: u32 = 64

// State of a summary. f64, running, unless said otherwise.
export const C_CONNECTIONS: u32 = 0
export const C_MULTI: u32 = 8
export const C_MAX: u32 = 16
export const C_AUTAPSES: u32 = 24
export const C_OPEN_EDGES: u32 = 32 // edges of the open connection; 0: none is open
export const C_OPEN_SOURCE: u32 = 40 // u32
export const C_OPEN_TARGET: u32 = 44 // u32
export const SUMMARY_BYTES: u32 = 48

// State of a dictionary-encoded Parquet page, u32 each. The caller sets the first three and LEFT = 0.
export const HYBRID_AT: u32 = 0 // next byte of the page
export const HYBRID_END: u32 = 4 // behind its last byte
export const HYBRID_WIDTH: u32 = 8 // bits of one index
export const HYBRID_LEFT: u32 = 12 // values left in the open run
export const HYBRID_PACKED: u32 = 16 // 1: the run is bit-packed
export const HYBRID_VALUE: u32 = 20 // index of the run, or where its packed bytes start
export const HYBRID_BIT: u32 = 24 // bits of the packed run already taken
export const HYBRID_BYTES: u32 = 28

// Room behind the buffers of a Parquet page.
export const PAGE_SLACK: u32 = 64
export const SNAPPY_SLACK: u32 = 64

// One stretch of paired rows, u32 each: row of the original's window, row of the other buffer, number of rows.
export const RUN_BYTES: u32 = 12

// One pair of rows, u32 each: row of the original's window, row of the other buffer.
export const PAIRED_BYTES: u32 = 8

// Room that sorting keys needs beside them: five digits of 13 bits.
export const HISTOGRAMS_BYTES: u32 = 163840

// Rows of one target, f64 each: how many, the first, the last.
export const PLACE_BYTES: u32 = 24
