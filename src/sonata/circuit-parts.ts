/** What other programs' circuits replace of a SONATA circuit: its named sets, and the reader of its node files. */
import type { Circuit, EdgeEnds, NamedBy } from '../connectome/circuit.ts'
import type { EdgeSource } from '../connectome/edges.ts'
import type { InputError } from '../errors.ts'
import type { FilesRead } from '../formats/files-read.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { openTypedNodes } from './node-types.ts'
import { listNodePopulations, type Nodes } from './nodes.ts'

/** Named sets of nodes: node sets, or targets. */
export interface NodeSetSource {
  /** What a member is called in messages: `node set`, `target`. */
  readonly what: string
  /** The file they come from, for messages. */
  readonly file: string
  readonly names: readonly string[]
  /** Why the packages that read these sets refuse all of them; those that can be had here are `names`. */
  readonly problem?: InputError | undefined
  has(name: string): boolean
  /** The nodes of a set in one population: ascending, unique, 0-based. InputError naming set and reason. */
  evaluate(name: string, nodes: Nodes): Promise<Uint32Array>
}

/** Sets of a file that cannot be read: who asks for one is told why, and nobody else. */
export const unreadableSets = (what: string, file: string, problem: InputError): NodeSetSource => ({
  what,
  file,
  problem,
  names: [],
  has: () => false,
  evaluate: () => Promise.reject(problem),
})

/** How node populations are found in an HDF5 file. */
export interface NodeFiles {
  list(h5: Hdf5File): Promise<string[]>
  /** `typesFile`: CSV of the AIBS flavour. InputError if there is no such population. */
  open(h5: Hdf5File, population: string, typesFile: string | undefined): Promise<Nodes>
}

/** Edge populations that are not in HDF5 files. */
export interface EdgeFiles {
  ends(population: string): Promise<EdgeEnds>
  open(population: string): Promise<EdgeSource>
  close(): void
}

export interface CircuitParts {
  /** Default: the configuration. */
  readonly namedBy?: NamedBy | undefined
  /** For people; else from the name of the file. */
  readonly name?: string | undefined
  /** Instead of the node sets of the configuration. Asked once, when a selection is resolved. */
  readonly nodeSets?: (() => Promise<NodeSetSource>) | undefined
  readonly nodeFiles?: NodeFiles | undefined
  readonly edgeFiles?: EdgeFiles | undefined
  /** Where the nodes are another circuit's. */
  readonly select?: Circuit['select'] | undefined
  /** The files that were read before there was a circuit; those that are read for it are noted here. */
  readonly reads?: FilesRead | undefined
}

export const SONATA_NODES: NodeFiles = { list: listNodePopulations, open: openTypedNodes }
