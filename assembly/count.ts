// How many connections start in a window of sorted rows, and how many of them lie between selected nodes.
import { S_CONNECTIONS, S_COUNTED_SOURCE, S_COUNTED_TARGET, S_HAS_COUNTED, S_INSIDE } from './abi'

/** Rows whose starts are gathered before they are looked up. */
const BLOCK: u32 = 1024
/** One store writes four lanes, of which the next may overwrite all. */
const STARTED_SOURCE: usize = memory.data(4 * (1024 + 4), 16)
const STARTED_TARGET: usize = memory.data(4 * (1024 + 4), 16)
/** Per set of lanes the byte order that moves them to the front. */
const LANES: usize = memory.data<u8>([
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  4, 5, 6, 7, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 128, 128, 128, 128, 128, 128, 128, 128,
  8, 9, 10, 11, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 8, 9, 10, 11, 128, 128, 128, 128, 128, 128, 128, 128,
  4, 5, 6, 7, 8, 9, 10, 11, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 128, 128, 128, 128,
  12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128,
  4, 5, 6, 7, 12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 128, 128, 128, 128,
  8, 9, 10, 11, 12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 128, 128, 128, 128,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
], 16)

/**
 * Count the connections that start in a window sorted by (target, source), and those with both ends selected
 * (`sourceMember`, `targetMember`: one byte per node). The caller has checked order and range with `scanOrder`.
 */
export function countConnections(
  state: usize,
  source: usize,
  target: usize,
  count: u32,
  sourceMember: usize,
  targetMember: usize,
): void {
  if (count == 0) return
  const hasPrevious = load<u32>(state, S_HAS_COUNTED) != 0
  let connections: u32 = 0
  let inside: u32 = 0
  // Without a predecessor the first row differs from itself in every bit, so that it starts a connection.
  let previousSource = i32x4.splat(hasPrevious ? load<u32>(state, S_COUNTED_SOURCE) : ~load<u32>(source))
  let previousTarget = i32x4.splat(hasPrevious ? load<u32>(state, S_COUNTED_TARGET) : ~load<u32>(target))
  const fast = count & ~3
  for (let begin: u32 = 0; begin < fast; begin += BLOCK) {
    const end = min(begin + BLOCK, fast)
    // Rows that start a connection, one behind the other. Where they are cannot be predicted, so nothing branches on it.
    let started: usize = 0
    for (let k = begin; k < end; k += 4) {
      const at = (<usize>k) << 2
      const s = v128.load(source + at)
      const t = v128.load(target + at)
      const same = v128.and(
        v128.eq<i32>(s, v128.shuffle<i32>(previousSource, s, 3, 4, 5, 6)),
        v128.eq<i32>(t, v128.shuffle<i32>(previousTarget, t, 3, 4, 5, 6)),
      )
      const starts = <u32>(i32x4.bitmask(same) ^ 0xf)
      const lanes = v128.load(LANES + ((<usize>starts) << 4))
      v128.store(STARTED_SOURCE + started, v128.swizzle(s, lanes))
      v128.store(STARTED_TARGET + started, v128.swizzle(t, lanes))
      started += (<usize>popcnt(starts)) << 2
      previousSource = s
      previousTarget = t
    }
    connections += <u32>(started >> 2)
    for (let at: usize = 0; at < started; at += 4) {
      inside +=
        load<u8>(sourceMember + load<u32>(STARTED_SOURCE + at)) &
        load<u8>(targetMember + load<u32>(STARTED_TARGET + at))
    }
  }
  let lastSource = <u32>i32x4.extract_lane(previousSource, 3)
  let lastTarget = <u32>i32x4.extract_lane(previousTarget, 3)
  for (let k: u32 = fast; k < count; k++) {
    const s = load<u32>(source + ((<usize>k) << 2))
    const t = load<u32>(target + ((<usize>k) << 2))
    if (s != lastSource || t != lastTarget) {
      connections++
      inside += load<u8>(sourceMember + s) & load<u8>(targetMember + t)
    }
    lastSource = s
    lastTarget = t
  }
  store<f64>(state, load<f64>(state, S_CONNECTIONS) + <f64>connections, S_CONNECTIONS)
  store<f64>(state, load<f64>(state, S_INSIDE) + <f64>inside, S_INSIDE)
  store<u32>(state, 1, S_HAS_COUNTED)
  store<u32>(state, lastSource, S_COUNTED_SOURCE)
  store<u32>(state, lastTarget, S_COUNTED_TARGET)
}
