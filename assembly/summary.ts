// Numbers that describe a connectome, from canonical entries (source, target, edges).
import { C_AUTAPSES, C_CONNECTIONS, C_MAX, C_MULTI } from './abi'

/** Add `count` entries to the running summary (f64: connections, with more than one edge, most edges, autapses). */
export function summarize(summary: usize, source: usize, target: usize, counts: usize, count: u32): void {
  let multi: u32 = 0
  let autapses: u32 = 0
  let most: u32 = 0
  for (let k: u32 = 0; k < count; k++) {
    const at = (<usize>k) << 2
    const edges = load<u32>(counts + at)
    multi += edges > 1 ? 1 : 0
    most = max(most, edges)
    autapses += load<u32>(source + at) == load<u32>(target + at) ? 1 : 0
  }
  store<f64>(summary, load<f64>(summary, C_CONNECTIONS) + <f64>count, C_CONNECTIONS)
  store<f64>(summary, load<f64>(summary, C_MULTI) + <f64>multi, C_MULTI)
  store<f64>(summary, max(load<f64>(summary, C_MAX), <f64>most), C_MAX)
  store<f64>(summary, load<f64>(summary, C_AUTAPSES) + <f64>autapses, C_AUTAPSES)
}

/** Pairs as little-endian int64 source, int64 target: what the digest of distinct pairs is taken over. */
export function widenPairs(source: usize, target: usize, count: u32, pairs: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    const at = (<usize>k) << 2
    store<u64>(pairs + ((<usize>k) << 4), <u64>load<u32>(source + at))
    store<u64>(pairs + ((<usize>k) << 4), <u64>load<u32>(target + at), 8)
  }
}
