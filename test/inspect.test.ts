import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inspect } from '../src/inspect.ts'
import { hasShared, SHARED } from './shared.ts'

const circuits = `${SHARED}/data/circuits`

describe.skipIf(!hasShared)('the public circuits (shared data)', () => {
  const facts: { file: string; population: string; order?: string }[] = hasShared
    ? JSON.parse(readFileSync(`${SHARED}/data/edges_facts.json`, 'utf8'))
    : []
  const sorted = facts.filter(({ order }) => order === 'tgt,src' || order === 'tgt')

  it('are what is known of them', () => {
    expect(sorted.length).toBeGreaterThanOrEqual(12)
  })

  it.each(sorted)('$file $population', async fact => {
    const { edges } = await inspect(`${circuits}/${fact.file}`, { population: fact.population })
    expect(edges.map(one => ({ ...one, file: fact.file }))).toEqual([fact])
  })
})
