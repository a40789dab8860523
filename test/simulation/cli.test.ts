import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { connproof } from '../cli/run.ts'
import { type Circuit, writeCircuit, writeJson } from './circuits.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-simulation-cli-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const circuit: Circuit = writeCircuit(join(root, 'one'), 'one', 'cli')
const RUN = { tstop: 10, dt: 0.1, random_seed: 1 }
const [edges] = circuit.edges
const pairs = [...new Set(edges?.pairs.map(pair => pair.join(',')))]

it('config --simulation keeps the overrides of a simulation, and says what is first and last', async () => {
  const list = join(root, 'list.csv')
  writeFileSync(list, `${pairs.slice(0, 3).join('\n')}\n`)
  const file = join(circuit.folder, 'simulation_config.json')
  const own = { name: 'own', source: 'All', target: 'All', weight: 1.5, spont_minis: 0.01 }
  const silence = (name: string, ...more: string[]) =>
    connproof(
      ['config', '--simulation', 'sonata', list, '--population', 'A', '--id-base', '0'].concat(
        ['-o', join(root, name), '--json'],
        more,
      ),
    )
  const overrides = (name: string) =>
    (
      JSON.parse(readFileSync(join(root, name, 'connection_overrides.json'), 'utf8')) as {
        connection_overrides: { name: string; weight: number }[]
      }
    ).connection_overrides
  const alone = await silence('alone')
  expect(JSON.parse(alone.stdout)).toMatchObject({ general: true, own_overrides: 0 })
  expect(alone.stderr).toMatch(/First a general override[\s\S]*last \d overrides?\s+with weight 0/)
  expect(overrides('alone')[0]).toMatchObject({ name: 'ConnRemoved_general', weight: 1 })

  writeJson(file, { run: RUN, connection_overrides: [own] })
  const beside = await silence('beside', '--simulation-config', file)
  expect(JSON.parse(beside.stdout)).toMatchObject({ general: false, own_overrides: 1, not_created: 0 })
  expect(beside.stderr).toContain('First the 1 override of')
  expect(overrides('beside')[0]).toEqual(own)
  expect(overrides('beside').at(-1)?.weight).toBe(0)

  writeJson(file, {
    run: RUN,
    connection_overrides: [
      { ...own, delay: 5 },
      { ...own, name: 'first' },
    ],
  })
  const delayed = await silence('delayed', '--simulation-config', file)
  expect([delayed.code, delayed.stderr]).toEqual([
    2,
    expect.stringMatching(/"own" sets\s+weights\s+after\s+5 ms/),
  ])
})

