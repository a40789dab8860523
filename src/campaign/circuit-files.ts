/** The files that a circuit is made of, for its identity. */
import type { SonataCircuit } from '../sonata/circuit.ts'
import { withoutFolders } from './identity.ts'

/** Configuration, node and edge files, node sets (or targets); absolute. */
export async function filesOfCircuit(circuit: SonataCircuit): Promise<string[]> {
  const { config } = circuit
  const sets = await circuit.nodeSets()
  const paths = [
    circuit.file,
    config.file,
    ...[...config.nodes, ...config.edges].map(entry => entry.file),
    ...(sets === undefined ? [] : [sets.file]),
  ]
  return [...new Set(await withoutFolders(paths))].sort()
}
