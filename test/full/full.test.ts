/** What lies around the edges: each way to break it is found by its own code, and by no other. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../../src/demo/files.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { verify } from '../../src/verify.ts'
import { flipAt } from './flip-at.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-full-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(async () => {
  await writeDemo(join(folder, 'demo'), { seed: 'full', neurons: 60, removals: 10 })
  // A second edge population, and a path that no reader of connectivity looks at.
  const original = join(folder, 'demo/original')
  copyFileSync(join(original, 'edges.h5'), join(original, 'sibling.h5'))
  for (const name of ['spines', 'morphologies', 'hoc']) mkdirSync(join(original, name))
  edit(join(original, 'circuit_config.json'), config => {
    config.networks.edges.push({
      edges_file: '$BASE_DIR/sibling.h5',
      populations: { sibling: { type: 'chemical', spine_morphologies_dir: '$BASE_DIR/spines' } },
    })
  })
  await rename(join(original, 'sibling.h5'), 'default', 'sibling')
})

interface Config {
  networks: Record<
    'nodes' | 'edges',
    { [key: string]: unknown; populations: Record<string, Record<string, string>> }[]
  >
}

function edit(file: string, change: (config: Config) => void): void {
  const config: Config = JSON.parse(readFileSync(file, 'utf8'))
  change(config)
  writeFileSync(file, JSON.stringify(config))
}

/** A group of the same length of name, in place: the name stands in a local heap. */
async function rename(file: string, from: string, to: string): Promise<void> {
  const bytes = readFileSync(file)
  const at = bytes.indexOf(Buffer.from(`${from}\0`))
  expect(at).toBeGreaterThan(0)
  expect(from).toHaveLength(to.length)
  bytes.write(to, at, 'latin1')
  writeFileSync(file, bytes)
}

let made = 0
/** A copy of the original with its own edges, as a manipulated circuit that changes nothing. */
function copy(): string {
  const to = join(folder, `copy-${made++}`)
  cpSync(join(folder, 'demo/original'), to, { recursive: true })
  return to
}

async function prove(manipulated: string) {
  const original = await openCircuit(join(folder, 'demo/original'), { edges: 'default' })
  try {
    const [proof] = await verify({ original, manipulated: [manipulated], level: 'full' })
    if (proof === undefined) throw new Error('no proof')
    return { ...proof, codes: proof.findings.map(({ code }) => code) }
  } finally {
    original.close()
  }
}

describe('level full', () => {
  it('is verified for a copy with its own files, and for one that shares those of the original', async () => {
    const own = await prove(copy())
    expect(own).toMatchObject({ verdict: 'verified', level: 'full', codes: [] })
    expect(own.checks.slice(-4).map(({ id, status }) => [id, status])).toEqual([
      ['indices.consistent', 'passed'],
      ['nodes.files', 'passed'],
      ['populations.others', 'passed'],
      ['config.sound', 'passed'],
    ])
    const shared = copy()
    const place = join(folder, 'demo/original')
    edit(join(shared, 'circuit_config.json'), config => {
      for (const entry of config.networks.nodes) entry.nodes_file = join(place, 'nodes.h5')
    })
    rmSync(join(shared, 'nodes.h5'))
    expect(await prove(shared)).toMatchObject({ verdict: 'verified', level: 'full', codes: [] })
  })

  it.each<[what: string, code: string, check: string, damage: (to: string) => void | Promise<void>]>([
    [
      'a value of a node property',
      'population.changed',
      'nodes.files',
      to => flipAt(join(to, 'nodes.h5'), '/nodes/All/0/x', 3),
    ],
    [
      'a range of the index',
      'indices.wrong',
      'indices.consistent',
      to => flipAt(join(to, 'edges.h5'), '/edges/default/indices/target_to_source/range_to_edge_id', 2),
    ],
    [
      'a value of another edge population',
      'population.changed',
      'populations.others',
      to => flipAt(join(to, 'sibling.h5'), '/edges/sibling/0/delay', 5),
    ],
    [
      'a sibling that is lost',
      'population.lost',
      'populations.same',
      to => edit(join(to, 'circuit_config.json'), config => void config.networks.edges.pop()),
    ],
    [
      'a path that points to nothing',
      'config.moved',
      'config.sound',
      to => rmSync(join(to, 'spines'), { recursive: true }),
    ],
    [
      'a population whose file is not there',
      'config.unresolved',
      'config.sound',
      to =>
        edit(join(to, 'circuit_config.json'), config => {
          config.networks.edges.push({ edges_file: 'gone.h5', populations: { more: { type: 'chemical' } } })
        }),
    ],
  ])('%s', async (_, code, check, damage) => {
    const to = copy()
    await damage(to)
    const proof = await prove(to)
    expect(proof.verdict).toBe('differs')
    const found = new Set(
      proof.findings
        // One that is not there is added, too.
        .filter(finding => finding.code === code || finding.code !== 'population.added')
        .map(finding => `${finding.code} of ${finding.check}`),
    )
    expect([...found]).toEqual([`${code} of ${check}`])
  })
})

it('the sibling is one', async () => {
  const h5 = await openHdf5(join(folder, 'demo/original/sibling.h5'))
  expect(await h5.members('/edges')).toEqual(['sibling'])
  h5.close()
})
