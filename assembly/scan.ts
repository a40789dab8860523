// One look at a window of rows: are they sorted, what is their largest id.
import {
  NONE,
  S_HAS_PREVIOUS,
  S_MAX_SOURCE,
  S_MAX_TARGET,
  S_PREVIOUS_SOURCE,
  S_PREVIOUS_TARGET,
  S_SOURCE_ORDER_ROW,
  S_TARGET_ORDER_ROW,
} from './abi'

/**
 * Scan rows (source, target) of one window. `state` carries the last row and the largest ids from window to
 * window. With source and target swapped it tells whether the rows are sorted by source. The first row that is not
 * in order within its target is told only where it comes before the first whose target is not.
 */
export function scanOrder(state: usize, source: usize, target: usize, count: u32): void {
  store<u32>(state, NONE, S_TARGET_ORDER_ROW)
  store<u32>(state, NONE, S_SOURCE_ORDER_ROW)
  if (count == 0) return
  const hasPrevious = load<u32>(state, S_HAS_PREVIOUS) != 0
  const firstSource = hasPrevious ? load<u32>(state, S_PREVIOUS_SOURCE) : load<u32>(source)
  const firstTarget = hasPrevious ? load<u32>(state, S_PREVIOUS_TARGET) : load<u32>(target)
  let maxSource = i32x4.splat(load<u32>(state, S_MAX_SOURCE))
  let maxTarget = i32x4.splat(load<u32>(state, S_MAX_TARGET))
  let broken = i32x4.splat(0)
  let previousSource = i32x4.splat(firstSource)
  let previousTarget = i32x4.splat(firstTarget)
  const fast = count & ~3
  for (let k: u32 = 0; k < fast; k += 4) {
    const at = (<usize>k) << 2
    const s = v128.load(source + at)
    const t = v128.load(target + at)
    const beforeS = v128.shuffle<i32>(previousSource, s, 3, 4, 5, 6)
    const beforeT = v128.shuffle<i32>(previousTarget, t, 3, 4, 5, 6)
    broken = v128.or(broken, v128.lt<u32>(t, beforeT))
    broken = v128.or(broken, v128.and(v128.eq<i32>(t, beforeT), v128.lt<u32>(s, beforeS)))
    maxSource = v128.max<u32>(maxSource, s)
    maxTarget = v128.max<u32>(maxTarget, t)
    previousSource = s
    previousTarget = t
  }
  let largestSource = lanesMax(maxSource)
  let largestTarget = lanesMax(maxTarget)
  let lastSource = fast ? load<u32>(source + ((<usize>(fast - 1)) << 2)) : firstSource
  let lastTarget = fast ? load<u32>(target + ((<usize>(fast - 1)) << 2)) : firstTarget
  let slow = v128.any_true(broken)
  for (let k: u32 = fast; k < count; k++) {
    const s = load<u32>(source + ((<usize>k) << 2))
    const t = load<u32>(target + ((<usize>k) << 2))
    if (t < lastTarget || (t == lastTarget && s < lastSource)) slow = true
    largestSource = max(largestSource, s)
    largestTarget = max(largestTarget, t)
    lastSource = s
    lastTarget = t
  }
  if (slow) findBrokenRows(state, source, target, count, firstSource, firstTarget)
  store<u32>(state, 1, S_HAS_PREVIOUS)
  store<u32>(state, lastSource, S_PREVIOUS_SOURCE)
  store<u32>(state, lastTarget, S_PREVIOUS_TARGET)
  store<u32>(state, largestSource, S_MAX_SOURCE)
  store<u32>(state, largestTarget, S_MAX_TARGET)
}

/** The largest of `count` ids; 0 of none. */
export function largestId(ids: usize, count: u32): u32 {
  let largest = i32x4.splat(0)
  let k: u32 = 0
  for (const fast = count & ~3; k < fast; k += 4) largest = v128.max<u32>(largest, v128.load(ids + ((<usize>k) << 2)))
  let found = lanesMax(largest)
  for (; k < count; k++) found = max(found, load<u32>(ids + ((<usize>k) << 2)))
  return found
}

function lanesMax(v: v128): u32 {
  return max(
    max(<u32>i32x4.extract_lane(v, 0), <u32>i32x4.extract_lane(v, 1)),
    max(<u32>i32x4.extract_lane(v, 2), <u32>i32x4.extract_lane(v, 3)),
  )
}

function findBrokenRows(
  state: usize,
  source: usize,
  target: usize,
  count: u32,
  firstSource: u32,
  firstTarget: u32,
): void {
  let s0 = firstSource
  let t0 = firstTarget
  for (let k: u32 = 0; k < count; k++) {
    const s = load<u32>(source + ((<usize>k) << 2))
    const t = load<u32>(target + ((<usize>k) << 2))
    if (t < t0) {
      store<u32>(state, k, S_TARGET_ORDER_ROW)
      return
    }
    if (t == t0 && s < s0 && load<u32>(state, S_SOURCE_ORDER_ROW) == NONE)
      store<u32>(state, k, S_SOURCE_ORDER_ROW)
    s0 = s
    t0 = t
  }
}
