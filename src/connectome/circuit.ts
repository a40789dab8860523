/** A circuit as selection and verification see it. */
import type { EdgeSource } from './edges.ts'
import type { NodeSelection } from './selection.ts'

export interface SelectOptions {
  /** Where ids in a file count from: 0 for SONATA node ids, 1 for GIDs. */
  readonly idBase?: 0 | 1 | undefined
}

/** A file as it was when it was opened, before anything of it was read. */
export interface FileRead {
  /** Absolute path. */
  readonly file: string
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly modified: string
}

export interface Circuit {
  /** For people: the folder of `circuit_config.json`, else the stem of the file. */
  readonly name: string
  /** Absolute path of the file it was opened from. */
  readonly file: string
  /** The named edge population, or the only one. InputError listing the names where there are several. */
  edgePopulation(name?: string): Promise<EdgeSource>
  /**
   * The edge population between two node populations, whatever its name: the pipeline renames it. Where several
   * fit, the one called `preferred`; InputError if none or several are left.
   */
  findEdges(wanted: {
    sourcePopulation: string
    targetPopulation: string
    preferred?: string
  }): Promise<EdgeSource>
  /** Node selection in one node population; all nodes where there is no expression. InputError if it is empty. */
  select(population: string, expression: string | undefined, options?: SelectOptions): Promise<NodeSelection>
  /**
   * Every file that was opened for this circuit so far, in the order of their paths: configuration, edges, nodes,
   * tables of types, node sets, and what links and datasets in them lead to. More come as more of it is read.
   * Absent where a circuit is made in memory.
   */
  filesRead?(): readonly FileRead[]
  close(): void
}
