/** Every verb takes the pair of edge populations by the same rule, and says the same of the others. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { manipConfig, type Population, writeCase } from './circuits.ts'
import { command, hintOf } from './command.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-verbs-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const ROWS = [
  [0, 1, 1],
  [2, 1, 2],
  [1, 3, 3],
  [1, 3, 4],
] as const

const population = (name: string, entry: number, rows = [...ROWS]): Population => ({
  name,
  source: 'A',
  target: 'A',
  type: 'chemical',
  rows: rows.map(([source, target, weight]) => [source, target, weight]),
  file: `edges${entry}.h5`,
  entry,
})

const LEFT = ROWS.filter(([source]) => source !== 0)

/** `default` with the connection 0 -> 1 removed; with it whatever else is on either side. */
async function write(name: string, original: Population[], manipulated: Population[], made: string) {
  const folder = join(root, name)
  mkdirSync(folder)
  const pair = { original: 'default', manipulated: made }
  const rest = { layout: 'several files', maker: 'renamed', fault: undefined, by: 'mask', lost: [] } as const
  const removed = ROWS.filter(([source]) => source === 0)
  const drawn = { ...rest, original, manipulated, pair, removed, code: 0, allowed: 0 } as const
  return { folder, ...(await writeCase(folder, drawn)) }
}

describe('a campaign', () => {
  it('is told by its keys which populations are meant, and says which and in which line', async () => {
    const { folder, manipulated } = await write(
      'campaign',
      [population('default', 0), population('A__A__chemical', 1)],
      [population('made', 0, LEFT), population('A__A__chemical', 1)],
      'made',
    )
    const file = join(folder, 'campaign.yaml')
    const lines = [
      'output: out',
      'circuit: original/circuit_config.json',
      'manipulations:',
      '  - { name: R, pairs: [[0, 1]], id_base: 0, mode: directed, all: true, seed: 1 }',
      `circuits: { R-0: ${manipulated} }`,
    ]
    const save = () => writeFileSync(file, `${lines.join('\n')}\n`)
    save()
    const unnamed = await command(['select', file])
    expect(hintOf(unnamed)).toBe(
      'population: default (line 2 of campaign.yaml), or population: A__A__chemical (line 2 of campaign.yaml)',
    )
    lines.splice(2, 0, 'population: default')
    save()
    expect((await command(['select', file])).code).toBe(0)
    const untold = await command(['verify', file, '-q'])
    expect(untold.code).toBe(2)
    expect(hintOf(untold)).toBe(
      'population: default and manipulated_population: A__A__chemical (line 3 of campaign.yaml), or ' +
        'population: default and manipulated_population: made (line 3 of campaign.yaml)',
    )
    lines.splice(3, 0, 'manipulated_population: made')
    save()
    const told = await command(['verify', file, '-q'])
    expect(told.records.find(({ type }) => type === 'proof')).toMatchObject({
      verdict: 'verified',
      edge_populations: { original: 'default', manipulated: 'made' },
      not_checked: expect.arrayContaining(['other edge populations: A__A__chemical']),
    })
    expect(told.code).toBe(0)
    // Another key, another question.
    lines[3] = 'manipulated_population: A__A__chemical'
    save()
    expect((await command(['verify', file, '-q'])).code).toBe(1)
  })
})

