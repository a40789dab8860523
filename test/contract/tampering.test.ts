/** Every real run, with one thing changed in its result: each is found, but for what no config determines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import seedrandom from 'seedrandom'
import { afterAll, describe, expect, it } from 'vitest'
import { type Examination, examine } from '../../src/contract/examine.ts'
import { indexProblems } from '../../src/contract/indices.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { runs } from '../counts.ts'
import { realRuns } from '../e2e/real-runs.ts'
import { hasShared } from '../shared.ts'
import { copyRun, openRun } from './runs.ts'
import { copyRows, doubleRow, dropRow, flipBit, type Rows, readRows, swapValues, toEdges } from './tamper.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-tamper-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const good = realRuns().filter(run => !run.failed)

/** Codes of everything that was found. */
const codes = ({ predicted, invariants }: Examination): string[] => [
  ...(predicted?.findings ?? []).map(({ code }) => code),
  ...invariants.findings.map(({ code }) => code),
  ...invariants.columns.map(({ code }) => code),
]

interface Expected {
  added_output_rows?: [number, number][]
  origin_of_output_rows?: [number, number][]
  changed?: Record<string, unknown>
  operation: string
}

/** What no config determines, by output row and property: random draws, redrawn delays, made synapses. */
function undetermined(run: (typeof good)[number]): (row: number, property?: string) => boolean {
  const expected = JSON.parse(readFileSync(join(run.folder, 'expected.json'), 'utf8')) as Expected
  const added = new Set((expected.added_output_rows ?? []).flatMap(([a, b]) => range(a, b)))
  const loose = new Set(
    run.functions.flatMap(one => {
      const { new_value, syn_prop, rescale_gsyn } = one as {
        new_value?: { mode: string }
        syn_prop?: string
        rescale_gsyn?: boolean
      }
      if (rescale_gsyn) return ['conductance']
      return new_value?.mode.startsWith('rand') && syn_prop !== undefined ? [syn_prop] : []
    }),
  )
  const modelled = run.operations.some(name => name === 'conn_rewiring' || name === 'conn_wiring')
  return (row, property) => {
    if (!modelled) return property !== undefined && loose.has(property)
    // Rows that are not the original's: of rewired ones only the delay is drawn, but which they are is not told there.
    return (
      added.has(row) &&
      (property === undefined ||
        property === 'delay' ||
        !run.operations.includes('conn_rewiring') ||
        made.has(run.name))
    )
  }
}

/** Runs that made synapses: any value of theirs may be drawn. */
const made = new Set(
  good
    .filter(
      run =>
        run.operations.includes('conn_rewiring') &&
        (run.functions[0] as { gen_method?: string }).gen_method !== undefined,
    )
    .map(run => run.name),
)

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k)

type Tamper = (rows: Rows, pick: (n: number) => number) => { row: number; property?: string } | undefined

const PROPERTY = (rows: Rows, pick: (n: number) => number): string => {
  const names = [...rows.columns.keys()].filter(name => name !== 'edge_type_id')
  return names[pick(names.length)] ?? ''
}

const TAMPERS: Record<string, Tamper> = {
  'one bit of a value': (rows, pick) => {
    const [property, row] = [PROPERTY(rows, pick), pick(rows.source.length)]
    flipBit(rows, property, row, pick(64))
    return { row, property }
  },
  'a row dropped': (rows, pick) => {
    const row = pick(rows.source.length)
    dropRow(rows, row)
    return { row }
  },
  'a row doubled': (rows, pick) => {
    const row = pick(rows.source.length)
    doubleRow(rows, row)
    // What is added is never what nothing determines.
    return { row: -1 }
  },
  'values of two rows swapped': (rows, pick) => {
    for (let k = 0; k < 200; k++) {
      const property = PROPERTY(rows, pick)
      const [a, b] = [pick(rows.source.length), pick(rows.source.length)]
      const values = rows.columns.get(property) ?? []
      if (Buffer.compare(values[a] ?? new Uint8Array(0), values[b] ?? new Uint8Array(0)) === 0) continue
      swapValues(rows, property, a, b)
      return { row: a, property }
    }
    return undefined
  },
  'an edge type': (rows, pick) => {
    flipBit(rows, 'edge_type_id', pick(rows.source.length), pick(64))
    // Nothing makes edge types.
    return { row: -1 }
  },
  'an id changed': (rows, pick) => {
    const [row, side] = [pick(rows.source.length), pick(2) === 0 ? rows.source : rows.target]
    side[row] = ((side[row] ?? 0) + 1 + pick(rows.like.sourceCount - 1)) % rows.like.sourceCount
    return { row }
  },
}

describe.skipIf(!hasShared)('real runs, tampered with', () => {
  it.each(good)(
    '$name',
    async run => {
      const open = await openRun(copyRun(run, folder))
      const { edges, result, determined } = open
      expect(codes(await examine(edges, result, determined))).toEqual([])
      const rows = await readRows(result)
      expect(codes(await examine(edges, toEdges(rows), determined))).toEqual([])
      const free = undetermined(run)
      for (const [what, tamper] of Object.entries(TAMPERS)) {
        const random = seedrandom(`${run.name} ${what}`)
        for (let time = 0; time < runs(1, 2); time++) {
          const changed = copyRows(rows)
          const place = tamper(changed, n => Math.floor(random() * n))
          if (place === undefined) continue
          const found = codes(await examine(edges, toEdges(changed), determined))
          if (found.length === 0 && free(place.row, place.property)) continue
          expect({ what, time, place, found: found.length > 0 }).toMatchObject({ found: true })
        }
      }
      open.close()
    },
    60_000,
  )

  it.each(good)(
    '$name: an index range shifted',
    async run => {
      const copied = copyRun(run, folder)
      const open = await openRun(copied)
      expect(await indexProblems(open.result)).toEqual([])
      const file = join(copied.folder, 'edges.h5')
      for (const direction of ['source_to_target', 'target_to_source']) {
        const intact = readFileSync(file)
        const shifted = Buffer.from(intact)
        const at = await rangeAt(
          file,
          `/edges/${open.result.population}/indices/${direction}/range_to_edge_id`,
        )
        shifted.writeBigUInt64LE(shifted.readBigUInt64LE(at) + 1n, at)
        writeFileSync(file, shifted)
        const problems = (await indexProblems(open.result)) ?? []
        expect(problems.map(problem => problem.direction)).toContain(direction)
        writeFileSync(file, intact)
      }
      open.close()
    },
    60_000,
  )
})

/** Where the end of the first range stands in the file: datasets of the converter are contiguous. */
async function rangeAt(file: string, dataset: string): Promise<number> {
  const h5 = await openHdf5(file)
  const ranges = await h5.dataset(dataset)
  const bytes = new Uint8Array(8 * (ranges?.shape ?? [0]).reduce((a, b) => a * b, 1))
  await ranges?.readInto(0, bytes.length / 8, bytes)
  h5.close()
  const at = readFileSync(file).indexOf(bytes)
  if (bytes.length === 0 || at < 0) throw new Error(`${dataset} not found`)
  return at + 8
}
