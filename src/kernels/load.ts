/** From wasm bytes to typed functions. Nothing else knows the loader. */
import { instantiateSync } from '@assemblyscript/loader'
import { kernelBytes } from '../assets.ts'

/** The functions of `assembly/index.ts`; pointers are byte offsets into the memory given to `instantiate`. */
export interface KernelExports {
  heapBase(): number
  narrowIds(type: number, from: number, count: number, ids: number): number
  buildIdTable(ids: number, count: number, table: number, tableLength: number): void
  mapIds(ids: number, count: number, table: number, tableLength: number, indices: number): number
  buildMembership(ids: number, count: number, member: number, length: number): void
  scanOrder(state: number, source: number, target: number, count: number): void
  largestId(ids: number, count: number): number
  countConnections(
    state: number,
    source: number,
    target: number,
    count: number,
    sourceMember: number,
    targetMember: number,
  ): void
  mergeSorted(state: number): number
  cooToCsc(
    rows: number,
    columns: number,
    count: number,
    columnCount: number,
    indptr: number,
    indices: number,
    counts: number,
    scratch: number,
  ): number
  shiftTargets(targets: number, count: number, firstTarget: number, columns: number): void
  expandColumns(indptr: number, columnCount: number, columns: number): void
  expandRows(
    indptr: number,
    indices: number,
    counts: number,
    columnCount: number,
    firstTarget: number,
    sources: number,
    targets: number,
  ): void
  tallySources(sources: number, count: number, tally: number): number
  drainTally(
    tally: number,
    nodes: number,
    first: number,
    target: number,
    sources: number,
    targets: number,
    capacity: number,
    taken: number,
  ): number
  countTargets(targets: number, count: number, counts: number, nodes: number): number
  dealRows(
    sources: number,
    targets: number,
    count: number,
    bucketOf: number,
    shift: number,
    cursors: number,
    sourceBits: number,
    wide: number,
  ): void
  firstAbove(values: number, limits: number, first: number, count: number): number
  sortKeys(
    keys: number,
    scratch: number,
    count: number,
    firstTarget: number,
    sourceBits: number,
    bits: number,
    wide: number,
    histograms: number,
  ): number
  unpackKeys(
    keys: number,
    count: number,
    firstTarget: number,
    sourceBits: number,
    wide: number,
    sources: number,
    targets: number,
  ): void
  summarizeRows(
    state: number,
    source: number,
    target: number,
    count: number,
    sources: number,
    targets: number,
  ): number
  closeSummary(state: number): void
  unshuffle(from: number, count: number, size: number, to: number): void
  widenPairs(source: number, target: number, count: number, pairs: number): void
  reciprocalPairs(indptr: number, indices: number, nodes: number, cursors: number): number
  snappyDecode(from: number, length: number, into: number, expected: number): number
  firstNull(at: number, end: number, count: number): number
  decodeIndices(state: number, count: number, dictionary: number, last: number, ids: number): number
  narrowDictionary(type: number, values: number, count: number, ids: number): number
  firstNone(ids: number, count: number): number
  pairRows(
    source: number,
    target: number,
    count: number,
    keep: number,
    groupOf: number,
    cursors: number,
    limits: number,
    otherSource: number,
    otherTarget: number,
    runs: number,
  ): number
  spreadValues(
    values: number,
    width: number,
    places: number,
    count: number,
    into: number,
    stride: number,
  ): void
  collectValues(from: number, stride: number, width: number, order: number, count: number, into: number): void
  placeTargets(targets: number, count: number, first: number, places: number, nodes: number): number
  countGroups(targets: number, count: number, groupOf: number, counts: number): void
  markRuns(runs: number, count: number, rows: number, bits: number): void
  joinKept(ids: number, count: number, bits: number, first: number): void
  splitKept(sources: number, count: number, kept: number): void
  closeKept(
    state: number,
    sources: number,
    targets: number,
    kept: number,
    count: number,
    final: number,
  ): number
  compareRuns(
    values: number,
    others: number,
    width: number,
    runs: number,
    count: number,
    dirty: number,
  ): number
  listPairs(runs: number, count: number, pairs: number): number
  comparePairs(
    values: number,
    others: number,
    width: number,
    pairs: number,
    count: number,
    dirty: number,
  ): number
}

/** `release` is fast; `checked` has bounds asserts and traps where `release` would read or write astray. */
export type KernelBuild = 'release' | 'checked'

const FILES: Readonly<Record<KernelBuild, string>> = {
  release: 'kernels.wasm',
  checked: 'kernels.checked.wasm',
}

/** For measurements: what is called with every new set of kernels, and gives the one that is used instead. */
let observer: ((kernels: KernelExports) => KernelExports) | undefined

/** @param observe undefined: none any more */
export function observeKernels(observe: typeof observer): void {
  observer = observe
}

const modules = new Map<KernelBuild, WebAssembly.Module>()

/** A new instance of the kernels over `memory`. Compiled once per process. */
export function instantiate(memory: WebAssembly.Memory, build: KernelBuild): KernelExports {
  let module = modules.get(build)
  if (module === undefined) {
    module = new WebAssembly.Module(kernelBytes(FILES[build]) as BufferSource)
    modules.set(build, module)
  }
  const { exports } = instantiateSync(module, { env: { memory } })
  const kernels = exports as unknown as KernelExports
  return observer === undefined ? kernels : observer(kernels)
}
