/** A manip_config on its circuit: selections resolved, masks read. What is left is what the package computes with. */
import { resolve } from 'node:path'
import type { Mask } from '../connectome/mask.ts'
import type { Chosen, Operation, Plan, Rewiring } from '../connectome/operations.ts'
import { chosen } from '../connectome/operations.ts'
import { InputError } from '../errors.ts'
import { isJsonArray, isJsonObject, readJsonFile } from '../formats/json.ts'
import { numberOf } from '../formats/python-json.ts'
import { readSparseCoo } from '../formats/scipy-sparse.ts'
import type { NodeQuery } from '../interop/manip-config/node-query.ts'
import type { CallOf, OperationCall } from '../interop/manip-config/operations.ts'
import type { ManipConfig } from '../interop/manip-config/parse.ts'
import { type QueryContext, resolveNodeQuery } from '../interop/manip-config/resolve-query.ts'
import { cooToCsc } from '../kernels/csc.ts'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { readAdjacencyModel } from './adjacency-model.ts'
import { readDelayModel } from './delay-model.ts'

/** What resolving needs of the original circuit. */
export interface Place {
  readonly circuit: SonataCircuit
  readonly sourcePopulation: string
  readonly targetPopulation: string
}

/**
 * @param splits over `N_split_nodes`, as `--splits` of the package
 * @throws InputError for what the package stops at: unknown sets, attributes, values, ids; a mask of another shape
 */
export async function planOf(config: ManipConfig, place: Place, splits?: number): Promise<Plan> {
  const [source, target] = [
    await contextOf(place, place.sourcePopulation),
    await contextOf(place, place.targetPopulation),
  ]
  const operations: Operation[] = []
  for (const call of config.functions) {
    if (call.modelPathways !== undefined)
      throw new InputError('model_pathways splits targets by region, which is not followed here', {
        file: config.file,
        field: `${call.path}.model_pathways`,
      })
    operations.push(await operationOf(call, { file: config.file, source, target }))
  }
  const parts = splits ?? config.splits
  const shuffles = operations.findIndex(
    one => one.kind === 'syn_prop_alteration' && one.newValue.mode === 'shuffle',
  )
  if (parts > 1 && shuffles >= 0)
    throw new InputError(`mode shuffle stops with ${parts} splits: the package allows it with one only`, {
      file: config.file,
      field: config.functions[shuffles]?.path,
    })
  return {
    operations,
    seed: config.seed,
    splits: parts,
    oneStream: config.generation === 'A1',
  }
}

interface Contexts {
  readonly file: string
  readonly source: QueryContext
  readonly target: QueryContext
}

const contextOf = async ({ circuit }: Place, population: string): Promise<QueryContext> => ({
  nodes: await circuit.nodes(population),
  nodeSets: await circuit.nodeSets(),
})

async function operationOf(call: OperationCall, contexts: Contexts): Promise<Operation> {
  switch (call.source) {
    case 'null_manipulation':
      return { kind: call.source }
    case 'conn_removal': {
      const pathway = await pathwayOf(call, contexts)
      const file = call.connMaskFile
      const mask = file === undefined ? undefined : await maskOf(resolve(file), pathway, call.path)
      const { amountPct: percent, minSynPerConn: atLeast, maxSynPerConn: atMost } = call
      return { kind: call.source, ...pathway, percent, atLeast, atMost, mask }
    }
    case 'conn_extraction':
      return { kind: call.source, nodes: await extracted(call, contexts) }
    case 'syn_removal': {
      const { amountPct: percent, keepConns: keepConnections, rescaleGsyn: rescale } = call
      return { kind: call.source, ...(await pathwayOf(call, contexts)), percent, keepConnections, rescale }
    }
    case 'syn_subsampling':
      return { kind: call.source, percent: call.keepPct }
    case 'syn_prop_alteration':
      return {
        kind: call.source,
        ...(await pathwayOf(call, contexts)),
        percent: call.amountPct,
        property: call.synProp,
        newValue: newValueOf(call),
        filter: new Map(Object.entries(call.synFilter)),
      }
    case 'conn_rewiring':
      return rewiringOf(call, contexts)
    case 'conn_wiring':
      return {
        kind: call.source,
        ...(await pathwayOf(call, contexts)),
        percent: call.amountPct,
        delay: await readDelayModel(call.delayModel, contexts.source.nodes),
        excitatory: await excitatoryOf(contexts.source),
      }
  }
}

