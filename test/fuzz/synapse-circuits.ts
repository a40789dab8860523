/** One circuit whose edges have properties of many types, before and after a removal, in every kind of storage. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connection } from '../../src/demo/circuit.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { ORIGINAL_STYLE, PIPELINE_STYLE, writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { readPairs } from './pairs.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/synapses/', import.meta.url))
const NODES = 24

/** Files of the fixtures: edges before and after; unconverted where there is no file after. */
export const STORAGE_PAIRS = {
  contiguous: ['contiguous_before', 'contiguous_after'],
  filtered: ['filtered_before', 'filtered_after'],
  latest: ['latest_before', 'latest_after'],
  odd: ['odd_before', 'odd_after'],
  mixed: ['filtered_before', 'contiguous_after'],
  shuffled: ['shuffled_before', 'shuffled_after'],
  groups: ['groups_before', 'flat_after'],
  unconverted: ['flat_before', undefined],
} as const
export type StoragePair = keyof typeof STORAGE_PAIRS

export const SPLITS = ['edges.2-0.parquet', 'edges.2-1.parquet'] as const

export interface SynapseCircuit {
  readonly original: string
  readonly manipulated: string
  readonly mask: string
  /** Edges files, HDF5; of unconverted results the folder of Parquet files. */
  readonly before: string
  readonly after: string
  /** Connections that were removed. */
  readonly gone: readonly Connection[]
}

export async function writeSynapseCircuit(folder: string, pair: StoragePair): Promise<SynapseCircuit> {
  const at = (path: string): string => join(folder, path)
  const [before, after] = STORAGE_PAIRS[pair]
  const circuit = synthesize({ seed: 'synapses', neurons: NODES })
  await writeCircuit(at('original'), circuit)
  copyFileSync(join(FIXTURES, `${before}.h5`), at('original/edges.h5'))
  await writeManipulated(at('manipulated'), '../original', circuit.edges, NODES)
  const converted = at('manipulated/edges.h5')
  copyFileSync(join(FIXTURES, `${after ?? 'flat_after'}.h5`), converted)
  const gone = await goneConnections(at('original/edges.h5'), converted)
  const { mask } = await writeMaskFiles(
    folder,
    gone,
    Uint32Array.from({ length: NODES }, (_, id) => id),
  )
  const files = { original: at('original/circuit_config.json'), mask, gone, before: at('original/edges.h5') }
  if (after !== undefined) {
    return { ...files, manipulated: at('manipulated/circuit_config.json'), after: converted }
  }
  const parquet = at('unconverted/parquet')
  mkdirSync(parquet, { recursive: true })
  for (const split of SPLITS) copyFileSync(join(FIXTURES, split), join(parquet, split))
  writeFileSync(
    join(parquet, 'parquet.DONE'),
    JSON.stringify(SPLITS.map(name => name.replace('.parquet', ''))),
  )
  return { ...files, manipulated: at('unconverted'), after: parquet }
}

export const POPULATIONS = { before: ORIGINAL_STYLE.population, after: PIPELINE_STYLE.population } as const

async function goneConnections(before: string, after: string): Promise<Connection[]> {
  const left = new Set((await connections(after)).map(String))
  const gone = new Map((await connections(before)).map(pair => [String(pair), pair]))
  return [...gone.values()].filter(pair => !left.has(String(pair))).sort(([s, t], [p, q]) => t - q || s - p)
}

async function connections(file: string): Promise<Connection[]> {
  const { source, target } = await readPairs(file)
  return Array.from(source, (id, k) => [id, target[k] ?? 0])
}
