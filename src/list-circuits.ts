/** Lists of edges in the place of circuits: verification sees them as circuits whose nodes nobody knows. */
import { basename, extname } from 'node:path'
import type { Circuit, EdgePopulationFacts, FileRead, NamedBy, SelectOptions } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { NodeSelection } from './connectome/selection.ts'
import { type InputError, isInputError } from './errors.ts'
import { type EdgesOptions, type OpenFile, openEdges, recognise } from './open-edges.ts'
import { type Counts, commonCounts, measured, withCounts } from './same-nodes.ts'
import type { MaskFile } from './selection/mask.ts'
import { nameOfPath } from './sonata/circuit.ts'
import { CountedNodes } from './sonata/nodes.ts'
import { resolveSelection } from './sonata/selection.ts'

export interface OpenCircuits {
  readonly original: Circuit
  /** Paths where no list takes part: verify opens them itself. */
  readonly manipulated: readonly (Circuit | string)[]
  close(): Promise<void>
}

/**
 * Open what is compared, in the order of the arguments. Where a side names no nodes, all get as many as the ids,
 * the other sides and the masks need.
 *
 * @throws InputError if the original cannot be used; a manipulated file that cannot be used says so when it is asked
 */
export async function openCircuits(
  original: string,
  manipulated: readonly string[],
  masks: readonly (MaskFile | undefined)[],
  options: EdgesOptions = {},
): Promise<OpenCircuits> {
  const opened: OpenFile[] = []
  const close = async (): Promise<void> => {
    for (const file of opened) await file.close()
  }
  try {
    const first = await openEdges(original, options)
    opened.push(first)
    const lists = await Promise.all(manipulated.map(async path => (await recognise(path)) !== 'circuit'))
    const known = first.edges.unknown === undefined
    if (known && first.circuit !== undefined && !lists.includes(true))
      return { original: first.circuit, manipulated, close }
    const rest = await openAll(manipulated, options, first, opened)
    const counted = await measured(first.edges)
    const all = [counted, ...rest.flatMap(one => (isInputError(one) ? [] : [one.edges]))]
    const counts = commonCounts(all, largest(masks))
    return {
      original: new ListCircuit(original, { ...first, edges: withCounts(counted, counts) }),
      manipulated: rest.map((one, k) => {
        const path = manipulated[k] ?? ''
        return isInputError(one)
          ? new UnusableCircuit(path, one)
          : new ListCircuit(path, { ...one, edges: withCounts(one.edges, counts) })
      }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openAll(
  paths: readonly string[],
  options: EdgesOptions,
  original: OpenFile,
  opened: OpenFile[],
): Promise<(OpenFile | InputError)[]> {
  const files: (OpenFile | InputError)[] = []
  for (const path of paths) {
    try {
      const file = await openEdges(path, options, original)
      opened.push(file)
      files.push({ ...file, edges: await measured(file.edges) })
    } catch (error) {
      if (!isInputError(error)) throw error
      files.push(error)
    }
  }
  return files
}

/** A mask without ids beside it is made for all nodes, also for those without connections. */
function largest(masks: readonly (MaskFile | undefined)[]): Counts {
  const bare = masks.filter(mask => mask !== undefined && mask.sourceIds === undefined)
  return {
    source: Math.max(0, ...bare.map(mask => mask?.rows ?? 0)),
    target: Math.max(0, ...bare.map(mask => mask?.columns ?? 0)),
  }
}

/** One edge population that was chosen already, with its circuit where it has one. */
class ListCircuit implements Circuit {
  readonly name: string
  readonly file: string
  readonly #edges: EdgeSource
  readonly #circuit: Circuit | undefined
  readonly filesRead: () => readonly FileRead[]
  readonly namedBy: NamedBy
  readonly #populations: readonly EdgePopulationFacts[]

  constructor(path: string, { edges, circuit, populations, filesRead }: OpenFile) {
    this.name = circuit?.name ?? basename(path, extname(path))
    this.file = circuit?.file ?? path
    this.namedBy = circuit?.namedBy ?? 'part'
    this.#populations = populations
    this.#edges = edges
    this.filesRead = filesRead
    this.#circuit = edges.unknown?.includes('nodes') ? undefined : circuit
  }

  edgePopulation = async (): Promise<EdgeSource> => this.#edges

  edgePopulations = async (): Promise<readonly EdgePopulationFacts[]> => this.#populations

  /** Without a circuit: all nodes, or those of an id file. */
  async select(population: string, expression?: string, options?: SelectOptions): Promise<NodeSelection> {
    if (this.#circuit !== undefined) return this.#circuit.select(population, expression, options)
    const { sourcePopulation, sourceCount, targetCount } = this.#edges
    const size = population === sourcePopulation ? sourceCount : targetCount
    const nodes = new CountedNodes(population, size, this.file)
    return resolveSelection(expression, { nodes, nodeSets: undefined, idBase: options?.idBase })
  }

  /** The files are closed by who opened them. */
  close(): void {}
}

/** A file that could not be opened: whatever is asked of it, the answer is why. */
class UnusableCircuit implements Circuit {
  readonly name: string
  readonly file: string
  readonly namedBy = 'part'
  readonly #error: InputError

  constructor(path: string, error: InputError) {
    this.name = nameOfPath(path)
    this.file = path
    this.#error = error
  }

  edgePopulation = (): Promise<never> => Promise.reject(this.#error)
  edgePopulations = (): Promise<never> => Promise.reject(this.#error)
  select = (): Promise<never> => Promise.reject(this.#error)
  close(): void {}
}
