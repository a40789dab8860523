import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { MAX_NODES } from '../../src/connectome/edges.ts'
import { InputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { openCircuit, type SonataCircuit } from '../../src/sonata/circuit.ts'
import { listNodePopulations, NodePopulation } from '../../src/sonata/nodes.ts'
import { hasShared, SHARED } from '../shared.ts'

const FIXTURE = fileURLToPath(new URL('../fixtures/sonata', import.meta.url))
const config = join(FIXTURE, 'circuit_config.json')
const folder = mkdtempSync(join(tmpdir(), 'connproof-circuit-'))
const open: SonataCircuit[] = []
afterAll(() => {
  for (const circuit of open) circuit.close()
  rmSync(folder, { recursive: true })
})

async function circuit(...args: Parameters<typeof openCircuit>): Promise<SonataCircuit> {
  const opened = await openCircuit(...args)
  open.push(opened)
  return opened
}

async function failure(promise: Promise<unknown>): Promise<InputError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('accepted')
}

function writeConfig(name: string, networks: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify({ manifest: { $F: FIXTURE }, networks }))
  return file
}

describe('a circuit', () => {
  it('opens from its config, its folder or a bare file', async () => {
    expect(await circuit(config)).toMatchObject({ name: 'sonata', file: config })
    expect(await circuit(FIXTURE)).toMatchObject({ name: 'sonata', file: config })
    const bare = join(FIXTURE, 'edges.h5')
    expect(await circuit(bare)).toMatchObject({ name: 'edges', file: bare })
    expect((await circuit(writeConfig('other.json', {}))).name).toBe('other')
  })

  it('lists populations with the node populations they connect, broken ones with the reason', async () => {
    const c = await circuit(config)
    const nodes = await c.nodePopulations()
    expect(nodes.map(({ population, type, problem }) => [population, type, problem])).toEqual([
      ['neurons', 'biophysical', undefined],
      ['fibres', 'virtual', undefined],
    ])
    const edges = await c.edgePopulations()
    expect(
      edges.map(({ population, type, ends }) => [
        population,
        type,
        ends?.sourcePopulation,
        ends?.targetPopulation,
      ]),
    ).toEqual([
      ['neurons__neurons__chemical', 'chemical', 'neurons', 'neurons'],
      ['other name', 'electrical', 'fibres', 'neurons'],
      ['neurons__fibres__chemical', 'chemical', 'neurons', 'fibres'],
      ['no_ids', 'chemical', undefined, undefined],
    ])
    expect(edges[3]?.problem?.message).toContain('not a readable edge population')
  })

  it('gives edges by name with the node counts of the circuit', async () => {
    const c = await circuit(config)
    const edges = await c.edgePopulation('other name')
    expect(edges).toMatchObject({
      sourcePopulation: 'fibres',
      sourceCount: 5,
      targetCount: 12,
      edgeCount: 20,
    })
    expect((await failure(c.edgePopulation('other nam'))).hint).toBe('Did you mean "other name"?')
  })

  it('lists the names where several are possible', async () => {
    const error = await failure((await circuit(config)).edgePopulation())
    expect(error.message).toContain(
      'neurons__neurons__chemical (neurons -> neurons), other name (fibres -> neurons), neurons__fibres__chemical (neurons -> fibres), no_ids (not readable',
    )
    expect(error.hint).toContain("--population neurons__neurons__chemical, or --population 'other name'")
  })

  it('takes the population of the options, or the only one between their node populations', async () => {
    expect((await (await circuit(config, { edges: 'other name' })).edgePopulation()).population).toBe(
      'other name',
    )
    // One that cannot be read may be meant as well.
    const maybe = await failure((await circuit(config, { source: 'fibres' })).edgePopulation())
    expect(maybe.message).toContain('other name (fibres -> neurons), no_ids (not readable')
    expect(maybe.hint).toBe("--population 'other name', or --population no_ids")
    const readable = writeConfig('readable.json', {
      nodes: [{ nodes_file: '$F/nodes.h5', populations: { neurons: {}, fibres: { type: 'virtual' } } }],
      edges: [
        { edges_file: '$F/edges.h5', populations: { neurons__neurons__chemical: {}, 'other name': {} } },
      ],
    })
    expect((await (await circuit(readable, { source: 'fibres' })).edgePopulation()).population).toBe(
      'other name',
    )
    const other = await circuit(config, { source: 'fibres', target: 'fibres' })
    expect((await failure(other.edgePopulation())).message).toContain('not a readable edge population')
    const error = await failure(other.edgePopulation('other name'))
    expect(error.message).toContain('connects "fibres" to "neurons", not "fibres" to "fibres"')
  })

  it('selects nodes with its node sets', async () => {
    const c = await circuit(config)
    expect([...(await c.select('neurons', 'Layer23 & synapse_class=INH')).ids]).toEqual([3])
    expect((await c.select('fibres', undefined)).ids.length).toBe(5)
    expect((await failure(c.select('fibre', undefined))).hint).toBe('Did you mean "fibres"?')
  })

  it('lists a population named by no config twice as a fault', async () => {
    const entry = { edges_file: '$F/edges.h5' }
    const c = await circuit(writeConfig('twice.json', { edges: [entry, entry] }))
    expect((await failure(c.edgePopulations())).message).toContain('listed twice')
  })

  it('still reads the rest where a file is missing', async () => {
    const file = writeConfig('missing.json', {
      nodes: [
        { nodes_file: '$F/nodes.h5', populations: { neurons: {}, fibres: {} } },
        { nodes_file: 'gone.h5' },
      ],
      edges: [{ edges_file: 'gone.h5' }, { edges_file: '$F/edges.h5', populations: { 'other name': {} } }],
    })
    const c = await circuit(file)
    expect((await c.edgePopulation('other name')).edgeCount).toBe(20)
    const infos = await c.edgePopulations()
    expect(infos[0]).toMatchObject({
      population: undefined,
      problem: { message: 'no such file', file: join(folder, 'gone.h5') },
    })
    expect((await failure(c.edgePopulation('elsewhere'))).message).toBe('no such file')
    expect((await failure(c.edgePopulation())).message).toContain('gone.h5 (not readable: no such file)')
    expect((await c.nodePopulations())[2]?.problem?.message).toBe('no such file')
  })

  it('needs the nodes of a circuit that has nodes', async () => {
    const file = writeConfig('partial.json', {
      nodes: [{ nodes_file: '$F/nodes.h5', populations: { fibres: {} } }],
      edges: [{ edges_file: '$F/edges.h5', populations: { 'other name': {} } }],
    })
    const error = await failure((await circuit(file)).edgePopulation())
    expect(error.message).toContain('no node population "neurons"')
  })

  it.each([
    ['nothing there', () => join(folder, 'nothing'), 'no such file'],
    ['a folder without a config', () => folder, 'no circuit_config.json in this folder'],
    ['not HDF5', () => join(FIXTURE, 'make_sonata.py'), 'not an HDF5 file'],
  ])('refuses %s', async (_, path, message) => {
    expect((await failure(openCircuit(path()))).message).toContain(message)
  })
})

