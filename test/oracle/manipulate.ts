/** Right results of a question, in the forms that tools leave them in. */
import { resolve } from 'node:path'
import { drawStorage, drawValue, type Indexed, index } from './generate.ts'
import {
  type Circuit,
  copyOf,
  type EdgePopulation,
  edgesOf,
  nameOf,
  nodesOf,
  OTHER_NAN,
  type Row,
} from './model.ts'
import { type MaskQuestion, pairOf } from './question.ts'
import type { Random } from './random.ts'
import type { Form } from './write-circuit.ts'

export type Style = 'same' | 'rewritten' | 'package' | 'parquet' | 'blueconfig'

export interface Result {
  circuit: Circuit
  /** What the manipulated population is called there. */
  main: string
  style: Style
  form: Form
}

/** Numbers that the converter and a Parquet file can hold. */
export const convertible = ({ columns, rows }: EdgePopulation): boolean =>
  columns.every(({ kind }) => kind !== 'text' && kind !== 'enum') &&
  rows.every(({ values }) => ![...values.values()].includes(OTHER_NAN))

/** Rows of a mask's answer, in the order of the original; new ones where they belong if rows are sorted by target. */
export function answered(random: Random, { columns, rows }: EdgePopulation, question: MaskQuestion): Row[] {
  const kept = rows.filter(row => !question.removed?.has(pairOf(row)))
  const there = new Set(rows.map(pairOf))
  const fresh = [...(question.added ?? [])]
    .filter(pair => !there.has(pair))
    .flatMap(pair => {
      const [source = 0, target = 0] = pair.split(',').map(Number)
      return Array.from({ length: 1 + random.below(2) }, (): Row => {
        const values = new Map(columns.map(({ name, kind }) => [name, drawValue(random, kind, true)]))
        return { source, target, type: rows[0]?.type ?? 0, values }
      })
    })
  if (fresh.length === 0) return kept
  const sorted = rows.every((row, k) => k === 0 || row.target >= (rows[k - 1]?.target ?? 0))
  const all = [...kept, ...fresh]
  return sorted ? all.sort((a, b) => a.target - b.target) : all
}

export interface Making {
  random: Random
  original: Circuit
  main: string
  /** Absolute. */
  originalFolder: string
  /** The right rows, in the right order for one split. */
  rows: Row[]
  style: Style
  /** Of the run; where nothing else says it, any number that leaves rows as they are or regroups them. */
  splits: number
  /** Rows come out by splits already. */
  ordered: boolean
}

export function make({
  random,
  original,
  main,
  originalFolder,
  rows,
  style,
  splits,
  ordered,
}: Making): Result {
  const circuit = copyOf(original)
  const population = edgesOf(circuit, main)
  population.rows = structuredClone(rows)
  const form: Form = {
    kind: 'sonata',
    splits,
    nodesOf: random.chance(0.5) ? originalFolder : undefined,
    listed: true,
  }
  if (style === 'same' || style === 'blueconfig') {
    const { index: before } = population.storage
    const which: Indexed =
      before.size === 2
        ? 'both'
        : before.has('source_to_target')
          ? 'source'
          : before.size === 1
            ? 'target'
            : 'none'
    index(random, circuit, population, which)
    return { circuit, main, style, form: { ...form, kind: style === 'same' ? 'sonata' : 'blueconfig' } }
  }
  if (!ordered && (style !== 'rewritten' || random.chance(0.3))) regroup(circuit, population, splits)
  if (style === 'rewritten') {
    const { ids, groupColumns, shortIndexName } = population.storage
    const negative = population.rows.some(({ type }) => type < 0)
    const drawn = drawStorage(random, negative, { forPackage: false, single: false })
    population.storage = {
      ...drawn,
      ids: random.pick([ids, 'i64']),
      groupColumns: groupColumns && random.chance(0.5),
      shortIndexName: shortIndexName && random.chance(0.5),
    }
    index(random, circuit, population, 'both')
    if (random.chance(0.3)) for (const one of circuit.edges) one.file = `${one.name}_again.h5`
    return { circuit, main, style, form }
  }
  // Whatever shares its file goes: the package writes the one population and drops the entry of the old file.
  const name = `${population.source}__${population.target}__chemical`
  const others = circuit.edges
    .filter(one => one !== population && one.file !== population.file)
    .map(one => ({ ...one, file: resolve(originalFolder, one.file), types: one.types }))
  const converted = convert(population, name)
  index(random, circuit, converted, 'both')
  circuit.edges = [converted, ...others]
  return {
    circuit,
    main: name,
    style,
    form: { ...form, kind: style === 'parquet' ? 'parquet' : 'sonata', nodesOf: originalFolder },
  }
}

function regroup(circuit: Circuit, population: EdgePopulation, splits: number): void {
  const block = Math.ceil(nodesOf(circuit, population.target).size / splits)
  const blockOf = ({ target }: Row): number => Math.floor(target / block)
  population.rows.sort((a, b) => blockOf(a) - blockOf(b))
}

/** What the converter makes of every population. */
function convert(population: EdgePopulation, name: string): EdgePopulation {
  const columns = population.columns.map(column => ({ ...column, name: nameOf(column), dynamics: false }))
  const renamed = new Map(population.columns.map(column => [column.name, nameOf(column)]))
  const rows = population.rows.map(row => ({
    ...row,
    type: 0,
    values: new Map([...row.values].map(([of, value]) => [renamed.get(of) ?? of, value])),
  }))
  return {
    ...population,
    ...{ name, columns, rows, file: 'edges.h5', kind: 'chemical', hasTypes: true, types: undefined },
    storage: {
      ...{ ids: 'i64', typeKind: 'i64', groupColumns: false, chunked: false, index: new Map() },
      ...{ shortIndexName: false, libraryReversed: false },
    },
  }
}
