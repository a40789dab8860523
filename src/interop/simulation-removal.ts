/**
 * Connections taken out of a simulation and left in the circuit: Connection blocks of a BlueConfig with their targets,
 * or `connection_overrides` of a SONATA simulation with their node sets. A block silences every connection from its
 * sources to its targets, weight and spontaneous release both. Sources: reference/formats.md 5.8 and 6.
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

/**
 * Connection blocks and targets. Names are `<prefix>_<i>`, which must be unique among all blocks and targets of the
 * simulation.
 *
 * @throws InputError for a prefix that is not letters, digits, `_` and `-`
 */
export function blueConfigRemoval(
  pairs: Pairs,
  form: RemovalForm,
  prefix: string = REMOVAL_PREFIX,
): BlueConfigRemoval {
  refusePrefix(prefix)
  const blocks: string[] = []
  const targets: string[] = []
  for (const [i, block] of removalBlocks(pairs, form).entries()) {
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
  /** 0-based. */
  readonly node_id: readonly number[]
}

export interface ConnectionOverride {
  readonly name: string
  readonly source: string
  readonly target: string
  readonly weight: 0
  readonly spont_minis: 0
}

export interface SonataRemoval {
  /** For the `node_sets_file` of the simulation. */
  readonly node_sets: Readonly<Record<string, NodeSetById>>
  /** For the end of `connection_overrides`: later elements override earlier ones. */
  readonly connection_overrides: readonly ConnectionOverride[]
}

/**
 * Overrides and node sets, to be merged into simulation_config.json and its node sets file. The node sets name their
 * population: without it they would match equal ids of every population.
 *
 * @throws InputError for a prefix that is not letters, digits, `_` and `-`
 */
export function sonataRemoval(
  pairs: Pairs,
  form: RemovalForm,
  populations: { readonly source: string; readonly target: string },
  prefix: string = REMOVAL_PREFIX,
): SonataRemoval {
  refusePrefix(prefix)
  const sets: [string, NodeSetById][] = []
  const overrides: ConnectionOverride[] = []
  for (const [i, { sources, targets }] of removalBlocks(pairs, form).entries()) {
    const name = removalName(i, prefix)
    const [source, target] = [`${name}_src`, `${name}_dest`]
    sets.push([source, { population: populations.source, node_id: sources }])
    sets.push([target, { population: populations.target, node_id: targets }])
    overrides.push({ name, source, target, weight: 0, spont_minis: 0 })
  }
  return { node_sets: Object.fromEntries(sets), connection_overrides: overrides }
}

function refusePrefix(prefix: string): void {
  if (!/^[\w-]+$/.test(prefix))
    throw new InputError(
      `expected letters, digits, _ and - in the names of blocks, found ${JSON.stringify(prefix)}`,
      { field: prefix },
    )
}