describe('diff', () => {
  it('compares one of each and lists the others; what one side alone has is a difference', async () => {
    const { original, manipulated } = await write(
      'diff',
      [population('default', 0), population('gap', 1)],
      [population('default', 0), population('more', 2)],
      'default',
    )
    const besides = { only_in_a: ['gap'], only_in_b: ['more'], in_both: [] }
    const named = await command(['diff', original, manipulated, '--population', 'default'])
    expect(named).toMatchObject({ code: 0, records: [{ equal: true, populations: besides }] })
    const other = await command(['diff', original, manipulated, '--population', 'gap'])
    expect(other.records).toMatchObject([{ b: { population: 'more' } }])
    const bare = (of: string, file: string) => join(root, 'diff', of, file)
    const files = await command(['diff', bare('original', 'edges1.h5'), bare('manipulated', 'edges2.h5')])
    expect(files).toMatchObject({
      code: 0,
      records: [{ a: { population: 'gap' }, b: { population: 'more' } }],
    })
    const alone = await command(['diff', bare('original', 'edges0.h5'), manipulated])
    expect(alone).toMatchObject({ code: 0, records: [{ populations: null }] })
    const whole = await write(
      'whole',
      [population('default', 0)],
      [population('default', 0), population('more', 1)],
      'default',
    )
    expect(await command(['diff', whole.original, whole.manipulated])).toMatchObject({
      code: 1,
      records: [
        { equal: false, populations: { only_in_b: ['more'] }, counts: { only_in_a: 0, only_in_b: 0 } },
      ],
    })
  })
})

describe('a configuration', () => {
  it('is warned of before it runs, where the package drops siblings or gives a name twice', async () => {
    const gap = { ...population('gap', 0), file: 'edges0.h5' }
    const { folder, original } = await write(
      'siblings',
      [population('default', 0), gap, population('A__A__chemical', 1)],
      [population('default', 0, LEFT)],
      'default',
    )
    const config = join(folder, 'config.json')
    const check = async (name: string) => {
      writeFileSync(config, JSON.stringify(manipConfig(original, name, join(folder, 'mask.npz'))))
      const [record] = (await command(['config', '--check', config])).records
      const found = (record?.diagnostics ?? []) as { code: string; message: string }[]
      return found.filter(({ code }) => code === 'population.dropped').map(({ message }) => message)
    }
    expect(await check('default')).toEqual([
      'the package takes gap out of the circuit together with default: they share an entry of networks.edges',
      'the result will be called A__A__chemical, as another edge population that stays: no reader opens both',
    ])
    expect(await check('A__A__chemical')).toEqual([])
  })

  it('whose result lost a sibling differs, unless that is accepted', async () => {
    const gap = { ...population('gap', 0), file: 'edges0.h5' }
    const { folder, original, manipulated } = await write(
      'lost',
      [population('default', 0), gap],
      [population('A__A__chemical', 0, LEFT)],
      'A__A__chemical',
    )
    const config = join(folder, 'config.json')
    writeFileSync(config, JSON.stringify(manipConfig(original, 'default', join(folder, 'mask.npz'))))
    const verify = ['verify', original, manipulated, '--config', config, '-q']
    const proof = (said: Awaited<ReturnType<typeof command>>) =>
      said.records.find(({ type }) => type === 'proof')
    const refused = await command(verify)
    expect(refused.code).toBe(1)
    expect(proof(refused)?.findings).toMatchObject([{ code: 'population.lost', severity: 'error' }])
    const accepted = await command([...verify, '--allow', 'population.lost'])
    expect(accepted.code).toBe(0)
    expect(proof(accepted)?.findings).toMatchObject([{ code: 'population.lost', severity: 'warning' }])
    const other = await command([...verify, '--allow', 'asked.absent'])
    expect(other).toMatchObject({
      code: 2,
      records: [{ message: expect.stringContaining('goes with a mask') }],
    })
  })
})

it('entries that list no population any more lose theirs', async () => {
  const { original, manipulated } = await write(
    'emptied',
    [population('default', 0), population('gap', 1)],
    [population('default', 0), population('gap', 1)],
    'default',
  )
  const config = JSON.parse(readFileSync(manipulated, 'utf8'))
  config.networks.edges[1].populations = {}
  writeFileSync(manipulated, JSON.stringify(config))
  const args = ['verify', original, manipulated, '--population', 'default', '-q', '--level', 'connections']
  const said = await command(args)
  expect(said.code).toBe(1)
  expect(said.records.find(({ type }) => type === 'proof')?.findings).toMatchObject([
    { code: 'population.lost', found: expect.stringContaining('names no populations') },
  ])
  // As it is in the original, too.
  expect((await command(['verify', manipulated, original, ...args.slice(3)])).code).toBe(0)
})
