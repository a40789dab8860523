// The whole surface of the wasm module. Pointers and counts in, counts and statuses out; nothing allocates.
export * from './abi'
export { pairRows } from './align'
export { drainTally, expandColumns, expandRows, shiftTargets, tallySources } from './blocks'
export { cooToCsc } from './coo-to-csc'
export { countConnections } from './count'
export { buildIdTable, buildMembership, mapIds } from './id-map'
export { mergeSorted } from './merge'
export { narrowIds } from './narrow'
export { decodeIndices, firstNone, firstNull, narrowDictionary } from './parquet'
export { countTargets, dealRows, firstAbove, sortKeys, unpackKeys } from './partition'
export { reciprocalPairs } from './reciprocal'
export { collectValues, spreadValues } from './records'
export { comparePairs, compareRuns, listPairs } from './same-values'
export { largestId, scanOrder } from './scan'
export { snappyDecode } from './snappy'
export { closeSummary, summarizeRows, widenPairs } from './summary'
export { unshuffle } from './unshuffle'

/** First byte the caller may use: static data of the module ends before it. */
export function heapBase(): usize {
  return __heap_base
}
export { closeKept, joinKept, markRuns, splitKept } from './kept'
export { countGroups, placeTargets } from './places'
