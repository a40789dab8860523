/** Rows of a block as they should be and as they are, property by property. */
import type { ColumnPair } from './columns.ts'
import type { TargetBlock } from './expectation.ts'
import { applyRule, gather, isRuled, scatter } from './rules.ts'

export class ExpectedRows {
  readonly pairs: readonly ColumnPair[]
  readonly #block: TargetBlock
  /** Values of the original, and those that its rows should have. */
  readonly #before = new Map<string, Uint8Array>()
  readonly #expected = new Map<string, Uint8Array>()
  readonly #after = new Map<string, Uint8Array>()

  constructor(block: TargetBlock, pairs: readonly ColumnPair[]) {
    this.#block = block
    this.pairs = pairs
    for (const pair of pairs) {
      const before = block.original.columns.get(pair.name) ?? new Uint8Array(0)
      this.#before.set(pair.name, before)
      this.#after.set(pair.name, block.manipulated.columns.get(pair.name) ?? new Uint8Array(0))
      this.#expected.set(pair.name, pair.rule?.kind === 'exact' ? this.#predict(pair, before) : before)
    }
  }

  #predict(pair: ColumnPair, before: Uint8Array): Uint8Array {
    const { edge } = this.#block.original
    const ruled = Uint32Array.from(edge.keys()).filter(row => isRuled(pair, edge[row] ?? 0))
    if (ruled.length === 0) return before
    const edges = Float64Array.from(ruled, row => edge[row] ?? 0)
    const values = gather(before, pair.bytes, ruled, ruled.length)
    const expected = before.slice()
    scatter(applyRule(pair, { edges, before: values, after: values }).expected, pair.bytes, ruled, expected)
    return expected
  }

  values(side: 'before' | 'expected' | 'after', pair: ColumnPair): Uint8Array {
    const values = { before: this.#before, expected: this.#expected, after: this.#after }[side]
    return values.get(pair.name) ?? new Uint8Array(0)
  }

  /** Whether the values of some rows may be others than expected. */
  isLoose({ rule }: ColumnPair): boolean {
    return rule?.kind === 'bounded' || rule?.kind === 'free'
  }

  /** Whether that of this row may. */
  isOpen(pair: ColumnPair, original: number): boolean {
    return this.isLoose(pair) && isRuled(pair, this.#block.original.edge[original] ?? 0)
  }

  /** Equal in all that is determined. */
  isSame(original: number, manipulated: number): boolean {
    return this.pairs.every(pair => this.#agrees(pair, original, manipulated))
  }

  equalProperties(original: number, manipulated: number): number {
    let equal = 0
    for (const pair of this.pairs) if (this.#agrees(pair, original, manipulated)) equal++
    return equal
  }

  /** Properties that are not as they should be. */
  differing(original: number, manipulated: number): ColumnPair[] {
    return this.pairs.filter(pair => !this.#agrees(pair, original, manipulated))
  }

  /** Whether a property is outside of its bounds. */
  isOutside(pair: ColumnPair, original: number, manipulated: number): boolean {
    if (pair.rule?.kind !== 'bounded' || !this.isOpen(pair, original)) return false
    const { bytes } = pair
    const value = (side: 'before' | 'after', row: number): Uint8Array =>
      this.values(side, pair).slice(row * bytes, (row + 1) * bytes)
    const edges = Float64Array.of(this.#block.original.edge[original] ?? 0)
    const rows = { edges, before: value('before', original), after: value('after', manipulated) }
    return applyRule(pair, rows).bad?.[0] === 1
  }

  /** Order of the contents of two rows of one side. */
  compare(pairs: readonly ColumnPair[], side: 'expected' | 'after', a: number, b: number): number {
    for (const pair of pairs) {
      const values = this.values(side, pair)
      const order = compareBytes(values, a, values, b, pair.bytes)
      if (order !== 0) return order
    }
    return 0
  }

  compareAcross(pairs: readonly ColumnPair[], original: number, manipulated: number): number {
    for (const pair of pairs) {
      const [expected, after] = [this.values('expected', pair), this.values('after', pair)]
      const order = compareBytes(expected, original, after, manipulated, pair.bytes)
      if (order !== 0) return order
    }
    return 0
  }

  #agrees(pair: ColumnPair, original: number, manipulated: number): boolean {
    if (this.isOpen(pair, original)) return true
    const [expected, after] = [this.values('expected', pair), this.values('after', pair)]
    return compareBytes(expected, original, after, manipulated, pair.bytes) === 0
  }
}

function compareBytes(a: Uint8Array, i: number, b: Uint8Array, j: number, width: number): number {
  for (let k = 0; k < width; k++) {
    const difference = (a[i * width + k] ?? 0) - (b[j * width + k] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