it('inspect --silenced and diff tell what a simulation silences', async () => {
  const folder = join(root, 'told')
  const list = join(root, 'told.csv')
  const asked = pairs.slice(2, 9)
  writeFileSync(list, ['source,target', ...asked, ''].join('\n'))
  await connproof(
    ['config', '--simulation', 'sonata', list, '--population', 'A', '--id-base', '0', '-o', folder].concat(),
  )
  const file = join(circuit.folder, 'silenced.json')
  const { connection_overrides } = JSON.parse(
    readFileSync(join(folder, 'connection_overrides.json'), 'utf8'),
  ) as { connection_overrides: object[] }
  const node_sets_file = join(folder, 'removal_node_sets.json')
  writeJson(file, { run: RUN, node_sets_file, connection_overrides })

  const inspected = await connproof(['inspect', file, '--silenced', '--json'])
  expect(JSON.parse(inspected.stdout)).toMatchObject({
    type: 'silenced',
    connections: pairs.length,
    silenced: asked.length,
    weight_0: asked.length,
    not_created: 0,
    truncated: false,
  })
  const text = await connproof(['inspect', file, '--silenced'])
  expect(text.stdout).toMatch(new RegExp(`silenced +${asked.length}\\n +weight 0 +${asked.length}\\n`))
  const all = await connproof(['inspect', file, '--silenced', '--ids'])
  expect(all.stdout.trim().split('\n').slice(1).sort()).toEqual([...asked].sort())

  // What it lists is a list that it takes.
  const told = join(root, 'all.csv')
  writeFileSync(told, all.stdout)
  const equal = await connproof(['diff', file, told, '--id-base', '0', '--json'])
  expect([equal.code, JSON.parse(equal.stdout)]).toMatchObject([
    0,
    { type: 'silenced_diff', verdict: 'equal', asked: asked.length, silenced_as_asked: asked.length },
  ])
  const absent = Array.from({ length: 81 }, (_, k) => `${k % 9},${Math.floor(k / 9)}`).find(
    pair => !pairs.includes(pair),
  )
  writeFileSync(told, ['source,target', ...asked.slice(1), pairs[12], absent, ''].join('\n'))
  const other = await connproof(['diff', file, told, '--id-base', '0', '--json'])
  expect([other.code, JSON.parse(other.stdout)]).toMatchObject([
    1,
    {
      verdict: 'different',
      counts: { asked_with_effect: 1, asked_absent: 1, not_asked: 1, cannot_tell: 0 },
      culprits: { not_asked: [{ source: Number(asked[0]?.split(',')[0]) }] },
    },
  ])
  const words = await connproof(['diff', file, told, '--id-base', '0'])
  expect(words.stdout).toMatch(
    /different: 6 connections silenced as asked[\s\S]*1 connection asked for and not silenced/,
  )

  // One override alone, with weight 0: nothing at all is created.
  const alone = connection_overrides.slice(-1)
  writeJson(file, { run: RUN, node_sets_file, connection_overrides: alone })
  const empty = await connproof(['inspect', file, '--silenced', '--json'])
  expect(JSON.parse(empty.stdout)).toMatchObject({ silenced: pairs.length, not_created: pairs.length })

  // Another model of synapses: not counted, and no verdict.
  writeJson(file, {
    run: RUN,
    connection_overrides: [
      { name: 'plastic', source: 'A', target: 'A', weight: 0, modoverride: 'GluSynapse' },
      { name: 'few', source: 'Few', target: 'A' },
    ],
  })
  const unsure = await connproof(['inspect', file, '--silenced', '--json'])
  expect([unsure.code, JSON.parse(unsure.stdout)]).toMatchObject([2, { silenced: 0 }])
  expect(JSON.parse(unsure.stdout).cannot_tell).toBeGreaterThan(0)
  writeFileSync(told, 'source,target\n')
  const untold = await connproof(['diff', file, told, '--id-base', '0'])
  expect([untold.code, untold.stdout]).toEqual([2, expect.stringContaining('cannot tell: 0 connections')])
})

it('config --simulation blueconfig puts a general block first where the BlueConfig has none', async () => {
  const list = join(root, 'blue.csv')
  writeFileSync(list, '1,2\n')
  const file = join(root, 'BlueConfig')
  const run = 'Run Default\n{\n    CircuitPath /x\n}\n'
  const silence = async () => {
    const flags = ['--id-base', '0', '--simulation-config', file]
    const { stdout, stderr } = await connproof(['config', '--simulation', 'blueconfig', list, ...flags])
    return { names: stdout.match(/^Connection \S+/gm), stderr }
  }
  writeFileSync(file, run)
  const alone = await silence()
  expect(alone.names).toEqual(['Connection ConnRemoved_general', 'Connection ConnRemoved_0'])
  expect(alone.stderr).toMatch(/First a general block/)
  writeFileSync(file, `${run}Connection All\n{\n    Source Mosaic\n    Destination Mosaic\n}\n`)
  const beside = await silence()
  expect(beside.names).toEqual(['Connection ConnRemoved_0'])
  expect(beside.stderr).toMatch(/behind the 1 Connection block/)
})

it.each([
  [
    'a node set that is not there',
    { source: 'Exx', target: 'A' },
    /names node set "Exx"[\s\S]*Did you mean "Exc"/,
  ],
  [
    'a weight that is no number',
    { source: 'A', target: 'A', weight: '0' },
    /expected a number, found a string/,
  ],
  ['a negative delay', { source: 'A', target: 'A', delay: -1 }, /negative ones is not\s+modelled/],
])('%s is refused by name', async (_, override, message) => {
  const file = join(circuit.folder, 'refused.json')
  writeJson(file, { run: RUN, connection_overrides: [{ name: 'x', ...override }] })
  const { code, stderr } = await connproof(['inspect', file, '--silenced'])
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
})
