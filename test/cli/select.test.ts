import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNpz } from '../../src/formats/npz.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof } from './run.ts'

let circuits: Circuits
let list: string

beforeAll(async () => {
  circuits = await writeCircuits()
  list = join(circuits.folder(), 'list.csv')
  writeFileSync(list, circuits.asked.map(([source, target]) => `${source + 1},${target + 1}\n`).join(''))
})

afterAll(() => circuits.remove())

describe('connproof select', () => {
  it('of a list writes it, says what the notebook says, and does nothing the second time', async () => {
    const output = join(circuits.folder(), '2')
    const args = [
      'select',
      list,
      '--mode',
      'directed',
      '--fraction',
      '0.5',
      '--seed',
      '1',
      '--output',
      output,
    ]
    const { code, stdout, stderr } = await connproof(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      'INFO: <SIM2> Randomly selected 30 of 60 directed connections to be removed (amount=0.5, seed=1)!\n4 files written.\n',
    )
    expect(readdirSync(output).sort()).toEqual([
      'conns_removed.csv',
      'conns_removed.npy',
      'conns_removed.target',
      'selection.json',
    ])
    expect((await connproof(args)).stdout).toContain('All 4 files are as they were.')
    const other = await connproof([...args.slice(0, 5), '0.25', ...args.slice(6)])
    expect([other.code, other.stdout]).toEqual([2, ''])
    expect(other.stderr).toContain('add --force')
  })

  it('with a circuit makes the mask that verify proves', async () => {
    const output = join(circuits.folder(), '0')
    const said = await connproof([
      ...['select', list, '--mode', 'directed', '--all', '--seed', '1', '--output', output],
      ...['--circuit', circuits.original, '--nodes', circuits.nodeSet],
    ])
    expect(said.stderr).toBe('')
    expect(said.stdout).toMatch(/Created <(\d+)x\1> adjacency matrix in CSC format with 60 elements at /)
    const ours = readFileSync(join(output, 'conns_removed_gids.npy'))
    expect(Buffer.compare(ours, readFileSync(circuits.mask.replace('_adjmat.npz', '_gids.npy')))).toBe(0)
    const proof = await connproof([
      ...['verify', circuits.original, circuits.good, '--removed', join(output, 'conns_removed_adjmat.npz')],
      ...['--nodes', circuits.nodeSet],
    ])
    expect(proof.code).toBe(0)
  })

  it('of the pairs of a circuit, as JSON, and dry', async () => {
    const output = join(circuits.folder(), 'dry')
    const { code, stdout } = await connproof([
      ...[
        'select',
        '--from',
        'reciprocal',
        '--mode',
        'reciprocal',
        '--count',
        '5',
        '--seed',
        '9900',
        '--json',
      ],
      ...['--circuit', circuits.original, '--nodes', circuits.nodeSet, '--output', output, '--dry-run'],
    ])
    expect(code).toBe(0)
    const record = JSON.parse(stdout) as { dry_run: boolean; files: { change: string }[] }
    expect(record).toMatchObject({ dry_run: true, selected: 5, generator: 'RandomState', findings: [] })
    expect(record.files.map(({ change }) => change)).toEqual(Array(7).fill('written'))
    expect(existsSync(output)).toBe(false)
  })

  it('between two sets, with the seed of its place in a series', async () => {
    const output = join(circuits.folder(), '4')
    const { code, stdout } = await connproof([
      ...['select', '--pre', 'layer=4', '--post', circuits.nodeSet, '--circuit', circuits.original],
      ...[
        '--mode',
        'directed',
        '--count',
        '3',
        '--seed',
        '7',
        '--seed-mode',
        'add_sim_idx',
        '--output',
        output,
      ],
      ...['--nodes', circuits.nodeSet],
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/<SIM4> Randomly selected 3 of \d+ directed connections .*\(amount=3, seed=11\)!/)
    const record = JSON.parse(readFileSync(join(output, 'selection.json'), 'utf8')) as {
      list: { order: string }
    }
    expect(record.list.order).toBe('ascending by (target, source)')
  })

  it('does not overwrite what it reads, and believes no shape that nothing bears out', async () => {
    const folder = circuits.folder()
    const output = join(folder, '0')
    const args = ['--mode', 'directed', '--all', '--seed', '1', '--output', output, '--force']
    await connproof(['select', list, ...args])
    const again = await connproof(['select', join(output, 'conns_removed.npy'), ...args])
    expect([again.code, again.stdout]).toEqual([2, ''])
    expect(again.stderr).toContain('is an input, and would be overwritten')
    const huge = join(folder, 'huge.npz')
    const entry = { shape: [1], data: Int32Array.of(5) }
    const shape = { shape: [2], data: BigInt64Array.of(4_000_000_000n, 4_000_000_000n) }
    const format = { dtype: '|S3', shape: [], data: Buffer.from('coo') }
    await writeNpz(huge, [
      ['row', entry],
      ['col', entry],
      ['format', format],
      ['shape', shape],
      ['data', { dtype: '|b1', shape: [1], data: Uint8Array.of(1) }],
    ])
    const claimed = await connproof(['select', list, ...args, '--circuit', huge])
    expect([claimed.code, claimed.stdout]).toEqual([2, ''])
    expect(claimed.stderr).toContain('4000000000 nodes are not plausible with 1 connections')
  })

  it('refuses a list with faults, by code and row, and writes nothing', async () => {
    const faulty = join(circuits.folder(), 'faulty.csv')
    writeFileSync(faulty, '5,9\n7,7\n5,9\n')
    const output = join(circuits.folder(), 'none')
    const args = ['select', faulty, '--mode', 'directed', '--all', '--seed', '1', '--output', output]
    const { code, stdout, stderr } = await connproof(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('warning: list.repeats: 1 row repeats an earlier one (GIDs 5 -> 9 in row 2)')
    expect(stderr).toContain('list.autapse: 1 row connects a node to itself (GIDs 7 -> 7 in row 1)')
    expect(stderr).toContain('--allow list.autapse')
    expect(existsSync(output)).toBe(false)
    expect((await connproof([...args, '--allow', 'list.autapse'])).code).toBe(0)
  })
})
