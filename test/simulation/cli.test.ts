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
