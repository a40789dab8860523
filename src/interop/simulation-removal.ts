/**
 * Connections taken out of a simulation and left in the circuit: Connection blocks of a BlueConfig with their targets,
 * or `connection_overrides` of a SONATA simulation with their node sets. A block silences every connection from its
 * sources to its targets, weight and spontaneous release both.
 *
 * neurodamus creates only the connections that blocks name, once one names any between two populations. So a general
 * block comes first that names all of them, unless the simulation has blocks of its own for them.
 */
import type { Pairs } from '../connectome/pairs.ts'
import { nodeIdToGid } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { REMOVAL_PREFIX, removalName } from './removal-targets.ts'

/**
 * `pairs`: one block per connection, as the notebook writes it; simulators compare blocks pairwise, which thousands
 * make slow. `compact`: one block per source with all its targets, or per target with all its sources, whichever are
 * fewer; means the same connections, as every block has one node on one side.
 */
export type RemovalForm = 'pairs' | 'compact'

/** All connections from `sources` to `targets`; 0-based node ids, ascending. */
export interface RemovalBlock {
  readonly sources: readonly number[]
  readonly targets: readonly number[]
}

/** Blocks in ascending order of their single node; of `pairs` in the order given, repeats left out. */
export function removalBlocks({ source, target }: Pairs, form: RemovalForm): RemovalBlock[] {
  const bySource = group(source, target)
  if (form === 'pairs') {
    const left = new Map([...bySource].map(([id, targets]) => [id, new Set(targets)]))
    return Array.from(source).flatMap((id, k) => {
      const other = target[k] ?? 0
      return left.get(id)?.delete(other) ? [{ sources: [id], targets: [other] }] : []
    })
  }
  const byTarget = group(target, source)
  return bySource.size <= byTarget.size
    ? [...bySource].map(([id, targets]) => ({ sources: [id], targets }))
    : [...byTarget].map(([id, sources]) => ({ sources, targets: [id] }))
}

/** The distinct partners of each id; ids and partners ascending. */
function group(ids: Uint32Array, partners: Uint32Array): Map<number, number[]> {
  const sets = new Map<number, Set<number>>()
  ids.forEach((id, k) => {
    const set = sets.get(id) ?? new Set()
    set.add(partners[k] ?? 0)
    sets.set(id, set)
  })
  const sorted = [...sets].sort(([a], [b]) => a - b)
  return new Map(sorted.map(([id, set]) => [id, [...set].sort((a, b) => a - b)]))
}

export interface BlueConfigRemoval {
  /** For the end of a BlueConfig: later blocks override earlier ones. */
  readonly blocks: string
  /** A `.target` file with the targets that the blocks name. */
  readonly targets: string
}

/** GIDs on a line of a target. */
const GIDS_PER_LINE = 20

/** Ends the name of the general block; the others end in their number. */
const GENERAL = 'general'
/** The target of all cells, in every circuit that has a BlueConfig. */
const ALL_CELLS = 'Mosaic'

/**
 * Connection blocks and targets. Names are `<prefix>_<i>`, which must be unique among all blocks and targets of the
 * simulation. In a BlueConfig a block sets what it gives and nothing else: the general one gives nothing, and so
 * leaves weights that other blocks gave as they are.
 *
 * @param general whether a general block from all cells to all cells comes first: for a BlueConfig that has no
 *   Connection blocks of its own
 * @throws InputError for a prefix that is not letters, digits, `_` and `-`
 */
