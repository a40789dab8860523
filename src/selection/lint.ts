/** What is wrong with a list of connections before anything is drawn from it. */
import { type PairList, type Pairs, sortPairs } from '../connectome/pairs.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { mapGids, NOT_SELECTED } from '../kernels/gid-index.ts'
import type { SelectionMode } from './draw.ts'

export type LintCode =
  | 'list.repeats'
  | 'list.both-directions'
  | 'list.no-reverse'
  | 'list.autapse'
  | 'list.outside'
  | 'list.absent'

/** These the notebook writes as they are, with its warning. */
const WARNINGS: readonly LintCode[] = ['list.repeats', 'list.both-directions']

export const LINT_CODES: readonly LintCode[] = [
  ...WARNINGS,
  'list.no-reverse',
  'list.autapse',
  'list.outside',
  'list.absent',
]

export interface LintFinding {
  readonly code: LintCode
  /** `allowed`: would be an error, but the caller asked for it. */
  readonly severity: 'warning' | 'error' | 'allowed'
  /** Rows concerned. */
  readonly count: number
  /** The first of them: row of the list from 0, and 0-based node ids. */
  readonly first: readonly { readonly row: number; readonly source: number; readonly target: number }[]
}

/** What a list is held against, where a circuit is known. */
export interface LintCircuit {
  /** Sources and targets are nodes of one population, so that a node may be connected to itself. */
  readonly recurrent: boolean
  readonly source: NodeSelection
  readonly target: NodeSelection
  /** Per row, 1 where the circuit has the connection, and where it has its reverse. */
  readonly forward: Uint8Array
  readonly reverse: Uint8Array
}

export interface LintOptions {
  readonly mode: SelectionMode
  readonly circuit?: LintCircuit | undefined
  readonly allow?: readonly LintCode[] | undefined
  /** First rows to name; 5 by default. */
  readonly show?: number | undefined
}

/**
 * Findings in the order of {@link LINT_CODES}, those of no row left out. Reversed twins and missing reverses matter
 * only to lists of reciprocal pairs. Connections that are outside the selection are not looked for in the circuit.
 */
export function lintList(list: PairList, options: LintOptions): LintFinding[] {
  const { mode, circuit, allow = [], show = 5 } = options
  const tests = testsOf(list, mode, circuit)
  return LINT_CODES.flatMap(code => {
    const test = tests[code]
    if (test === undefined) return []
    const first: LintFinding['first'][number][] = []
    let count = 0
    for (let row = 0; row < list.source.length; row++) {
      if (!test(row)) continue
      if (count++ < show) first.push({ row, source: list.source[row] ?? 0, target: list.target[row] ?? 0 })
    }
    if (count === 0) return []
    const severity = WARNINGS.includes(code) ? 'warning' : allow.includes(code) ? 'allowed' : 'error'
    return [{ code, severity, count, first }]
  })
}

type Test = (row: number) => boolean

function testsOf(
  { source, target }: PairList,
  mode: SelectionMode,
  circuit: LintCircuit | undefined,
): Partial<Record<LintCode, Test>> {
  const { repeated, reversed } = twins({ source, target })
  const isAutapse: Test = row => source[row] === target[row]
  const tests: Partial<Record<LintCode, Test>> = { 'list.repeats': row => repeated[row] === 1 }
  if (mode === 'reciprocal') tests['list.both-directions'] = row => reversed[row] === 1
  if (circuit?.recurrent !== false) tests['list.autapse'] = isAutapse
  if (circuit === undefined) return tests
  const row = mapGids(circuit.source.ids, source).indices
  const column = mapGids(circuit.target.ids, target).indices
  const isOutside: Test = k => row[k] === NOT_SELECTED || column[k] === NOT_SELECTED
  tests['list.outside'] = isOutside
  tests['list.absent'] = k => circuit.forward[k] === 0 && !isOutside(k)
  if (mode === 'reciprocal')
    tests['list.no-reverse'] = k => circuit.reverse[k] === 0 && !isOutside(k) && !isAutapse(k)
  return tests
}

/** Rows equal to an earlier one, and rows whose reverse is an earlier one (not that of an autapse). */
function twins(pairs: Pairs): { repeated: Uint8Array; reversed: Uint8Array } {
  const length = pairs.source.length
  const repeated = new Uint8Array(length)
  const reversed = new Uint8Array(length)
  const low = pairs.source.map((id, row) => Math.min(id, pairs.target[row] ?? 0))
  const high = pairs.source.map((id, row) => Math.max(id, pairs.target[row] ?? 0))
  const { source: lows, target: highs } = sortPairs({ source: low, target: high })
  // Which directions of each unordered pair were seen, at its first place in the sorted list: bits 1 and 2.
  const seen = new Uint8Array(length)
  for (let row = 0; row < length; row++) {
    const at = lowerBound(lows, highs, low[row] ?? 0, high[row] ?? 0)
    const forward = pairs.source[row] === low[row]
    const [own, other] = forward ? [1, 2] : [2, 1]
    const before = seen[at] ?? 0
    if (before & own) repeated[row] = 1
    if (before & other) reversed[row] = 1
    seen[at] = before | own
  }
  return { repeated, reversed }
}

function lowerBound(first: Uint32Array, second: Uint32Array, a: number, b: number): number {
  let [low, high] = [0, first.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = first[middle] ?? 0
    if (other < a || (other === a && (second[middle] ?? 0) < b)) low = middle + 1
    else high = middle
  }
  return low
}
