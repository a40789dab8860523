/** Which connections a removal asks for, and ways in which its result can be wrong. */
import {
  byTargetThenSource,
  type Connection,
  connectionKey,
  connectionsOf,
  type SyntheticCircuit,
} from './circuit.ts'
import type { Random } from './random.ts'

/** The classes of `verify --json` that a wrong result can fall into. */
export type FaultClass =
  | 'asked_still_there'
  | 'lost_not_asked'
  | 'added_not_asked'
  | 'multiplicity_changed'
  | 'outside_changed'

/** A connection that has other synapses in the manipulated circuit than it should have. 0-based node ids. */
export interface Fault {
  readonly class: FaultClass
  readonly source: number
  readonly target: number
  /** Synapses before and after; 0: not connected. */
  readonly original: number
  readonly manipulated: number
}

export const FAULT_KINDS = [
  'still there',
  'partly still there',
  'lost',
  'added',
  'synapse lost',
  'synapse added',
  'outside lost',
  'outside added',
  'outside synapse lost',
  'balanced',
] as const

/**
 * - `still there`, `partly still there`: asked to be removed, but all (or one) of its synapses are left;
 * - `lost`, `added`: a connection between selected nodes that nobody asked about is gone, or new;
 * - `synapse lost`, `synapse added`: it is there with another number of synapses;
 * - `outside ...`: the same for connections that do not run between selected nodes;
 * - `balanced`: two faults that hide each other from a count by selected neurons: a connection of the first
 *   selected neuron is replaced by one from an unselected neuron to the same target. A table that maps
 *   unknown ids to 0 takes the one for the other.
 */
export type FaultKind = (typeof FAULT_KINDS)[number]

export interface FaultPlace {
  readonly circuit: SyntheticCircuit
  /** Selected nodes, sources and targets alike; ascending 0-based ids. */
  readonly selected: Uint32Array
  readonly asked: readonly Connection[]
}

/** One connection of each of `count` reciprocal pairs between selected nodes, ascending by (target, source). */
export function halfOfReciprocalPairs(
  circuit: SyntheticCircuit,
  selected: Uint32Array,
  count: number,
  random: Random,
): Connection[] {
  const inside = new Set(selected)
  const between = connectionsOf(circuit.edges)
    .map(({ connection }) => connection)
    .filter(([source, target]) => inside.has(source) && inside.has(target))
  const keys = new Set(between.map(connectionKey))
  const pairs = between.filter(
    ([source, target]) => source < target && keys.has(connectionKey([target, source])),
  )
  return random
    .sample(pairs, count)
    .map(([a, b]): Connection => (random.uniform() < 0.5 ? [a, b] : [b, a]))
    .sort(byTargetThenSource)
}

/** Pairs of selected nodes that are not connected, ascending by (target, source): what a mask may ask in vain. */
export function unconnectedPairs(place: FaultPlace, count: number, random: Random): Connection[] {
  const draw = new Draw(place, random)
  return Array.from({ length: count }, () => draw.unconnected(draw.selected, draw.selected)).sort(
    byTargetThenSource,
  )
}

/**
 * Faults of the given kinds, each on connections of its own, ascending by (target, source). RangeError where the
 * circuit has no connection that fits.
 */
export function planFaults(place: FaultPlace, kinds: readonly FaultKind[], random: Random): Fault[] {
  const draw = new Draw(place, random)
  return kinds
    .flatMap(kind => PLANS[kind](draw))
    .sort((a, b) => byTargetThenSource([a.source, a.target], [b.source, b.target]))
}

