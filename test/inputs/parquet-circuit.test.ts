/** Unconverted edges, opened and verified like any other circuit. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { inspect } from '../../src/inspect.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { EXPECTED, FIXTURES, fixture, readIds } from '../formats/parquet-fixtures.ts'
import { facingEdges } from '../populations.ts'
import { referenceSummary } from '../reference/summary.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-parquet-circuit-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const SONATA = fileURLToPath(new URL('../fixtures/sonata', import.meta.url))

function run(from: string, metadata?: string): string {
  const folder = mkdtempSync(join(root, 'run-'))
  mkdirSync(join(folder, 'parquet'))
  copyFileSync(fixture(from), join(folder, 'parquet', 'edges.parquet'))
  if (metadata !== undefined) copyFileSync(join(FIXTURES, metadata), join(folder, 'parquet', '_metadata'))
  writeFileSync(join(folder, 'parquet', 'parquet.DONE'), '["edges"]')
  return folder
}

describe('a circuit of unconverted edges', () => {
  it('has the name of the run and one edge population, called as the converter would', async () => {
    const folder = run('default', '_metadata')
    for (const path of [folder, join(folder, 'parquet')]) {
      const circuit = await openCircuit(path)
      expect(circuit).toMatchObject({ name: basename(folder), file: join(folder, 'parquet') })
      expect(await circuit.edgePopulations()).toMatchObject([
        {
          population: 'All__All__chemical',
          file: join(folder, 'parquet'),
          ends: { sourcePopulation: 'All', targetPopulation: 'All' },
          problem: undefined,
        },
      ])
      const edges = await circuit.edgePopulation('All__All__chemical')
      expect(edges).toMatchObject({ sourceCount: 300, targetCount: 300, edgeCount: 700 })
      expect(edges.unknown).toBeUndefined()
      expect(await readIds(edges.source)).toEqual(EXPECTED.default?.source)
      circuit.close()
    }
  })

  it('has all nodes of the number that _metadata says, and no attributes', async () => {
    const circuit = await openCircuit(run('default', '_metadata'))
    expect(await circuit.select('All')).toMatchObject({ populationSize: 300, expression: 'all nodes' })
    await expect(circuit.select('All', 'layer=4')).rejects.toThrow(
      'the nodes of population "All" are not known',
    )
    await expect(circuit.edgePopulation('default')).rejects.toThrow('no edge population "default"')
    circuit.close()
  })

  it('has the nodes of the original', async () => {
    const original = await openCircuit(SONATA)
    const [population] = (await original.edgePopulations()).filter(({ ends }) => ends !== undefined)
    const edges = await original.edgePopulation(population?.population)
    const folder = run('default')
    const circuit = await openCircuit(folder, { nodesFrom: { circuit: original, edges } })
    expect(await facingEdges(edges, circuit)).toMatchObject({
      // Nodes are the original's, nothing else is.
      file: join(folder, 'parquet'),
      population: `${edges.sourcePopulation}__${edges.targetPopulation}__chemical`,
      sourcePopulation: edges.sourcePopulation,
      targetPopulation: edges.targetPopulation,
      sourceCount: edges.sourceCount,
      targetCount: edges.targetCount,
      edgeCount: 700,
    })
    const [attribute = ''] = await (await original.nodes(edges.targetPopulation)).attributeNames()
    expect(attribute).not.toBe('')
    const selected = await original.select(edges.targetPopulation)
    expect(await circuit.select(edges.targetPopulation)).toEqual(selected)
    await expect(circuit.select('nowhere')).rejects.toThrow('no node population "nowhere"')
    circuit.close()
    original.close()
  })

  it('is not one of other node populations', async () => {
    const original = await openCircuit(SONATA)
    const [population] = (await original.edgePopulations()).filter(({ ends }) => ends !== undefined)
    const edges = await original.edgePopulation(population?.population)
    const circuit = await openCircuit(run('default', '_metadata'), {
      nodesFrom: { circuit: original, edges },
    })
    await expect(facingEdges(edges, circuit)).rejects.toThrow(
      /no edge population could be .* found All__All__chemical/,
    )
    circuit.close()
    original.close()
  })

  it('is refused where one population has two sizes', async () => {
    await expect(openCircuit(run('default', '_metadata_unequal'))).rejects.toThrow(
      '300 sources and 299 targets in population "All"',
    )
  })

  it('is a single file, too', async () => {
    const circuit = await openCircuit(fixture('zstd'))
    // The fixtures lie beside a _metadata.
    expect(circuit).toMatchObject({ name: 'zstd', file: fixture('zstd') })
    expect(await circuit.edgePopulation()).toMatchObject({ sourcePopulation: 'All', file: fixture('zstd') })
    circuit.close()
  })

  it('is not looked for where there is a configuration', async () => {
    const folder = run('default')
    writeFileSync(join(folder, 'circuit_config.json'), '{"networks": {}}')
    const circuit = await openCircuit(folder)
    expect(circuit.file).toBe(join(folder, 'circuit_config.json'))
    circuit.close()
  })
})

describe('inspect', () => {
  const pairs = EXPECTED.default?.source.map(
    (source, row) => [source, EXPECTED.default?.target[row] ?? 0] as const,
  )
  const { edges: _, ...facts } = referenceSummary(pairs ?? [])

  it('tells what unconverted edges are', async () => {
    const folder = run('default', '_metadata')
    const { edges, nodes } = await inspect(folder)
    expect(nodes).toEqual([])
    expect(edges).toEqual([
      {
        file: folder,
        population: 'All__All__chemical',
        source: 'All',
        target: 'All',
        edges: 700,
        index: null,
        groups: [],
        dtype: [],
        connections: facts.connections,
        multi: facts.multi,
        max_per_conn: facts.maxPerConnection,
        autapses: facts.autapses,
        reciprocal_pairs: facts.reciprocalPairs,
        order: facts.order,
        sha256_pairs_tgtsrc: facts.digest,
      },
    ])
  })

  it('does without the names of their nodes, and says what is wrong with a row', async () => {
    const [edges] = (await inspect(run('default'))).edges
    expect(edges).toMatchObject({ population: 'default', source: null, sha256_pairs_tgtsrc: facts.digest })
    const [damaged] = (await inspect(run('negative', '_metadata'))).edges
    expect(damaged).toMatchObject({
      edges: 700,
      problem: { message: expect.stringMatching(/^row 650 holds a node id/) },
    })
  })
})
