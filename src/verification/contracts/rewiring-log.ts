/**
 * What conn_rewiring wrote down of itself: for each row of a split whether it was deleted, given another source, left
 * alone or made, and the connection of every row of the result. Source: connectome-manipulator.md 2.8.
 */
import type { Findings } from './codes.ts'
import { culpritOf, type Property, sameRow, type TargetRows } from './target-rows.ts'

/** The log of one split. Flags are 0 or 1, in the order of the rows. */
export interface SplitLog {
  readonly file: string
  /** Of the rows before. */
  readonly deleted: Uint8Array
  readonly rewiredBefore: Uint8Array
  /** Of the rows after. */
  readonly made: Uint8Array
  readonly rewiredAfter: Uint8Array
  /** Connection of each row after. */
  readonly source: Float64Array
  readonly target: Float64Array
}

interface Cursor {
  before: number
  after: number
}

export class LogJudge {
  readonly #logs: readonly (SplitLog | undefined)[]
  readonly #cursors: readonly Cursor[]
  readonly #firm: readonly Property[]
  readonly #properties: readonly Property[]
  readonly #splitSize: number
  readonly #findings: Findings
  readonly #operation: number

  /** @param logs of each split; none where nothing was rewired in it */
  constructor(
    logs: readonly (SplitLog | undefined)[],
    properties: readonly Property[],
    targets: number,
    findings: Findings,
    operation: number,
  ) {
    this.#logs = logs
    this.#cursors = logs.map(() => ({ before: 0, after: 0 }))
    this.#properties = properties
    this.#firm = properties.filter(({ name }) => name !== 'delay')
    this.#splitSize = Math.max(1, Math.ceil(targets / logs.length))
    this.#findings = findings
    this.#operation = operation
  }

  /** Targets must come in ascending order. */
  see(rows: TargetRows): void {
    const split = Math.floor(rows.target / this.#splitSize)
    const [log, cursor] = [this.#logs[split], this.#cursors[split]]
    if (log === undefined || cursor === undefined) return
    const { target, before, after } = rows
    const left = before.places.flatMap((place, k) =>
      log.deleted[cursor.before + k] === 0 ? [{ place, k }] : [],
    )
    let next = 0
    for (const [k, place] of after.places.entries()) {
      const row = cursor.after + k
      const culprit = culpritOf(after, place, target)
      const [source, to] = [log.source[row], log.target[row]]
      if (source !== after.rows.source[place] || to !== target) {
        const expected = source === undefined ? 'no such row' : `${source} -> ${to}`
        this.#add('log.connection', culprit, expected)
      }
      if (log.made[row] === 1) continue
      const old = left[next++]
      if (old === undefined) this.#add('log.rows', culprit, 'no such row')
      else {
        const rewired = log.rewiredAfter[row] === 1
        const same =
          sameRow(before.rows, old.place, after.rows, place, rewired ? this.#firm : this.#properties) &&
          (rewired || before.rows.source[old.place] === after.rows.source[place])
        const told = rewired === (log.rewiredBefore[cursor.before + old.k] === 1)
        if (!same || !told)
          this.#add(
            'log.rows',
            { ...culprit, originalEdge: before.rows.edge[old.place] },
            rewired ? 'rewired' : 'unchanged',
          )
      }
    }
    for (const { place } of left.slice(next)) {
      const { source, edge } = before.rows
      this.#add('log.rows', { source: source[place] ?? 0, target, originalEdge: edge[place] }, 'still there')
    }
    cursor.before += before.places.length
    cursor.after += after.places.length
  }

  end(): void {
    for (const [split, log] of this.#logs.entries()) {
      const cursor = this.#cursors[split]
      if (log === undefined || cursor === undefined) continue
      const [before, after] = [log.deleted.length, log.made.length]
      if (cursor.before !== before || cursor.after !== after)
        this.#findings.add('log.rows', undefined, {
          operation: this.#operation,
          expected: `${before} rows before and ${after} after in split ${split + 1}`,
          found: `${cursor.before} and ${cursor.after}`,
        })
    }
  }

  #add(code: 'log.rows' | 'log.connection', culprit: ReturnType<typeof culpritOf>, expected: string): void {
    this.#findings.add(code, culprit, { operation: this.#operation, expected })
  }
}
