/** The two id columns of an edges file, all of them. */
import { openCircuit } from '../../src/open-circuit.ts'

export interface Pairs {
  readonly source: Uint32Array
  readonly target: Uint32Array
}

export async function readPairs(file: string): Promise<Pairs> {
  const circuit = await openCircuit(file)
  try {
    const edges = await circuit.edgePopulation()
    const read = async (column: typeof edges.source): Promise<Uint32Array> => {
      const wide = new Uint8Array(column.length * 8)
      await column.readInto(0, column.length, wide)
      return Uint32Array.from(new BigUint64Array(wide.buffer), Number)
    }
    return { source: await read(edges.source), target: await read(edges.target) }
  } finally {
    circuit.close()
  }
}
