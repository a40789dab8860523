/**
 * Where rows stand after a sequence with conn_rewiring or conn_wiring: those of the original keep their order within a
 * split; where nothing was wired, rows are sorted by target.
 */
import type { SequenceContext } from './sequence.ts'
import type { TargetRows } from './target-rows.ts'

export class SequenceOrder {
  readonly #context: SequenceContext
  readonly #isSorted: boolean
  readonly #splitSize: number
  /** Of each split, edge ids of rows of the original, before and after. */
  readonly #kept: [before: number, after: number, source: number, target: number][][]
  readonly #rows: number[]
  #next = 0

  constructor(context: SequenceContext) {
    this.#context = context
    this.#isSorted = !context.operations.some(({ kind }) => kind === 'conn_wiring')
    this.#splitSize = Math.max(1, Math.ceil(context.targets / context.splits))
    this.#kept = Array.from({ length: context.splits }, () => [])
    this.#rows = new Array(context.splits).fill(0)
  }

  /** Targets must come in ascending order. */
  see({ target, before, after }: TargetRows, match: readonly number[]): void {
    const split = Math.floor(target / this.#splitSize)
    this.#rows[split] = (this.#rows[split] ?? 0) + after.places.length
    for (const [k, place] of after.places.entries()) {
      const edge = after.rows.edge[place] ?? 0
      const source = after.rows.source[place] ?? 0
      if (this.#isSorted && edge !== this.#next) this.#add(source, target, edge)
      this.#next++
      const old = match[k] ?? -1
      if (!this.#isSorted && old >= 0)
        this.#kept[split]?.push([before.rows.edge[old] ?? 0, edge, source, target])
    }
  }

  end(): void {
    let first = 0
    for (const [split, kept] of this.#kept.entries()) {
      const end = first + (this.#rows[split] ?? 0)
      let previous = -1
      for (const [, edge, source, target] of kept.sort(([a], [b]) => a - b)) {
        if (edge < previous || edge < first || edge >= end) this.#add(source, target, edge)
        previous = Math.max(previous, edge)
      }
      first = end
    }
  }

  #add(source: number, target: number, manipulatedEdge: number): void {
    this.#context.findings.add('rewiring.unsorted', { source, target, manipulatedEdge })
  }
}