const PLANS: Readonly<Record<FaultKind, (draw: Draw) => Fault[]>> = {
  'still there': draw => [draw.change('asked_still_there', draw.existing('asked'), rows => rows)],
  'partly still there': draw => [draw.change('asked_still_there', draw.existing('asked', 2), () => 1)],
  lost: draw => [draw.change('lost_not_asked', draw.existing('kept'), () => 0)],
  added: draw => [draw.change('added_not_asked', draw.unconnected(draw.selected, draw.selected), () => 3)],
  'synapse lost': draw => [draw.change('multiplicity_changed', draw.existing('kept', 2), rows => rows - 1)],
  'synapse added': draw => [draw.change('multiplicity_changed', draw.existing('kept'), rows => rows + 1)],
  'outside lost': draw => [draw.change('outside_changed', draw.existing('outside'), () => 0)],
  'outside added': draw => [
    draw.change('outside_changed', draw.unconnected(draw.unselected, draw.selected), () => 2),
  ],
  'outside synapse lost': draw => [
    draw.change('outside_changed', draw.existing('outside', 2), rows => rows - 1),
  ],
  balanced: draw => {
    const lost = draw.existing('kept', 1, draw.selected[0])
    const rows = draw.rowsOf(lost)
    const replacement = draw.unconnected(draw.unselected, [lost[1]])
    return [
      draw.change('lost_not_asked', lost, () => 0),
      draw.change('outside_changed', replacement, () => rows),
    ]
  },
}

/** Draws connections, never the same one twice. */
class Draw {
  readonly selected: readonly number[]
  readonly unselected: readonly number[]
  readonly #random: Random
  readonly #rows: ReadonlyMap<number, number>
  readonly #pools: Readonly<Record<'asked' | 'kept' | 'outside', readonly Connection[]>>
  readonly #used = new Set<number>()

  constructor({ circuit, selected, asked }: FaultPlace, random: Random) {
    const inside = new Set(selected)
    const askedKeys = new Set(asked.map(connectionKey))
    const all = connectionsOf(circuit.edges)
    const connections = all.map(({ connection }) => connection)
    const isInside = ([source, target]: Connection): boolean => inside.has(source) && inside.has(target)
    this.selected = [...selected]
    this.unselected = Array.from({ length: circuit.nodes.count }, (_, id) => id).filter(id => !inside.has(id))
    this.#random = random
    this.#rows = new Map(all.map(({ connection, rows }) => [connectionKey(connection), rows]))
    this.#pools = {
      asked: connections.filter(connection => askedKeys.has(connectionKey(connection))),
      kept: connections.filter(
        connection => isInside(connection) && !askedKeys.has(connectionKey(connection)),
      ),
      outside: connections.filter(connection => !isInside(connection)),
    }
    for (const key of askedKeys) if (!this.#rows.has(key)) this.#used.add(key)
  }

  rowsOf(connection: Connection): number {
    return this.#rows.get(connectionKey(connection)) ?? 0
  }

  change(name: FaultClass, connection: Connection, synapses: (before: number) => number): Fault {
    const [source, target] = connection
    const original = this.rowsOf(connection)
    return { class: name, source, target, original, manipulated: synapses(original) }
  }

  existing(pool: 'asked' | 'kept' | 'outside', leastRows = 1, source?: number): Connection {
    const fits = (connection: Connection): boolean =>
      (source === undefined || connection[0] === source) &&
      this.rowsOf(connection) >= leastRows &&
      !this.#used.has(connectionKey(connection))
    const candidates = this.#pools[pool].filter(fits)
    const drawn = candidates[this.#random.below(candidates.length)]
    if (drawn === undefined) throw new RangeError(`no ${pool} connection of ${leastRows} synapses is left`)
    this.#used.add(connectionKey(drawn))
    return drawn
  }

  unconnected(sources: readonly number[], targets: readonly number[]): Connection {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const source = sources[this.#random.below(sources.length)]
      const target = targets[this.#random.below(targets.length)]
      if (source === undefined || target === undefined || source === target) continue
      const key = connectionKey([source, target])
      if (this.#rows.has(key) || this.#used.has(key)) continue
      this.#used.add(key)
      return [source, target]
    }
    throw new RangeError('every pair is connected')
  }
}
