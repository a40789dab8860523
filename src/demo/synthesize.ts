/** A small cortical column: near neurons connect more, many in both directions, with several synapses each. */
import {
  byTargetThenSource,
  type Connection,
  connectionKey,
  type EdgeTable,
  EXC,
  INH,
  MTYPES,
  type NodeTable,
  type SyntheticCircuit,
} from './circuit.ts'
import { type Random, seededRandom } from './random.ts'

export interface SynthesizeOptions {
  /** Everything follows from it and from the sizes. */
  readonly seed?: string | number
  /** At least 2. */
  readonly neurons?: number
  /** Afferent connections per neuron before reciprocal ones are added; limited by the number of neurons. */
  readonly meanInDegree?: number
}

/** Share of connections that get a partner in the other direction; chance alone gives a few percent. */
const RECIPROCAL_SHARE = 0.15
/** One neuron in so many connects to itself. */
const NEURONS_PER_AUTAPSE = 150
/** One neuron in so many receives nothing, as in real circuits: its index range is empty. */
const NEURONS_PER_UNCONNECTED = 200
/** µm over which connection probability falls to 1/e. */
const LENGTH_CONSTANT = 150

/** Column of 500 x 500 µm; layer: top and thickness below it in µm, share of the neurons, share of EXC in it. */
const WIDTH = 500
const LAYERS = [
  { layer: 1, top: 2000, thickness: 150, share: 0.02, excitatory: 0 },
  { layer: 2, top: 1850, thickness: 150, share: 0.13, excitatory: 0.83 },
  { layer: 3, top: 1700, thickness: 350, share: 0.23, excitatory: 0.84 },
  { layer: 4, top: 1350, thickness: 200, share: 0.16, excitatory: 0.88 },
  { layer: 5, top: 1150, thickness: 500, share: 0.21, excitatory: 0.82 },
  { layer: 6, top: 650, thickness: 650, share: 0.25, excitatory: 0.89 },
] as const

/** Weights of 1, 2, 3 … synapses per connection: means 3.7 (EXC) and 6.1 (INH), together about 4. */
const SYNAPSES_EXC = [14, 19, 20, 16, 12, 9, 5, 3, 1, 1]
const SYNAPSES_INH = [2, 5, 9, 13, 15, 15, 13, 11, 9, 8]

/** By default 2,000 neurons and about 350,000 synapses. RangeError for fewer than 2 neurons. */
export function synthesize(options: SynthesizeOptions = {}): SyntheticCircuit {
  const { seed = 1, neurons = 2000, meanInDegree = 36 } = options
  if (!(neurons >= 2)) throw new RangeError(`a circuit needs 2 neurons or more, not ${neurons}`)
  const random = seededRandom(seed)
  const nodes = placeNodes(neurons, random)
  const connections = connect(nodes, Math.min(meanInDegree, neurons / 4), random)
  return { seed: String(seed), nodes, edges: addSynapses(nodes, connections, random) }
}

function placeNodes(count: number, random: Random): NodeTable {
  const nodes: NodeTable = {
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    z: new Float32Array(count),
    layer: new Uint8Array(count),
    mtype: new Uint32Array(count),
    synapseClass: new Uint32Array(count),
  }
  const shares = LAYERS.map(layer => layer.share)
  for (let id = 0; id < count; id++) {
    const place = LAYERS[random.weighted(shares)] ?? LAYERS[0]
    const synapseClass = random.uniform() < place.excitatory ? EXC : INH
    nodes.x[id] = random.uniform() * WIDTH
    nodes.y[id] = place.top - random.uniform() * place.thickness
    nodes.z[id] = random.uniform() * WIDTH
    nodes.layer[id] = place.layer
    nodes.synapseClass[id] = synapseClass
    const types = MTYPES.flatMap((type, code) =>
      type.layer === place.layer && type.synapseClass === synapseClass ? [code] : [],
    )
    nodes.mtype[id] = types[random.below(types.length)] ?? 0
  }
  return nodes
}

/** Distinct connections, ascending by (target, source). */
function connect(nodes: NodeTable, meanInDegree: number, random: Random): Connection[] {
  const found = new Map<number, Connection>()
  const add = (source: number, target: number): void => {
    found.set(connectionKey([source, target]), [source, target])
  }
  const ids = Array.from({ length: nodes.count }, (_, id) => id)
  const unconnected = new Set(random.sample(ids, Math.floor(nodes.count / NEURONS_PER_UNCONNECTED)))
  for (const target of ids) {
    if (unconnected.has(target)) continue
    const wanted = Math.min(Math.round(meanInDegree * Math.exp(0.3 * random.normal())), nodes.count / 2)
    for (const source of nearSources(nodes, target, wanted, random)) add(source, target)
  }
  for (const [source, target] of [...found.values()]) {
    if (random.uniform() < RECIPROCAL_SHARE && !unconnected.has(source)) add(target, source)
  }
  const connected = ids.filter(id => !unconnected.has(id))
  for (const id of random.sample(connected, Math.ceil(nodes.count / NEURONS_PER_AUTAPSE))) add(id, id)
  return [...found.values()].sort(byTargetThenSource)
}

/** Up to `wanted` different sources, each accepted with a probability that falls with distance. */
function nearSources(nodes: NodeTable, target: number, wanted: number, random: Random): Set<number> {
  const sources = new Set<number>()
  // A lonely neuron in a small circuit finds few partners: then it has fewer.
  for (let attempts = 100 * wanted; sources.size < wanted && attempts > 0; attempts--) {
    const source = random.below(nodes.count)
    if (source === target) continue
    if (random.uniform() < Math.exp(-distance(nodes, source, target) / LENGTH_CONSTANT)) sources.add(source)
  }
  return sources
}

/** µm. */
function distance(nodes: NodeTable, a: number, b: number): number {
  const along = (axis: Float32Array): number => (axis[a] ?? 0) - (axis[b] ?? 0)
  return Math.hypot(along(nodes.x), along(nodes.y), along(nodes.z))
}

function addSynapses(nodes: NodeTable, connections: readonly Connection[], random: Random): EdgeTable {
  const inhibitory = (source: number): boolean => nodes.synapseClass[source] === INH
  const perConnection = connections.map(
    ([source]) => 1 + random.weighted(inhibitory(source) ? SYNAPSES_INH : SYNAPSES_EXC),
  )
  const count = perConnection.reduce((sum, synapses) => sum + synapses, 0)
  const source = new Uint32Array(count)
  const target = new Uint32Array(count)
  const conductance = new Float32Array(count)
  const delay = new Float32Array(count)
  const sectionPos = new Float32Array(count)
  const vesicles = new Int32Array(count)
  const typeId = new BigInt64Array(count)
  let row = 0
  connections.forEach(([from, to], k) => {
    // nS, ms, 0.3 µm/µs: plausible, and different for every synapse, so that a swap of rows would show.
    const travel = 0.75 + distance(nodes, from, to) / 300
    const type = inhibitory(from) ? random.below(12) : 100 + random.below(20)
    for (const end = row + (perConnection[k] ?? 0); row < end; row++) {
      source[row] = from
      target[row] = to
      conductance[row] = (inhibitory(from) ? 1.6 : 0.7) * Math.exp(0.4 * random.normal())
      delay[row] = travel + 0.1 * random.uniform()
      sectionPos[row] = random.uniform()
      vesicles[row] = 1 + random.below(4)
      typeId[row] = BigInt(type)
    }
  })
  const properties = {
    afferent_section_pos: sectionPos,
    conductance,
    delay,
    n_rrp_vesicles: vesicles,
    syn_type_id: typeId,
  }
  return { source, target, properties }
}