describe('a bare edges file', () => {
  const file = join(FIXTURE, 'edges.h5')

  it('does not know how many nodes there are', async () => {
    const c = await circuit(file)
    expect(await c.edgePopulation('other name')).toMatchObject({
      sourceCount: MAX_NODES,
      targetCount: MAX_NODES,
    })
    const error = await failure(c.select('neurons', undefined))
    expect(error.message).toContain('there is no nodes file')
    expect(error.hint).toContain('circuit_config.json')
  })

  it('takes the counts of the caller', async () => {
    const c = await circuit(file, { nodeCounts: { neurons: 20 } })
    expect(await c.edgePopulation('other name')).toMatchObject({ sourceCount: MAX_NODES, targetCount: 20 })
    expect((await c.select('neurons', undefined)).ids.length).toBe(20)
    expect((await failure(c.select('neurons', 'layer=2'))).message).toContain('no attribute "layer"')
  })

  it('takes the node populations of the caller where it does not name them', async () => {
    const c = await circuit(file, { source: 'neurons', target: 'fibres' })
    const edges = await c.edgePopulation('nameless')
    expect(edges).toMatchObject({ sourcePopulation: 'neurons', targetPopulation: 'fibres' })
  })
})

describe('node populations', () => {
  const nodes = async (name: string): Promise<NodePopulation> =>
    NodePopulation.open(await openHdf5(join(FIXTURE, 'nodes.h5')), name)

  it('have the size of node_type_id, else of their attributes', async () => {
    expect((await nodes('neurons')).size).toBe(12)
    expect((await nodes('fibres')).size).toBe(5)
    expect((await nodes('untyped')).size).toBe(4)
    expect((await nodes('nobody')).size).toBe(0)
    expect((await nodes('two_groups')).size).toBe(4)
  })

  it('list their attributes without groups', async () => {
    const names = await (await nodes('neurons')).attributeNames()
    expect(names).toContain('Ünïcode')
    expect(names).not.toContain('@library')
    expect(names).not.toContain('dynamics_params')
    expect(await (await nodes('fibres')).attributeNames()).toEqual([])
  })

  it.each<[string, string]>([
    ['uneven', 'attributes of different lengths (a: 4, b: 5)'],
    ['empty_group', 'neither node_type_id nor attributes'],
    ['neuron', 'no node population "neuron"'],
  ])('%s: %s', async (name, message) => expect((await failure(nodes(name))).message).toContain(message))

  it.each<[string, string, string]>([
    ['neurons', 'short', 'one value for each of the 12 nodes, found 3 values'],
    ['neurons', 'holding_current', 'no such attribute'],
    ['neurons', 'dynamics_params/holding_current', 'no such attribute'],
    ['two_groups', 'layer', 'several node groups'],
  ])('%s.%s: %s', async (population, attribute, message) => {
    expect((await failure(nodes(population).then(n => n.attribute(attribute)))).message).toContain(message)
  })

  it('broken ones are listed', async () => {
    const names = await listNodePopulations(await openHdf5(join(FIXTURE, 'nodes.h5')))
    expect(names).toEqual(['empty_group', 'fibres', 'neurons', 'nobody', 'two_groups', 'uneven', 'untyped'])
  })
})

