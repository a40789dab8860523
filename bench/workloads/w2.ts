/**
 * W2: a whole circuit, 219,422 nodes of which 26,567 are selected. `sorted` is laid out as E1; `shuffled` holds the
 * same rows in random order, with another permutation on either side.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { openCircuit } from '../../src/open-circuit.ts'
import { EDGE_POPULATIONS, EdgeFile, generateE1, INT64, type Shape, UINT64 } from './e1.ts'
import { seeded } from './random.ts'

const SHAPE: Shape = { seed: 'connproof W2', nodes: 219_422, excitatory: 26_567, removed: 81_540 }
const PIECE = 65_536

export async function generateW2(folder: string, rows: number): Promise<void> {
  generateE1(`${folder}/sorted`, rows, SHAPE)
  for (const side of ['original', 'manipulated'] as const) {
    const [from, to] = [`${folder}/sorted/${side}`, `${folder}/shuffled/${side}`]
    mkdirSync(to, { recursive: true })
    for (const name of ['circuit_config.json', 'node_sets.json', 'nodes.h5'])
      copyFileSync(`${from}/${name}`, `${to}/${name}`)
    await shuffleEdges(from, to, side)
  }
  writeFileSync(`${folder}/done`, '')
}

async function shuffleEdges(from: string, to: string, side: 'original' | 'manipulated'): Promise<void> {
  const circuit = await openCircuit(from)
  const edges = await circuit.edgePopulation()
  const count = edges.edgeCount
  const [source, target] = [new Uint32Array(count), new Uint32Array(count)]
  const wide = new Uint32Array(2 * PIECE)
  for (const [column, ids] of [
    [edges.source, source],
    [edges.target, target],
  ] as const) {
    for (let first = 0; first < count; first += PIECE) {
      const length = Math.min(PIECE, count - first)
      await column.readInto(first, length, new Uint8Array(wide.buffer, 0, 8 * length))
      for (let k = 0; k < length; k++) ids[first + k] = wide[2 * k] ?? 0
    }
  }
  circuit.close()
  permute(source, target, seeded(`connproof W2 ${side}`))
  const type = side === 'original' ? UINT64 : INT64
  const file = new EdgeFile(
    `${to}/edges.h5`,
    EDGE_POPULATIONS[side],
    count,
    type,
    side === 'original' ? -1 : 0,
  )
  for (let row = 0; row < count; row++) file.add(source[row] ?? 0, target[row] ?? 0, 1)
  file.close()
}

function permute(source: Uint32Array, target: Uint32Array, random: () => number): void {
  for (let i = source.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    for (const ids of [source, target]) {
      const id = ids[i] ?? 0
      ids[i] = ids[j] ?? 0
      ids[j] = id
    }
  }
}
