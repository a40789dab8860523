// Mask difference, streaming: original, manipulated and asked connections, each ascending by (target, source), in one pass.
//
// Rows that are equal on both sides are skipped four at a time; only where they part does the pass look at single
// rows, count the edges of the connection on both sides and put it into a class. Each side arrives in windows of any
// length: the pass stops when a window is used up, says which, and goes on where it was, so neither a window nor a
// connection longer than a window means anything to the result.
import {
  DONE,
  ID_OUT_OF_RANGE,
  ID_TOO_LARGE,
  M_LAST_KEY,
  M_MANIPULATED_COUNT,
  M_MANIPULATED_FINAL,
  M_MANIPULATED_LENGTH,
  M_MANIPULATED_POSITION,
  M_MANIPULATED_SOURCE,
  M_MANIPULATED_TARGET,
  M_MANIPULATED_WIDE,
  M_OPEN,
  M_OPEN_KEY,
  M_OPEN_MANIPULATED,
  M_OPEN_ORIGINAL,
  M_OPEN_PAIRED,
  M_ORIGINAL_COUNT,
  M_ORIGINAL_FINAL,
  M_ORIGINAL_LENGTH,
  M_ORIGINAL_POSITION,
  M_ORIGINAL_SOURCE,
  M_ORIGINAL_TARGET,
  M_PAIRS,
  M_RECORDS_CAPACITY,
  M_RECORDS_LENGTH,
  M_SOURCE_NODES,
  M_TARGET_NODES,
  NEED_MANIPULATED,
  NEED_ORIGINAL,
  NONE,
  RECORDS_FULL,
  RECORDS_PER_STEP,
  SOURCE_ORDER,
  TARGET_ORDER,
} from './abi'
import { askedNowhere, closeConnection, END, keyAt, keyOf, nextAsked } from './classify'
import { pairConnection, pairRun } from './pairs'

/**
 * Go on until a window is used up, the records are full, the end, or an error of the manipulated side; returns one
 * of DONE .. ID_OUT_OF_RANGE. On an error M_MANIPULATED_POSITION is the row. The original must have been proven
 * sorted, in range and below NONE (see scan.ts); the manipulated side is proven here: a row equal to a proven row
 * is fine, every other row is checked.
 */
export function mergeSorted(state: usize): u32 {
  return load<u32>(state, M_MANIPULATED_WIDE) ? merge<u64>(state) : merge<u32>(state)
}


@inline function edgesOf(counts: usize, entry: u32): f64 {
  return counts ? <f64>load<u32>(counts + ((<usize>entry) << 2)) : 1.0
}

function merge<T>(state: usize): u32 {
  const oSource: usize = load<u32>(state, M_ORIGINAL_SOURCE)
  const oTarget: usize = load<u32>(state, M_ORIGINAL_TARGET)
  const oCount: usize = load<u32>(state, M_ORIGINAL_COUNT)
  const oLength = load<u32>(state, M_ORIGINAL_LENGTH)
  const oFinal = load<u32>(state, M_ORIGINAL_FINAL)
  const mSource: usize = load<u32>(state, M_MANIPULATED_SOURCE)
  const mTarget: usize = load<u32>(state, M_MANIPULATED_TARGET)
  const mCount: usize = load<u32>(state, M_MANIPULATED_COUNT)
  const mLength = load<u32>(state, M_MANIPULATED_LENGTH)
  const mFinal = load<u32>(state, M_MANIPULATED_FINAL)
  const sourceNodes = load<u32>(state, M_SOURCE_NODES)
  const targetNodes = load<u32>(state, M_TARGET_NODES)
  const recordsCapacity = load<u32>(state, M_RECORDS_CAPACITY)
  const pairs = load<u32>(state, M_PAIRS) != 0
  // Entries that stand for several edges are no rows of a file.
  assert(!pairs || (!oCount && !mCount))
  let o = load<u32>(state, M_ORIGINAL_POSITION)
  let m = load<u32>(state, M_MANIPULATED_POSITION)
  let open = load<u32>(state, M_OPEN) != 0
  let openKey = load<u64>(state, M_OPEN_KEY)
  let lastKey = load<u64>(state, M_LAST_KEY)
  let openO = load<f64>(state, M_OPEN_ORIGINAL)
  let openM = load<f64>(state, M_OPEN_MANIPULATED)
  let status = DONE

  for (;;) {
    if (load<u32>(state, M_RECORDS_LENGTH) + RECORDS_PER_STEP > recordsCapacity) {
      status = RECORDS_FULL
      break
    }
    let oKey = END
    if (o < oLength) oKey = keyAt(oSource, oTarget, o)
    else if (!oFinal) {
      status = NEED_ORIGINAL
      break
    }
    let mKey = END
    if (m < mLength) {
      const s = load<T>(mSource + (<usize>m) * sizeof<T>())
      const t = load<T>(mTarget + (<usize>m) * sizeof<T>())
      if (s >= <T>NONE || t >= <T>NONE) {
        status = ID_TOO_LARGE
        break
      }
      if (<u32>s >= sourceNodes || <u32>t >= targetNodes) {
        status = ID_OUT_OF_RANGE
        break
      }
      mKey = keyOf(<u32>s, <u32>t)
      if (mKey < lastKey) {
        status = mKey >> 32 < lastKey >> 32 ? TARGET_ORDER : SOURCE_ORDER
        break
      }
    } else if (!mFinal) {
      status = NEED_MANIPULATED
      break
    }

    const key = min(oKey, mKey)
    if (open && key != openKey) {
      if (pairs) pairConnection(state, o, m, openO, openM)
      closeConnection(state, openKey, openO, openM)
      open = false
      continue
    }
    if (!open) {
      const asked = nextAsked(state)
      if (asked < key) {
        askedNowhere(state, asked)
        continue
      }
      if (key == END) break
      if (oKey == mKey && asked != key) {
        let equal = equalRows<T>(oSource, oTarget, o, mSource, mTarget, m, min(oLength - o, mLength - m))
        if (oCount || mCount) equal = equalCounts(oCount, o, mCount, m, equal)
        // An asked connection ends the run: it gets its own look.
        if (equal && asked <= keyAt(oSource, oTarget, o + equal - 1)) {
          equal = rowsBelow(oSource, oTarget, o, equal, asked)
        }
        if (equal) {
          if (pairs) pairRun(state, <f64>o, <f64>m, <f64>equal)
          // The last connection of the run may go on behind it; all before it are complete and equal.
          o += equal
          m += equal
          open = true
          openKey = keyAt(oSource, oTarget, o - 1)
          openO = trailingEdges(oSource, oTarget, oCount, o, equal, openKey)
          openM = openO
          if (pairs) store<f64>(state, openO, M_OPEN_PAIRED)
          lastKey = openKey
          continue
        }
      }
      open = true
      openKey = key
      openO = 0
      openM = 0
      if (pairs) store<f64>(state, 0, M_OPEN_PAIRED)
    }
    if (oKey == key) {
      do openO += edgesOf(oCount, o++)
      while (o < oLength && keyAt(oSource, oTarget, o) == key)
    }
    if (mKey == key) {
      openM += edgesOf(mCount, m++)
      lastKey = mKey
    }
  }

  store<u32>(state, o, M_ORIGINAL_POSITION)
  store<u32>(state, m, M_MANIPULATED_POSITION)
  store<u32>(state, open ? 1 : 0, M_OPEN)
  store<u64>(state, openKey, M_OPEN_KEY)
  store<u64>(state, lastKey, M_LAST_KEY)
  store<f64>(state, openO, M_OPEN_ORIGINAL)
  store<f64>(state, openM, M_OPEN_MANIPULATED)
  return status
}

