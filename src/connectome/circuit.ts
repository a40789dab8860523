/** A circuit as selection and verification see it. */
import type { EdgeSource } from './edges.ts'
import type { NodeSelection } from './selection.ts'

export interface SelectOptions {
  /** Where ids in a file count from: 0 for SONATA node ids, 1 for GIDs. */
  readonly idBase?: 0 | 1 | undefined
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
  close(): void
}
