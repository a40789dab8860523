/** Circuits in memory, of random edges in any order, and copies that differ from them in every way. */
import fc from 'fast-check'
import type { Circuit } from '../../src/connectome/circuit.ts'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { InputError } from '../../src/errors.ts'
import type { MaskFile } from '../../src/selection/mask.ts'
import type { VerifyOptions } from '../../src/verify.ts'
import { factsOf } from '../populations.ts'

export const NODES = 14
export type Pair = readonly [source: number, target: number]

const ORDERS: Record<string, (a: Pair, b: Pair) => number> = {
  'tgt,src': (a, b) => a[1] - b[1] || a[0] - b[0],
  tgt: (a, b) => a[1] - b[1] || ((a[0] * 5 + 3) % 11) - ((b[0] * 5 + 3) % 11),
  'src,tgt': (a, b) => a[0] - b[0] || a[1] - b[1],
  'as given': () => 0,
  none: (a, b) => ((a[0] * 5 + a[1] * 3) % 8) - ((b[0] * 5 + b[1] * 3) % 8),
}

export interface Made {
  readonly rows: readonly Pair[]
  readonly order: string
  readonly nodes?: number
  readonly broken?: boolean
}

export function circuitOf(name: string, { rows, order, nodes = NODES, broken }: Made): Circuit {
  const sorted = [...rows].sort(ORDERS[order])
  const edges = edgesFromArrays({
    source: BigInt64Array.from(sorted, ([source]) => BigInt(source)),
    target: Uint32Array.from(sorted, ([, target]) => target),
    sourceCount: nodes,
    targetCount: nodes,
    file: `${name}/edges.h5`,
  })
  return circuitAround(name, edges, broken)
}

export function circuitAround(name: string, edges: EdgeSource, broken = false): Circuit {
  const fail = async () => {
    throw new InputError('cannot be read', { file: edges.file })
  }
  const nodes = edges.sourceCount
  return {
    name,
    file: `${name}/circuit_config.json`,
    edgePopulation: async () => edges,
    namedBy: 'configuration',
    edgePopulations: broken ? fail : async () => [factsOf(edges)],
    select: async (population, expression) => {
      const ids = (expression ?? 'all').split(',').map(Number)
      const all = Array.from({ length: nodes }, (_, k) => k)
      return {
        population,
        populationSize: nodes,
        ids: Uint32Array.from(expression === undefined ? all : ids),
        expression: expression ?? 'all nodes',
      }
    },
    close: () => {},
  }
}

const id = fc.nat(NODES - 1)
const pair: fc.Arbitrary<Pair> = fc.tuple(id, id)
const order = fc.constantFrom(...Object.keys(ORDERS))
const subset = fc.uniqueArray(id, { minLength: 1, maxLength: NODES }).map(ids => ids.sort((a, b) => a - b))
/** Some nodes get many edges, so that shards are as unequal as nodes. */
const rows = fc.array(fc.oneof(pair, fc.tuple(id, fc.constantFrom(0, 3, NODES - 1))), { maxLength: 120 })

const changed = fc.record({
  drop: fc.array(fc.nat(200), { maxLength: 15 }),
  add: fc.array(pair, { maxLength: 6 }),
  order,
  astray: fc.array(
    fc.constantFrom<Pair>(
      [NODES + 1, NODES - 3],
      [3, NODES + 1],
      [NODES + 3, NODES + 2],
      [-1, 4],
      [NODES, 2 ** 32 - 1],
    ),
    { minLength: 1, maxLength: 3 },
  ),
  // Now and then one that cannot be read, one with ids that are no node's, one of another size.
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant('sound' as const) },
    fc.constantFrom('broken', 'astray', 'larger'),
  ),
})

/** A verification of up to three circuits: everything that can go wrong comes up. */
export const verification: fc.Arbitrary<VerifyOptions> = fc
  .record({
    rows,
    order,
    changes: fc.array(changed, { minLength: 1, maxLength: 3 }),
    source: subset,
    target: subset,
    asked: fc.uniqueArray(fc.tuple(fc.nat(60), fc.boolean()), { selector: ([at]) => at, maxLength: 20 }),
    keep: fc.integer({ min: 1, max: 4 }),
    allow: fc.constantFrom([], ['asked.absent'] as const),
    windowRows: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ rows, order, changes, source, target, asked, keep, allow, windowRows }) => {
    const manipulated = changes.map(({ drop, add, order, what, ...one }, k): Circuit => {
      const left = rows.filter((_, at) => !drop.includes(at))
      const nodes = what === 'larger' ? NODES + 2 : NODES
      const astray: readonly Pair[] = what === 'astray' ? one.astray : []
      const extra: Pair[] = what === 'larger' ? [[1, NODES + 1]] : []
      const made = { rows: [...left, ...add, ...astray, ...extra], order, nodes, broken: what === 'broken' }
      return circuitOf(`changed-${k}`, made)
    })
    const mask = (kind: boolean): MaskFile =>
      maskOf(
        `${kind}.npz`,
        source.length,
        target.length,
        asked.filter(([, remove]) => remove === kind).map(([at]) => at),
      )
    const names = { source: source.join(), target: target.join() }
    const masks = { removed: mask(true), added: mask(false) }
    const original = circuitOf('original', { rows, order })
    return { original, manipulated, ...names, ...masks, keep, allow, windowRows }
  })

/** @param cells column by column; those beyond the end are left out */
export function maskOf(file: string, rows: number, columns: number, cells: readonly number[]): MaskFile {
  const inside = cells.filter(at => at < rows * columns).sort((a, b) => a - b)
  return {
    file,
    rows,
    columns,
    row: Uint32Array.from(inside, at => at % rows),
    column: Uint32Array.from(inside, at => Math.floor(at / rows)),
    sourceIds: undefined,
    targetIds: undefined,
  }
}
