/** From a path to an edge population, whatever kind of file it is. */
import { extname } from 'node:path'
import type { Circuit, EdgePopulationFacts, FileRead } from './connectome/circuit.ts'
import { MAX_NODES } from './connectome/edges.ts'
import { isInputError } from './errors.ts'
import { type FacingOriginal, faceCircuit, type NamedPair } from './facing-circuits.ts'
import { isDenseMask } from './formats/dense-mask.ts'
import { FilesRead } from './formats/files-read.ts'
import { InputFile } from './formats/input-file.ts'
import { openAdjacency } from './inputs/adjacency.ts'
import { LIST_POPULATION, type OpenEdges } from './inputs/lists.ts'
import { openCsvPairs, openNpyPairs, type PairOptions } from './inputs/pairs.ts'
import { openCircuit } from './open-circuit.ts'
import type { Facing } from './sonata/facing.ts'

/** `edges file`: HDF5; what is in it shows when it is opened. */
export type InputKind = ListKind | 'edges file' | 'circuit'
export type ListKind = 'adjacency' | 'npy pairs' | 'csv pairs'

export interface EdgesOptions extends PairOptions, NamedPair {
  /** Node populations, where the file does not name them or to choose among edge populations. */
  readonly sourcePopulation?: string | undefined
  readonly targetPopulation?: string | undefined
}

/** Edges from a file; `circuit` where that is one. */
export interface OpenFile extends OpenEdges {
  readonly circuit?: Circuit
  readonly file: string
  /** All edge populations that the file names; of a list, what stands for one. */
  readonly populations: readonly EdgePopulationFacts[]
  /** How they face those of another file, where one was given. */
  readonly facing?: Facing | undefined
  /** Every file that was opened so far, as it was before. */
  filesRead(): readonly FileRead[]
}

/**
 * Open the edges in a file: SciPy adjacency (.npz), pairs (.npy, .csv, .tsv, .txt), a SONATA edges file, or a circuit.
 *
 * @param original what was opened before, to be compared with: which edge population is meant follows from its own
 * @throws InputError if it is none of these, or if what is in it cannot be used
 */
export async function openEdges(
  path: string,
  options: EdgesOptions = {},
  original?: FacingOriginal,
): Promise<OpenFile> {
  const reads = new FilesRead()
  const kind = await recognise(path)
  if (isList(kind)) {
    reads.note(path)
    const list = await openList(path, kind, options)
    for (const file of list.beside ?? []) reads.note(file)
    return { ...list, file: path, populations: [LIST(path)], filesRead: () => reads.list() }
  }
  const ends = { source: options.sourcePopulation, target: options.targetPopulation }
  const circuit = await openCircuit(path, ends)
  try {
    const facing = original && (await faceCircuit(original, circuit, options))
    const name = facing === undefined ? options.population : facing.compared.manipulated.population
    const edges = await circuit.edgePopulation(name)
    const counted = edges.sourceCount !== MAX_NODES && edges.targetCount !== MAX_NODES
    return {
      circuit,
      file: circuit.file,
      populations: await circuit.edgePopulations(),
      facing,
      edges: counted ? edges : { ...edges, unknown: [...(edges.unknown ?? []), 'nodes'] },
      filesRead: () => circuit.filesRead(),
      close: async () => circuit.close(),
    }
  } catch (error) {
    circuit.close()
    throw error
  }
}

/** What stands for the population of a list. */
const LIST = (file: string): EdgePopulationFacts => ({
  population: LIST_POPULATION,
  file,
  type: 'chemical',
  ends: undefined,
  problem: undefined,
  listed: true,
})

export const isList = (kind: InputKind): kind is ListKind => kind !== 'circuit' && kind !== 'edges file'

/** Open a list of edges; a dense array of bool is a mask, which no list of pairs can be. */
export async function openList(path: string, kind: ListKind, options: PairOptions): Promise<OpenEdges> {
  if (kind === 'adjacency' || (kind === 'npy pairs' && (await isDenseMask(path)))) return openAdjacency(path)
  return kind === 'npy pairs' ? openNpyPairs(path, options) : openCsvPairs(path, options)
}

/** By the first bytes, else by the extension; a file that cannot be read is left to who reads it. */
export async function recognise(path: string): Promise<InputKind> {
  const start = await firstBytes(path)
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'adjacency'
  if (start.startsWith('\x93NUMPY')) return 'npy pairs'
  if (start.startsWith('\x89HDF\r\n')) return 'edges file'
  return BY_EXTENSION.get(extname(path).toLowerCase()) ?? 'circuit'
}

const BY_EXTENSION: ReadonlyMap<string, InputKind> = new Map([
  ['.npz', 'adjacency'],
  ['.npy', 'npy pairs'],
  ['.csv', 'csv pairs'],
  ['.tsv', 'csv pairs'],
  ['.txt', 'csv pairs'],
])

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await InputFile.open(path)
    try {
      return Buffer.from(await file.read(0, Math.min(8, file.size))).toString('latin1')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isInputError(error)) return ''
    throw error
  }
}
