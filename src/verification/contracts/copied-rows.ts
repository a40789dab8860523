/**
 * Rows that are there twice, bit by bit. A model may draw equal rows; it does so by chance, and how probable that is
 * follows from the rows that are equal in all but their delay.
 */
import type { SynapseCulprit } from '../synapses/expectation.ts'
import type { Detail, Findings } from './codes.ts'
import type { DrawnRows } from './drawn-rows.ts'
import { culpritOf, type Property, rowKey, type TargetRows } from './target-rows.ts'

/** Equal rows that were to be expected more often than this are no finding. */
const IMPROBABLE = 1e-4

export class CopiedRows {
  readonly #drawn: DrawnRows
  readonly #properties: readonly Property[]
  readonly #firm: readonly Property[]
  readonly #findings: Findings
  readonly #at: Detail
  #copies: SynapseCulprit[] = []
  #count = 0
  /** Pairs of rows that a draw may have made equal, and the bits of chance that keep them apart. */
  #pairs = 0
  #bits = Number.POSITIVE_INFINITY

  constructor(drawn: DrawnRows, properties: readonly Property[], findings: Findings, at: Detail) {
    this.#drawn = drawn
    this.#properties = properties
    this.#firm = properties.filter(({ name }) => name !== 'delay')
    this.#findings = findings
    this.#at = at
  }

  /** @param match place in `before` of each row of `after`, -1 for new ones */
  see({ target, before, after }: TargetRows, match: readonly number[]): void {
    const [counts, alike] = [new Map<string, number>(), new Map<string, number>()]
    const key = ({ rows }: TargetRows['after'], place: number): string =>
      `${rows.source[place]} ${rowKey(rows, place, this.#properties)}`
    for (const place of before.places) bump(counts, key(before, place), 1)
    for (const [k, place] of after.places.entries()) {
      const firm = `${after.rows.source[place]} ${rowKey(after.rows, place, this.#firm)}`
      this.#pairs += bump(alike, firm, 1) - 1
      // A row that the original has not is there once.
      const own = key(after, place)
      const left = counts.get(own) ?? 1
      counts.set(own, left - 1)
      if (left > 0) continue
      this.#count++
      this.#bits = Math.min(this.#bits, this.#drawn.bitsOfChance(after, place, match[k] === -1))
      if (this.#copies.length < MOST_KEPT) this.#copies.push(culpritOf(after, place, target))
    }
  }

  /** @returns how many equal rows may be draws */
  end(): number {
    if (this.#pairs * 2 ** -this.#bits > IMPROBABLE) return this.#count
    for (const culprit of this.#copies) this.#findings.add('row.copied', culprit, this.#at)
    const more = this.#count - this.#copies.length
    if (more > 0) this.#findings.add('row.copied', undefined, { ...this.#at, count: more })
    return 0
  }
}

/** As many as a report keeps, at most. */
const MOST_KEPT = 1000

function bump(counts: Map<string, number>, key: string, by: number): number {
  const now = (counts.get(key) ?? 0) + by
  counts.set(key, now)
  return now
}
