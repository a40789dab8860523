/** Real outputs of the Python package are verified; a mask with any other bit, or another result, is not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { maskOf } from '../../src/demo/mask.ts'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { readMask } from '../../src/selection/mask.ts'
import { openCircuit } from '../../src/sonata/circuit.ts'
import { verify } from '../../src/verify.ts'
import { hasShared } from '../shared.ts'
import { named } from './flip.ts'
import {
  originalPairs,
  type Pair,
  type PreparedRun,
  prepare,
  type RealRun,
  realRuns,
  runsWithWholeMask,
} from './real-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-real-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const all = realRuns()
const good = all.filter(run => !run.failed)
const masked = runsWithWholeMask()

const unchanged = good.filter(run => run.operations.join() === 'null_manipulation')
const drawn = good.filter(run => run.operations.join() === 'conn_removal' && !run.hasMask)

async function check(
  run: PreparedRun,
  options: { mask?: string | undefined; allow?: ['asked.absent'] } = {},
) {
  const { mask, ...rest } = options
  const original = await openCircuit(run.original)
  const [proof] = await verify({
    original,
    manipulated: [run.manipulated],
    removed: mask === undefined ? undefined : await readMask(mask),
    source: run.source,
    target: run.target,
    idBase: 0,
    // Runs that change properties too are judged by their configuration elsewhere.
    level: 'connections',
    ...rest,
  })
  original.close()
  if (proof === undefined) throw new Error('no proof')
  return proof
}

describe.skipIf(!hasShared)('real runs', () => {
  it('are the ones the tests were written for', () => {
    expect(masked.map(run => run.name)).toEqual([
      'cm_functional/conn_removal_mask_100',
      'cm_unit/conn_removal_mask_100_splits2',
      'synth/conn_removal_mask_100_exc_exc',
      'synth/conn_removal_mask_100_reciprocal',
      'synth/conn_removal_mask_100_unordered_list',
      'synth/seq_mask_then_scale',
    ])
    expect(unchanged.map(run => run.name)).toEqual([
      'cm_functional/null_splits1',
      'cm_functional/null_splits7_cli',
      'cm_unit/null_splits1',
      'cm_unit/null_splits3_regroups',
      'synth/null_splits1',
    ])
    expect(drawn).toHaveLength(9)
  })

  it.each(masked)('$name: its mask was removed and nothing else', async run => {
    const prepared = prepare(run, folder)
    const proof = await check(prepared, { mask: prepared.mask })
    expect(proof.verdict).toBe('verified')
    expect(proof.findings).toEqual([])
    expect(proof.classes?.removed_as_asked).toBe(run.expected.removed_connections)
    expect(proof.edges).toEqual({ original: run.expected.rows_before, manipulated: run.expected.rows_after })
    const { original = 0, manipulated = 0 } = proof.connections ?? {}
    expect(original - manipulated).toBe(run.expected.removed_connections)
    if (prepared.source === undefined && prepared.target === undefined) {
      const { connections_before, connections_after } = run.expected
      expect(proof.connections).toEqual({ original: connections_before, manipulated: connections_after })
    }
  })

  it.each(unchanged)('$name: nothing changed', async run => {
    const proof = await check(prepare(run, folder))
    expect(proof.verdict).toBe('verified')
    expect(proof.edges).toEqual({ original: run.expected.rows_before, manipulated: run.expected.rows_after })
    expect(proof.connections?.manipulated).toBe(run.expected.connections_after)
  })

  it.each(drawn)('$name: exactly the listed connections are gone', async run => {
    const prepared = { ...prepare(run, folder), source: undefined, target: undefined }
    const asked = run.expected.removed_connections_list ?? []
    const mask = await writeWholeMask(prepared, asked, `${run.name}-listed.npz`)
    const proof = await check(prepared, { mask })
    expect(proof.verdict).toBe('verified')
    expect(proof.classes?.removed_as_asked).toBe(run.expected.removed_connections)
    if (asked.length === 0) return
    // The same result is wrong for anybody who asked for one connection less.
    const less = await writeWholeMask(prepared, asked.slice(1), `${run.name}-less.npz`)
    expect(named(await check(prepared, { mask: less }))).toEqual([
      { code: 'lost.not_asked', count: 1, pairs: [asked[0]] },
    ])
  })

  it.each(good.filter(run => run.hasEdges))(
    '$name: without a mask, what it changed is counted',
    async run => {
      const proof = await check({ ...prepare(run, folder), ...EVERYTHING })
      const { removed_connections, added_connections, rows_before, rows_after } = run.expected
      expect(proof.classes).toMatchObject({
        lost_not_asked: removed_connections,
        added_not_asked: added_connections,
        removed_as_asked: 0,
        outside_changed: 0,
      })
      expect(proof.edges).toEqual({ original: rows_before, manipulated: rows_after })
    },
  )

  it('synth/conn_removal_mask_60pct: the rest of the mask is still there', async () => {
    const run = find('synth/conn_removal_mask_60pct')
    const prepared = prepare(run, folder)
    const proof = await check(prepared, { mask: prepared.mask })
    const removed = run.expected.removed_connections ?? 0
    expect(proof.verdict).toBe('differs')
    expect(proof.classes?.removed_as_asked).toBe(removed)
    expect(named(proof)).toMatchObject([{ code: 'asked.still_there', count: proof.asked.removed - removed }])
  })

  it('a mask that names unconnected pairs is told, with their number, unless that is allowed', async () => {
    const run = find('synth/conn_removal_mask_100_extra_entries')
    const prepared = prepare(run, folder)
    const told = Number(
      /^(\d+) mask entries name pairs that are not connected/.exec(run.expected.note ?? '')?.[1],
    )
    const proof = await check(prepared, { mask: prepared.mask })
    expect(proof.verdict).toBe('differs')
    expect(named(proof)).toMatchObject([{ code: 'asked.absent', count: told }])
    expect(proof.asked.removed - told).toBe(run.expected.removed_connections)
    const allowed = await check(prepared, { mask: prepared.mask, allow: ['asked.absent'] })
    expect(allowed.verdict).toBe('verified')
    expect(allowed.findings.every(finding => finding.severity === 'warning')).toBe(true)
    expect(allowed.classes?.asked_absent).toBe(told)
  })

  it('the columns of a mask for an unordered list are in the order of the list', async () => {
    const run = find('synth/conn_removal_mask_100_unordered_list')
    const prepared = prepare(run, folder)
    const list = run.functions[0]?.sel_dest as number[]
    const ascending = [...list].sort((a, b) => a - b)
    const inOrder = await check(prepared, { mask: prepared.mask })
    expect(inOrder.verdict).toBe('verified')
    const target = join(folder, 'ascending.json')
    writeFileSync(target, JSON.stringify(ascending))
    expect((await check({ ...prepared, target }, { mask: prepared.mask })).verdict).toBe('differs')
  })
})

describe.skipIf(!hasShared)('failed runs that left an edges.h5', () => {
  const failed = all.filter(run => run.failed && run.hasEdges)

  it('are the ones the tests were written for', () => {
    expect(failed.map(run => run.name)).toEqual([
      'cm_functional/failed_missing_splits_converted',
      'cm_functional/failed_misspelt_amount',
      'cm_functional/failed_misspelt_sel_dst',
      'cm_functional/failed_truncated_edges_h5_tail',
      'cm_unit/failed_stale_parquet_converted',
      'synth/failed_converter_killed',
      'synth/failed_misspelt_sel_source',
      'synth/failed_truncated_edges_h5',
    ])
  })

  it.each(failed)('$name: never verified', async run => {
    const prepared = prepare(run, folder)
    const mask = run.hasMask ? prepared.mask : await intendedMask(run, prepared)
    const proof = await check({ ...prepared, ...(run.hasMask ? {} : EVERYTHING) }, { mask })
    expect(proof.verdict).toBe(VERDICTS[run.name])
  })

  it.each(failed.filter(run => run.name.includes('misspelt_sel')))(
    '$name: what the misspelt key removed beyond the intention is counted',
    async run => {
      const prepared = { ...prepare(run, folder), ...EVERYTHING }
      const mask = await intendedMask(run, prepared)
      const proof = await check(prepared, { mask })
      const lost = (run.expected.removed_connections ?? 0) - proof.asked.removed
      expect(lost).toBeGreaterThan(0)
      expect(named(proof)).toMatchObject([{ code: 'lost.not_asked', count: lost }])
    },
  )
})

const EVERYTHING = { source: undefined, target: undefined }
const VERDICTS: Record<string, string> = {
  'cm_functional/failed_missing_splits_converted': 'differs',
  'cm_functional/failed_misspelt_amount': 'differs',
  'cm_functional/failed_misspelt_sel_dst': 'differs',
  'cm_functional/failed_truncated_edges_h5_tail': 'cannot_tell',
  'cm_unit/failed_stale_parquet_converted': 'differs',
  'synth/failed_converter_killed': 'cannot_tell',
  'synth/failed_misspelt_sel_source': 'differs',
  'synth/failed_truncated_edges_h5': 'cannot_tell',
}

/** Connections that the intended configuration would have removed, as a mask over all nodes. */
async function intendedMask(run: RealRun, prepared: PreparedRun): Promise<string | undefined> {
  if (run.expected.intended === undefined) return undefined
  const rows = await originalPairs(prepared)
  const removed = new Set<number>()
  for (const [from, to] of run.expected.intended.removed_edge_ids)
    for (let id = from; id < to; id++) removed.add(id)
  const kept = new Set(rows.filter((_, id) => !removed.has(id)).map(String))
  const gone = new Set([...removed].map(id => String(rows[id])).filter(pair => !kept.has(pair)))
  const asked = [...gone].map(text => text.split(',').map(Number) as Pair)
  return writeWholeMask(prepared, asked, `${run.name}-intended.npz`)
}

async function writeWholeMask(prepared: PreparedRun, asked: readonly Pair[], name: string): Promise<string> {
  const circuit = await openCircuit(prepared.original)
  const edges = await circuit.edgePopulation()
  const nodes = (await circuit.select(edges.sourcePopulation)).ids
  circuit.close()
  const inOrder = [...asked].sort((a, b) => a[1] - b[1] || a[0] - b[0])
  const file = join(folder, name)
  await writeMaskNpz(file, maskOf(inOrder, nodes, nodes))
  return file
}

const find = (name: string): RealRun => {
  const run = all.find(candidate => candidate.name === name)
  if (run === undefined) throw new Error(`no run ${name}`)
  return run
}
