/** syn_prop_alteration in one split. Source: connectome-manipulator.md 2.7 (P2 - P5). */

import type { Value } from '../connectome/numbers.ts'
import { type SynPropAlteration, share } from '../connectome/operations.ts'
import { drawRandom } from './draws.ts'
import type { NumberColumn } from './source.ts'
import { StepBuilder } from './step-builder.ts'
import { type Arithmetic, clip, newValue as computed, fits, UNKNOWABLE, widthOf } from './values.ts'
import { Unpredictable, type Work } from './work.ts'

export async function alter(asked: SynPropAlteration, work: Work): Promise<void> {
  const { table, stream, count, steps, operation } = work
  const selected = await filtered(asked, work, table.select(asked.source, asked.target))
  const taken = share(asked.percent, selected.length)
  count(selected.length, taken)
  // Nothing is drawn where everything is altered.
  const chosen = taken < selected.length ? stream.scatter(selected.length, taken) : undefined
  const altered = chosen === undefined ? selected : selected.filter((_, k) => chosen[k] === 1)
  const step = steps[operation]
  const column = work.source.columns.get(asked.property)
  if (step === undefined || column === undefined)
    throw new Unpredictable(`the circuit has no numbers called ${asked.property}`)
  const edges = Float64Array.from(altered, row => table.edges[row] ?? 0)
  const { newValue } = asked
  switch (newValue.mode) {
    case 'shuffle':
      return step.add(edges, await shuffled(work, column, altered))
    case 'setval':
      if (computed(newValue, column.type, 0, false) === UNKNOWABLE) step.undecided = true
      return step.add(edges)
    case 'scale':
    case 'offset': {
      if (column.type !== 'f32' && column.type !== 'f64') {
        const { values } = await StepBuilder.current(work, column, altered)
        for (const value of values) {
          if (leaves(column, newValue, value)) step.overflows++
          if (computed(newValue, column.type, value, false) === UNKNOWABLE) step.undecided = true
        }
      }
      return step.add(edges)
    }
    default: {
      const draws = drawRandom(stream.use(), newValue.rng, newValue.arguments, edges.length)
      if (draws === undefined && edges.length > 0)
        stream.lose(`it is not known how much numpy.random.${newValue.rng} draws`)
      return step.add(edges, draws)
    }
  }
}

/** Whether a value wraps: an integer's result before it is clipped, a double's when it becomes an integer again. */
function leaves({ type }: NumberColumn, how: Arithmetic, value: Value): boolean {
  const { mode, value: operand, integer = Number.isInteger(operand), range } = how
  const exact = mode === 'scale' ? Number(value) * operand : Number(value) + operand
  return !fits(type, Math.trunc(integer && fits(type, operand) ? exact : clip(range, exact)))
}

/** Rows whose properties have one of the values of each filter; `numpy.isin`, so NaN is in no list. */
async function filtered(asked: SynPropAlteration, work: Work, selected: Uint32Array): Promise<Uint32Array> {
  let left = selected
  for (const [property, wanted] of asked.filter) {
    const column = work.source.columns.get(property)
    if (column === undefined) throw new Unpredictable(`the circuit has no numbers called ${property}`)
    const accepted = new Set<unknown>()
    for (const value of wanted) {
      if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint')
        throw new Unpredictable(`the filter of ${property} compares numbers with ${JSON.stringify(value)}`)
      accepted.add(typeof value === 'bigint' ? value : Number(value))
    }
    const { values, doubt } = await StepBuilder.current(work, column, left)
    // Whether an uncertain value is in the list decides what is drawn for all that follow.
    if (doubt.some(reason => reason !== 0))
      throw new Unpredictable(`it filters by ${property}, which a function before it left uncertain`)
    left = left.filter((_, k) => accepted.has(values[k]))
  }
  return left
}

/** New bytes of the altered rows: those of the same rows, permuted. */
async function shuffled(work: Work, column: NumberColumn, altered: Uint32Array): Promise<Uint8Array> {
  if (work.splits > 1) throw new Unpredictable('shuffle works with one split only')
  const { bytes, doubt } = await StepBuilder.current(work, column, altered)
  if (doubt.some(reason => reason !== 0))
    throw new Unpredictable(`it shuffles ${column.name}, which a function before it left uncertain`)
  const width = widthOf(column.type)
  const moved = new Uint8Array(altered.length * width)
  for (const [k, from] of work.stream.use().permutation(altered.length).entries())
    moved.set(bytes.subarray(from * width, (from + 1) * width), k * width)
  return moved
}
