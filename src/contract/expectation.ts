/** A prediction as what must hold of the manipulated population, edge by edge. */
import { type Bits, noBits } from '../connectome/edge-bits.ts'
import { readValue, type Value } from '../connectome/numbers.ts'
import type { Prediction } from '../manipulation/predict.ts'
import type { NumberColumn } from '../manipulation/source.ts'
import { type Known, type Step, Steps } from '../manipulation/steps.ts'
import { widthOf, writeNew } from '../manipulation/values.ts'
import type { Expectation, PropertyRule } from '../verification/synapses/expectation.ts'

/** @param columns of the original */
export function expectationOf(
  prediction: Prediction,
  splits: number,
  columns: ReadonlyMap<string, NumberColumn>,
): Expectation {
  const properties = new Map<string, PropertyRule>()
  for (const [name, steps] of prediction.changes) {
    const column = columns.get(name)
    if (column !== undefined) properties.set(name, ruleOf(column, steps, prediction.undecided.has(name)))
  }
  return { remain: prediction.remain, order: { kind: 'splits', splits }, properties }
}

function ruleOf({ type }: NumberColumn, given: readonly Step[], undecided: boolean): PropertyRule {
  const steps = new Steps(type, given)
  const rows = union(given.map(step => step.rows))
  const width = widthOf(type)
  const exact = given.every(step => step.kind === 'arithmetic' || step.kind === 'given')
  if (exact && !steps.hasWide && !undecided) {
    return {
      kind: 'exact',
      rows,
      expect(edges, before, expected) {
        const from = viewOf(before)
        for (const [k, edge] of edges.entries()) {
          const known = steps.value(edge, readValue(from, k * width, type))
          if (known.kind === 'exact') writeNew(expected, k, type, known.value)
        }
      },
    }
  }
  return {
    kind: 'bounded',
    rows,
    reason: reasonOf(given, undecided),
    judge(edges, before, after, bad) {
      const [from, to] = [viewOf(before), viewOf(after)]
      for (const [k, edge] of edges.entries()) {
        const old = readValue(from, k * width, type)
        const found = readValue(to, k * width, type)
        const fits =
          accepts(steps.value(edge, old), found) ||
          (steps.hasWide && accepts(steps.value(edge, old, true), found))
        bad[k] = fits ? 0 : 1
      }
    },
  }
}

function reasonOf(steps: readonly Step[], undecided: boolean): string {
  const reasons = steps.flatMap(step =>
    step.kind === 'drawn'
      ? [step.reason]
      : step.kind === 'rescaled'
        ? ['rescaled to the sum of their connection']
        : [],
  )
  if (undecided) reasons.push('integers that left the range of their type')
  if (steps.some(step => step.kind === 'arithmetic' && step.wide !== undefined))
    reasons.push('more than a million values, whose last bit depends on whether numexpr was installed')
  return [...new Set(reasons)].join('; ')
}

function accepts(known: Known, found: Value): boolean {
  switch (known.kind) {
    case 'exact':
      return Object.is(known.value, found)
    case 'near':
      return Object.is(known.value, found) || Math.abs(Number(found) - known.value) <= known.tolerance
    case 'within':
      return (found >= known.range[0] && found <= known.range[1]) || (known.orNan && Number.isNaN(found))
    case 'nothing':
      return true
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function union(sets: readonly Bits[]): Bits {
  const all = noBits(sets[0]?.length ?? 0)
  for (const { bytes } of sets)
    for (let k = 0; k < bytes.length; k++) all.bytes[k] = (all.bytes[k] ?? 0) | (bytes[k] ?? 0)
  return all
}
