/** What real runs left before conversion is judged as what the converter made of it; what is no result is refused. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ID_BYTES, type IdColumn } from '../../src/connectome/edges.ts'
import { maskOf } from '../../src/demo/mask.ts'
import { InputError } from '../../src/errors.ts'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { readMask } from '../../src/selection/mask.ts'
import type { Proof } from '../../src/verification/proof.ts'
import { verify } from '../../src/verify.ts'
import { hasShared, SHARED } from '../shared.ts'
import { type Pair, prepare, type RealRun, realRuns } from './real-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-parquet-runs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const runs = realRuns().filter(run => existsSync(join(run.folder, 'parquet')))
const converted = runs.filter(run => run.hasEdges && !/missing_splits|stale_parquet/.test(run.name))
const removedOnly = converted.filter(run => run.operations.join() === 'conn_removal' && !run.failed)

async function readAll(column: IdColumn): Promise<number[]> {
  const bytes = new Uint8Array(ID_BYTES[column.type] * column.length)
  await column.readInto(0, column.length, bytes)
  if (column.type === 'u32') return [...new Uint32Array(bytes.buffer)]
  return Array.from(new BigInt64Array(bytes.buffer), Number)
}

async function idsOf(path: string) {
  const circuit = await openCircuit(path)
  const { source, target, population } = await circuit.edgePopulation()
  const ids = { population, source: await readAll(source), target: await readAll(target) }
  circuit.close()
  return ids
}

/** Proof for what lies at `path`, asked to have removed these connections. */
async function prove(run: RealRun, path: string, removed: readonly Pair[]): Promise<Proof> {
  const config = run.expected.input.circuit_config
  const original = await openCircuit(
    config.replaceAll('@CIRCUIT@', join(SHARED, 'data', 'circuits', run.circuit)),
  )
  const nodes = (await original.select((await original.edgePopulation()).sourcePopulation)).ids
  const mask = join(folder, `${run.name.replaceAll('/', '-')}.npz`)
  const inOrder = [...removed].sort((a, b) => a[1] - b[1] || a[0] - b[0])
  await writeMaskNpz(mask, maskOf(inOrder, nodes, nodes))
  const [proof] = await verify({ original, manipulated: [path], removed: await readMask(mask) })
  original.close()
  if (proof === undefined) throw new Error('no proof')
  return proof
}

describe.skipIf(!hasShared)('real runs before conversion', () => {
  it('are the ones the tests were written for', () => {
    expect(runs).toHaveLength(54)
    expect(converted).toHaveLength(45)
    expect(removedOnly.map(run => run.name)).toEqual([
      'cm_functional/conn_removal_0pct',
      'cm_functional/conn_removal_33p3_seed123456_splits3',
      'cm_functional/conn_removal_list_100',
      'cm_functional/conn_removal_mask_100',
      'cm_unit/conn_removal_40pct_seed1',
      'cm_unit/conn_removal_mask_100_splits2',
      'cm_unit/conn_removal_max1syn',
      'synth/conn_removal_30pct_seed3220_splits5',
      'synth/conn_removal_mask_100_exc_exc',
    ])
  })

  it.each(converted)('$name: the rows of edges.h5', async run => {
    const before = await idsOf(join(run.folder, 'parquet'))
    expect(before.source).toHaveLength(run.expected.rows_after ?? -1)
    expect(before).toEqual(await idsOf(join(run.folder, 'edges.h5')))
  })

  it.each(removedOnly)('$name: verified', async run => {
    const asked = run.expected.removed_connections_list ?? []
    const proof = await prove(run, join(run.folder, 'parquet'), asked)
    expect(proof.trouble).toBeUndefined()
    expect(proof.verdict).toBe('verified')
    expect(proof.classes?.removed_as_asked).toBe(asked.length)
    expect(proof.edges).toEqual({ original: run.expected.rows_before, manipulated: run.expected.rows_after })
    const parquet = join(run.folder, 'parquet')
    const bytes = readdirSync(parquet).reduce((all, file) => all + statSync(join(parquet, file)).size, 0)
    expect(proof.inputs[1]).toMatchObject({ role: 'manipulated', file: parquet, bytes })
    if (asked.length === 0) return
    const less = await prove(run, join(run.folder, 'parquet'), asked.slice(1))
    expect(less.verdict).toBe('differs')
    expect(less.findings[0]).toMatchObject({ code: 'lost.not_asked', count: 1 })
  })

  it.each(converted)('$name: the proof is that of edges.h5', async run => {
    const asked = run.expected.removed_connections_list ?? []
    const [before, after] = [
      await prove(run, join(run.folder, 'parquet'), asked),
      await prove(run, prepare(run, folder).manipulated, asked),
    ]
    // Which populations there are is not known before the conversion.
    expect(before.checks.find(({ id }) => id === 'populations.same')?.status).toBe('not_checked')
    const told = ({ verdict, classes, connections, edges, order, findings, checks }: Proof) =>
      ({
        ...{ verdict, classes, connections, edges, order, findings },
        checks: checks.filter(({ id }) => id !== 'populations.same'),
      }) as const
    expect(told(before)).toEqual(told(after))
    expect(before.verdict).not.toBe('cannot_tell')
  })
})

