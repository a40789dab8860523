/** Altered values at the edges of their types: NaN, infinities, limits; against what the package makes of them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { chosen, type Plan } from '../../src/connectome/operations.ts'
import type { ValueType } from '../../src/connectome/table.ts'
import { determine, examine } from '../../src/contract/examine.ts'
import { newValueOf } from '../../src/contract/plan.ts'
import { parsePythonJson } from '../../src/formats/python-json.ts'
import { Findings } from '../../src/interop/manip-config/diagnostics.ts'
import { newValue } from '../../src/interop/manip-config/new-value.ts'

const NODES = 4
const TYPES: Readonly<Record<string, ValueType>> = {
  u1: 'u8',
  i1: 'i8',
  u2: 'u16',
  i2: 'i16',
  u4: 'u32',
  i4: 'i32',
  u8: 'u64',
  i8: 'i64',
  f4: 'f32',
  f8: 'f64',
}

interface Column {
  type: string
  before: string
  cases: [asked: string, after: string][]
}

const made = JSON.parse(
  readFileSync(new URL('../fixtures/predictions/edge-values.json', import.meta.url), 'utf8'),
) as Column[]

/** A population of some properties; row k is k mod 4 -> k mod 4. */
function edgesOf(type: ValueType, columns: readonly Uint8Array[], width: number): EdgeSource {
  const rows = (columns[0]?.length ?? 0) / width
  const ids = Uint32Array.from({ length: rows }, (_, k) => k % NODES)
  const edges = edgesFromArrays({ source: ids, target: ids, sourceCount: NODES, targetCount: NODES })
  const made = columns.map((values, k) => ({
    name: `value${k}`,
    type,
    length: rows,
    bytes: width,
    label: `value${k}`,
    readInto: (first: number, count: number, into: Uint8Array) =>
      into.set(values.subarray(first * width, (first + count) * width)),
  }))
  return { ...edges, table: async () => ({ rows, columns: made, traits: [], unreadable: [] }) }
}

/** Each of the new values for a property of its own. */
function planOf(asked: readonly string[]): Plan {
  const operations = asked.map((text, k) => {
    const findings = new Findings({ lineOf: () => 1 })
    const { value } = parsePythonJson(text, 'memory')
    const read = newValue.read(value, { path: 'new_value', findings, generation: 'B' })
    if (read === undefined) throw new Error(text)
    const all = { source: chosen(NODES), target: chosen(NODES), percent: 100, filter: new Map() }
    const property = `value${k}`
    return {
      kind: 'syn_prop_alteration',
      ...all,
      property,
      newValue: newValueOf({ newValue: read }),
    } as const
  })
  return { operations, seed: 5, splits: 1 }
}

/** What was found, by property; and which properties are only bounded. */
async function judge(type: string, before: string, asked: readonly string[], after: readonly Uint8Array[]) {
  const [name, width] = [TYPES[type] ?? 'f32', Number(type.slice(1))]
  const original = edgesOf(
    name,
    after.map(() => bytes(before)),
    width,
  )
  const determined = await determine(original, planOf(asked))
  const { predicted, invariants, unpredicted } = await examine(
    original,
    edgesOf(name, after, width),
    determined,
  )
  expect(unpredicted).toBeUndefined()
  const found = [...(predicted?.findings ?? []), ...invariants.findings]
  return {
    found: found.map(({ code, property, culprits }) => ({
      code,
      asked: asked[Number(property?.slice(5))],
      culprit: culprits[0],
    })),
    loose: new Set(predicted?.properties.flatMap(({ name, bounded }) => (bounded > 0 ? [name] : []))),
  }
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Draws depend on what was drawn before: of a plan of their own. */
const isDrawn = ([asked]: Column['cases'][number]): boolean => /"(rand|shuffle)/.test(asked)

describe.each(made)('values of type $type', ({ type, before, cases }) => {
  const good = cases.filter(([, after]) => /^[0-9a-f]+$/.test(after))
  const together = [good.filter(one => !isDrawn(one)), ...good.filter(isDrawn).map(one => [one])]

  it('are what the package makes of them', async () => {
    expect(good.length).toBeGreaterThan(20)
    for (const some of together) {
      const [asked, after] = [some.map(([text]) => text), some.map(([, hex]) => bytes(hex))]
      expect((await judge(type, before, asked, after)).found).toEqual([])
    }
  })

  const float = type.startsWith('f')
  const computed = 'may be a NaN of either sign where one comes of a computation'
  if (float)
    it(computed, async () => {
      const width = Number(type.slice(1))
      const nan = (values: Uint8Array, row: number): boolean => {
        const view = new DataView(values.buffer, values.byteOffset)
        return Number.isNaN(width === 4 ? view.getFloat32(row * 4, true) : view.getFloat64(row * 8, true))
      }
      const some = good.filter(one => !isDrawn(one))
      let negative = 0
      const after = some.map(([, hex]) => {
        const values = bytes(hex)
        for (let row = 0; row < values.length / width; row++) {
          if (!nan(values, row)) continue
          negative++
          values[row * width + width - 1] = 0xff
        }
        return values
      })
      expect(negative).toBeGreaterThan(0)
      const asked = some.map(([text]) => text)
      expect((await judge(type, before, asked, after)).found).toEqual([])
      // What somebody put into a NaN is told.
      const marked = after.map(values => {
        const other = values.slice()
        for (let row = 0; row < other.length / width; row++) if (nan(other, row)) other[row * width] = 1
        return other
      })
      expect((await judge(type, before, asked, marked)).found).not.toEqual([])
    })

  it('are nothing else', async () => {
    const some = good.filter(one => !isDrawn(one))
    const [asked, width] = [some.map(([text]) => text), Number(type.slice(1))]
    for (const row of [0, 3, 6, 8]) {
      const changed = some.map(([, hex]) => {
        const values = bytes(hex)
        // The exponent of a float, the second highest bit of an integer.
        const at = row * width + width - 1
        values[at] = (values[at] ?? 0) ^ 0x40
        return values
      })
      const { found, loose } = await judge(type, before, asked, changed)
      const told = new Set(found.map(one => one.asked))
      const passed = asked.filter((text, k) => !told.has(text) && !loose.has(`value${k}`))
      expect({ row, passed }).toEqual({ row, passed: [] })
      expect({ type, loose: loose.size / asked.length }).toEqual({
        type,
        loose: expect.toSatisfy(share => share < (LOOSE[type.slice(0, 1)] ?? 0)),
      })
    }
  })
})

/** Integers that leave their type by a number with a point are what the machine makes of them. */
const LOOSE: Readonly<Record<string, number>> = { f: 0.05, i: 0.35, u: 0.35 }
