// Numbers that describe a connectome, from rows sorted by (target, source) in windows.
import {
  C_AUTAPSES,
  C_CONNECTIONS,
  C_MAX,
  C_MULTI,
  C_OPEN_EDGES,
  C_OPEN_SOURCE,
  C_OPEN_TARGET,
} from './abi'

/**
 * Add a window of rows to the running summary. Connections that start in it go, in order, to `sources` and `targets`
 * (room for `count`); returns their number. The last connection stays open until a row of another one, or
 * `closeSummary`.
 */
export function summarizeRows(
  state: usize,
  source: usize,
  target: usize,
  count: u32,
  sources: usize,
  targets: usize,
): u32 {
  let edges = load<f64>(state, C_OPEN_EDGES)
  let openSource = load<u32>(state, C_OPEN_SOURCE)
  let openTarget = load<u32>(state, C_OPEN_TARGET)
  let started: u32 = 0
  for (let k: u32 = 0; k < count; k++) {
    const s = load<u32>(source + ((<usize>k) << 2))
    const t = load<u32>(target + ((<usize>k) << 2))
    if (edges > 0 && s == openSource && t == openTarget) {
      edges += 1
      continue
    }
    closeConnection(state, edges, openSource == openTarget)
    store<u32>(sources + ((<usize>started) << 2), s)
    store<u32>(targets + ((<usize>started) << 2), t)
    started++
    openSource = s
    openTarget = t
    edges = 1
  }
  store<f64>(state, edges, C_OPEN_EDGES)
  store<u32>(state, openSource, C_OPEN_SOURCE)
  store<u32>(state, openTarget, C_OPEN_TARGET)
  return started
}

/** Count the connection that is still open after the last window. */
export function closeSummary(state: usize): void {
  closeConnection(state, load<f64>(state, C_OPEN_EDGES), load<u32>(state, C_OPEN_SOURCE) == load<u32>(state, C_OPEN_TARGET))
  store<f64>(state, 0, C_OPEN_EDGES)
}

@inline function closeConnection(state: usize, edges: f64, autapse: bool): void {
  if (edges == 0) return
  add(state + C_CONNECTIONS)
  if (edges > 1) add(state + C_MULTI)
  if (autapse) add(state + C_AUTAPSES)
  if (edges > load<f64>(state, C_MAX)) store<f64>(state, edges, C_MAX)
}

@inline function add(counter: usize): void {
  store<f64>(counter, load<f64>(counter) + 1)
}

/** Pairs as little-endian int64 source, int64 target: what the digest of distinct pairs is taken over. */
export function widenPairs(source: usize, target: usize, count: u32, pairs: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    const at = (<usize>k) << 2
    store<u64>(pairs + ((<usize>k) << 4), <u64>load<u32>(source + at))
    store<u64>(pairs + ((<usize>k) << 4), <u64>load<u32>(target + at), 8)
  }
}
