/** What is wrong with a list of connections before anything is drawn from it. */
import { isAscending, type PairList, type Pairs, sortPairs } from '../connectome/pairs.ts'
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
  | 'list.short'

/** These the notebook writes as they are, with its warning. */
const WARNINGS: readonly LintCode[] = ['list.repeats', 'list.both-directions']

export const LINT_CODES: readonly LintCode[] = [
  ...WARNINGS,
  'list.no-reverse',
  'list.autapse',
  'list.outside',
  'list.absent',
  'list.short',
]

export interface LintFinding {
  readonly code: LintCode
  /** `allowed`: would be an error, but the caller asked for it. */
  readonly severity: 'warning' | 'error' | 'allowed'
  /** Rows concerned; of `list.short` connections that were asked for and are not there. */
  readonly count: number
  /** The first of them: row of the list from 0, and 0-based node ids. */
  readonly first: readonly { readonly row: number; readonly source: number; readonly target: number }[]
}

/** What a list is held against, where a circuit is known. */
export interface LintCircuit {
  readonly source: NodeSelection
  readonly target: NodeSelection
  /** Per row, 1 where the circuit has the connection, and where it has its reverse. */
  readonly forward: Uint8Array
  readonly reverse: Uint8Array
}

export interface LintOptions {
  readonly mode: SelectionMode
  readonly circuit?: LintCircuit | undefined
  /** Sources and targets are nodes of one population, so that a node may be connected to itself: true by default. */
  readonly recurrent?: boolean | undefined
  /** The list has each row once: it is not looked through for repeats and twins. */
  readonly distinct?: boolean | undefined
  readonly allow?: readonly LintCode[] | undefined
  /** First rows to name; 5 by default. */
  readonly show?: number | undefined
}

/**
 * Findings in the order of {@link LINT_CODES}, those of no row left out. Reversed twins and missing reverses matter
 * only to lists of reciprocal pairs. Connections that are outside the selection are not looked for in the circuit.
 */
export function lintList(list: PairList, options: LintOptions): LintFinding[] {
  const { allow = [], show = 5 } = options
  const tests = testsOf(list, options)
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
  { mode, circuit, recurrent = true, distinct = false }: LintOptions,
): Partial<Record<LintCode, Test>> {
  const tests: Partial<Record<LintCode, Test>> = {}
  if (!distinct && !isDistinct({ source, target }, mode)) {
    const { repeated, reversed } = twins({ source, target })
    tests['list.repeats'] = row => repeated[row] === 1
    if (mode === 'reciprocal') tests['list.both-directions'] = row => reversed[row] === 1
  }
  const isAutapse: Test = row => source[row] === target[row]
  if (recurrent) tests['list.autapse'] = isAutapse
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

/** Whether the order alone says that there are neither repeats nor, where they matter, twins. */
function isDistinct({ source, target }: Pairs, mode: SelectionMode): boolean {
  const ascends = (a: Uint32Array, b: Uint32Array): boolean => isAscending(a, b, { distinct: true })
  if (!ascends(source, target) && !ascends(target, source)) return false
  return mode === 'directed' || source.every((id, row) => id <= (target[row] ?? 0))
}

/**
 * Rows equal to an earlier one, and rows whose reverse is an earlier one (not that of an autapse). Pairs of which
 * there is only one, which are nearly all, are found by sorting, and only the others are looked up.
 */
function twins({ source, target }: Pairs): { repeated: Uint8Array; reversed: Uint8Array } {
  const repeated = new Uint8Array(source.length)
  const reversed = new Uint8Array(source.length)
  const seen = severalTimes(source, target)
  if (seen.size === 0) return { repeated, reversed }
  for (let row = 0; row < source.length; row++) {
    const [s, t] = [source[row] ?? 0, target[row] ?? 0]
    const key = keyOf(s, t)
    const before = seen.get(key)
    if (before === undefined) continue
    const [own, other] = s <= t ? [1, 2] : [2, 1]
    if (before & own) repeated[row] = 1
    if (before & other) reversed[row] = 1
    seen.set(key, before | own)
  }
  return { repeated, reversed }
}

/** Unordered pairs as text, for a few of them. */
const keyOf = (a: number, b: number): string => (a <= b ? `${a} ${b}` : `${b} ${a}`)

/** Unordered pairs with more than one row, none of them seen: bits 1 and 2 are for u -> v and v -> u, u <= v. */
function severalTimes(source: Uint32Array, target: Uint32Array): Map<string, number> {
  const pairs = sortPairs({
    source: source.map((id, row) => Math.min(id, target[row] ?? 0)),
    target: source.map((id, row) => Math.max(id, target[row] ?? 0)),
  })
  const several = new Map<string, number>()
  for (let k = 1; k < source.length; k++) {
    const [low, high] = [pairs.source[k] ?? 0, pairs.target[k] ?? 0]
    if (low === pairs.source[k - 1] && high === pairs.target[k - 1]) several.set(keyOf(low, high), 0)
  }
  return several
}