async function rewiringOf(call: CallOf<'conn_rewiring'>, contexts: Contexts): Promise<Rewiring> {
  const { source, target } = await pathwayOf(call, contexts)
  const at = { file: contexts.file, field: `${call.path}.syn_class` }
  const test = { attribute: 'synapse_class', values: [call.synClass], single: true }
  const ofClass = await chosenBy(
    { kind: 'attributes', nodeSet: undefined, tests: [test] },
    contexts.source,
    at,
  )
  const model = call.probModel
  // Only 0 and 1 stay what they are: a scale below 1 makes chances of them.
  const certain = model !== undefined && 'file' in model && typeof model.file === 'string' && call.pScale >= 1
  return {
    kind: 'conn_rewiring',
    source: chosen(
      source.member.length,
      source.ids.filter(id => ofClass.member[id] === 1),
    ),
    target,
    percent: call.amountPct,
    keepIndegree: call.keepIndegree,
    reuseConnections: call.reuseConns,
    keepConnections: call.keepConns,
    mode: call.rewireMode,
    method: call.genMethod,
    positions: call.synPosMode,
    estimation: call.estimationRun,
    adjacency: certain ? await readAdjacencyModel(resolve(model.file)) : undefined,
    delay: await readDelayModel(call.delayModel, contexts.source.nodes),
    // Synapses are sampled from those of the class.
    excitatory:
      call.genMethod === 'sample'
        ? new Uint8Array(source.member.length).fill(call.synClass === 'EXC' ? 1 : 0)
        : undefined,
  }
}

/** conn_wiring makes synapses of the class of their source; undefined where no node is of either. */
async function excitatoryOf({ nodes }: QueryContext): Promise<Uint8Array | undefined> {
  if (!(await nodes.attributeNames()).includes('synapse_class')) return undefined
  const column = await nodes.attribute('synapse_class')
  if (column.kind !== 'text' && column.kind !== 'library') return undefined
  const of = (wanted: string): Promise<Uint32Array> => column.matchText(text => text === wanted)
  const [excitatory, inhibitory] = [await of('EXC'), await of('INH')]
  if (excitatory.length + inhibitory.length !== nodes.size) return undefined
  return chosen(nodes.size, excitatory).member
}

async function pathwayOf(
  call: { readonly path: string; readonly selSrc: NodeQuery; readonly selDest: NodeQuery },
  { file, source, target }: Contexts,
): Promise<{ source: Chosen; target: Chosen }> {
  return {
    source: await chosenBy(call.selSrc, source, { file, field: `${call.path}.sel_src` }),
    target: await chosenBy(call.selDest, target, { file, field: `${call.path}.sel_dest` }),
  }
}

async function chosenBy(
  query: NodeQuery,
  context: QueryContext,
  at: { readonly file: string; readonly field: string },
): Promise<Chosen> {
  try {
    const { ids, listed } = await resolveNodeQuery(query, context)
    return chosen(context.nodes.size, listed ?? ids)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(`${at.field}: ${error.message}`, { ...at, hint: error.hint, cause: error })
  }
}

/** Rows and columns stay in the order of the lists, as the package reads them. */
async function maskOf(
  file: string,
  { source, target }: { source: Chosen; target: Chosen },
  path: string,
): Promise<Mask> {
  const coo = await readSparseCoo(file)
  if (coo.rows !== source.ids.length || coo.columns !== target.ids.length)
    throw new InputError(
      `mask is ${coo.rows} x ${coo.columns}, but the selections are ${source.ids.length} x ${target.ids.length}: the package stops at it`,
      {
        file,
        field: `${path}.conn_mask_file`,
        hint: 'make the mask for sel_src x sel_dest of the same function',
      },
    )
  const { rows, columns, indptr, indices } = cooToCsc(coo)
  return { rows, columns, indptr, indices, label: file }
}

async function extracted(
  call: CallOf<'conn_extraction'>,
  { file, source, target }: Contexts,
): Promise<Chosen | undefined> {
  const { targetName, nodeSetsFile } = call
  if (targetName === undefined) return undefined
  if (source.nodes !== target.nodes)
    throw new InputError('conn_extraction needs one node population as source and target', {
      file,
      field: call.path,
    })
  if (nodeSetsFile === undefined || source.nodeSets?.has(targetName))
    return chosenBy({ kind: 'set', name: targetName }, source, { file, field: `${call.path}.target_name` })
  const ids = await listedSet(resolve(nodeSetsFile), targetName)
  return chosenBy({ kind: 'ids', ids }, source, { file: nodeSetsFile, field: targetName })
}

/** The package takes `node_id` of the set and nothing else. */
async function listedSet(file: string, name: string): Promise<number[]> {
  const json = await readJsonFile(file)
  const set = isJsonObject(json) ? json[name] : undefined
  const ids = isJsonObject(set) ? set.node_id : undefined
  if (isJsonArray(ids) && ids.every(id => typeof id === 'number' && Number.isInteger(id) && id >= 0))
    return ids as number[]
  throw new InputError(`expected node ids of "${name}"`, { file, field: `${name}.node_id` })
}

/** What becomes of values, with numbers as JavaScript has them. */
export function newValueOf({
  newValue,
}: Pick<CallOf<'syn_prop_alteration'>, 'newValue'>): Extract<
  Operation,
  { kind: 'syn_prop_alteration' }
>['newValue'] {
  switch (newValue.mode) {
    case 'shuffle':
      return newValue
    case 'scale':
      return { mode: newValue.mode, value: newValue.factor, integer: newValue.integer, range: newValue.range }
    case 'setval':
    case 'offset':
      return newValue
    default: {
      const { mode, rng, kwargs, range } = newValue
      return { mode, rng, arguments: numbersOf(kwargs), range }
    }
  }
}

/** Floats of the file are objects that remember how they were written. */
const numbersOf = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      numberOf(value as Parameters<typeof numberOf>[0]) ?? value,
    ]),
  )
