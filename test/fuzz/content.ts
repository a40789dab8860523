/** What files say, read once more: HDF5 by libhdf5 itself, whatever our own reader thinks of the file. */
import { createHash } from 'node:crypto'
import { copyFileSync, unlinkSync } from 'node:fs'
import h5wasm, { Dataset } from 'h5wasm/node'
import type { Circuit } from '../../src/connectome/circuit.ts'
import { ID_BYTES } from '../../src/connectome/edges.ts'
import { openEdges } from '../../src/open-edges.ts'

const digest = (...parts: readonly (Uint8Array | string)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** libhdf5 keeps files open that it failed to read, and knows them by their inode: it gets a new file every time. */
function copyOf(file: string): string {
  const copy = `${file}.${copies++}.copy`
  copyFileSync(file, copy)
  return copy
}
let copies = 0

/** The two id columns of an HDF5 edges file. */
export async function columnsOf(file: string, population: string): Promise<string> {
  await h5wasm.ready
  const copy = copyOf(file)
  const h5 = new h5wasm.File(copy, 'r')
  try {
    const column = (side: string): string => {
      const column = h5.get(`edges/${population}/${side}_node_id`)
      if (!(column instanceof Dataset)) throw new Error(`no ${side} column`)
      return Array.from(column.value as BigInt64Array, String).join()
    }
    return digest(column('source'), ';', column('target'))
  } finally {
    h5.close()
    unlinkSync(copy)
  }
}

/** Distinct pairs with the number of edges of each, as our own readers give them. */
export async function pairsOf(file: string, idBase: 0 | 1 = 0): Promise<string> {
  const { edges, close } = await openEdges(file, { idBase })
  try {
    const sides: number[][] = []
    for (const column of [edges.source, edges.target]) {
      const bytes = new Uint8Array(column.length * ID_BYTES[column.type])
      await column.readInto(0, column.length, bytes)
      sides.push(idsOf(bytes, ID_BYTES[column.type]))
    }
    const pairs = (sides[0] ?? []).map((source, row) => `${source} ${sides[1]?.[row]}`)
    return digest(pairs.sort().join())
  } finally {
    await close()
  }
}

function idsOf(bytes: Uint8Array, width: number): number[] {
  const view = new DataView(bytes.buffer)
  const at = (k: number): number =>
    width === 8
      ? Number(view.getBigUint64(8 * k, true))
      : width === 4
        ? view.getUint32(4 * k, true)
        : Number.NaN
  return Array.from({ length: bytes.length / width }, (_, k) => at(k))
}

/** What a circuit selects and connects. */
export async function circuitContent(circuit: Circuit & { close(): void }, nodes: string): Promise<string> {
  try {
    const edges = await circuit.edgePopulation()
    const selection = await circuit.select(edges.sourcePopulation, nodes)
    return digest(
      selection.ids.join(),
      `${edges.sourceCount} ${edges.targetCount}`,
      await pairsOf(circuit.file),
    )
  } finally {
    circuit.close()
  }
}
