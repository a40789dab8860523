/** Every real run against its own configuration: verified, or told why not. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { adviceFor } from '../../src/report/advice.ts'
import type { Proof } from '../../src/verification/proof.ts'
import { verifyConfig } from '../../src/verify-config.ts'
import { realRuns } from '../e2e/real-runs.ts'
import { hasShared } from '../shared.ts'
import { type CopiedRun, copyRun } from './runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const all = realRuns()

/** The proof of one result, or the refusal of its configuration. */
async function check({ original, config, splits }: CopiedRun, result: string): Promise<Proof | string> {
  const circuit = await openCircuit(original)
  try {
    const [proof] = await verifyConfig({ original: circuit, manipulated: [result], config, splits, jobs: 1 })
    if (proof === undefined) throw new Error('no proof')
    return proof
  } catch (error) {
    if (!isInputError(error)) throw error
    return error.message
  } finally {
    circuit.close()
  }
}

describe.skipIf(!hasShared)('real runs against their configuration', () => {
  it('are all there', () => {
    expect(all).toHaveLength(78)
    expect(all.filter(run => !run.failed)).toHaveLength(63)
  })

  it.each(all.filter(run => !run.failed))(
    '$name',
    async run => {
      const copied = copyRun(run, folder)
      expect(copied.results.length).toBeGreaterThan(0)
      for (const result of copied.results) {
        const proof = await check(copied, result)
        if (typeof proof === 'string') throw new Error(proof)
        expect(proof.findings.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(proof.trouble).toBeUndefined()
        expect(proof.verdict).toBe('verified')
        expect(proof.level).toBe('synapses')
        expect(proof.edges).toEqual({
          original: run.expected.rows_before,
          manipulated: run.expected.rows_after,
        })
        const modelled = run.operations.some(name => name === 'conn_rewiring' || name === 'conn_wiring')
        expect(proof.contract?.predicted).toBe(!modelled)
      }
    },
    60_000,
  )
})

/** What is said of the result of a failed run, where one was left: the words its explanation calls for. */
const FAILED: Readonly<Record<string, readonly [result: string, said: RegExp][]>> = {
  'cm_functional/failed_missing_splits_converted': [
    ['circuit_config.json', /config\.stops.*the run stopped at this split/],
    ['parquet', /3 of 4 splits are missing/],
  ],
  'cm_functional/failed_misspelt_amount': [['circuit_config.json', /no argument "pct"/]],
  'cm_functional/failed_misspelt_sel_dst': [['circuit_config.json', /no argument "sel_dst"/]],
  'cm_functional/failed_old_kwargs_everything_removed': [['parquet', /half migrated/]],
  'cm_functional/failed_rewiring_keep_indegree_keep_conns': [['parquet', /stopped before this split/]],
  'cm_functional/failed_truncated_edges_h5_tail': [['circuit_config.json', /truncated/]],
  'cm_functional/failed_wiring_no_morphs': [['parquet', /stopped before this split/]],
  'cm_unit/failed_abort_in_second_split': [['parquet', /stopped before this split/]],
  'cm_unit/failed_rewiring_float32_delay_pandas3': [['parquet', /stopped before this split/]],
  'cm_unit/failed_rewiring_unsorted_splits1': [['parquet', /stopped before this split/]],
  'cm_unit/failed_stale_parquet_converted': [
    ['circuit_config.json', /synapse\.extra.*(left over|never manipulated)/],
    ['parquet', /stopped before this split/],
  ],
  'synth/failed_abort_in_operation_stale_parquet': [
    ['parquet', /stopped before this split|splits are missing/],
  ],
  'synth/failed_converter_killed': [['circuit_config.json', /not an HDF5 file/]],
  'synth/failed_misspelt_sel_source': [['circuit_config.json', /no argument "sel_source"/]],
  'synth/failed_truncated_edges_h5': [['circuit_config.json', /truncated/]],
}

describe.skipIf(!hasShared)('failed runs', () => {
  const failed = all.filter(run => run.failed)

  it('are the ones the table speaks of', () => {
    expect(failed.map(run => run.name)).toEqual(Object.keys(FAILED))
  })

  it.each(failed)('$name is never verified, and it is said why', async run => {
    const copied = copyRun(run, folder)
    for (const [file, said] of FAILED[run.name] ?? []) {
      const proof = await check(copied, join(copied.folder, file))
      if (typeof proof === 'string') expect(proof).toMatch(said)
      else {
        expect(['differs', 'cannot_tell']).toContain(proof.verdict)
        const codes = proof.findings.map(({ code }) => code).join()
        const advice = adviceFor(proof)
        expect(`${codes} ${proof.trouble?.message} ${advice?.cause}`).toMatch(said)
      }
    }
  })
})
