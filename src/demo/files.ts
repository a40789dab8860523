/** The folder of `connproof demo`: an original, what was asked, one good result and one with planted faults. */

import { join } from 'node:path'
import { InternalError } from '../errors.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { type Connection, connectionsOf, EXC, nodesOfClass } from './circuit.ts'
import { type Fault, type FaultKind, halfOfReciprocalPairs, planFaults } from './faults.ts'
import { removeConnections } from './manipulate.ts'
import { writeMaskFiles } from './mask.ts'
import { seededRandom } from './random.ts'
import { type SynthesizeOptions, synthesize } from './synthesize.ts'
import { writeCircuit, writeManipulated } from './write.ts'

export interface DemoOptions extends SynthesizeOptions {
  /** Reciprocal pairs that lose one direction. */
  readonly removals?: number
}

export interface DemoFiles {
  readonly neurons: number
  readonly synapses: number
  readonly connections: number
  /** Name and size of the node set the mask is made for. */
  readonly nodeSet: string
  readonly selected: number
  readonly asked: readonly Connection[]
  /** What is wrong in `removed_faulty`, ascending by (target, source). */
  readonly faults: readonly Fault[]
  /** The two of them that hide each other from a count: both have the same target. */
  readonly balanced: { readonly lost: Fault; readonly replacement: Fault }
}

/** File names in the folder of the demo. */
export const DEMO_LAYOUT = {
  original: 'original/circuit_config.json',
  mask: 'conns_removed_adjmat.npz',
  good: 'removed_ok/circuit_config.json',
  faulty: 'removed_faulty/circuit_config.json',
} as const

/** One of each kind a reader should know; the balanced ones hide each other from the notebook's count. */
const PLANTED: readonly FaultKind[] = [
  'still there',
  'lost',
  'added',
  'synapse lost',
  'outside lost',
  'balanced',
]

/** Write all files of the demo into `folder`, made if need be. Throws InputError where one cannot be written. */
export async function writeDemo(folder: string, options: DemoOptions = {}): Promise<DemoFiles> {
  const circuit = synthesize(options)
  const random = seededRandom(`${circuit.seed}, removals`)
  const selected = nodesOfClass(circuit.nodes, EXC)
  const asked = halfOfReciprocalPairs(circuit, selected, options.removals ?? 500, random)
  const faults = planFaults({ circuit, selected, asked }, PLANTED, random)
  makeFolders(folder)
  await writeCircuit(join(folder, 'original'), circuit)
  await writeMaskFiles(folder, asked, selected)
  for (const [name, planted] of [
    ['removed_ok', []],
    ['removed_faulty', faults],
  ] as const) {
    const edges = removeConnections(circuit.edges, asked, planted)
    await writeManipulated(join(folder, name), '../original', edges, circuit.nodes.count)
  }
  return {
    neurons: circuit.nodes.count,
    synapses: circuit.edges.source.length,
    connections: connectionsOf(circuit.edges).length,
    nodeSet: 'Excitatory',
    selected: selected.length,
    asked,
    faults,
    balanced: balancedPair(faults),
  }
}

function balancedPair(faults: readonly Fault[]): DemoFiles['balanced'] {
  for (const lost of faults) {
    const replacement = faults.find(other => other.target === lost.target && other.original === 0)
    if (lost.class === 'lost_not_asked' && replacement?.class === 'outside_changed')
      return { lost, replacement }
  }
  throw new InternalError('the demo lacks its balanced faults')
}
