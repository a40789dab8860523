/** Lists of pairs and adjacency matrices as edge populations. */
import { type EdgeSource, type IdColumn, MAX_NODES, type Unknown } from '../connectome/edges.ts'

/** Stands for the name of a node population that no file names; no SONATA population is called like this. */
export const UNNAMED = '(nodes)'

/** What the one population of a list is called. */
export const LIST_POPULATION = 'default'

export interface OpenEdges {
  readonly edges: EdgeSource
  /** Files that were read besides, such as the ids of a matrix. */
  readonly beside?: readonly string[]
  /** Gives back the file. The edges cannot be read after it. */
  close(): Promise<void>
}

export interface ListParts {
  readonly file: string
  readonly length: number
  /** Node ids of rows `first .. first+count-1`, 0-based. */
  readonly source: (first: number, count: number) => Uint32Array | Promise<Uint32Array>
  readonly target: (first: number, count: number) => Uint32Array | Promise<Uint32Array>
  /** Source and target nodes, where the file says how many there are. */
  readonly nodes?: readonly [source: number, target: number]
  readonly unknown: readonly Unknown[]
}

/**
 * One population whose sources and targets are the same nodes, unless their numbers differ: a list does not tell,
 * and lists of pairs between two populations are rare.
 */
export function listEdges(parts: ListParts): EdgeSource {
  const { file, length, nodes = [MAX_NODES, MAX_NODES] } = parts
  const [sourceCount, targetCount] = nodes
  const recurrent = sourceCount === targetCount
  return {
    population: LIST_POPULATION,
    file,
    sourcePopulation: recurrent ? UNNAMED : `source ${UNNAMED}`,
    targetPopulation: recurrent ? UNNAMED : `target ${UNNAMED}`,
    sourceCount,
    targetCount,
    edgeCount: length,
    source: column(`${file}: sources`, length, parts.source),
    target: column(`${file}: targets`, length, parts.target),
    unknown: parts.unknown,
  }
}

function column(label: string, length: number, read: ListParts['source']): IdColumn {
  const copy = (ids: Uint32Array, into: Uint8Array): void =>
    into.set(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength))
  return {
    length,
    label,
    type: 'u32',
    readInto(first, count, into) {
      const ids = read(first, count)
      return ids instanceof Uint32Array ? copy(ids, into) : ids.then(read => copy(read, into))
    },
  }
}
