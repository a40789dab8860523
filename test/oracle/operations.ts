/**
 * What connectome-manipulator makes of an edge table, written the long way from the description of its operations:
 * split by split, row by row. Randomness is NumPy's legacy stream, seeded anew for each split.
 */
import {
  type Circuit,
  type EdgePopulation,
  groupBy,
  type Kind,
  nameOf,
  nodesOf,
  type Row,
  type Value,
} from './model.ts'
import { Legacy, roundHalfEven } from './numpy.ts'
import type { Random } from './random.ts'
import type { MaskEntries } from './write-small.ts'

/** One function: as the config says it, and what it does to the rows of a split. */
interface Step {
  json: Record<string, unknown>
  apply: (rows: Row[], legacy: Legacy) => Row[]
}

export interface Plan {
  seed: number
  splits: number
  functions: Record<string, unknown>[]
  /** Masks that functions name, by file name. */
  masks: Map<string, MaskEntries>
  /** Rows that must come out, in their order. */
  result: Row[]
}

/** Columns whose values functions draw. */
export function drawnBy(plan: Plan): Set<string> {
  const functions = plan.functions as { syn_prop?: string; new_value?: { mode: string } }[]
  return new Set(
    functions.flatMap(({ syn_prop, new_value }) =>
      syn_prop !== undefined && new_value?.mode.startsWith('rand') ? [syn_prop] : [],
    ),
  )
}

interface Side {
  json: unknown
  ids: number[]
}

/** A selection as the package takes it; ids in the order that it has them. */
function drawSide(random: Random, circuit: Circuit, population: string): Side {
  const nodes = nodesOf(circuit, population)
  const all = Array.from({ length: nodes.size }, (_, id) => id)
  const having = (name: string, value: Value): number[] =>
    all.filter(id => nodes.rows[id]?.get(name) === value)
  const set = `${population}_some`
  const inSet = circuit.nodeSets.get(set)?.ids ?? []
  switch (random.weighted({ all: 3, set: 2, class: 2, both: 1, ids: 1 })) {
    case 'all':
      return { json: undefined, ids: all }
    case 'set':
      return { json: set, ids: inSet }
    case 'class':
      return { json: { synapse_class: 'EXC' }, ids: having('synapse_class', 'EXC') }
    case 'both': {
      const ids = having('layer', 4).filter(id => inSet.includes(id))
      return { json: { layer: 4, node_set: set }, ids }
    }
    default: {
      const some = random.shuffled(random.some(all, 0.7))
      return some.length > 0 ? { json: some, ids: some } : { json: [0], ids: [0] }
    }
  }
}

export function drawPlan(random: Random, circuit: Circuit, main: EdgePopulation): Plan {
  const nodes = nodesOf(circuit, main.target).size
  const splits = random.pick([1, 1, 2, 3, nodes])
  const masks: Plan['masks'] = new Map()
  const steps = Array.from({ length: random.chance(0.25) ? 2 : 1 }, (_, k) =>
    drawStep(random, circuit, main, { splits, masks, mask: `mask_${k}.npz` }),
  )
  const seed = random.pick([0, 1, 3220, 123_456])
  const block = Math.ceil(nodes / splits)
  const result: Row[] = []
  for (let split = 0; split < splits; split++) {
    const legacy = new Legacy(seed * (split + 1))
    let rows = main.rows.filter(({ target }) => Math.floor(target / block) === split)
    for (const { apply } of steps) rows = apply(rows, legacy)
    result.push(...rows)
  }
  return { seed, splits, masks, functions: steps.map(({ json }) => json), result }
}

interface Context {
  splits: number
  masks: Plan['masks']
  mask: string
}

