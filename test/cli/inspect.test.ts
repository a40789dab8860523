/** `inspect` as a process. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasShared, SHARED } from '../shared.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof } from './run.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

describe('inspect', () => {
  it('describes edges, nodes and node sets', async () => {
    const { code, stdout, stderr } = await connproof(['inspect', circuits.original])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^edges default \(All -> All\)$/m)
    expect(stdout).toMatch(/^ {2}connections {2,}\d+$/m)
    expect(stdout).toMatch(/^ {2}sorted {2,}by target, then source$/m)
    expect(stdout).toMatch(/^ {2}sha256 of pairs {2,}[0-9a-f]{64}$/m)
    expect(stdout).toMatch(/^nodes All: 200 nodes \(\w+\)$/m)
    expect(stdout).toMatch(/^node sets\n.*\bExcitatory\b/m)
    expect(stdout).not.toContain('undefined')
  })

  it('gives one JSON object per edge population', async () => {
    const text = await connproof(['inspect', circuits.original, '--json'])
    const [line, ...more] = text.stdout.trimEnd().split('\n')
    expect(more).toEqual([])
    const facts = JSON.parse(line ?? '')
    expect(facts).toMatchObject({ population: 'default', source: 'All', target: 'All', order: 'tgt,src' })
    const human = (await connproof(['inspect', circuits.original])).stdout
    for (const value of [facts.connections, facts.edges, facts.autapses, facts.sha256_pairs_tgtsrc]) {
      expect(human).toContain(` ${value}`)
    }
  })

  it('gives the size and the ids of a selection', async () => {
    const size = (await connproof(['inspect', circuits.original, '--nodes', 'Excitatory'])).stdout
    const { code, stdout } = await connproof(['inspect', circuits.original, '--nodes', 'Excitatory', '--ids'])
    const ids = stdout.trimEnd().split('\n').map(Number)
    expect(code).toBe(0)
    expect(size).toBe(`${ids.length} of 200 nodes of population "All": Excitatory\n`)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    const json = await connproof(['inspect', circuits.original, '--nodes', 'Excitatory', '--ids', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({
      population: 'All',
      size: ids.length,
      population_size: 200,
      ids,
    })
  })

  it.each([
    [['--nodes', 'Exitatory'], 'Did you mean "Excitatory"?'],
    [['--nodes', 'All', '--population', 'nobody'], 'nobody'],
    [['--population', 'defalt'], 'default'],
  ])('%j: exit 2 and a way out', async (flags, expected) => {
    const { code, stdout, stderr } = await connproof(['inspect', circuits.original, ...flags])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(expected)
  })

  it('says which file is missing', async () => {
    const { code, stderr } = await connproof(['inspect', '/nowhere/edges.h5'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^connproof: \/nowhere\/edges\.h5: /)
  })

  it.skipIf(!hasShared)('equals the facts known about a public file', async () => {
    const data = join(SHARED, 'data')
    const file = 'cm_functional/edges_167.h5'
    const known = JSON.parse(readFileSync(join(data, 'edges_facts.json'), 'utf8')).find(
      (facts: { file: string }) => facts.file === file,
    )
    const { code, stdout } = await connproof(['inspect', join(data, 'circuits', file), '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      type: 'edges',
      schema: 1,
      ...known,
      file: join(data, 'circuits', file),
    })
  })
})
