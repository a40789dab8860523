/** Synapses that conn_rewiring made: positions and values are those of others. W7, W8 of connectome-manipulator.md. */
import type { Rewiring } from '../../connectome/operations.ts'
import type { ModelledContext } from './rewiring.ts'
import { culpritOf, type Property, rowKey, type TargetRows } from './target-rows.ts'

/** Parts of names of properties that are not sampled; source: conn_rewiring of 1.0.4, `_reinit`. */
const NOT_SAMPLED = ['_node', '_x', '_y', '_z', '_section', '_segment', '_length', '_morphology', 'delay']

export const isSampled = (name: string): boolean =>
  name !== 'edge_type_id' && !NOT_SAMPLED.some(part => name.includes(part))

const isPosition = (name: string): boolean => name.includes('afferent_')

export class NewRows {
  readonly #context: ModelledContext
  readonly #positions: readonly Property[]
  readonly #sampled: readonly Property[]
  /** Neither: left at 0. */
  readonly #zero: readonly Property[]

  constructor(context: ModelledContext) {
    this.#context = context
    const { properties } = context
    this.#positions = properties.filter(({ name }) => isPosition(name))
    this.#sampled = properties.filter(({ name }) => isSampled(name) && !isPosition(name))
    const rest = properties.filter(({ name }) => !isSampled(name) && !isPosition(name))
    this.#zero = rest.filter(({ name, text }) => name !== 'delay' && name !== 'edge_type_id' && !text)
  }

  judge({ target, before, after }: TargetRows, made: readonly number[], asked: Rewiring): void {
    if (made.length === 0) return
    const { findings, known, place: operation } = this.#context
    const strict = asked.positions === 'reuse_strict'
    if (asked.positions === 'reuse' || strict) {
      const there = before.places.filter(
        place => !strict || asked.source.member[before.rows.source[place] ?? -1] === 1,
      )
      const positions = new Set(there.map(place => rowKey(before.rows, place, this.#positions)))
      for (const place of made) {
        if (!positions.has(rowKey(after.rows, place, this.#positions)))
          findings.add('rewiring.position', culpritOf(after, place, target), { operation })
      }
    }
    if (asked.method !== 'sample') return
    const first = new Map<number, string>()
    for (const place of made) {
      const culprit = culpritOf(after, place, target)
      for (const property of this.#sampled) {
        const values = known.get(property.name)
        if (values !== undefined && !values.has(rowKey(after.rows, place, [property])))
          findings.add('rewiring.sampled', culprit, { operation, property: property.name })
      }
      const zero = rowKey(after.rows, place, this.#zero)
      if (/[^\0]/.test(zero)) findings.add('rewiring.sampled', culprit, { operation, expected: 'zeros' })
      const source = after.rows.source[place] ?? 0
      const shared = rowKey(after.rows, place, this.#sampled)
      const other = first.get(source)
      if (other !== undefined && other !== shared) findings.add('rewiring.constant', culprit, { operation })
      first.set(source, other ?? shared)
    }
  }
}