/** Length of the run of equal rows from (o, m), at most `limit`. */
@inline function equalRows<T>(
  oSource: usize,
  oTarget: usize,
  o: u32,
  mSource: usize,
  mTarget: usize,
  m: u32,
  limit: u32,
): u32 {
  oSource += (<usize>o) << 2
  oTarget += (<usize>o) << 2
  mSource += (<usize>m) * sizeof<T>()
  mTarget += (<usize>m) * sizeof<T>()
  assert(limit > 0)
  let k: u32 = 0
  // Eight rows for each branch: long runs are bound by memory then.
  for (const fast = limit & ~7; k < fast; k += 8) {
    const differ = v128.or(
      differ4<T>(oSource, oTarget, mSource, mTarget, k),
      differ4<T>(oSource, oTarget, mSource, mTarget, k + 4),
    )
    if (v128.any_true(differ)) break
  }
  for (; k < limit; k++) {
    const at = (<usize>k) * sizeof<T>()
    if (<T>load<u32>(oSource + ((<usize>k) << 2)) != load<T>(mSource + at)) break
    if (<T>load<u32>(oTarget + ((<usize>k) << 2)) != load<T>(mTarget + at)) break
  }
  return k
}

/** Bits that are set where rows k .. k+3 are not equal. */
@inline function differ4<T>(oSource: usize, oTarget: usize, mSource: usize, mTarget: usize, k: u32): v128 {
  const o4 = (<usize>k) << 2
  if (sizeof<T>() == 4) {
    const s = v128.xor(v128.load(oSource + o4), v128.load(mSource + o4))
    return v128.or(s, v128.xor(v128.load(oTarget + o4), v128.load(mTarget + o4)))
  }
  const m8 = (<usize>k) << 3
  const s0 = v128.load(mSource + m8)
  const s1 = v128.load(mSource + m8, 16)
  const t0 = v128.load(mTarget + m8)
  const t1 = v128.load(mTarget + m8, 16)
  // High words must be 0, low words those of the original.
  const high = v128.or(v128.shuffle<i32>(s0, s1, 1, 3, 5, 7), v128.shuffle<i32>(t0, t1, 1, 3, 5, 7))
  const s = v128.xor(v128.load(oSource + o4), v128.shuffle<i32>(s0, s1, 0, 2, 4, 6))
  const t = v128.xor(v128.load(oTarget + o4), v128.shuffle<i32>(t0, t1, 0, 2, 4, 6))
  return v128.or(v128.or(s, t), high)
}

function equalCounts(oCount: usize, o: u32, mCount: usize, m: u32, limit: u32): u32 {
  let k: u32 = 0
  while (k < limit && edgesOf(oCount, o + k) == edgesOf(mCount, m + k)) k++
  return k
}

/** Rows of [o, o + length) whose key is below `key`, by bisection. */
function rowsBelow(oSource: usize, oTarget: usize, o: u32, length: u32, key: u64): u32 {
  let low: u32 = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keyAt(oSource, oTarget, o + middle) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Edges of the connection `key` among the last `length` entries before `end`. */
function trailingEdges(oSource: usize, oTarget: usize, oCount: usize, end: u32, length: u32, key: u64): f64 {
  assert(length > 0 && length <= end)
  let edges: f64 = 0
  for (let k: u32 = 1; k <= length && keyAt(oSource, oTarget, end - k) == key; k++) edges += edgesOf(oCount, end - k)
  return edges
}
