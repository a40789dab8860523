/** The catalogue of what can go wrong with a result. Each changes the model; what that means is left to the judge. */
import { drawField, drawValue, index } from './generate.ts'
import {
  bits,
  type Circuit,
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

export interface Place {
  random: Random
  /** To change. */
  circuit: Circuit
  main: EdgePopulation
  form: Form
  original: Circuit
  originalMain: EdgePopulation
  question: MaskQuestion | undefined
  /** Columns whose values a configuration draws: these are promised but for their last bits. */
  drawn: ReadonlySet<string>
}

/** Whether there was anything to spoil. */
type Fault = (place: Place) => boolean

const some = (random: Random, rows: readonly Row[]): Row | undefined =>
  rows.length > 0 ? random.pick(rows) : undefined

const eachRow =
  (change: (row: Row, place: Place) => boolean): Fault =>
  place => {
    const row = some(place.random, place.main.rows)
    return row !== undefined && change(row, place)
  }

const nodesIn = ({ circuit, main }: Place, side: 'source' | 'target'): number =>
  nodesOf(circuit, main[side]).size

const anywhere = (place: Place): number => place.random.below(place.main.rows.length + 1)

const copy = (row: Row): Row => ({ ...row, values: new Map(row.values) })

const CONNECTIONS: Readonly<Record<string, Fault>> = {
  'a connection is lost': eachRow((row, { main }) => {
    main.rows = main.rows.filter(one => pairOf(one) !== pairOf(row))
    return true
  }),
  'a row is lost': eachRow((row, { main }) => {
    main.rows = main.rows.filter(one => one !== row)
    return true
  }),
  'the last row is lost': ({ main }) => main.rows.pop() !== undefined,
  'a row is there twice': eachRow((row, { main }) => {
    main.rows.splice(main.rows.indexOf(row), 0, copy(row))
    return true
  }),
  'a row of a new connection': eachRow((row, place) => {
    const fresh = { ...copy(row), source: place.random.below(nodesIn(place, 'source')), target: row.target }
    place.main.rows.splice(place.main.rows.indexOf(row), 0, fresh)
    return true
  }),
  'a row has another source': eachRow((row, place) => {
    row.source = place.random.below(nodesIn(place, 'source'))
    return true
  }),
  'a row has another target': eachRow((row, place) => {
    row.target = place.random.below(nodesIn(place, 'target'))
    return true
  }),
  'a connection was kept though asked to go': place => {
    const { originalMain, main, question, random, form } = place
    const gone = originalMain.rows.filter(row => question?.removed?.has(pairOf(row)) && hasAll(main, row))
    const row = some(random, gone)
    if (row === undefined) return false
    const back = gone.filter(one => pairOf(one) === pairOf(row)).map(copy)
    // Parquet files are written with one NaN.
    if (form.kind === 'parquet' && back.some(({ values }) => [...values.values()].includes(OTHER_NAN)))
      return false
    main.rows.splice(anywhere(place), 0, ...back)
    return true
  },
  'two rows of different connections swap sources': ({ random, main }) => {
    const [a, b] = [some(random, main.rows), some(random, main.rows)]
    if (a === undefined || b === undefined || a.source === b.source) return false
    const source = a.source
    a.source = b.source
    b.source = source
    return true
  },
}

const hasAll = ({ columns }: EdgePopulation, row: Row): boolean =>
  columns.every(({ name }) => row.values.has(name))

const SYNAPSES: Readonly<Record<string, Fault>> = {
  'a value is another': eachRow((row, { random, main }) => {
    if (main.columns.length === 0) return false
    const { name, kind } = random.pick(main.columns)
    row.values.set(name, drawValue(random, kind, true))
    return true
  }),
  'a value is a little different': eachRow((row, { random, main, drawn }) => {
    const floats = main.columns.filter(({ kind }) => kind === 'f32' || kind === 'f64')
    if (floats.length === 0) return false
    const column = random.pick(floats)
    const bits = drawn.has(nameOf(column)) ? { f32: 18, f64: 30 } : { f32: 23, f64: 52 }
    const value = Number(row.values.get(column.name))
    const other = value * (1 + 2 ** -bits[column.kind === 'f32' ? 'f32' : 'f64'])
    row.values.set(column.name, column.kind === 'f32' ? Math.fround(other) : other)
    return true
  }),
  'a zero is negative, a NaN another': ({ main, form }) => {
    for (const { name, kind } of main.columns) {
      if (kind !== 'f32' && kind !== 'f64') continue
      for (const row of main.rows) {
        const value = row.values.get(name)
        if (value !== 0 && !Number.isNaN(value)) continue
        if (value !== 0 && form.kind === 'parquet') continue
        row.values.set(name, value === 0 ? (Object.is(value, -0) ? 0 : -0) : OTHER_NAN)
        return true
      }
    }
    return false
  },
  'two rows swap values': ({ random, main }) => {
    const [a, b] = [some(random, main.rows), some(random, main.rows)]
    if (a === undefined || b === undefined) return false
    const values = a.values
    a.values = b.values
    b.values = values
    return true
  },
  'two rows swap places': ({ random, main }) => {
    if (main.rows.length < 2) return false
    const [a, b] = [random.below(main.rows.length), random.below(main.rows.length)]
    const [one, other] = [main.rows[a], main.rows[b]]
    if (one === undefined || other === undefined) return false
    main.rows[a] = other
    main.rows[b] = one
    return true
  },
  'rows are sorted anew': ({ random, main }) => {
    const by = random.pick(['target', 'source'] as const)
    main.rows.sort((a, b) => a[by] - b[by])
    return true
  },
  'targets are in descending order': ({ main }) => {
    main.rows.sort((a, b) => b.target - a.target)
    return true
  },
  'rows are in no order': ({ random, main }) => {
    main.rows = random.shuffled(main.rows)
    return true
  },
  'rows are grouped in an odd way': ({ random, main }) => {
    const block = 1 + random.below(9)
    main.rows.sort((a, b) => Math.floor(a.target / block) - Math.floor(b.target / block))
    return true
  },
  'a column is doubled': ({ random, main }) => {
    const floats = main.columns.filter(({ kind }) => kind === 'f32' || kind === 'f64')
    if (floats.length === 0) return false
    const { name } = random.pick(floats)
    for (const row of main.rows) {
      const value = row.values.get(name)
      if (typeof value === 'number') row.values.set(name, value * 2)
    }
    return true
  },
  'a column is lost': ({ random, main }) => {
    if (main.columns.length === 0) return false
    const lost = random.pick(main.columns)
    main.columns = main.columns.filter(one => one !== lost)
    for (const row of main.rows) row.values.delete(lost.name)
    return true
  },
  'a column is new': ({ random, main }) => {
    if (main.columns.some(({ name }) => name === 'spine_length')) return false
    main.columns.push({ name: 'spine_length', kind: 'f32', dynamics: false })
    for (const row of main.rows) row.values.set('spine_length', drawValue(random, 'f32', true))
    return true
  },
  'a column has another type': ({ random, main }) => {
    const wider = { f32: 'f64', i16: 'i32', u8: 'i16', i32: 'i64' } as const
    const narrow = main.columns.filter(({ kind }) => kind in wider)
    if (narrow.length === 0) return false
    const column = random.pick(narrow)
    column.kind = wider[column.kind as keyof typeof wider]
    return true
  },
  'an edge type is another': eachRow((row, { random, main }) => {
    if (!main.hasTypes) return false
    row.type = random.pick([0, 1, 7, 101, 204])
    return true
  }),
  'some edge types are 0': ({ random, main }) => {
    if (!main.hasTypes) return false
    for (const row of random.some(main.rows, 0.5)) row.type = 0
    return true
  },
  'all edge types are 0': ({ main }) => {
    if (!main.hasTypes) return false
    for (const row of main.rows) row.type = 0
    return true
  },
  'a field of the edge types is another': ({ random, main }) => {
    const { types } = main
    const used = [...new Set(main.rows.map(({ type }) => type))].filter(id => types?.rows.has(id))
    if (types === undefined || types.columns.length === 0 || used.length === 0) return false
    const [id, at] = [random.pick(used), random.below(types.columns.length)]
    const fields = types.rows.get(id)
    if (fields === undefined) return false
    fields[at] = drawField(random, types.columns[at] ?? '')
    return true
  },
  'the weights of the edge types are doubled': ({ main }) => {
    const at = main.types?.columns.indexOf('syn_weight') ?? -1
    if (main.types === undefined || at < 0) return false
    for (const fields of main.types.rows.values()) {
      const value = Number(fields[at])
      if (!Number.isNaN(value)) fields[at] = String(2 * value)
    }
    return true
  },
  'the edge types are lost': ({ main }) => {
    if (main.types === undefined) return false
    main.types = undefined
    return true
  },
}

const FULL: Readonly<Record<string, Fault>> = {
  'an attribute of a node is another': place => {
    const { random, circuit, form } = place
    const nodes = random.pick(circuit.nodes)
    const row = random.pick(nodes.rows)
    const name = random.pick(['mtype', 'layer', 'synapse_class'])
    form.nodesOf = undefined
    // What the selections need stays there.
    if (row === nodes.rows[0]) return false
    row.set(
      name,
      name === 'layer'
        ? row.get(name) === 4
          ? 5
          : 4
        : row.get(name) === 'EXC'
          ? 'INH'
          : `other ${bits(row.get(name) ?? '')}`,
    )
    return true
  },
  'a node is new': ({ random, circuit, form }) => {
    const nodes = random.pick(circuit.nodes)
    const [row, type] = [nodes.rows[0], nodes.typeIds[0]]
    if (row === undefined || type === undefined) return false
    form.nodesOf = undefined
    nodes.rows.push(new Map(row))
    nodes.typeIds.push(type)
    nodes.size++
    for (const edges of circuit.edges)
      if (edges.storage.index.size === 2) index(random, circuit, edges, 'both')
    return true
  },
  'a node attribute is lost': ({ random, circuit, form }) => {
    const nodes = random.pick(circuit.nodes)
    if (nodes.columns.length < 4) return false
    form.nodesOf = undefined
    nodes.columns.pop()
    for (const row of nodes.rows) row.delete('threshold_current')
    return true
  },
  'a node population has another type': ({ random, circuit }) => {
    const nodes = random.pick(circuit.nodes)
    nodes.kind = nodes.kind === 'virtual' ? 'biophysical' : 'virtual'
    return true
  },
  'the edges have another type': ({ main }) => {
    main.kind = main.kind === 'chemical' ? 'electrical' : 'chemical'
    return true
  },
  'a component is another': ({ circuit }) => {
    circuit.components.set('mechanisms_dir', '../other_mechanisms')
    return true
  },
  'a component is new': ({ circuit }) => {
    circuit.components.set('morphologies_dir', '../mechanisms')
    return true
  },
  'a node set is another': ({ random, circuit, form }) => {
    const set = circuit.nodeSets.get(`${random.pick(circuit.nodes).name}_some`)
    if (set === undefined) return false
    form.nodesOf = undefined
    set.ids = set.ids.length > 1 ? set.ids.slice(1) : [0, 1]
    return true
  },
  'an index is shifted': ({ random, main }) => {
    const tables = [...main.storage.index.values()].filter(({ ranges }) => ranges.length > 0)
    if (tables.length === 0) return false
    const range = random.pick(random.pick(tables).ranges)
    range[1] = Math.max(range[0], range[1] - 1)
    return true
  },
  'an index gives ranges to other nodes': ({ random, main }) => {
    const tables = [...main.storage.index.values()]
    if (tables.length === 0) return false
    random.pick(tables).nodes.reverse()
    return true
  },
  'an index direction is lost': ({ random, main }) =>
    main.storage.index.delete(random.pick(['source_to_target', 'target_to_source'])),
  'an index has the other name': ({ main }) => {
    if (main.storage.index.size === 0) return false
    main.storage.shortIndexName = !main.storage.shortIndexName
    return true
  },
  'all indices are lost': ({ main }) => {
    const there = main.storage.index.size > 0
    main.storage.index.clear()
    return there
  },
}

const POPULATIONS: Readonly<Record<string, Fault>> = {
  'another population is lost': ({ random, circuit, main }) => {
    const others = circuit.edges.filter(one => one !== main)
    if (others.length === 0) return false
    const lost = random.pick(others)
    circuit.edges = circuit.edges.filter(one => one !== lost)
    return true
  },
  'a population is new': ({ random, circuit, main }) => {
    if (circuit.edges.some(({ name }) => name === 'stowaway')) return false
    const fresh = structuredClone(random.chance(0.5) ? main : random.pick(circuit.edges))
    fresh.name = 'stowaway'
    fresh.file = 'stowaway.h5'
    circuit.edges.push(fresh)
    return true
  },
  'another population has other rows': ({ random, circuit, main }) => {
    const others = circuit.edges.filter(one => one !== main && one.rows.length > 0)
    if (others.length === 0) return false
    const other = random.pick(others)
    if (other.file.startsWith('/')) other.file = `${other.name}_changed.h5`
    other.rows.pop()
    return true
  },
  'another population has another type': ({ random, circuit, main }) => {
    const others = circuit.edges.filter(one => one !== main)
    if (others.length === 0) return false
    const other = random.pick(others)
    other.kind = other.kind === 'chemical' ? 'electrical' : 'chemical'
    return true
  },
  'the population has a name of its own': ({ main }) => {
    main.name = 'renamed'
    return true
  },
  'another population cannot be read': ({ random, circuit, main }) => {
    const others = circuit.edges.filter(one => one !== main)
    if (others.length === 0) return false
    const other = random.pick(others)
    if (other.file.startsWith('/')) return false
    other.unreadable = true
    return true
  },
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  ...CONNECTIONS,
  ...SYNAPSES,
  ...FULL,
  ...POPULATIONS,
}

const CATALOGUES = { connections: CONNECTIONS, synapses: SYNAPSES, full: FULL, populations: POPULATIONS }

/** Spoil a result with one fault or several, of those that its form can have; names of what was done. */
export function spoil(place: Place, count: number): string[] {
  const { random, form, main, circuit } = place
  const sonata = form.kind === 'sonata'
  const done: string[] = []
  for (let tries = 0; tries < 20 && done.length < count; tries++) {
    const from = random.weighted({
      connections: 5,
      synapses: 7,
      full: sonata ? 4 : 0,
      populations: sonata ? 3 : 0,
    })
    const name = random.pick(Object.keys(CATALOGUES[from]))
    if (FAULTS[name]?.(place)) done.push(name)
    // What a writer cannot write, or indices that a tool would have built of these rows.
    if (from === 'connections' || from === 'synapses') {
      const { index: old } = main.storage
      if (old.size > 0)
        index(
          random,
          circuit,
          main,
          old.size === 2 ? 'both' : old.has('source_to_target') ? 'source' : 'target',
        )
    }
  }
  return done
}

export const mainOf = (circuit: Circuit, name: string): EdgePopulation => edgesOf(circuit, name)
