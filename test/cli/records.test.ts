/** The record itself: what every line of `--json` and every proof says of itself. `run.ts` holds each against its schema. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeHere } from '../../src/cli/record-flags.ts'
import { RECORD_SCHEMA } from '../../src/report/made.ts'
import { expectRecord } from '../records.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof } from './run.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

const asked = () => ['--removed', circuits.mask, '--nodes', circuits.nodeSet]
const records = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('the time and place of a proof', () => {
  it('are all that two runs differ in, besides seconds', async () => {
    const [a, b] = [join(circuits.folder(), 'p.json'), join(circuits.folder(), 'p.json')]
    for (const file of [a, b])
      await connproof(['verify', circuits.original, circuits.faulty, ...asked(), '--proof', file])
    const [one, other] = [a, b].map(file => JSON.parse(readFileSync(file, 'utf8')))
    expect(one.made).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      command: expect.arrayContaining(['connproof', 'verify', circuits.original, '--proof', a]),
      node: process.versions.node,
      platform: { os: process.platform, architecture: process.arch },
      cpu_threads: expect.any(Number),
    })
    expect(Math.abs(Date.parse(one.made.at) - Date.now())).toBeLessThan(60_000)
    const constant = ({ made: _, seconds: __, ...rest }: Record<string, unknown>) => rest
    expect(constant(one)).toEqual(constant(other))
  })

  it('are left out with --reproducible: the same bytes twice', async () => {
    const run = () =>
      connproof(['verify', circuits.original, circuits.good, ...asked(), '--json', '--reproducible'])
    const [one, other] = [await run(), await run()]
    expect(one.stdout).toBe(other.stdout)
    expect(one.stdout).not.toMatch(/"made"|"seconds"/)
  })

  it('name the Slurm job, and the task of an array', () => {
    const at = new Date('2026-11-30T19:15:00.123Z')
    expect(madeHere(at, ['verify'], { SLURM_JOB_ID: '12' })).toMatchObject({
      at: '2026-11-30T19:15:00+00:00',
      slurm_job: '12',
    })
    const array = { SLURM_JOB_ID: '13', SLURM_ARRAY_JOB_ID: '12', SLURM_ARRAY_TASK_ID: '4' }
    expect(madeHere(at, [], array).slurm_job).toBe('12_4')
    expect(madeHere(at, [], {})).not.toHaveProperty('slurm_job')
  })
})

describe('files in a record', () => {
  it('have their digest with --sha256', async () => {
    const { stdout } = await connproof([
      ...['verify', circuits.original, circuits.good, ...asked()],
      ...['--json', '--sha256'],
    ])
    const { inputs } = records(stdout).at(-1)
    expect(inputs.length).toBeGreaterThanOrEqual(3)
    for (const { file, sha256 } of inputs)
      expect(sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'))
  })

  it('are relative to a folder with --relative-to: no absolute path is left', async () => {
    const home = join(circuits.original, '..')
    const { stdout } = await connproof([
      ...['verify', circuits.original, circuits.faulty, join(home, 'gone'), ...asked()],
      ...['--json', '--level', 'full', '--relative-to', home],
    ])
    expect(stdout).not.toContain(home)
    const proof = records(stdout).find(({ type }) => type === 'proof')
    expect(proof).toMatchObject({
      file: 'removed_faulty/circuit_config.json',
      original: 'original/circuit_config.json',
    })
    expect(proof.made.command.slice(0, 4)).toEqual(['connproof', 'verify', 'original', 'removed_faulty'])
    const inspected = await connproof(['inspect', circuits.original, '--json', '--relative-to', home])
    expect(records(inspected.stdout)[0].file).toBe('original/edges.h5')
  })

  it('name a circuit that cannot be read as one that can', async () => {
    const { stdout, code } = await connproof([
      ...['verify', circuits.original, join(circuits.folder(), 'v1.5/circuit_config.json')],
      ...[...asked(), '--json'],
    ])
    expect(code).toBe(2)
    expect(records(stdout).at(-1)).toMatchObject({ circuit: 'v1.5', verdict: 'cannot_tell' })
    const folder = join(circuits.folder(), 'v1.6')
    mkdirSync(folder)
    const other = await connproof(['verify', circuits.original, folder, ...asked(), '--json'])
    expect(records(other.stdout).at(-1)).toMatchObject({ circuit: 'v1.6', verdict: 'cannot_tell' })
  })
})

describe('findings', () => {
  it('say whether all culprits are listed', async () => {
    const run = async (show: string) => {
      const { stdout } = await connproof([
        ...['verify', circuits.original, circuits.original, ...asked()],
        ...['--json', '--show', show],
      ])
      return records(stdout)
        .at(-1)
        .findings.find(({ code }: { code: string }) => code === 'asked.still_there')
    }
    expect(await run('5')).toMatchObject({ count: 60, truncated: true })
    expect(await run('60')).toMatchObject({ count: 60, truncated: false })
  })
})

describe('every line of --json has type and schema', () => {
  it.each([
    ['inspect', () => [circuits.original], 'edges'],
    ['inspect', () => [circuits.original, '--nodes', circuits.nodeSet], 'nodes'],
    ['diff', () => [circuits.original, circuits.good], 'diff'],
    ['doctor', () => [], 'doctor'],
    [
      'select',
      () => [
        ...['--circuit', circuits.original, '--from', 'reciprocal', '--mode', 'reciprocal'],
        ...['--count', '3', '--seed', '1', '--output', circuits.folder(), '--dry-run'],
      ],
      'selection',
    ],
  ] as const)('%s', async (verb, args, type) => {
    const { stdout } = await connproof([verb, ...args(), '--json'])
    for (const record of records(stdout)) expect(record).toMatchObject({ type, schema: RECORD_SCHEMA })
  })

  it.each([
    [['verify', 'original', '--bogus', '--json'], 'error.usage', "unknown option '--bogus'"],
    [['verify', 'a', 'b', '--json', '--memory', 'lots'], 'error.usage', "'lots' is invalid"],
    [['verify', 'a', 'b', '--json', '--allow-missing'], 'error.usage', 'goes with a campaign'],
    [['verfy', '--json'], 'error.usage', "unknown command 'verfy'"],
    [['inspect', '--json'], 'error.usage', 'missing required argument'],
    [['inspect', 'gone.h5', '--json'], 'error.input', 'no such file'],
    [['status', 'gone.yaml', '--json'], 'error.input', 'no such file'],
  ])('an error is one record with its code: %j', async (args, code, message) => {
    const { code: exit, stdout } = await connproof(args)
    expect(exit).toBe(2)
    const [record, ...more] = records(stdout)
    expect(more).toEqual([])
    expect(record).toMatchObject({ type: 'error', schema: RECORD_SCHEMA, code })
    expect(record.message).toContain(message)
  })
})

describe('the schema', () => {
  it('takes records of version 0.1.0, and names a newer one', () => {
    const { made: _, ...old } = proofOf01()
    expect(() => expectRecord(old)).not.toThrow()
    expect(() => expectRecord({ ...old, schema: RECORD_SCHEMA + 1 })).toThrow(/\/schema/)
    expect(() => expectRecord({ ...old, verdict: 'fine' })).toThrow(/\/verdict/)
    expect(() => expectRecord({ ...old, verdikt: 1 })).toThrow(/verdikt/)
  })

  it('is published', () => {
    const published = JSON.parse(
      readFileSync(new URL('../../dist/proof.schema.json', import.meta.url), 'utf8'),
    )
    expect(published).toMatchObject({ $id: 'proof.schema.json' })
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(manifest.exports['./proof.schema.json']).toBe('./dist/proof.schema.json')
  })
})

/** As that version wrote it. */
function proofOf01(): Record<string, unknown> {
  return {
    type: 'proof',
    schema: 1,
    tool: { name: 'connproof', version: '0.1.0' },
    circuit: 'c',
    file: '/c/circuit_config.json',
    original: '/o/circuit_config.json',
    verdict: 'verified',
    level: 'connections',
    not_checked: [],
    neurons: 1,
    selection: { source: { expression: 'all nodes', size: 1 }, target: { expression: 'all nodes', size: 1 } },
    asked: { removed: 0, added: 0 },
    connections: { original: 1, manipulated: 1 },
    diff: 0,
    classes: { removed_as_asked: 0 },
    checks: [{ id: 'count', level: 'connections', status: 'passed' }],
    findings: [{ code: 'lost.not_asked', check: 'count', severity: 'warning', count: 1, culprits: [] }],
    inputs: [{ role: 'original', file: '/o/edges.h5', bytes: 1, modified: '2026-01-01T00:00:00.000Z' }],
    seconds: 0.1,
  }
}
