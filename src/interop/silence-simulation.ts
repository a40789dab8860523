/** Silencing connections in a simulation that there is already: its overrides with ours, its node sets with ours. */
import type { Pairs } from '../connectome/pairs.ts'
import { InputError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../formats/json.ts'
import type { OpenSimulation } from './open-simulation.ts'
import { meet, refusePartialOverrides } from './override-model.ts'
import type { SimulationOverride } from './simulation-config.ts'
import { type RemovalForm, removalBlocks, sonataRemoval } from './simulation-removal.ts'

export interface Silencing {
  /** In place of the simulation's. */
  readonly connection_overrides: readonly JsonValue[]
  /** In place of those of the simulation's own file; sets of the circuit's file stay there. */
  readonly node_sets: JsonObject
  /** Whether a general override was put before those of the simulation. */
  readonly general: boolean
  /** Overrides of the simulation, which stay as they are, between the general one and those that silence. */
  readonly own: number
  readonly silencing: number
  /** Distinct connections asked for that the simulation does not create: an override would have them created. */
  readonly notCreated: number
}

/**
 * The `connection_overrides` and node sets with which a simulation has the connections in `pairs` silenced and all
 * others as they were: neurodamus 4.2.9 creates exactly those that it created before.
 *
 * @param pairs node ids, 0-based
 * @param populations node populations of their sources and targets
 * @throws InputError where neurodamus would stop, where names are taken, and where a delayed override of the
 *   simulation gives a weight back to a connection that is to be silenced
 * @example
 * const simulation = await openSimulation('simulation_config.json')
 * const { connection_overrides, node_sets } = await silenceIn(simulation, pairs, 'compact', { source: 'All', target: 'All' })
 */
export async function silenceIn(
  opened: OpenSimulation,
  pairs: Pairs,
  form: RemovalForm,
  populations: { readonly source: string; readonly target: string },
): Promise<Silencing> {
  const { simulation, nodes, setNames, ownSets } = opened
  await refusePartialOverrides(simulation, nodes)
  refuseIds(pairs, populations, await sizes(opened, populations))
  const pathway = await opened.pathway(populations.source, populations.target)
  if (!pathway.takesMore)
    throw new InputError(
      `what ${pathway.dependsOnProcesses.join(', ')} creates depends on the cells that a process has, as the node sets have nodes of several populations; overrides that silence would change it`,
      { file: simulation.file, field: 'connection_overrides', hint: ONE_POPULATION },
    )
  const created = Array.from(pairs.source, (source, k) => pathway.creates(source, pairs.target[k] ?? 0))
  const kept: Pairs = {
    source: pairs.source.filter((_, k) => created[k]),
    target: pairs.target.filter((_, k) => created[k]),
  }
  await refuseDelayed(opened, kept, form, populations)
  const { node_sets, general, silencing } = sonataRemoval(kept, form, populations, {
    general: pathway.createsAll,
  })
  const taken = Object.keys(node_sets).find(name => setNames.has(name))
  const names = new Set(simulation.overrides.map(({ name }) => name))
  const twice = [...general, ...silencing].find(({ name }) => names.has(name))?.name
  if (taken !== undefined || twice !== undefined)
    throw new InputError(
      `the simulation has ${taken === undefined ? 'an override' : 'a node set'} "${taken ?? twice}" already`,
      {
        file: simulation.file,
        hint: 'Give the configuration without the overrides of an earlier silencing.',
      },
    )
  const own = simulation.overrides.map(({ json }) => json)
  const blocks = [...general, ...silencing]
  return {
    connection_overrides: [
      ...general.map(override => ({ ...override })),
      ...own,
      ...silencing.map(override => ({ ...override })),
    ],
    node_sets: { ...ownSets, ...(node_sets as unknown as JsonObject) },
    general: general.length > 0,
    own: own.length,
    silencing: blocks.length - general.length,
    notCreated: new Set(created.flatMap((is, k) => (is ? [] : [`${pairs.source[k]} ${pairs.target[k]}`])))
      .size,
  }
}

/** The remedies where creation depends on processes. */
const ONE_POPULATION =
  'Give the node sets of these overrides a population, or --one-process if each process has cells of all of them.'

async function sizes(
  { nodes, circuit }: OpenSimulation,
  populations: { readonly source: string; readonly target: string },
): Promise<{ readonly source: number; readonly target: number }> {
  if (nodes.isVirtual(populations.target))
    throw new InputError(`population "${populations.target}" is virtual: nothing is connected to it`, {
      file: circuit.file,
      field: populations.target,
    })
  return {
    source: (await circuit.nodes(populations.source)).size,
    target: (await circuit.nodes(populations.target)).size,
  }
}

function refuseIds(
  pairs: Pairs,
  populations: { readonly source: string; readonly target: string },
  size: { readonly source: number; readonly target: number },
): void {
  for (const side of ['source', 'target'] as const) {
    const beyond = pairs[side].find(id => id >= size[side])
    if (beyond !== undefined)
      throw new InputError(
        `${side} node id ${beyond} (GID ${beyond + 1}): population "${populations[side]}" has ${size[side]} nodes`,
        { field: populations[side], hint: 'Give the population that the list is of, and its --id-base.' },
      )
  }
}

/** A delayed override that meets one with weight 0 stops neurodamus, or gives the weight back. */
async function refuseDelayed(
  { simulation, nodes }: OpenSimulation,
  kept: Pairs,
  form: RemovalForm,
  populations: { readonly source: string; readonly target: string },
): Promise<void> {
  const delayed = simulation.overrides.filter(({ delay }) => delay > 0)
  if (delayed.length === 0) return
  const blocks = removalBlocks(kept, form)
  for (const override of delayed) {
    const sources = await nodes.ids(override.source, populations.source)
    const targets = await nodes.ids(override.target, populations.target)
    const met = blocks.find(
      block =>
        meet(Uint32Array.from(block.sources), sources) && meet(Uint32Array.from(block.targets), targets),
    )
    if (met !== undefined) throw delayedOverride(simulation.file, override, met.sources, met.targets)
  }
}

const delayedOverride = (
  file: string,
  { name, delay }: SimulationOverride,
  sources: readonly number[],
  targets: readonly number[],
): InputError =>
  new InputError(
    `the override "${name}" sets weights after ${delay} ms, also from node ${sources[0]} to ${targets.length === 1 ? `node ${targets[0]}` : `one of ${targets.length} nodes`}: neurodamus stops at a delayed override that covers a part of one with weight 0`,
    {
      file,
      field: 'connection_overrides',
      hint: 'Leave these connections out of its node sets, or out of the list.',
    },
  )
