import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pairs } from '../../src/connectome/pairs.ts'
import { parseBlueConfig } from '../../src/interop/blueconfig.ts'
import { encodeTargets } from '../../src/interop/removal-targets.ts'
import {
  blueConfigRemoval,
  type RemovalForm,
  removalBlocks,
  sonataRemoval,
} from '../../src/interop/simulation-removal.ts'
import { parseTargetFile } from '../../src/interop/target-file.ts'
import { NodeSets } from '../../src/sonata/node-sets.ts'
import { CountedNodes } from '../../src/sonata/nodes.ts'
import { PYTHON } from '../python.ts'

const FORMS: readonly RemovalForm[] = ['pairs', 'compact']
const N = 12
const id = fc.nat(N - 1)
const pairsOf = (list: readonly (readonly [number, number])[]): Pairs => ({
  source: Uint32Array.from(list, ([source]) => source),
  target: Uint32Array.from(list, ([, target]) => target),
})
const distinct = (list: Iterable<string>): string[] => [...new Set(list)].sort()
const asked = ({ source, target }: Pairs): string[] =>
  distinct(Array.from(source, (from, k) => `${from} ${target[k]}`))
const product = (sources: Iterable<number>, targets: Iterable<number>): string[] => {
  const all = [...targets]
  return [...sources].flatMap(source => all.map(target => `${source} ${target}`))
}
const anyPairs = fc.array(fc.tuple(id, id), { maxLength: 40 }).map(pairsOf)

describe.each(FORMS)('%s', form => {
  it('blocks mean the connections that were asked for, no others', () => {
    fc.assert(
      fc.property(anyPairs, pairs => {
        const covered = removalBlocks(pairs, form).flatMap(({ sources, targets }) =>
          product(sources, targets),
        )
        expect(distinct(covered)).toEqual(asked(pairs))
        expect(covered.length).toBe(new Set(covered).size)
      }),
    )
  })

  it('a BlueConfig with them is read back by our readers', () => {
    fc.assert(
      fc.property(anyPairs, pairs => {
        const { blocks, targets } = blueConfigRemoval(pairs, form, { general: false })
        const cells = new Map(parseTargetFile(targets, 'x.target').map(target => [target.name, target.gids]))
        const sections = parseBlueConfig(blocks, 'x').sections
        const covered = sections.flatMap(({ type, entries }) => {
          expect([type, entries.get('Weight')?.value, entries.get('SpontMinis')?.value]).toEqual([
            'Connection',
            '0.0',
            '0.0',
          ])
          const gids = (key: string): readonly number[] => cells.get(entries.get(key)?.value ?? '') ?? []
          return product(
            gids('Source').map(gid => gid - 1),
            gids('Destination').map(gid => gid - 1),
          )
        })
        expect(distinct(covered)).toEqual(asked(pairs))
        expect(cells.size).toBe(2 * sections.length)
      }),
      { numRuns: 30 },
    )
  })

  it('SONATA overrides with them resolve through the node sets', async () => {
    const nodes = new CountedNodes('A', N, 'nodes')
    await fc.assert(
      fc.asyncProperty(anyPairs, async pairs => {
        const ends = { source: 'A', target: 'A' }
        const { node_sets, silencing } = sonataRemoval(pairs, form, ends, { general: false })
        const sets = NodeSets.parse(JSON.parse(JSON.stringify(node_sets)), 'sets')
        const covered: string[] = []
        for (const { source, target, weight, spont_minis } of silencing) {
          expect([weight, spont_minis]).toEqual([0, 0])
          covered.push(...product(await sets.evaluate(source, nodes), await sets.evaluate(target, nodes)))
        }
        expect(distinct(covered)).toEqual(asked(pairs))
        // neurodamus keeps the last of two overrides with one name.
        expect(new Set(silencing.map(({ name }) => name)).size).toBe(silencing.length)
      }),
      { numRuns: 30 },
    )
  })
})

it('compact takes the side with fewer nodes', () => {
  const star = pairsOf([1, 2, 3, 4].map(target => [0, target] as const))
  const sink = pairsOf([1, 2, 3, 4].map(source => [source, 0] as const))
  expect(removalBlocks(star, 'compact')).toEqual([{ sources: [0], targets: [1, 2, 3, 4] }])
  expect(removalBlocks(sink, 'compact')).toEqual([{ sources: [1, 2, 3, 4], targets: [0] }])
  expect(removalBlocks(star, 'pairs')).toHaveLength(4)
})

it('pair by pair the targets are those of the notebook', () => {
  const pairs = pairsOf([
    [7, 3],
    [0, 2],
  ])
  expect(blueConfigRemoval(pairs, 'pairs', { general: false }).targets).toBe(encodeTargets(pairs))
  expect(blueConfigRemoval(pairs, 'pairs', { general: false }).blocks).toContain(
    'Connection ConnRemoved_1\n{\n    Source ConnRemoved_1_src\n    Destination ConnRemoved_1_dest\n    Weight 0.0\n    SpontMinis 0.0\n}\n',
  )
})

it('a general block comes first, gives no values, and only where something is silenced', () => {
  const { blocks } = blueConfigRemoval(pairsOf([[0, 1]]), 'compact', { general: true })
  const [first, second] = parseBlueConfig(blocks, 'x').sections
  expect([first?.name, [...(first?.entries.keys() ?? [])]]).toEqual([
    'ConnRemoved_general',
    ['Source', 'Destination'],
  ])
  expect(second?.name).toBe('ConnRemoved_0')
  expect(blueConfigRemoval(pairsOf([]), 'compact', { general: true }).blocks).toBe('')
  const none = sonataRemoval(pairsOf([]), 'compact', { source: 'A', target: 'A' }, { general: true })
  expect(none).toEqual({ node_sets: {}, general: [], silencing: [] })
})

it('a name that breaks a BlueConfig is refused', () => {
  expect(() => blueConfigRemoval(pairsOf([[0, 1]]), 'pairs', { general: true, prefix: 'a b' })).toThrow(
    'letters',
  )
})

describe.skipIf(PYTHON === undefined)('libsonata', () => {
  it('reads the overrides', () => {
    const folder = mkdtempSync(join(tmpdir(), 'connproof-overrides-'))
    try {
      const { general, silencing } = sonataRemoval(
        pairsOf([
          [1, 2],
          [1, 3],
        ]),
        'compact',
        { source: 'A', target: 'B' },
        { general: true },
      )
      const connection_overrides = [...general, ...silencing]
      const run = { tstop: 1, dt: 0.1, random_seed: 1 }
      writeFileSync(join(folder, 'circuit_config.json'), '{"networks": {"nodes": [], "edges": []}}')
      const file = join(folder, 'simulation_config.json')
      writeFileSync(file, JSON.stringify({ run, connection_overrides }))
      const script = `
import json, sys, libsonata
s = libsonata.SimulationConfig.from_file(sys.argv[1])
print(json.dumps([[o.name, o.source, o.target, o.weight, o.spont_minis] for o in s.connection_overrides()]))`
      const read = execFileSync(PYTHON ?? '', ['-c', script, file], { encoding: 'utf8' })
      expect(JSON.parse(read)).toEqual([
        ['ConnRemoved_general', 'ConnRemoved_general_src', 'ConnRemoved_general_dest', 1, null],
        ['ConnRemoved_0', 'ConnRemoved_0_src', 'ConnRemoved_0_dest', 0, 0],
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
