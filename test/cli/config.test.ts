/** `config` as a process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeNpy } from '../../src/formats/npy.ts'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { connproof } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-config-verb-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, fct: object): string {
  const path = join(folder, name)
  const root = { circuit_config: '/nowhere/circuit_config.json', manip: { name: 'x', fcts: [fct] } }
  writeFileSync(path, JSON.stringify(root, null, 2))
  return path
}

const fine = file('fine.json', { source: 'conn_removal', amount_pct: 10, model_config: {} })
const half = file('half.json', { source: 'conn_removal', kwargs: { amount_pct: 10 }, model_config: {} })

describe('config --check', () => {
  it('exits with 0, 1, 2: fine, refused, unreadable', async () => {
    const good = await connproof(['config', '--check', fine])
    expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 0, stderr: '' })
    expect(good.stdout).toContain('runs with releases 0.0.5 to 1.0.4')
    const bad = await connproof(['config', '--check', fine, half, '--json'])
    expect(bad.code).toBe(1)
    const records = bad.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(records.map(({ accepted }) => accepted)).toEqual([true, false])
    expect(records[1].diagnostics[0]).toMatchObject({ code: 'generation.half-migrated', severity: 'error' })
    const none = await connproof(['config', '--check', half, join(folder, 'none.json'), fine])
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('none.json')
    expect(none.stdout).toContain(fine)
  })
})

describe('config --migrate', () => {
  it('writes a whole file, or tells why not', async () => {
    const output = join(folder, 'b.json')
    const first = await connproof(['config', '--migrate', 'B', half, '-o', output])
    expect({ code: first.code, stdout: first.stdout }).toEqual({ code: 0, stdout: '' })
    expect(JSON.parse(readFileSync(output, 'utf8')).manip.fcts[0]).toEqual({
      source: 'conn_removal',
      amount_pct: 10,
      model_config: {},
    })
    const again = await connproof(['config', '--migrate', 'B', half, '-o', output])
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') })
    const gone = file('gone.json', { source: 'axon_shuffling', kwargs: {} })
    const refused = await connproof(['config', '--migrate', 'B', gone, '-o', join(folder, 'c.json')])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('conn_rewiring') })
    expect(existsSync(join(folder, 'c.json'))).toBe(false)
  })
})

describe('config --job', () => {
  it('writes the script, but not for a configuration that does something else', async () => {
    const script = join(folder, 'job.sh')
    const flags = ['--output-dir', join(folder, 'out'), '--profile', '--keep-parquet']
    const first = await connproof(['config', '--job', fine, ...flags, '-o', script])
    expect(first).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`sbatch --account=... ${script}`),
    })
    expect(readFileSync(script, 'utf8')).toContain(
      `connectome-manipulator -v manipulate-connectome ${fine} --output-dir ${join(folder, 'out')} --profile --convert-to-sonata --keep-parquet\n`,
    )
    expect(existsSync(join(folder, 'logs'))).toBe(true)
    const refused = await connproof(['config', '--job', half, ...flags])
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('half migrated') })
  })
})

describe('config --simulation', () => {
  const list = join(folder, 'pairs.csv')
  writeFileSync(list, '1,3\n1,4\n2,3\n1,3\n')

  it('writes blocks and targets, or overrides and node sets', async () => {
    const out = join(folder, 'blue')
    const blue = await connproof(['config', '--simulation', 'blueconfig', list, '-o', out, '--json'])
    expect(JSON.parse(blue.stdout)).toMatchObject({ type: 'simulation', form: 'compact' })
    expect(readFileSync(join(out, 'conns_removed.BlueConfig'), 'utf8').match(/^Connection /gm)).toHaveLength(
      3,
    )
    expect(readFileSync(join(out, 'conns_removed_compact.target'), 'utf8')).toContain('\na3 a4\n')
    const sonata = await connproof([
      'config',
      '--simulation',
      'sonata',
      list,
      '--population',
      'All',
      '--id-base',
      '0',
    ])
    expect(sonata.stdout).toContain('{"population":"All","node_id":[3,4]}')
    const nobody = await connproof(['config', '--simulation', 'sonata', list])
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('--population') })
  })

  it('takes rows and columns of a mask for the nodes beside it', async () => {
    const mask = join(folder, 'x_adjmat.npz')
    const indptr = Uint32Array.of(0, 1, 1)
    await writeMaskNpz(mask, { rows: 2, columns: 2, indptr, indices: Uint32Array.of(1), label: mask })
    const silence = () => connproof(['config', '--simulation', 'blueconfig', mask])
    expect((await silence()).stdout).toMatch(/_src\n\{\na2\n\}[\s\S]*_dest\n\{\na1\n\}/)
    writeFileSync(join(folder, 'x_gids.npy'), encodeNpy({ shape: [2], data: BigInt64Array.of(7n, 9n) }))
    expect((await silence()).stdout).toMatch(/_src\n\{\na9\n\}[\s\S]*_dest\n\{\na7\n\}/)
  })
})

it('modes exclude each other', async () => {
  const { code, stderr } = await connproof(['config', '--check', '--job', fine])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('exclude each other') })
})
