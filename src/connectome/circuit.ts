/** A circuit as selection and verification see it. */
import type { InputError } from '../errors.ts'
import type { EdgeSource } from './edges.ts'
import type { NodeSelection } from './selection.ts'

export interface SelectOptions {
  /** Where ids in a file count from: 0 for SONATA node ids, 1 for GIDs. */
  readonly idBase?: 0 | 1 | undefined
  /** A selection without nodes is an answer; default: an InputError. */
  readonly mayBeEmpty?: boolean | undefined
}

/** A file as it was when it was opened, before anything of it was read. */
export interface FileRead {
  /** Absolute path. */
  readonly file: string
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly modified: string
}

export interface EdgeEnds {
  readonly sourcePopulation: string
  readonly targetPopulation: string
}

/** One edge population as far as it is known without reading ids. */
export interface EdgePopulationFacts {
  /** `undefined`: a file whose populations could not be listed. */
  readonly population: string | undefined
  readonly file: string
  /** `chemical`, `electrical`, ... */
  readonly type: string
  /** `undefined` where there is a problem, and of lists of connections. */
  readonly ends: EdgeEnds | undefined
  /** Why it cannot be used; it is listed all the same. */
  readonly problem: InputError | undefined
  /** False where no entry of a configuration names it: it was found in a file. */
  readonly listed: boolean
}

/**
 * What names the edge populations of a circuit: a SONATA configuration, a BlueConfig, or an edges file by itself;
 * `part`: nothing does, as with edges before they are converted, and lists of connections.
 */
export type NamedBy = 'configuration' | 'BlueConfig' | 'edges file' | 'part'

export interface Circuit {
  /** For people: the folder of `circuit_config.json`, else the stem of the file. */
  readonly name: string
  /** Absolute path of the file it was opened from. */
  readonly file: string
  readonly namedBy: NamedBy
  /** The named edge population, or the only one. InputError listing the names where there are several. */
  edgePopulation(name?: string): Promise<EdgeSource>
  /** Every edge population, usable or not, in the order of the circuit. InputError if a name is there twice. */
  edgePopulations(): Promise<readonly EdgePopulationFacts[]>
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
