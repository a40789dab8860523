/** Predictions against what the package itself makes, over the grid of test/fixtures/predictions. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasBit } from '../../src/connectome/edge-bits.ts'
import { readValue } from '../../src/connectome/numbers.ts'
import { splitBounds } from '../../src/connectome/operations.ts'
import { type Prediction, predict } from '../../src/manipulation/predict.ts'
import { Steps } from '../../src/manipulation/steps.ts'
import { widthOf, writeValue } from '../../src/manipulation/values.ts'
import {
  bytesOf,
  type CircuitSpec,
  type GridFunction,
  makeColumns,
  operationOf,
  sourceOf,
  TYPES,
} from './grid.ts'

type Case = [
  circuit: string,
  seed: number,
  splits: number,
  sequence: number,
  rows: number,
  sha256: string,
  changed: Record<string, string | number[]>,
]
const grid = JSON.parse(
  readFileSync(new URL('../fixtures/predictions/digests.json', import.meta.url), 'utf8'),
) as { circuits: Record<string, CircuitSpec>; sequences: GridFunction[][]; cases: Case[] }

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
const circuits = new Map(
  Object.entries(grid.circuits).map(([name, spec]) => [name, { spec, columns: makeColumns(spec) }]),
)

/** Edge ids in the order of the output: split by split. */
function outputRows(prediction: Prediction, target: Int32Array, nodes: number, splits: number): number[] {
  const rows = Array.from(target, (_, edge) => edge).filter(edge => hasBit(prediction.remain, edge))
  return splitBounds(nodes, splits).flatMap(([from, to]) =>
    rows.filter(edge => (target[edge] ?? 0) >= from && (target[edge] ?? 0) < to),
  )
}

function check(
  prediction: Prediction,
  property: string,
  rows: readonly number[],
  bytes: Uint8Array,
  expected: string | number[],
): void {
  const type = TYPES[property] ?? 'f32'
  const width = widthOf(type)
  const before = new DataView(bytes.buffer, bytes.byteOffset)
  const steps = new Steps(type, prediction.changes.get(property) ?? [])
  const out = new DataView(new ArrayBuffer(rows.length * width))
  for (const [k, edge] of rows.entries()) {
    const known = steps.value(edge, readValue(before, edge * width, type))
    if (known.kind === 'nothing' || known.kind === 'within') throw new Error(`row ${edge}: ${known.reason}`)
    if (Array.isArray(expected)) {
      const tolerance = known.kind === 'near' ? known.tolerance : 0
      expect(Math.abs(Number(known.value) - (expected[k] ?? 0))).toBeLessThanOrEqual(tolerance)
    } else expect(known.kind).toBe('exact')
    writeValue(out, k * width, type, known.value)
  }
  if (!Array.isArray(expected)) expect(digest(new Uint8Array(out.buffer))).toBe(expected)
}

describe('the grid', () => {
  it('is large, and its circuits are made here as there', () => {
    expect(grid.cases.length).toBeGreaterThan(500)
    for (const { spec, columns } of circuits.values()) {
      const made = Object.entries(TYPES).map(([name]) => [name, digest(bytesOf(columns[name] as Int32Array))])
      expect(Object.fromEntries(made)).toEqual(spec.sha256)
    }
  })

  it.each(grid.sequences.map((functions, k) => ({ k, what: JSON.stringify(functions) })))(
    'sequence $k: $what',
    async ({ k }) => {
      const functions = grid.sequences[k] ?? []
      const cases = grid.cases.filter(one => one[3] === k)
      expect(cases).not.toEqual([])
      for (const [name, seed, splits, , count, sha256, changed] of cases) {
        const { spec, columns } = circuits.get(name) as {
          spec: CircuitSpec
          columns: ReturnType<typeof makeColumns>
        }
        const plan = { operations: functions.map(one => operationOf(one, spec.nodes)), seed, splits }
        const prediction = await predict(sourceOf(spec, columns), plan, { together: 150 })
        expect(prediction.unknownFrom).toBeUndefined()
        const rows = outputRows(prediction, columns.target as Int32Array, spec.nodes, splits)
        expect(rows).toHaveLength(count)
        expect(digest(bytesOf(BigInt64Array.from(rows, BigInt)))).toBe(sha256)
        for (const [property, expected] of Object.entries(changed))
          check(prediction, property, rows, bytesOf(columns[property] as Int32Array), expected)
        // Nothing else is predicted to change.
        for (const property of prediction.changes.keys())
          if (changed[property] === undefined && name === 'small')
            check(
              prediction,
              property,
              rows,
              bytesOf(columns[property] as Int32Array),
              digestOf(columns, property, rows),
            )
      }
    },
  )
})

function digestOf(
  columns: ReturnType<typeof makeColumns>,
  property: string,
  rows: readonly number[],
): string {
  const [bytes, width] = [bytesOf(columns[property] as Int32Array), widthOf(TYPES[property] ?? 'f32')]
  const picked = rows.map(edge => Buffer.from(bytes.subarray(edge * width, (edge + 1) * width)))
  return digest(Buffer.concat(picked))
}
