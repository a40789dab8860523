/** Circuits in memory whose edges have properties of several types, and copies that differ from them in every way. */
import fc from 'fast-check'
import type { Circuit } from '../../src/connectome/circuit.ts'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import type { EdgeTable, PropertyColumn } from '../../src/connectome/table.ts'
import { InputError } from '../../src/errors.ts'
import type { VerifyOptions } from '../../src/verify.ts'
import { DAMAGES } from '../verification/synapses/damages.ts'
import {
  COLUMNS,
  edgesOf,
  NODES,
  promised,
  type Row,
  rows,
  sorted,
  type TableFacts,
} from '../verification/synapses/tables.ts'
import { circuitAround, maskOf } from './circuits.ts'

const ARRANGED: Readonly<Record<string, (all: readonly Row[]) => Row[]>> = {
  'tgt,src': sorted,
  tgt: all => [...all].sort((a, b) => a.target - b.target),
  'tgt, sources backwards': all => [...all].sort((a, b) => a.target - b.target || b.source - a.source),
  'src,tgt': all => [...all].sort((a, b) => a.source - b.source || a.target - b.target),
  'in two blocks of targets': all => [...all].sort((a, b) => (a.target % 2) - (b.target % 2)),
  'as given': all => [...all],
  backwards: all => [...all].reverse(),
}
const arrangement = fc.constantFrom(...Object.keys(ARRANGED))

/** Ways in which columns, not rows, may be others. */
const LAYOUTS: Readonly<Record<string, (edges: EdgeSource) => EdgeSource>> = {
  'a list': ({ table: _, ...edges }) => edges,
  'a property less': edges => tabled(edges, table => ({ ...table, columns: table.columns.slice(1) })),
  'a property more': edges =>
    tabled(edges, table => ({
      ...table,
      columns: [...table.columns, ...table.columns.slice(0, 1).map(one => ({ ...one, name: 'new' }))],
    })),
  'of another type': edges => changed(edges, 'delay', column => ({ ...column, type: 'u32' })),
  unreadable: edges =>
    tabled(edges, table => ({
      ...table,
      columns: table.columns.filter(({ name }) => name !== 'kind'),
      unreadable: [{ name: 'kind', reason: 'is of no type that is known' }],
    })),
  'no table': edges => ({ ...edges, table: () => Promise.reject(failure(edges, 'is no table')) }),
  'a damaged column': edges =>
    changed(edges, 'u_syn', column => ({
      ...column,
      readInto: () => Promise.reject(failure(edges, 'cannot be decoded')),
    })),
  'a text that is none': edges =>
    changed(edges, 'zone', column => ({
      ...column,
      // One row only: which of several is met first is not promised.
      readInto: async (first, count, into) => {
        await column.readInto(first, count, into)
        const at = Math.floor(edges.edgeCount / 2) - first
        if (at >= 0 && at < count) into[at] = 9
      },
    })),
  'other numbers for texts': edges =>
    changed(edges, 'zone', column => ({
      ...column,
      texts: [...(column.texts ?? [])].reverse(),
      readInto: async (first, count, into) => {
        await column.readInto(first, count, into)
        for (const [k, code] of into.entries()) into[k] = 2 - code
      },
    })),
}

const failure = (edges: EdgeSource, message: string): InputError =>
  new InputError(message, { file: edges.file })

const tabled = (edges: EdgeSource, change: (table: EdgeTable) => EdgeTable): EdgeSource => ({
  ...edges,
  table: async () => {
    const { table } = edges
    if (table === undefined) throw failure(edges, 'is a list')
    return change(await table())
  },
})

const changed = (
  edges: EdgeSource,
  name: string,
  change: (column: PropertyColumn) => PropertyColumn,
): EdgeSource =>
  tabled(edges, table => ({
    ...table,
    columns: table.columns.map(column => (column.name === name ? change(column) : column)),
  }))

