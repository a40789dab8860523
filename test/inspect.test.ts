import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type EdgeFacts, inspect } from '../src/inspect.ts'
import { hasShared, SHARED } from './shared.ts'

const circuits = `${SHARED}/data/circuits`

describe.skipIf(!hasShared)('the public circuits (shared data)', () => {
  const facts: EdgeFacts[] = hasShared
    ? JSON.parse(readFileSync(`${SHARED}/data/edges_facts.json`, 'utf8'), (key, value) =>
        // The facts were written by Python, which turned an absent name into text.
        (key === 'source' || key === 'target') && value === 'None' ? null : value,
      )
    : []

  it('are all there', () => expect(facts.length).toBe(21))

  it.each(facts)('$file $population', async fact => {
    const { edges } = await inspect(`${circuits}/${fact.file}`, { population: fact.population })
    const [{ warnings, ...found }, ...more] = edges.map(one => ({ ...one, file: fact.file })) as [EdgeFacts]
    expect(more).toEqual([])
    expect(found).toEqual(fact)
    // Some of Allen's have `nsyns`.
    const others = (warnings ?? []).filter(warning => !warning.includes('nsyns'))
    expect(others.length).toBe(fact.source === null ? 1 : 0)
  })

  it('whose node populations are not named: they can be', async () => {
    const file = `${circuits}/aibs_sonata_examples/edges/edge_index_example.h5`
    const [facts] = (await inspect(file)).edges
    expect(facts?.warnings).toEqual([
      'node_population is missing on source_node_id and target_node_id, so the node populations are not known',
    ])
    const [named] = (await inspect(file, { sourcePopulation: 'A', targetPopulation: 'B' })).edges
    expect(named).toMatchObject({ source: 'A', target: 'B', connections: facts?.connections })
    // Between different populations there are none.
    expect(Object.keys(named ?? {})).not.toContain('autapses')
    expect(Object.keys(named ?? {})).not.toContain('warnings')
  })

  it('between named node populations only', async () => {
    const file = `${circuits}/cm_examples/circuits/circuit_sonata_quick_scx_multi_circuit/edges_AB.h5`
    const { edges } = await inspect(file, { sourcePopulation: 'NodeB' })
    expect(edges.map(({ population }) => population)).toEqual(['NodeB__NodeA__chemical'])
  })
})
