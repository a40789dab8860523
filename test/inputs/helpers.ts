/** Edge sources back to plain pairs, and files of lists for them. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EdgeSource, IdColumn } from '../../src/connectome/edges.ts'
import { encodeNpy, type NpyContent } from '../../src/formats/npy.ts'

export type Pair = readonly [source: number, target: number]

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'connproof-inputs-'))

/** All rows, read in windows of `rows` so that reading never starts at 0 only. */
export async function pairsOf(edges: EdgeSource, rows = 3): Promise<Pair[]> {
  const [source, target] = [await idsOf(edges.source, rows), await idsOf(edges.target, rows)]
  return source.map((id, row) => [id, target[row] ?? -1])
}

async function idsOf(column: IdColumn, rows: number): Promise<number[]> {
  const ids: number[] = []
  for (let first = 0; first < column.length; first += rows) {
    const window = new Uint32Array(Math.min(rows, column.length - first))
    await column.readInto(first, window.length, new Uint8Array(window.buffer))
    ids.push(...window)
  }
  return ids
}

export function writeNpy(folder: string, name: string, array: NpyContent): string {
  const file = join(folder, name)
  writeFileSync(file, encodeNpy(array))
  return file
}

export function writeText(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** Column by column: all sources, then all targets. */
export const columnsOf = (pairs: readonly Pair[]): number[] => [
  ...pairs.map(([source]) => source),
  ...pairs.map(([, target]) => target),
]
