/** Circuits, drawn: some node populations, some edge populations between them, laid out in some way. */
import {
  type Circuit,
  type Column,
  type Directions,
  type EdgePopulation,
  indexOf,
  type Kind,
  type NodePopulation,
  nodesOf,
  OTHER_NAN,
  type Row,
  type Storage,
  type Types,
  type Value,
} from './model.ts'
import type { Random } from './random.ts'

export interface Wishes {
  /** What the package can run and convert: numbers only, one node population, mtype. */
  forPackage: boolean
  /** One edge and one node population, as a BlueConfig has them. */
  single: boolean
}

const NAMES: readonly (readonly [string, Kind])[] = [
  ['conductance', 'f32'],
  ['delay', 'f64'],
  ['n_rrp_vesicles', 'u8'],
  ['u_syn', 'i16'],
  ['afferent_section_id', 'i32'],
  ['syn_type_id', 'i64'],
  ['syn_property_rule', 'text'],
  ['region', 'enum'],
]

const WORDS = ['alpha', 'beta', 'gamma', 'δ', 'two words']

/** `plain`: no NaN but the usual one, which is all that arithmetic keeps. */
export function drawValue(random: Random, kind: Kind, plain = false): Value {
  switch (kind) {
    case 'f32':
    case 'f64': {
      if (random.chance(0.06)) return Number.NaN
      if (random.chance(0.02) && !plain) return OTHER_NAN
      const value = random.pick([0, -0, 1, random.below(40) / 8, random.below(10_000) / 37])
      return kind === 'f32' ? Math.fround(value) : value
    }
    case 'u8':
      return random.below(256)
    case 'i16':
      return random.below(400) - 200
    case 'i32':
      return random.below(2000) - 500
    case 'i64':
      return random.pick([0, 1, 7, 100, 101, 113, 2 ** 40])
    default:
      return random.pick(WORDS)
  }
}

function drawNodes(random: Random, name: string, wishes: Wishes): NodePopulation {
  const size = 2 + random.below(8)
  const columns: Column[] = [
    { name: 'mtype', kind: wishes.forPackage ? 'text' : random.pick(['text', 'enum']), dynamics: false },
    { name: 'layer', kind: 'i32', dynamics: false },
    { name: 'synapse_class', kind: random.pick(['text', 'enum']), dynamics: false },
    ...(random.chance(0.3) ? [{ name: 'threshold_current', kind: 'f32' as const, dynamics: true }] : []),
  ]
  const rows = Array.from({ length: size }, (_, k) => {
    const row = new Map<string, Value>([
      ['mtype', random.pick(['L4_PC', 'L5_MC'])],
      ['layer', k === 0 ? 4 : random.pick([4, 5])],
      ['synapse_class', k === 0 ? 'EXC' : random.pick(['EXC', 'INH'])],
    ])
    if (columns.length > 3) row.set('threshold_current', Math.fround(random.below(100) / 7))
    return row
  })
  const types =
    !wishes.forPackage && !wishes.single && random.chance(0.15)
      ? drawTypes(random, ['model_template', 'pop'])
      : undefined
  const known = [...(types?.rows.keys() ?? [])]
  const typeIds = rows.map(() => (known.length > 0 ? random.pick(known) : 0))
  const kind = random.chance(0.2) && !wishes.single ? 'virtual' : 'biophysical'
  return { name, size, kind, columns, rows, typeIds, types }
}

function drawTypes(random: Random, names: readonly string[]): Types {
  const columns = names.length > 1 && random.chance(0.3) ? names.slice(0, 1) : [...names]
  const ids = [100, 101, 204].slice(0, 1 + random.below(3))
  const rows = ids.map((id): [number, string[]] => [id, columns.map(name => drawField(random, name))])
  return { columns, rows: new Map(rows) }
}

/** Numbers or words by the column, so that no column is a mixture. */
export function drawField(random: Random, column: string): string {
  if (random.chance(0.15)) return random.pick(['NULL', 'NA', 'nan'])
  return /weight|delay/.test(column)
    ? random.pick(['0.5', '1', '1.0', '2.25', '-3', '1e-3'])
    : random.pick(['exp2syn', 'two words', 'a.json'])
}

const NODE_NAMES = ['All', 'NodeB', 'lgn']