describe.skipIf(!hasShared)('public circuits', () => {
  const circuits = `${SHARED}/data/circuits`
  const configs = hasShared
    ? readdirSync(circuits, { recursive: true, encoding: 'utf8' })
        .filter(path => /(^|\/)(circuit_)?config\.json$/.test(path))
        .sort()
    : []

  /** Populations that cannot be used, and why; `undefined` for the name: the file could not be listed. */
  const faults: Record<string, readonly (readonly [string | undefined, string])[]> = {
    'libsonata_tests/config/circuit_config.json': [
      ['nodes-B', 'not a readable node population'],
      ['edges-AC', 'not a readable edge population'],
    ],
    'aibs_sonata_examples/layer4_sample/circuit_config.json': [[undefined, 'no such file']],
    'aibs_sonata_examples/layer4_sample/config.json': [[undefined, 'no such file']],
  }

  it.each(configs)('%s', async path => {
    // Its circuit_config.json is not part of the public copy.
    if (path.includes('shared_components/configs'))
      return expect((await failure(openCircuit(join(circuits, path)))).message).toBe('no such file')
    const c = await circuit(join(circuits, path))
    const infos = [...(await c.nodePopulations()), ...(await c.edgePopulations())]
    const found = infos.filter(info => info.problem !== undefined)
    expect(infos.length).toBeGreaterThan(0)
    // Examples that only show what the package writes: the circuits themselves are elsewhere.
    if (path.includes('remove_connections')) {
      expect(found.length).toBe(infos.length)
      for (const info of found) expect(info.problem?.message).toBe('no such file')
      return
    }
    expect(found.map(info => info.population)).toEqual((faults[path] ?? []).map(([name]) => name))
    for (const [i, [, reason]] of (faults[path] ?? []).entries())
      expect(found[i]?.problem?.message).toContain(reason)
  })

  it('there are as many as we know', () => expect(configs.length).toBeGreaterThanOrEqual(22))

  it('reads the good population beside a missing file', async () => {
    const c = await circuit(`${circuits}/aibs_sonata_examples/layer4_sample`)
    expect(await c.edgePopulation('l4_to_l4')).toMatchObject({ edgeCount: 47_020, sourceCount: 449 })
  })

  it('every real run finds the population of its input circuit', async () => {
    const runs = `${SHARED}/data/real_runs`
    let opened = 0
    for (const group of ['cm_unit', 'cm_functional', 'synth'])
      for (const run of readdirSync(`${runs}/${group}`)) {
        const from = `${runs}/${group}/${run}`
        if (!readdirSync(from).includes('circuit_config.json')) continue
        // The runs hold tokens where the package wrote absolute paths.
        const to = join(folder, group, run)
        mkdirSync(to, { recursive: true })
        const text = readFileSync(`${from}/circuit_config.json`, 'utf8').replaceAll(
          '@CIRCUIT@',
          `${circuits}/${group}`,
        )
        writeFileSync(join(to, 'circuit_config.json'), text)
        cpSync(`${from}/edges.h5`, join(to, 'edges.h5'))
        const c = await circuit(to)
        expect(c.name).toBe(run)
        const names = (await c.nodePopulations()).map(info => info.population ?? '')
        const [name = ''] = names
        if (/^failed_(truncated|converter_killed)/.test(run)) {
          const error = await failure(c.edgePopulation(`${name}__${name}__chemical`))
          expect(error.file, run).toBe(join(to, 'edges.h5'))
          continue
        }
        const edges = await c.edgePopulation(`${name}__${name}__chemical`)
        expect(edges, run).toMatchObject({ population: `${name}__${name}__chemical`, sourcePopulation: name })
        opened++
      }
    expect(opened).toBeGreaterThan(50)
  })
})