function drawStep(random: Random, circuit: Circuit, main: EdgePopulation, context: Context): Step {
  const kinds = {
    null_manipulation: 1,
    conn_removal: 4,
    syn_removal: 3,
    syn_prop_alteration: 4,
    conn_extraction: 1,
  }
  const kind = random.weighted({
    ...kinds,
    syn_subsampling: context.splits === 1 && main.rows.length > 0 ? 1 : 0,
  })
  const [source, target] = [drawSide(random, circuit, main.source), drawSide(random, circuit, main.target)]
  const percent = random.pick([100, 100, 50, 33.3, 10, 0])
  const common = { source: kind, model_config: {} }
  const sides = { sel_src: source.json, sel_dest: target.json }
  const inside = ({ source: s, target: t }: Row): boolean => source.ids.includes(s) && target.ids.includes(t)
  switch (kind) {
    case 'null_manipulation':
      return { json: common, apply: rows => rows }
    case 'conn_removal':
      return removal(random, { ...common, ...sides, amount_pct: percent }, source, target, percent, context)
    case 'conn_extraction': {
      const set = `${main.source}_${random.pick(['some', 'all'])}`
      const ids = circuit.nodeSets.get(set)?.ids ?? []
      const kept = ({ source: s, target: t }: Row): boolean => ids.includes(s) && ids.includes(t)
      return { json: { ...common, target_name: set }, apply: rows => rows.filter(kept) }
    }
    case 'syn_removal': {
      const keep = random.chance(0.5)
      const json = { ...common, ...sides, amount_pct: percent, keep_conns: keep }
      return { json, apply: (rows, legacy) => removeSynapses(rows, legacy, inside, percent, keep) }
    }
    case 'syn_subsampling':
      return {
        json: { ...common, keep_pct: percent },
        apply: (rows, legacy) => {
          const kept = scatter(legacy, rows.length, share(percent, rows.length))
          return rows.filter((_, k) => kept[k])
        },
      }
    default:
      return alteration(random, main, {
        json: { ...common, ...sides, amount_pct: percent },
        inside,
        percent,
        context,
      })
  }
}

const share = (percent: number, of: number): number => roundHalfEven((percent * of) / 100)

/** `permutation(k x true, rest false)`. */
const scatter = (legacy: Legacy, length: number, taken: number): boolean[] =>
  legacy.permutation(Array.from({ length }, (_, k) => k < taken))

const pairOf = ({ source, target }: Pick<Row, 'source' | 'target'>): string => `${source},${target}`

function removal(
  random: Random,
  json: Record<string, unknown>,
  source: Side,
  target: Side,
  percent: number,
  { masks, mask }: Context,
): Step {
  const atLeast = random.chance(0.2) ? 1 + random.below(2) : undefined
  const atMost = random.chance(0.2) ? 1 + random.below(3) : undefined
  const masked = random.chance(0.4) && source.ids.length > 0 && target.ids.length > 0
  const entries = masked
    ? source.ids.flatMap((_, row) =>
        target.ids.map((__, column) => ({ row, column, value: random.chance(0.5) })),
      )
    : []
  if (masked) {
    const stored = random.shuffled(entries.filter(({ value }) => value || random.chance(0.2)))
    const size = { rows: source.ids.length, columns: target.ids.length }
    masks.set(mask, { ...size, entries: stored, format: random.pick(['csc', 'csr']), type: 'bool' })
  }
  const asked = new Set(
    entries
      .filter(({ value }) => value)
      .map(({ row, column }) => pairOf({ source: source.ids[row] ?? -1, target: target.ids[column] ?? -1 })),
  )
  const bounds = { min_syn_per_conn: atLeast, max_syn_per_conn: atMost }
  return {
    json: { ...json, ...bounds, ...(masked ? { conn_mask_file: mask } : {}) },
    apply: (rows, legacy) => {
      const counts = groupBy(rows, pairOf)
      const candidates = [...counts.values()]
        .flatMap(([first, ...more]) => (first === undefined ? [] : [{ ...first, count: 1 + more.length }]))
        .filter(one => source.ids.includes(one.source) && target.ids.includes(one.target))
        .filter(one => !masked || asked.has(pairOf(one)))
        .filter(({ count }) => count >= (atLeast ?? 1) && count <= (atMost ?? count))
        .sort((a, b) => a.source - b.source || a.target - b.target)
      const removed = new Set(
        legacy.permutation(candidates.map(pairOf)).slice(0, share(percent, candidates.length)),
      )
      return rows.filter(row => !removed.has(pairOf(row)))
    },
  }
}