export function drawCircuit(random: Random, wishes: Wishes): { circuit: Circuit; main: string } {
  const lone = wishes.single || (wishes.forPackage && random.chance(0.6))
  const nodes = NODE_NAMES.slice(0, lone ? 1 : 1 + random.below(3)).map(name =>
    drawNodes(random, name, wishes),
  )
  const circuit: Circuit = { nodes, edges: [], nodeSets: new Map(), components: new Map() }
  const count = wishes.single ? 1 : 1 + random.below(random.chance(0.5) ? 2 : 4)
  const together = random.chance(0.5)
  const firstEnds = drawEnds(random, nodes)
  if (wishes.forPackage) firstEnds.target = firstEnds.source
  const renamed = `${firstEnds.source}__${firstEnds.target}__chemical`
  const names = random.shuffled(['default', 'chemical', 'gap_junctions', 'pathway', renamed])
  for (let k = 0; k < count; k++) {
    const ends = k === 0 || random.chance(0.5) ? firstEnds : drawEnds(random, nodes)
    // The package's name for the first is never that of another: it would have two of one name.
    const name = k > 0 && names[k] === renamed ? 'other_pathway' : (names[k] ?? 'extra')
    const file = together ? 'edges.h5' : `${name}.h5`
    circuit.edges.push(drawEdges(random, circuit, { name, ...ends, file }, k === 0, wishes))
  }
  for (const { name, size } of nodes) {
    const ids = Array.from({ length: size }, (_, id) => id)
    const some = random.some(ids, 0.6)
    circuit.nodeSets.set(`${name}_some`, { of: name, ids: some.length > 0 ? some : [0] })
    circuit.nodeSets.set(`${name}_all`, { of: name, ids })
  }
  if (random.chance(0.3)) circuit.components.set('mechanisms_dir', '../mechanisms')
  const main = circuit.edges[0]?.name ?? ''
  return { circuit: { ...circuit, edges: random.shuffled(circuit.edges) }, main }
}

const drawEnds = (random: Random, nodes: readonly NodePopulation[]) => ({
  source: random.pick(nodes).name,
  target: random.pick(nodes).name,
})

function drawEdges(
  random: Random,
  circuit: Circuit,
  where: Pick<EdgePopulation, 'name' | 'source' | 'target' | 'file'>,
  isMain: boolean,
  wishes: Wishes,
): EdgePopulation {
  const columns = random
    .some(NAMES, 0.45)
    .filter(([, kind]) => !wishes.forPackage || !isMain || (kind !== 'text' && kind !== 'enum'))
    .map(([name, kind]): Column => ({ name, kind, dynamics: false }))
  if (random.chance(0.15)) columns.push({ name: 'tau', kind: 'f32', dynamics: true })
  const hasTypes = wishes.forPackage || random.chance(0.9)
  const withCsv = hasTypes && !wishes.single && random.chance(wishes.forPackage && isMain ? 0.1 : 0.3)
  const types = withCsv
    ? drawTypes(random, random.pick([['syn_weight', 'model'], ['delay', 'syn_weight'], []]))
    : undefined
  const typeIds = types === undefined ? random.pick([[0], [-1], [0, 1], [3, 7]]) : [...types.rows.keys()]
  const [sources, targets] = [nodesOf(circuit, where.source).size, nodesOf(circuit, where.target).size]
  const alike = random.chance(0.15)
  const rows: Row[] = []
  for (let pairs = random.chance(0.04) ? 0 : 1 + random.below(isMain ? 16 : 6); pairs > 0; pairs--) {
    const [source, target] = [random.below(sources), random.below(targets)]
    for (let k = random.chance(0.5) ? 1 : 1 + random.below(4); k > 0; k--) {
      const values = new Map(
        columns.map(({ name, kind }) => [name, drawValue(random, kind, wishes.forPackage)]),
      )
      const last = rows.at(-1)
      rows.push({
        source,
        target,
        type: random.pick(typeIds),
        values: alike && last ? new Map(last.values) : values,
      })
    }
  }
  const storage = drawStorage(random, hasTypes && typeIds.some(id => id < 0), wishes)
  const kind = isMain || random.chance(0.6) ? 'chemical' : 'electrical'
  const population = {
    ...where,
    kind,
    columns,
    rows: inOrder(random, rows),
    hasTypes,
    types,
    storage,
    unreadable: false,
  }
  index(random, circuit, population, random.weighted({ both: 6, target: 1, source: 1, none: 1 }))
  return population
}

function inOrder(random: Random, rows: readonly Row[]): Row[] {
  const list = random.shuffled(rows)
  const order = random.weighted({ 'target, source': 5, target: 2, source: 1, none: 3 })
  if (order === 'target, source') list.sort((a, b) => a.target - b.target || a.source - b.source)
  if (order === 'target') list.sort((a, b) => a.target - b.target)
  if (order === 'source') list.sort((a, b) => a.source - b.source || a.target - b.target)
  return list
}

export function drawStorage(random: Random, negative: boolean, wishes: Wishes): Storage {
  return {
    ids: random.pick(['i64', 'u64']),
    typeKind: negative ? random.pick(['i64', 'i32', 'i8']) : random.pick(['i64', 'i32', 'u32']),
    groupColumns: !wishes.forPackage && random.chance(0.3),
    chunked: random.chance(0.3),
    index: new Map(),
    shortIndexName: random.chance(0.1),
    libraryReversed: random.chance(0.3),
  }
}

export type Indexed = 'both' | 'source' | 'target' | 'none'

/** Give a population the indices that its rows have. */
export function index(random: Random, circuit: Circuit, population: EdgePopulation, which: Indexed): void {
  const { rows, storage } = population
  storage.index = new Map()
  const spread = random.chance(0.5)
  for (const side of ['source', 'target'] as const) {
    if (which !== 'both' && which !== side) continue
    const direction: Directions = side === 'source' ? 'source_to_target' : 'target_to_source'
    storage.index.set(direction, indexOf(rows, side, nodesOf(circuit, population[side]).size, spread))
  }
}
