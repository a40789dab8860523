// Which rows of two sorted files belong together, as runs of rows that follow each other on both sides.
import {
  M_MANIPULATED_FIRST,
  M_OPEN_PAIRED,
  M_ORIGINAL_FIRST,
  M_PAIRS,
  M_PAIRS_CAPACITY,
  M_PAIRS_LENGTH,
  M_UNPAIRED,
  PAIR_BYTES,
} from './abi'

/**
 * A connection that has as many edges as before keeps its rows, one by one in their order; one without any has none
 * to pair. (o, m): the rows that follow it in the windows, so that its last ones are just before them in the files.
 */
export function pairConnection(state: usize, o: u32, m: u32, original: f64, manipulated: f64): void {
  if (original != manipulated) {
    if (manipulated != 0) store<u32>(state, 1, M_UNPAIRED)
    return
  }
  const rest = original - load<f64>(state, M_OPEN_PAIRED)
  if (rest > 0) pairRun(state, <f64>o - rest, <f64>m - rest, rest)
}

/** Rows of the windows, or of those before: then their numbers are negative. */
export function pairRun(state: usize, o: f64, m: f64, length: f64): void {
  o += load<f64>(state, M_ORIGINAL_FIRST)
  m += load<f64>(state, M_MANIPULATED_FIRST)
  const count = load<u32>(state, M_PAIRS_LENGTH)
  const next = <usize>load<u32>(state, M_PAIRS) + (<usize>count) * PAIR_BYTES
  if (count) {
    const last = next - PAIR_BYTES
    const before = load<f64>(last, 16)
    if (load<f64>(last) + before == o && load<f64>(last, 8) + before == m) {
      store<f64>(last, before + length, 16)
      return
    }
  }
  if (count >= load<u32>(state, M_PAIRS_CAPACITY)) {
    store<u32>(state, 1, M_UNPAIRED)
    return
  }
  store<f64>(next, o)
  store<f64>(next, m, 8)
  store<f64>(next, length, 16)
  store<u32>(state, count + 1, M_PAIRS_LENGTH)
}