/** With a property of text, which depends on the row's own values. */
function circuit(name: string, all: readonly Row[], facts: TableFacts, layout?: string): Circuit {
  const codes = Uint8Array.from(all, ({ values }) => Number.parseInt(values.kind ?? '', 16) % 3)
  const zone: PropertyColumn = {
    name: 'zone',
    type: 'u8',
    bytes: 1,
    length: all.length,
    texts: ['apical', 'axon', 'soma'],
    label: 'zone',
    readInto: (first, count, into) => into.set(codes.subarray(first, first + count)),
  }
  const plain = { ...edgesOf(all, facts), file: `${name}/edges.h5` }
  const edges = tabled(plain, table => ({ ...table, columns: [...table.columns, zone] }))
  return circuitAround(name, (layout === undefined ? undefined : LAYOUTS[layout])?.(edges) ?? edges)
}

const damage = fc.tuple(
  fc.constantFrom(...Object.keys(DAMAGES)),
  fc.nat(59),
  fc.constantFrom(...Object.keys(COLUMNS)),
)

/** Mostly this, now and then that: where everything is wrong at once, nothing else is found. */
const mostly = <T>(often: fc.Arbitrary<T>, rarely: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: often }, rarely)

const copy = fc.record({
  /** Which of the connections asked for are not removed. */
  forgotten: mostly(fc.constant<number[]>([]), fc.array(fc.nat(9), { maxLength: 2 })),
  damages: fc.oneof(
    fc.constant<[string, number, string][]>([]),
    fc.array(damage, { minLength: 1, maxLength: 8 }),
  ),
  splits: fc.integer({ min: 1, max: NODES }),
  arrange: mostly(fc.constant<string | undefined>(undefined), arrangement),
  edgeType: mostly(fc.constantFrom('as it was', 'zero'), fc.constantFrom('zero but for one', 'none')),
  idType: mostly(fc.constantFrom<'u64' | 'i64' | 'u32'>('u64', 'i64'), fc.constant('u32' as const)),
  layout: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    fc.constantFrom(...Object.keys(LAYOUTS)),
  ),
})

/** A verification of up to three circuits with properties. */
export const synapseVerification: fc.Arbitrary<VerifyOptions> = fc
  .record({
    all: rows(),
    arrange: arrangement,
    copies: fc.array(copy, { minLength: 1, maxLength: 3 }),
    /** Rows whose connections are to be removed; and some that may not be there at all. */
    chosen: fc.uniqueArray(fc.nat(59), { maxLength: 10 }),
    absent: mostly(fc.constant<number[]>([]), fc.array(fc.nat(NODES * NODES - 1), { maxLength: 2 })),
    keep: fc.integer({ min: 1, max: 4 }),
    windowRows: fc.integer({ min: 1, max: 40 }),
    edgeType: fc.constantFrom(undefined, -1, 0),
  })
  .map(({ all, arrange, copies, chosen, absent, keep, windowRows, edgeType }) => {
    const before = ARRANGED[arrange]?.(all) ?? []
    const cellOf = ({ source, target }: Row): number => target * NODES + source
    const asked = [...new Set([...before.filter((_, k) => chosen.includes(k)).map(cellOf), ...absent])]
    const manipulated = copies.map((one, k) => {
      const { damages, splits, forgotten } = one
      const gone = asked.filter((_, at) => !forgotten.includes(at))
      let after = promised(before, row => !gone.includes(cellOf(row)), splits)
      for (const [kind, place, name] of damages)
        if (after.length > 0) after = DAMAGES[kind]?.(after, place % after.length, name) ?? after
      if (one.arrange !== undefined) after = ARRANGED[one.arrange]?.(after) ?? after
      const types: Readonly<Record<string, TableFacts['edgeType']>> = {
        'as it was': edgeType,
        zero: 0,
        'zero but for one': after.map((_, row) => (row === 3 ? 5 : 0)),
      }
      const facts = { idType: one.idType, edgeType: types[one.edgeType] } as const
      return circuit(`changed-${k}`, after, facts, one.layout)
    })
    return {
      original: circuit('original', before, { edgeType }),
      manipulated,
      removed: maskOf('removed.npz', NODES, NODES, asked),
      keep,
      windowRows,
    }
  })