export function blueConfigRemoval(
  pairs: Pairs,
  form: RemovalForm,
  { general, prefix = REMOVAL_PREFIX }: { readonly general: boolean; readonly prefix?: string },
): BlueConfigRemoval {
  refusePrefix(prefix)
  const blocks: string[] = []
  const targets: string[] = []
  const silencing = removalBlocks(pairs, form)
  if (general && silencing.length > 0)
    blocks.push(
      `Connection ${prefix}_${GENERAL}\n{\n    Source ${ALL_CELLS}\n    Destination ${ALL_CELLS}\n}\n\n`,
    )
  for (const [i, block] of silencing.entries()) {
    const name = removalName(i, prefix)
    targets.push(cellTarget(`${name}_src`, block.sources), cellTarget(`${name}_dest`, block.targets))
    blocks.push(
      `Connection ${name}\n{\n    Source ${name}_src\n    Destination ${name}_dest\n    Weight 0.0\n    SpontMinis 0.0\n}\n\n`,
    )
  }
  return { blocks: blocks.join(''), targets: targets.join('') }
}

function cellTarget(name: string, ids: readonly number[]): string {
  const lines: string[] = []
  for (let k = 0; k < ids.length; k += GIDS_PER_LINE)
    lines.push(
      ids
        .slice(k, k + GIDS_PER_LINE)
        .map(id => `a${nodeIdToGid(id)}`)
        .join(' '),
    )
  return `Target Cell ${name}\n{\n${lines.join('\n')}\n}\n\n`
}

export interface NodeSetById {
  readonly population: string
  /** 0-based; absent: all nodes of the population. */
  readonly node_id?: readonly number[]
}

export interface ConnectionOverride {
  readonly name: string
  readonly source: string
  readonly target: string
  readonly weight: 0 | 1
  readonly spont_minis?: 0
}

export interface SonataRemoval {
  /** For the `node_sets_file` of the simulation. */
  readonly node_sets: Readonly<Record<string, NodeSetById>>
  /**
   * The general override, where one is asked for: it gives what neurodamus does without overrides. It must come before
   * others, which it would undo.
   */
  readonly general: readonly ConnectionOverride[]
  /** For the end of `connection_overrides`: later elements override earlier ones. */
  readonly silencing: readonly ConnectionOverride[]
}

/**
 * Overrides and node sets, to be merged into simulation_config.json and its node sets file. The node sets name their
 * population: without it they would match equal ids of every population.
 *
 * @param options.general whether a general override from all nodes to all nodes of the two populations is needed: the
 *   simulation has none that says which of their connections are created
 * @throws InputError for a prefix that is not letters, digits, `_` and `-`
 * @example
 * const { general, silencing } = sonataRemoval(pairs, 'compact', { source: 'All', target: 'All' }, { general: true })
 * const connection_overrides = [...general, ...silencing]
 */
export function sonataRemoval(
  pairs: Pairs,
  form: RemovalForm,
  populations: { readonly source: string; readonly target: string },
  { general, prefix = REMOVAL_PREFIX }: { readonly general: boolean; readonly prefix?: string },
): SonataRemoval {
  refusePrefix(prefix)
  const sets: [string, NodeSetById][] = []
  const silencing: ConnectionOverride[] = []
  for (const [i, { sources, targets }] of removalBlocks(pairs, form).entries()) {
    const name = removalName(i, prefix)
    const [source, target] = [`${name}_src`, `${name}_dest`]
    sets.push([source, { population: populations.source, node_id: sources }])
    sets.push([target, { population: populations.target, node_id: targets }])
    silencing.push({ name, source, target, weight: 0, spont_minis: 0 })
  }
  if (!general || silencing.length === 0)
    return { node_sets: Object.fromEntries(sets), general: [], silencing }
  const name = `${prefix}_${GENERAL}`
  const [source, target] = [`${name}_src`, `${name}_dest`]
  sets.unshift([source, { population: populations.source }], [target, { population: populations.target }])
  return {
    node_sets: Object.fromEntries(sets),
    general: [{ name, source, target, weight: 1 }],
    silencing,
  }
}

function refusePrefix(prefix: string): void {
  if (!/^[\w-]+$/.test(prefix))
    throw new InputError(
      `expected letters, digits, _ and - in the names of blocks, found ${JSON.stringify(prefix)}`,
      { field: prefix },
    )
}