function removeSynapses(
  rows: Row[],
  legacy: Legacy,
  inside: (row: Row) => boolean,
  percent: number,
  keep: boolean,
): Row[] {
  const selected = rows.filter(inside)
  const safe = new Set<Row>()
  if (keep) {
    const met = new Set<string>()
    for (const row of legacy.permutation(selected)) {
      if (!met.has(pairOf(row))) safe.add(row)
      met.add(pairOf(row))
    }
  }
  const open = selected.filter(row => !safe.has(row))
  const gone = scatter(legacy, open.length, share(percent, open.length))
  const removed = new Set(open.filter((_, k) => gone[k]))
  return rows.filter(row => !removed.has(row))
}

interface Altered {
  json: Record<string, unknown>
  inside: (row: Row) => boolean
  percent: number
  context: Context
}

function alteration(random: Random, main: EdgePopulation, { json, inside, percent, context }: Altered): Step {
  const column = main.columns.length > 0 ? random.pick(main.columns) : undefined
  if (column === undefined)
    return { json: { source: 'null_manipulation', model_config: {} }, apply: rows => rows }
  const { name, kind } = column
  const float = kind === 'f32' || kind === 'f64'
  const filterBy = random.chance(0.3)
    ? main.columns.find(one => one.kind === 'i64' || one.kind === 'i16')
    : undefined
  const filter = filterBy && {
    [nameOf(filterBy)]: random.some(main.rows, 0.5).map(row => row.values.get(filterBy.name) ?? 0),
  }
  const passes = (row: Row): boolean =>
    filterBy === undefined ||
    Object.values(filter ?? {}).some(list => list.includes(row.values.get(filterBy.name) ?? -1))
  const modes = {
    setval: 3,
    scale: 3,
    offset: 3,
    shuffle: context.splits === 1 ? 2 : 0,
    randval: float ? 2 : 0,
  }
  const mode = random.weighted(modes)
  // Numbers with which nothing but 8 bits can overflow.
  const amount = random.pick(kind === 'u8' ? [2, 10, 1.5, 200] : kind === 'i64' ? [3, 7] : [2, 0.5, 1.7, -3])
  const range = random.chance(0.3) && mode !== 'setval' && mode !== 'shuffle' ? ([1, 50] as const) : undefined
  const value = {
    setval: { value: amount },
    scale: { factor: amount },
    offset: { value: amount },
    shuffle: {},
    randval: { rng: 'uniform', kwargs: { low: 1.5, high: 9 } },
  }[mode]
  const cut = (x: number): number =>
    range === undefined || Number.isNaN(x) ? x : Math.max(range[0], Math.min(range[1], x))
  const compute = (old: number, legacy: Legacy): number => {
    if (mode === 'setval') return cast(kind, amount)
    if (mode === 'randval') return cast(kind, cut(legacy.uniform(1.5, 9)))
    const result =
      mode === 'scale'
        ? old * (kind === 'f32' ? Math.fround(amount) : amount)
        : old + (kind === 'f32' ? Math.fround(amount) : amount)
    // Integers stay in their type, and wrap in it, before anything is cut.
    return float || !Number.isInteger(amount)
      ? cast(kind, cut(kind === 'f32' ? Math.fround(result) : result))
      : cut(cast(kind, result))
  }
  return {
    json: {
      ...json,
      syn_prop: nameOf(column),
      new_value: { mode, ...value, range },
      ...(filter ? { syn_filter: filter } : {}),
    },
    apply: (rows, legacy) => {
      const selected = rows.filter(row => inside(row) && passes(row))
      const taken = share(percent, selected.length)
      const chosen =
        taken < selected.length ? scatter(legacy, selected.length, taken) : selected.map(() => true)
      const altered = selected.filter((_, k) => chosen[k])
      const old = altered.map(row => row.values.get(name) ?? 0)
      const values =
        mode === 'shuffle' ? legacy.permutation(old) : old.map(one => compute(Number(one), legacy))
      const after = new Map(altered.map((row, k) => [row, values[k] ?? 0]))
      return rows.map(row => {
        const changed = after.get(row)
        return changed === undefined ? row : { ...row, values: new Map(row.values).set(name, changed) }
      })
    },
  }
}

/** To the type of the column as NumPy does: truncated, low bits kept. */
function cast(kind: Kind, value: number): number {
  if (kind === 'f32') return Math.fround(value)
  if (kind === 'f64') return value
  const whole = Math.trunc(value) + 0
  if (kind === 'u8') return whole & 0xff
  if (kind === 'i16') return (whole << 16) >> 16
  return whole
}
