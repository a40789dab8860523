/** Every verb reads the same lists of pairs and of ids: headers are obeyed, what cannot be told is refused with its line. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpy } from '../../src/formats/npy.ts'
import { readMask } from '../../src/selection/mask.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproofHere } from './here.ts'

let circuits: Circuits
let folder: string
/** What each verb is given: as it should be, and as it cannot be told. */
let pairs: { plain: string; turned: string; unclear: string }
let ids: { plain: string; indexed: string; unclear: string }
let selected: number[]

beforeAll(async () => {
  circuits = await writeCircuits()
  folder = circuits.folder()
  const write = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
    return join(folder, name)
  }
  const gids = circuits.asked.map(([source, target]) => [source + 1, target + 1])
  pairs = {
    plain: write('plain.csv', ['pre,post', ...gids.map(([s, t]) => `${s},${t}`)]),
    turned: write('turned.csv', [',post_gid,pre_gid', ...gids.map(([s, t], k) => `${k},${t},${s}`)]),
    unclear: write('unclear.csv', ['0,1', ...gids.map(([s, t]) => `${s},${t}`)]),
  }
  const { stdout } = await connproofHere([
    ...['inspect', circuits.original, '--nodes', circuits.nodeSet, '--ids'],
  ])
  selected = stdout.trim().split('\n').map(Number)
  ids = {
    plain: write('ids.txt', ['# node_id', ...selected.map(String)]),
    indexed: write('indexed.csv', ['"","gid"', ...selected.map((id, k) => `"${k + 1}",${id + 1}`)]),
    unclear: write(
      'both.csv',
      selected.map((id, k) => `${k},${id + 1}`),
    ),
  }
})
afterAll(() => circuits.remove())

const LINE_1 = / in line 1\n {2}try: /

describe('lists of pairs', () => {
  it('inspect and diff', async () => {
    const digest = async (file: string, base: string) => {
      const { stdout } = await connproofHere(['inspect', file, '--id-base', base, '--json'])
      return JSON.parse(stdout).sha256_pairs_tgtsrc
    }
    expect(await digest(pairs.turned, '1')).toBe(await digest(pairs.plain, '1'))
    expect((await connproofHere(['diff', pairs.plain, pairs.turned, '--id-base', '1'])).code).toBe(0)
    for (const args of [
      ['inspect', pairs.unclear],
      ['diff', pairs.plain, pairs.unclear],
    ])
      expect(await connproofHere([...args, '--id-base', '1'])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(LINE_1),
      })
  })

  it('select, whose mask means the connections of the list', async () => {
    const select = (list: string, output: string, nodes = ids.indexed) =>
      connproofHere([
        ...['select', list, '--mode', 'directed', '--all', '--seed', '1', '--output', join(folder, output)],
        ...['--circuit', circuits.original, '--nodes', nodes, '--id-base', '1'],
      ])
    expect((await select(pairs.turned, '1')).code).toBe(0)
    expect((await select(pairs.plain, '2', circuits.nodeSet)).code).toBe(0)
    for (const name of ['conns_removed.npy', 'conns_removed_gids.npy', 'conns_removed_adjmat.npz'])
      expect(readFileSync(join(folder, '1', name)).equals(readFileSync(join(folder, '2', name))), name).toBe(
        true,
      )
    const mask = join(folder, '1', 'conns_removed_adjmat.npz')
    expect((await readMask(mask)).row.length).toBe(circuits.asked.length)
    expect((await connproofHere(['diff', mask, pairs.plain, '--id-base', '1'])).code).toBe(0)
    for (const [list, nodes] of [
      [pairs.unclear, ids.indexed],
      [pairs.plain, ids.unclear],
    ] as const)
      expect(await select(list, '3', nodes)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(LINE_1),
      })
  })

  it('config --simulation', async () => {
    const simulation = (list: string) =>
      connproofHere(['config', '--simulation', 'sonata', list, '--population', 'All'])
    const found = await simulation(pairs.turned)
    expect(found.code).toBe(0)
    expect(found.stdout).toBe((await simulation(pairs.plain)).stdout)
    expect(await simulation(pairs.unclear)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(LINE_1),
    })
  })

  it('verify, in the place of circuits and never in that of a mask', async () => {
    const verify = (...args: string[]) => connproofHere(['verify', ...args, '--id-base', '1'])
    const level = ['--level', 'connections']
    expect((await verify(pairs.plain, pairs.turned, ...level)).code).toBe(0)
    const unclear = await verify(pairs.plain, pairs.unclear, ...level)
    expect(unclear.code).toBe(2)
    expect(unclear.stdout + unclear.stderr).toMatch(/ in line 1/)
    for (const flag of ['--removed', '--added'])
      expect(await verify(circuits.original, circuits.good, flag, pairs.turned)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/turned\.csv: .*\n {2}try: .*select/),
      })
  })
})

describe('lists of ids', () => {
  it('inspect', async () => {
    const inspect = (file: string, base: string) =>
      connproofHere(['inspect', circuits.original, '--nodes', file, '--ids', '--id-base', base])
    for (const [file, base] of [
      [ids.plain, '0'],
      [ids.indexed, '1'],
    ] as const)
      expect((await inspect(file, base)).stdout.trim().split('\n').map(Number)).toEqual(selected)
    expect(await inspect(ids.unclear, '1')).toMatchObject({ code: 2, stderr: expect.stringMatching(LINE_1) })
    expect(await inspect(ids.indexed, '0')).toMatchObject({ code: 2, stderr: expect.stringMatching(/GIDs/) })
  })

  it('verify', async () => {
    const verify = (nodes: string) =>
      connproofHere([
        ...['verify', circuits.original, circuits.good, '--removed', circuits.mask],
        ...['--nodes', nodes, '--id-base', '1', '--level', 'connections'],
      ])
    expect((await verify(ids.indexed)).code).toBe(0)
    const unclear = await verify(ids.unclear)
    expect([unclear.code, unclear.stdout + unclear.stderr]).toEqual([2, expect.stringMatching(/ in line 1/)])
  })
})

it('a campaign takes both', async () => {
  const file = join(folder, 'campaign.yaml')
  const campaign = (list: string, nodes: string) => {
    writeFileSync(
      file,
      `circuit: ${circuits.original}\nname: C\noutput: out\ndefaults: { nodes: ${nodes}, mode: directed, seed: 1 }\n` +
        `manipulations: [{ name: A, list: ${list}, all: true }]\n`,
    )
    return connproofHere(['select', file])
  }
  const gids = join(folder, 'indexed_gids.csv')
  writeFileSync(gids, readFileSync(ids.indexed))
  expect(await campaign(pairs.turned, gids)).toMatchObject({ code: 0, stderr: '' })
  const list = await readNpy(join(folder, 'out', 'A', '0', 'conns_removed.npy'))
  const found = Array.from(list.data, Number)
  const asked = circuits.asked.map(([source, target]) => `${source + 1} ${target + 1}`)
  const half = found.length / 2
  expect(found.slice(0, half).map((source, k) => `${source} ${found[half + k]}`)).toEqual(asked)
  const { code, stdout, stderr } = await campaign(pairs.unclear, gids)
  expect([code, stdout + stderr]).toEqual([2, expect.stringMatching(/ in line 1/)])
})
