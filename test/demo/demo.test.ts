/** The demo's circuits are what they claim to be. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Connection,
  connectionKey,
  connectionsOf,
  EXC,
  INH,
  MTYPES,
  nodesOfClass,
} from '../../src/demo/circuit.ts'
import { FAULT_KINDS, halfOfReciprocalPairs, planFaults } from '../../src/demo/faults.ts'
import { buildIndex } from '../../src/demo/index-groups.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { maskOf } from '../../src/demo/mask.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'

const circuit = synthesize({ seed: 'test', neurons: 600, meanInDegree: 20 })
const connections = connectionsOf(circuit.edges)
const keys = new Set(connections.map(({ connection }) => connectionKey(connection)))
const isReciprocal = ([source, target]: Connection): boolean => keys.has(connectionKey([target, source]))

describe('the synthetic circuit', () => {
  it('is the same for the same seed and sizes only', () => {
    const make = (seed: string) => synthesize({ seed, neurons: 50, meanInDegree: 5 })
    expect(make('a')).toEqual(make('a'))
    expect(make('a').edges.source).not.toEqual(make('b').edges.source)
  })

  it('has 2,000 neurons and 200,000 to 400,000 synapses by default', () => {
    const { nodes, edges } = synthesize()
    expect(nodes.count).toBe(2000)
    expect(edges.source.length).toBeGreaterThan(200_000)
    expect(edges.source.length).toBeLessThan(400_000)
  })

  it('is sorted by target, then source', () => {
    const { source, target } = circuit.edges
    const wrong = Array.from(source.keys()).filter(row => {
      const [s = 0, t = 0, lastS = 0, lastT = 0] = [
        source[row],
        target[row],
        source[row - 1],
        target[row - 1],
      ]
      return row > 0 && (t < lastT || (t === lastT && s < lastS))
    })
    expect(wrong).toEqual([])
  })

  it('has about four synapses per connection, and more from inhibitory neurons', () => {
    const mean = (of: typeof connections): number => of.reduce((sum, { rows }) => sum + rows, 0) / of.length
    const from = (synapseClass: number) =>
      connections.filter(({ connection }) => circuit.nodes.synapseClass[connection[0]] === synapseClass)
    expect(mean(connections)).toBeCloseTo(4, 0)
    expect(mean(from(INH))).toBeGreaterThan(mean(from(EXC)) + 1)
  })

  it('has more reciprocal pairs than chance gives, a few autapses, and neurons that receive nothing', () => {
    const pairs = connections.filter(({ connection: [s, t] }) => s < t && isReciprocal([s, t])).length
    const n = circuit.nodes.count
    const chance = (connections.length / (n * (n - 1))) ** 2 * ((n * (n - 1)) / 2)
    expect(pairs).toBeGreaterThan(3 * chance)
    const autapses = connections.filter(({ connection: [s, t] }) => s === t).length
    expect(autapses).toBeGreaterThan(0)
    expect(autapses).toBeLessThan(n / 50)
    expect(new Set(circuit.edges.target).size).toBeLessThan(n)
  })

  it('connects near neurons more often than far ones', () => {
    const { x, y, z } = circuit.nodes
    const distance = (a: number, b: number): number =>
      Math.hypot((x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0), (z[a] ?? 0) - (z[b] ?? 0))
    const mean = (pairs: readonly Connection[]): number =>
      pairs.reduce((sum, [a, b]) => sum + distance(a, b), 0) / pairs.length
    const random = seededRandom('pairs')
    const any = Array.from({ length: 5000 }, (): Connection => [random.below(600), random.below(600)])
    expect(mean(connections.map(({ connection }) => connection))).toBeLessThan(0.7 * mean(any))
  })

  it('has no excitatory neuron in layer 1, and a type that fits layer and class everywhere', () => {
    const { count, layer, mtype, synapseClass } = circuit.nodes
    for (let id = 0; id < count; id++) {
      expect(MTYPES[mtype[id] ?? -1]).toMatchObject({ layer: layer[id], synapseClass: synapseClass[id] })
    }
    expect([...nodesOfClass(circuit.nodes, EXC)].filter(id => layer[id] === 1)).toEqual([])
  })

  it('can be tiny, and is refused when it cannot', () => {
    expect(synthesize({ neurons: 2 }).nodes.count).toBe(2)
    expect(() => synthesize({ neurons: 1 })).toThrow(RangeError)
  })
})

describe('an index', () => {
  it('gives each node the runs of its id, whatever the order of the rows', () => {
    const rows = fc.array(fc.nat(6), { maxLength: 40 })
    fc.assert(
      fc.property(rows, fc.constantFrom('offset', 'zero'), (ids, empty) => {
        const { nodeIdToRanges, rangeToEdgeId } = buildIndex(Uint32Array.from(ids), 8, empty)
        const ranges = (at: number): number[] => [
          Number(nodeIdToRanges[2 * at]),
          Number(nodeIdToRanges[2 * at + 1]),
        ]
        let offset = 0
        for (let node = 0; node < 8; node++) {
          const [begin = -1, end = -1] = ranges(node)
          const edges: number[] = []
          for (let range = begin; range < end; range++) {
            const [first, last] = [Number(rangeToEdgeId[2 * range]), Number(rangeToEdgeId[2 * range + 1])]
            expect(ids[first - 1]).not.toBe(node)
            expect(ids[last]).not.toBe(node)
            for (let edge = first; edge < last; edge++) edges.push(edge)
          }
          expect(edges).toEqual([...ids.keys()].filter(row => ids[row] === node))
          if (begin === end) expect(begin).toBe(empty === 'zero' ? 0 : offset)
          else offset = end
        }
        expect(rangeToEdgeId.length).toBe(2 * offset)
      }),
    )
  })
})

describe('a removal', () => {
  const selected = nodesOfClass(circuit.nodes, EXC)
  const asked = halfOfReciprocalPairs(circuit, selected, 100, seededRandom('asked'))
  const before = new Map(connections.map(({ connection, rows }) => [connectionKey(connection), rows]))

  it('asks for one direction of reciprocal pairs between selected neurons, both directions occurring', () => {
    const inside = new Set(selected)
    expect(asked).toHaveLength(100)
    expect(asked.every(([s, t]) => inside.has(s) && inside.has(t) && isReciprocal([s, t]))).toBe(true)
    const askedKeys = new Set(asked.map(connectionKey))
    expect(asked.some(([s, t]) => askedKeys.has(connectionKey([t, s])))).toBe(false)
    expect(new Set(asked.map(([s, t]) => s < t)).size).toBe(2)
  })

  it.each(FAULT_KINDS)('changes nothing but what was asked and "%s"', kind => {
    const faults = planFaults({ circuit, selected, asked }, [kind], seededRandom(kind))
    const after = connectionsOf(removeConnections(circuit.edges, asked, faults))
    const wanted = new Map(before)
    for (const connection of asked) wanted.delete(connectionKey(connection))
    for (const { source, target, original, manipulated } of faults) {
      expect(original).toBe(before.get(connectionKey([source, target])) ?? 0)
      if (manipulated === 0) wanted.delete(connectionKey([source, target]))
      else wanted.set(connectionKey([source, target]), manipulated)
    }
    expect(new Map(after.map(({ connection, rows }) => [connectionKey(connection), rows]))).toEqual(wanted)
    const inOrder = after.map(({ connection }) => connectionKey(connection))
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b))
  })

  it('keeps the properties of every kept row', () => {
    const gone = new Set(asked.map(connectionKey))
    const { source, target, properties } = circuit.edges
    const kept = [...source.keys()].filter(
      row => !gone.has(connectionKey([source[row] ?? 0, target[row] ?? 0])),
    )
    const after = removeConnections(circuit.edges, asked).properties
    expect(Object.keys(after)).toEqual(Object.keys(properties))
    for (const [name, column] of Object.entries(properties)) {
      expect([...(after[name] ?? [])]).toEqual(kept.map(row => column[row]))
    }
  })

  it('becomes a mask of ranks, or is refused outside the selection', () => {
    const mask = maskOf(
      [
        [7, 2],
        [2, 9],
        [7, 9],
      ],
      Uint32Array.of(2, 7),
      Uint32Array.of(2, 5, 9),
    )
    expect(mask).toMatchObject({ rows: 2, columns: 3 })
    expect([...mask.indptr]).toEqual([0, 1, 1, 3])
    expect([...mask.indices]).toEqual([1, 0, 1])
    expect(() => maskOf([[3, 2]], Uint32Array.of(2), Uint32Array.of(2))).toThrow(/3 -> 2/)
  })
})
