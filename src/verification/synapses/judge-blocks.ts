/** Every connection to some targets, row by row: what the walk found suspect, or could not follow. */
import { hasBit } from './bits.ts'
import type { ColumnPair } from './columns.ts'
import type { Expectation, SynapseCulprit, TargetBlock } from './expectation.ts'
import { ExpectedRows } from './expected-rows.ts'
import type { Findings } from './findings.ts'
import { type Match, type Matched, matchRows } from './match.ts'
import type { Undetermined } from './property-window.ts'
import { valueAt } from './values.ts'

export interface Judged {
  /** Rows of the manipulated that nobody expected and nobody forbids. */
  new: number
  readonly undetermined: ReadonlyMap<string, Undetermined>
}

/** `order`: whether rows of one connection must be in the order of the original. */
export class BlockJudge {
  readonly #pairs: readonly ColumnPair[]
  readonly #expectation: Expectation
  readonly #order: boolean
  readonly #findings: Findings
  readonly judged: Judged

  constructor(pairs: readonly ColumnPair[], expectation: Expectation, order: boolean, findings: Findings) {
    this.#pairs = pairs
    this.#expectation = expectation
    this.#order = order
    this.#findings = findings
    this.judged = { new: 0, undetermined: new Map(pairs.map(({ name }) => [name, { bounded: 0, free: 0 }])) }
  }

  add(block: TargetBlock): void {
    const rows = new ExpectedRows(block, this.#pairs)
    const { original, manipulated } = block
    for (let o = 0, m = 0; o < original.count || m < manipulated.count; ) {
      const [source, target] = firstConnection(block, o, m)
      const oEnd = endOf(original, o, source, target)
      const mEnd = endOf(manipulated, m, source, target)
      this.#connection(block, rows, { source, target, o, oEnd, m, mEnd })
      o = oEnd
      m = mEnd
    }
  }

  #connection(block: TargetBlock, rows: ExpectedRows, connection: Connection): void {
    const { source, target, o, oEnd, m, mEnd } = connection
    const { remain, mayBeNew } = this.#expectation
    // Which connections are there at all is told by others where nobody says which edges must remain.
    if (remain === undefined && m === mEnd) return
    const allowed = mayBeNew?.(source, target) === true
    if (o === oEnd && (remain === undefined || allowed)) {
      this.judged.new += mEnd - m
      return
    }
    const originals = range(o, oEnd).filter(row => hasBit(remain, block.original.edge[row] ?? 0))
    const others = range(m, mEnd)
    const inPlace = originals.length === others.length && originals.every((row, k) => rows.isSame(row, m + k))
    const matched = inPlace
      ? { same: originals.map((row, k): Match => [row, m + k]), changed: [], missing: [], extra: [] }
      : matchRows(rows, originals, others, allowed)
    this.#report(block, rows, matched, allowed)
  }

  #report(block: TargetBlock, rows: ExpectedRows, matched: Matched, allowed: boolean): void {
    const { same, changed, missing, extra } = matched
    for (const row of missing)
      this.#findings.add('synapse.missing', undefined, () => culprit(block, row, undefined))
    if (allowed) this.judged.new += extra.length
    else
      for (const row of extra)
        this.#findings.add('synapse.extra', undefined, () => culprit(block, undefined, row))
    for (const match of changed)
      for (const pair of rows.differing(...match))
        this.#findings.add(codeOf(pair, rows, match), pair.name, () => withValues(block, rows, pair, match))
    for (const match of [...same, ...changed]) this.#open(block, rows, match)
    if (this.#order && changed.length + missing.length + extra.length === 0) this.#outOfOrder(block, same)
  }

  /** Properties of a row that are not determined. */
  #open(block: TargetBlock, rows: ExpectedRows, match: Match): void {
    for (const pair of this.#pairs) {
      if (!rows.isOpen(pair, match[0])) continue
      const facts = this.judged.undetermined.get(pair.name)
      if (facts !== undefined) facts[pair.rule?.kind === 'bounded' ? 'bounded' : 'free']++
      if (rows.isOutside(pair, ...match))
        this.#findings.add('property.bounds', pair.name, () => withValues(block, rows, pair, match))
    }
  }

  #outOfOrder(block: TargetBlock, same: readonly Match[]): void {
    const byManipulated = [...same].sort(([, a], [, b]) => a - b)
    const byOriginal = [...same].sort(([a], [b]) => a - b)
    for (const [k, [original, manipulated]] of byManipulated.entries())
      if (byOriginal[k]?.[0] !== original)
        this.#findings.add('synapse.order', undefined, () => culprit(block, original, manipulated))
  }
}

interface Connection {
  readonly source: number
  readonly target: number
  readonly o: number
  readonly oEnd: number
  readonly m: number
  readonly mEnd: number
}

type Rows = TargetBlock['original']

function firstConnection({ original, manipulated }: TargetBlock, o: number, m: number): [number, number] {
  const [a, b] = [pairAt(original, o), pairAt(manipulated, m)]
  if (a === undefined || b === undefined) return a ?? b ?? [0, 0]
  return a[1] < b[1] || (a[1] === b[1] && a[0] <= b[0]) ? a : b
}

const pairAt = (rows: Rows, at: number): [source: number, target: number] | undefined =>
  at < rows.count ? [rows.source[at] ?? 0, rows.target[at] ?? 0] : undefined

function endOf(rows: Rows, from: number, source: number, target: number): number {
  let end = from
  while (end < rows.count && rows.source[end] === source && rows.target[end] === target) end++
  return end
}

const range = (from: number, end: number): number[] => Array.from({ length: end - from }, (_, k) => from + k)

/** What the types said, and say no more, is lost. */
function codeOf(pair: ColumnPair, rows: ExpectedRows, [, m]: Match): ColumnPair['code'] | 'property.lost' {
  if (pair.typed !== true) return pair.code
  const after = rows.values('after', pair).subarray(m * pair.bytes, (m + 1) * pair.bytes)
  return after.every(byte => byte === 0) ? 'property.lost' : pair.code
}

function culprit(
  { original, manipulated }: TargetBlock,
  o: number | undefined,
  m: number | undefined,
): SynapseCulprit {
  const [rows, at] = o === undefined ? [manipulated, m ?? 0] : [original, o]
  return {
    source: rows.source[at] ?? 0,
    target: rows.target[at] ?? 0,
    originalEdge: o === undefined ? undefined : original.edge[o],
    manipulatedEdge: m === undefined ? undefined : manipulated.edge[m],
  }
}

function withValues(block: TargetBlock, rows: ExpectedRows, pair: ColumnPair, [o, m]: Match): SynapseCulprit {
  const before = valueAt(pair, rows.values('before', pair), o)
  const expected = valueAt(pair, rows.values('expected', pair), o)
  return {
    ...culprit(block, o, m),
    property: pair.name,
    before,
    expected: expected === before ? undefined : expected,
    after: valueAt(pair, rows.values('after', pair), m),
  }
}
