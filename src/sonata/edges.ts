/** Edge populations of a SONATA edges file, as {@link EdgeSource}. Its properties are opened when they are asked for. */
import type { EdgeEnds } from '../connectome/circuit.ts'
import { type EdgeSource, type IdColumn, type IdType, MAX_NODES } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import type { Hdf5Dataset, Hdf5File } from '../formats/hdf5/types.ts'
import { openEdgeTable } from './edge-table.ts'
import { readEdgeTypes, type TypesOrigin } from './edge-types.ts'
import { topLevel, unknownPopulation } from './nodes.ts'

export interface EndsOptions {
  /** Stand in where neither a `node_population` attribute nor the name says it. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  /** Node populations of the circuit: a name `A__B__type` is believed only if both are among them. */
  readonly nodePopulations?: readonly string[] | undefined
}

export interface NodeCounts {
  /** Nodes of the source and the target population; default {@link MAX_NODES}, that is "not known". */
  readonly sourceCount?: number | undefined
  readonly targetCount?: number | undefined
}

/** Names of the edge populations in a file, readable or not. @throws InputError if it has no `/edges`. */
export async function listEdgePopulations(h5: Hdf5File): Promise<string[]> {
  const names = await h5.members('/edges')
  if (names === undefined)
    throw new InputError(`expected a SONATA edges file with a group /edges, found ${await topLevel(h5)}`, {
      file: h5.path,
      field: '/edges',
    })
  return names
}

/**
 * Which node populations an edge population connects: the `node_population` attributes of its id columns
 * (text, any length and character set), else its name where that is `source__target__type`, else the options.
 *
 * @throws InputError naming the flags to give if none of the three says it
 */
export async function readEdgeEnds(
  h5: Hdf5File,
  population: string,
  options: EndsOptions = {},
): Promise<EdgeEnds> {
  const names = await listEdgePopulations(h5)
  if (!names.includes(population)) throw unknownPopulation('edge', population, names, h5.path)
  return {
    sourcePopulation: await readEnd(h5, population, 'source', options),
    targetPopulation: await readEnd(h5, population, 'target', options),
  }
}

/**
 * Open one edge population. Rows are `source_node_id`, `target_node_id`; their number is the edge count
 * (`edge_type_id`, groups and indices may be missing or wrong). Layout: SONATA developer guide, "Edges".
 *
 * @throws InputError naming file and dataset: unknown population, no id columns, columns of different
 *   lengths or not of integers.
 */
export async function openEdgePopulation(
  h5: Hdf5File,
  population: string,
  options: EndsOptions & NodeCounts & { readonly types?: TypesOrigin | undefined } = {},
): Promise<EdgeSource> {
  const ends = await readEdgeEnds(h5, population, options)
  const { types } = options
  const source = await openColumn(h5, population, 'source')
  const target = await openColumn(h5, population, 'target')
  if (source.length !== target.length)
    throw new InputError(
      `not a readable edge population: ${source.length} source ids, but ${target.length} target ids`,
      { file: h5.path, field: `/edges/${population}`, hint: 'The edges file is damaged; get it again.' },
    )
  return {
    population,
    file: h5.path,
    ...ends,
    sourceCount: options.sourceCount ?? MAX_NODES,
    targetCount: options.targetCount ?? MAX_NODES,
    edgeCount: source.length,
    source,
    target,
    table: async () => ({
      ...(await openEdgeTable(h5, population, source.length)),
      types: types && (() => readEdgeTypes(population, types)),
    }),
  }
}

type Side = 'source' | 'target'

const columnPath = (population: string, side: Side): string => `/edges/${population}/${side}_node_id`

async function readEnd(h5: Hdf5File, population: string, side: Side, options: EndsOptions): Promise<string> {
  const field = columnPath(population, side)
  const data = await idDataset(h5, population, side)
  const attribute = await data.attribute('node_population')
  if (attribute === undefined) {
    const name = endFromName(population, side, options.nodePopulations ?? []) ?? options[side]
    if (name !== undefined) return name
    throw new InputError(`the attribute node_population is missing, so the ${side} population is not known`, {
      file: h5.path,
      field,
      hint: `Pass --${side}-population NAME.`,
    })
  }
  const [name] = typeof attribute === 'object' ? attribute : [attribute]
  if (typeof name !== 'string')
    throw new InputError('expected a name in the attribute node_population, found a number', {
      file: h5.path,
      field,
    })
  return name
}

function endFromName(population: string, side: Side, nodePopulations: readonly string[]): string | undefined {
  const [source, target] = population.split('__')
  if (source === undefined || target === undefined) return undefined
  if (!nodePopulations.includes(source) || !nodePopulations.includes(target)) return undefined
  return side === 'source' ? source : target
}

async function idDataset(h5: Hdf5File, population: string, side: Side): Promise<Hdf5Dataset> {
  const path = columnPath(population, side)
  const data = await h5.dataset(path)
  if (data?.shape !== undefined) return data
  const found = data === undefined ? `no dataset ${side}_node_id` : `${side}_node_id without data`
  throw new InputError(`not a readable edge population: found ${found}`, { file: h5.path, field: path })
}

async function openColumn(h5: Hdf5File, population: string, side: Side): Promise<IdColumn> {
  const data = await idDataset(h5, population, side)
  const { type } = data
  const path = columnPath(population, side)
  const [length, more] = data.shape ?? []
  if (type.kind !== 'int' || length === undefined || more !== undefined)
    throw new InputError(`expected one integer per edge, found ${describe(data)}`, {
      file: h5.path,
      field: path,
    })
  return {
    length,
    type: `${type.signed ? 'i' : 'u'}${type.bytes * 8}` as IdType, // the eight combinations are the eight types
    label: `${h5.path}: ${path}`,
    place: { file: h5.path, dataset: path },
    readInto: (first, count, into) => data.readInto(first, count, into),
  }
}

function describe(data: Hdf5Dataset): string {
  const kinds = { int: 'integers', float: 'floating-point numbers', string: 'text' } as const
  const what = data.type.kind === 'other' ? data.type.description : kinds[data.type.kind]
  return `${what} of shape (${data.shape?.join(', ') ?? ''})`
}