const LEFT_BEHIND = 'not listed in parquet.DONE: the run stopped before this split was finished'
/** File and reason. */
const REFUSED: Record<string, readonly [file: string, reason: string]> = {
  'cm_functional/failed_missing_splits_converted': [
    'parquet.DONE',
    '3 of 4 splits are missing: edges.4-1, edges.4-2, edges.4-3 (the run did not finish)',
  ],
  'cm_functional/failed_rewiring_keep_indegree_keep_conns': ['edges.parquet', LEFT_BEHIND],
  'cm_functional/failed_wiring_no_morphs': ['edges.parquet', LEFT_BEHIND],
  'cm_unit/failed_abort_in_second_split': ['edges.2-1.parquet', LEFT_BEHIND],
  'cm_unit/failed_rewiring_float32_delay_pandas3': ['edges.10-00.parquet', LEFT_BEHIND],
  'cm_unit/failed_rewiring_unsorted_splits1': ['edges.parquet', LEFT_BEHIND],
  'cm_unit/failed_stale_parquet_converted': ['edges.2-1.parquet', LEFT_BEHIND],
  'synth/failed_abort_in_operation_stale_parquet': ['edges.3-0.parquet', LEFT_BEHIND],
}

describe.skipIf(!hasShared)('failed runs before conversion', () => {
  const failed = runs.filter(run => run.failed)
  const find = (name: string): RealRun => {
    const run = failed.find(candidate => candidate.name === name)
    if (run === undefined) throw new Error(`no run ${name}`)
    return run
  }

  it('are refused, but for three that did what they were told', () => {
    const rest = failed.map(run => run.name).filter(name => !(name in REFUSED))
    expect(rest).toEqual([
      'cm_functional/failed_misspelt_amount',
      'cm_functional/failed_misspelt_sel_dst',
      'cm_functional/failed_old_kwargs_everything_removed',
    ])
  })

  it.each(Object.entries(REFUSED))('%s: refused with the reason', async (name, [file, reason]) => {
    const parquet = join(find(name).folder, 'parquet')
    await expect(openCircuit(parquet)).rejects.toThrow(InputError)
    const proof = await prove(find(name), parquet, [])
    expect(proof.verdict).toBe('cannot_tell')
    expect(proof.trouble).toMatchObject({ file: join(parquet, file), message: reason })
  })

  it('everything removed: no file, no edges, every connection lost', async () => {
    const run = find('cm_functional/failed_old_kwargs_everything_removed')
    const proof = await prove(run, join(run.folder, 'parquet'), [])
    expect(proof.verdict).toBe('differs')
    expect(proof.edges?.manipulated).toBe(0)
    expect(proof.findings[0]).toMatchObject({ code: 'lost.not_asked', count: proof.connections?.original })
  })
})
