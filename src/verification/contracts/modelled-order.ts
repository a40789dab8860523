/** Where rows stand after conn_rewiring (sorted by target) and conn_wiring (old rows of a split, then new ones). */
import type { ModelledContext } from './rewiring.ts'
import type { TargetRows } from './target-rows.ts'

/** Edge ids of one split; -1 before: a new row. */
type Places = [before: number, after: number][]

export class ModelledOrder {
  readonly #context: ModelledContext
  readonly #splits: Places[]
  readonly #splitSize: number
  #next = 0

  constructor(context: ModelledContext) {
    this.#context = context
    this.#splitSize = Math.max(1, Math.ceil(context.targets / context.splits))
    this.#splits = Array.from({ length: context.splits }, () => [])
  }

  /** Targets must come in ascending order. */
  see({ target, before, after }: TargetRows, match: readonly number[]): void {
    if (this.#context.operation.kind === 'conn_wiring') {
      const split = this.#splits[Math.floor(target / this.#splitSize)]
      for (const [k, place] of after.places.entries())
        split?.push([before.rows.edge[match[k] ?? -1] ?? -1, after.rows.edge[place] ?? 0])
      return
    }
    for (const place of after.places) {
      if (after.rows.edge[place] !== this.#next)
        this.#add(target, after.rows.source[place] ?? 0, after.rows.edge[place])
      this.#next++
    }
  }

  end(): void {
    if (this.#context.operation.kind !== 'conn_wiring') return
    let next = 0
    for (const places of this.#splits) {
      const key = ([before]: Places[number]): number => (before < 0 ? Number.POSITIVE_INFINITY : before)
      // Old rows in their order, then the new ones in any.
      const old = places.filter(([before]) => before >= 0).sort((a, b) => key(a) - key(b))
      for (const [k, [, after]] of old.entries()) if (after !== next + k) this.#add(-1, -1, after)
      next += places.length
    }
  }

  #add(target: number, source: number, manipulatedEdge: number | undefined): void {
    this.#context.findings.add(
      'rewiring.unsorted',
      { source, target, manipulatedEdge },
      { operation: this.#context.place },
    )
  }
}
