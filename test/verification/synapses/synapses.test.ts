/** Generated circuits, changed legally and illegally: nothing legal is found, everything else is, by name. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KernelBuild } from '../../../src/kernels/load.ts'
import { addBit, noEdges } from '../../../src/verification/synapses/bits.ts'
import { compareSynapses } from '../../../src/verification/synapses/compare.ts'
import {
  type Expectation,
  type RowOrder,
  type SynapseOptions,
  UNCHANGED,
} from '../../../src/verification/synapses/expectation.ts'
import { runs } from '../../counts.ts'
import { DAMAGES } from './damages.ts'
import {
  COLUMNS,
  connectionOf,
  edgesOf,
  NODES,
  promised,
  type Row,
  rows,
  sameRows,
  sorted,
} from './tables.ts'

const kept = fc.uniqueArray(fc.nat(NODES * NODES - 1))
const windows = fc.constantFrom(8, 16, 64, 65_536)
const orders = fc.constantFrom('sorted', 'unsorted')
const arrange = (all: readonly Row[], order: string): Row[] => (order === 'sorted' ? sorted(all) : [...all])

const codes = async (
  original: readonly Row[],
  manipulated: readonly Row[],
  expectation: Expectation = UNCHANGED,
  options: SynapseOptions = {},
): Promise<string[]> => {
  const found = await compareSynapses(edgesOf(original), edgesOf(manipulated), expectation, options)
  return found.findings.map(({ code }) => code)
}

describe('a clean result', () => {
  it('has no findings, whatever legal changes it carries', async () => {
    const one = fc.tuple(rows(), kept, fc.integer({ min: 1, max: NODES }), orders, windows)
    await fc.assert(
      fc.asyncProperty(one, async ([all, gone, splits, order, windowRows]) => {
        const original = arrange(all, order)
        const isGone = ({ source, target }: Row): boolean => gone.includes(source * NODES + target)
        const manipulated = promised(original, row => !isGone(row), splits)
        const traits = ['group_columns', 'dynamics_params'] as const
        const before = edgesOf(original, { edgeType: -1, population: 'default', traits })
        const after = edgesOf(manipulated, { idType: 'i64', edgeType: 0, population: 'A__A__chemical' })
        for (const kind of ['grouped', 'splits'] as const) {
          const promise: RowOrder = kind === 'splits' ? { kind, splits } : { kind }
          const found = await compareSynapses(before, after, { order: promise }, { windowRows })
          expect(found.findings).toEqual([])
          expect(found.edges).toEqual({
            original: original.length,
            manipulated: manipulated.length,
            kept: manipulated.length,
            gone: original.length - manipulated.length,
            new: 0,
          })
          expect(found.pipeline).toEqual([
            'ids.retyped',
            'groups.dropped',
            'dynamics_params.flattened',
            'population.renamed',
            ...(manipulated.length > 0 ? ['edge_type.zeroed'] : []),
          ])
        }
      }),
      { numRuns: runs(100, 300) },
    )
  })

  it('of a seeded deletion has exactly the edges that must remain', async () => {
    const one = fc.tuple(
      rows(),
      fc.infiniteStream(fc.boolean()),
      fc.integer({ min: 1, max: NODES }),
      orders,
      windows,
    )
    await fc.assert(
      fc.asyncProperty(one, async ([all, draws, splits, order, windowRows]) => {
        const original = arrange(all, order)
        const remain = noEdges(original.length)
        const stays = original.map((_, k) => {
          const stay = draws.next().value === true
          if (stay) addBit(remain, k)
          return stay
        })
        const manipulated = promised(original, (_, k) => stays[k] === true, splits)
        const expectation: Expectation = { remain, order: { kind: 'splits', splits } }
        expect(await codes(original, manipulated, expectation, { windowRows })).toEqual([])
        const lost = manipulated.slice(1)
        if (manipulated.length > 0)
          expect(await codes(original, lost, expectation, { windowRows })).toContain('synapse.missing')
      }),
      { numRuns: runs(100, 300) },
    )
  })
})

describe.each(Object.entries(DAMAGES))('%s', (_, damage) => {
  it.each<KernelBuild>(['release', 'checked'])(
    'is found unless the rows are the same (%s kernels)',
    async kernels => {
      const one = fc.tuple(
        rows({ minLength: 1 }),
        fc.nat(59),
        fc.constantFrom(...Object.keys(COLUMNS)),
        fc.integer({ min: 1, max: NODES }),
        orders,
        windows,
      )
      await fc.assert(
        fc.asyncProperty(one, async ([all, place, name, splits, order, windowRows]) => {
          const original = arrange(all, order)
          const clean = promised(original, () => true, splits)
          const damaged = damage(clean, place % clean.length, name)
          if (damaged === undefined) return
          const remain = noEdges(original.length)
          for (let k = 0; k < original.length; k++) addBit(remain, k)
          const expectation: Expectation = { remain, order: { kind: 'splits', splits } }
          const found = await codes(original, damaged, expectation, { windowRows, kernels })
          expect(found.length === 0).toBe(sameRows(clean, damaged))
        }),
        { numRuns: runs(50, 150) },
      )
    },
  )
})

describe('where connections tell which edges remain', () => {
  it('the verdict is that of the slow twin', async () => {
    const damages = Object.values(DAMAGES)
    const one = fc.tuple(
      rows({ minLength: 1 }),
      kept,
      fc.array(fc.tuple(fc.nat(damages.length - 1), fc.nat(59), fc.constantFrom(...Object.keys(COLUMNS))), {
        maxLength: 2,
      }),
      orders,
      windows,
    )
    await fc.assert(
      fc.asyncProperty(one, async ([all, gone, harm, order, windowRows]) => {
        const original = arrange(all, order)
        let manipulated = original.filter(({ source, target }) => !gone.includes(source * NODES + target))
        for (const [kind, place, name] of harm)
          if (manipulated.length > 0)
            manipulated = damages[kind]?.(manipulated, place % manipulated.length, name) ?? manipulated
        // Connections that are new are judged by others.
        if (manipulated.some(row => !original.some(other => connectionOf(other) === connectionOf(row))))
          return
        const there = new Set(manipulated.map(connectionOf))
        const clean = original.filter(row => there.has(connectionOf(row)))
        const found = await codes(original, manipulated, { order: { kind: 'input' } }, { windowRows })
        expect(found.length === 0).toBe(sameRows(clean, manipulated))
        const any = await codes(original, manipulated, { order: { kind: 'any' } }, { windowRows })
        const multiset = (list: readonly Row[]): string[] => list.map(row => JSON.stringify(row)).sort()
        expect(any.length === 0).toBe(
          JSON.stringify(multiset(clean)) === JSON.stringify(multiset(manipulated)),
        )
      }),
      { numRuns: runs(200, 600) },
    )
  })
})
