/** Throughput of each public kernel with its TypeScript twin's, on a made-up circuit; both must give the same. */
import { InternalError } from '../errors.ts'
import { type Csc, cooToCsc, mapGids, maskDifference, reciprocalPairs } from '../kernels/index.ts'
import { observeKernels } from '../kernels/load.ts'
import { spread } from './spread.ts'
import { Stopwatch } from './stopwatch.ts'
import { cooToCscTwin, mapGidsTwin, reciprocalPairsTwin, removedAsAskedTwin } from './twins.ts'

export interface KernelBench {
  readonly kernel: string
  /** Ids, entries or connections. */
  readonly elements: number
  /** Elements per second: medians. */
  readonly ours: number
  readonly twin: number
  /** Milliseconds of every round. */
  readonly raw: { readonly ours: readonly number[]; readonly twin: readonly number[] }
}

const NODES = 20_000

/** Numbers below 2^32 that look random: xorshift. The same every time. */
function numbers(seed: number): () => number {
  let x = seed >>> 0 || 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    x >>>= 0
    return x
  }
}

/** @param edges of the circuit */
export function benchKernels(edges: number, rounds: number): KernelBench[] {
  const next = numbers(7)
  const ids = (): Uint32Array => Uint32Array.from({ length: edges }, () => next() % NODES)
  const coo = { rows: NODES, columns: NODES, row: ids(), column: ids() }
  const selected = Uint32Array.from({ length: NODES / 2 }, (_, k) => 2 * k + 1)
  const original = cooToCsc(coo)
  const { mask, manipulated } = remove(original)
  const entries = original.indices.length
  return [
    pair('GID to index', edges, rounds, ['mapIds', 'buildIdTable'], {
      ours: () => mapGids(selected, coo.row).indices,
      twin: () => mapGidsTwin(selected, coo.row),
    }),
    pair('COO to CSC', edges, rounds, ['cooToCsc'], {
      ours: () => cooToCsc(coo),
      twin: () => cooToCscTwin(coo),
    }),
    pair('mask difference', entries, rounds, ['mergeSorted'], {
      ours: () => maskDifference(original, manipulated, mask).removedAsAsked,
      twin: () => removedAsAskedTwin(original, manipulated, mask),
    }),
    pair('reciprocal pairs', entries, rounds, ['reciprocalPairs'], {
      ours: () => reciprocalPairs(original),
      twin: () => reciprocalPairsTwin(original),
    }),
  ]
}

/** Every hundredth connection is asked to go, and gone. */
function remove(original: Csc): { mask: Csc; manipulated: Csc } {
  const part = (wanted: (k: number) => boolean): Csc => {
    const kept = Array.from(original.indices.keys()).filter(wanted)
    const indptr = new Uint32Array(original.columns + 1)
    for (let c = 0, at = 0; c < original.columns; c++) {
      while ((kept[at] ?? Number.POSITIVE_INFINITY) < (original.indptr[c + 1] ?? 0)) at++
      indptr[c + 1] = at
    }
    const take = (values: Uint32Array): Uint32Array => Uint32Array.from(kept, k => values[k] ?? 0)
    return { ...original, indptr, indices: take(original.indices), counts: take(original.counts) }
  }
  return { mask: part(k => k % 100 === 0), manipulated: part(k => k % 100 !== 0) }
}

/** The time of ours is that of the kernels themselves, without the copying of arrays to and from their memory. */
function pair(
  kernel: string,
  elements: number,
  rounds: number,
  names: readonly string[],
  run: { readonly ours: () => unknown; readonly twin: () => unknown },
): KernelBench {
  const raw = { ours: [] as number[], twin: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    const watch = new Stopwatch()
    observeKernels(watch.observe)
    const answer = run.ours()
    observeKernels(undefined)
    const started = performance.now()
    const expected = run.twin()
    const twin = performance.now() - started
    if (round === 0) requireEqual(kernel, answer, expected)
    if (round === 0) continue
    raw.ours.push(names.reduce((sum, name) => sum + (watch.kernels.get(name) ?? 0), 0))
    raw.twin.push(twin)
  }
  const rate = (milliseconds: readonly number[]): number =>
    elements / (Math.max(1e-3, spread(milliseconds).median) / 1000)
  return { kernel, elements, ours: rate(raw.ours), twin: rate(raw.twin), raw }
}

function requireEqual(kernel: string, a: unknown, b: unknown): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) =>
      ArrayBuffer.isView(inner)
        ? Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength).toString('base64')
        : inner,
    )
  if (text(a) !== text(b)) throw new InternalError(`${kernel}: WebAssembly and TypeScript do not agree`)
}
