import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ID_BYTES, MAX_NODES } from '../../src/connectome/edges.ts'
import { InputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { listEdgePopulations, openEdgePopulation, readEdgeEnds } from '../../src/sonata/edges.ts'
import { hasShared, SHARED } from '../shared.ts'
import { MemoryHdf5 } from './memory-hdf5.ts'

const file = fileURLToPath(new URL('../fixtures/sonata/edges.h5', import.meta.url))
const nodes = fileURLToPath(new URL('../fixtures/sonata/nodes.h5', import.meta.url))

async function failure(opening: Promise<unknown>): Promise<InputError> {
  try {
    await opening
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('opened')
}

describe('edge populations of the fixture', () => {
  it('lists readable and broken ones', async () => {
    const names = await listEdgePopulations(await openHdf5(file))
    expect(names).toContain('neurons__neurons__chemical')
    expect(names).toContain('no_ids')
    expect(names.length).toBe(19)
  })

  it('reads attributes of variable and fixed length, ASCII and UTF-8, scalar or list', async () => {
    const h5 = await openHdf5(file)
    expect(await readEdgeEnds(h5, 'neurons__neurons__chemical')).toEqual({
      sourcePopulation: 'neurons',
      targetPopulation: 'neurons',
    })
    expect(await readEdgeEnds(h5, 'other name')).toEqual({
      sourcePopulation: 'fibres',
      targetPopulation: 'neurons',
    })
  })

  it.each(['u8', 'i8', 'u16', 'i16', 'u32', 'i64'] as const)('ids stored as %s', async type => {
    const names = { u8: 'u1', i8: 'i1', u16: 'u2', i16: 'i2', u32: 'u4', i64: 'i8' }
    const edges = await openEdgePopulation(await openHdf5(file), `type_${names[type]}`, { sourceCount: 5 })
    expect(edges).toMatchObject({ edgeCount: 20, sourceCount: 5, targetCount: MAX_NODES, file })
    expect(edges.source).toMatchObject({
      length: 20,
      type,
      label: `${file}: /edges/type_${names[type]}/source_node_id`,
    })
    const bytes = new Uint8Array(7 * ID_BYTES[type])
    await edges.source.readInto(3, 7, bytes)
    const ids = Array.from({ length: 7 }, (_, i) => bytes[i * ID_BYTES[type]])
    expect(Math.max(...ids.map(Number))).toBeLessThan(5)
    expect(new Set(ids).size).toBeGreaterThan(1)
  })

  it('zero edges are edges', async () => {
    const edges = await openEdgePopulation(await openHdf5(file), 'no_edges')
    expect(edges).toMatchObject({ edgeCount: 0, sourcePopulation: 'fibres', targetPopulation: 'neurons' })
  })

  it.each<[string, string, string]>([
    ['no_ids', 'not a readable edge population: found no dataset source_node_id', 'source_node_id'],
    ['no_target', 'not a readable edge population: found no dataset target_node_id', 'target_node_id'],
    ['null_ids', 'not a readable edge population: found source_node_id without data', 'source_node_id'],
    ['floats', 'expected one integer per edge, found floating-point numbers of shape (20)', 'source_node_id'],
    ['two_columns', 'expected one integer per edge, found integers of shape (10, 2)', 'source_node_id'],
    ['number', 'found a number', 'source_node_id'],
  ])('%s: %s', async (population, message, dataset) => {
    const error = await failure(openHdf5(file).then(h5 => openEdgePopulation(h5, population)))
    expect(error.message).toContain(message)
    expect(error).toMatchObject({ file, field: `/edges/${population}/${dataset}` })
  })

  it('columns of different lengths', async () => {
    const error = await failure(openHdf5(file).then(h5 => openEdgePopulation(h5, 'lengths')))
    expect(error.message).toContain('20 source ids, but 7 target ids')
  })

  it('suggests the nearest population', async () => {
    const error = await failure(
      openHdf5(file).then(h5 => openEdgePopulation(h5, 'neurons__neurons__chemcal')),
    )
    expect(error.message).toContain('no edge population "neurons__neurons__chemcal"')
    expect(error.hint).toBe('Did you mean "neurons__neurons__chemical"?')
  })

  it('a nodes file is not an edges file', async () => {
    const error = await failure(openHdf5(nodes).then(h5 => listEdgePopulations(h5)))
    expect(error.message).toContain('/edges, found /nodes')
  })
})

describe('edge populations without node_population', () => {
  const ends = async (population: string, options = {}): Promise<unknown> =>
    readEdgeEnds(await openHdf5(file), population, options)
  const known = { nodePopulations: ['neurons', 'fibres'] }

  it('take the name where both node populations exist', async () => {
    const expected = { sourcePopulation: 'neurons', targetPopulation: 'fibres' }
    expect(await ends('neurons__fibres__chemical', known)).toEqual(expected)
  })

  it.each(['neurons__fibres__chemical', 'nameless', 'ghosts__fibres__chemical'])(
    'ask for the flag: %s',
    async name => {
      const options = name === 'neurons__fibres__chemical' ? { nodePopulations: ['neurons'] } : known
      const error = await failure(ends(name, options))
      expect(error.message).toContain('node_population is missing')
      expect(error.hint).toBe('Pass --source-population NAME.')
      const second = await failure(ends(name, { ...options, source: 'neurons' }))
      expect(second.hint).toBe('Pass --target-population NAME.')
      expect(await ends(name, { source: 'a', target: 'b' })).toEqual({
        sourcePopulation: 'a',
        targetPopulation: 'b',
      })
    },
  )

  it('believe the attribute, not the name', async () => {
    const h5 = new MemoryHdf5('m.h5', {
      '/edges/a__b__c/source_node_id': { data: new Uint8Array(2), attributes: { node_population: 'x' } },
      '/edges/a__b__c/target_node_id': { data: new Uint8Array(2), attributes: { node_population: ['y'] } },
    })
    const options = { nodePopulations: ['a', 'b'], source: 'a' }
    expect(await readEdgeEnds(h5, 'a__b__c', options)).toEqual({
      sourcePopulation: 'x',
      targetPopulation: 'y',
    })
  })
})

describe.skipIf(!hasShared)('edge populations of public circuits', () => {
  it('have the edge counts and types of edges_facts.json', async () => {
    const facts = JSON.parse(readFileSync(`${SHARED}/data/edges_facts.json`, 'utf8')) as {
      file: string
      population: string
      source: string
      target: string
      edges: number
    }[]
    let compared = 0
    for (const fact of facts) {
      const path = `${SHARED}/data/circuits/${fact.file}`
      if (!existsSync(path)) continue
      // The facts say "None" where the attribute is missing.
      const options = { source: 'None', target: 'None' }
      const edges = await openEdgePopulation(await openHdf5(path), fact.population, options)
      expect(edges, `${fact.file} ${fact.population}`).toMatchObject({
        edgeCount: fact.edges,
        sourcePopulation: fact.source,
        targetPopulation: fact.target,
      })
      compared++
    }
    expect(compared).toBeGreaterThan(15)
  })
})
