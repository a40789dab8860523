/** Which population is meant: by name, by being the only one, by the node populations it connects. */
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError, nearestName } from '../errors.ts'
import type { PopulationEntry } from './circuit-config.ts'
import type { EdgeEnds } from './edges.ts'
import { unknownPopulation } from './nodes.ts'

/** One population of a circuit as far as it is known without reading ids. */
export interface PopulationInfo extends PopulationEntry {
  /** Why it cannot be used; it is listed all the same. */
  readonly problem: InputError | undefined
}

export interface EdgePopulationInfo extends PopulationInfo {
  /** `undefined` where there is a problem. */
  readonly ends: EdgeEnds | undefined
}

export type NamedPopulation = PopulationInfo & { readonly population: string }

const isNamed = <Info extends PopulationInfo>(info: Info): info is Info & NamedPopulation =>
  info.population !== undefined

const namesOf = (infos: readonly PopulationInfo[]): string[] => infos.flatMap(info => info.population ?? [])

/** @throws InputError with the nearest and all names, or the fault of a file that could not be listed */
export function namedPopulation(
  infos: readonly PopulationInfo[],
  side: 'node' | 'edge',
  name: string,
  file: string,
): NamedPopulation {
  const found = infos.filter(isNamed).find(info => info.population === name)
  if (found) return found
  const names = namesOf(infos)
  // It may be in a file that could not be listed; a slip in a known name is the likelier cause.
  const unlisted = infos.find(info => !isNamed(info))?.problem
  if (unlisted && nearestName(name, names) === undefined) throw unlisted
  throw unknownPopulation(side, name, names, file)
}

/** @throws InputError listing the edge populations unless there is exactly one; unreadable ones count */
export function onlyPopulation(infos: readonly PopulationInfo[], file: string): NamedPopulation {
  const [first, second] = infos
  if (first === undefined)
    throw new InputError('the circuit has no edge populations', { file, field: 'networks.edges' })
  if (second === undefined) {
    if (isNamed(first)) return first
    throw first.problem ?? new InputError('the edge population has no name', { file: first.file })
  }
  throw new InputError(`${infos.length} edge populations; say which: ${listed(infos)}`, {
    file,
    field: 'edges',
    hint: `Pass --population NAME, for example --population ${namesOf(infos)[0] ?? 'default'}.`,
  })
}

/**
 * The edge population between two node populations (`undefined`: any). Where several fit, the one called
 * `preferred`.
 *
 * @throws InputError listing the populations if none or several are left
 */
export function populationBetween(
  infos: readonly EdgePopulationInfo[],
  wanted: { source: string | undefined; target: string | undefined; preferred?: string | undefined },
  file: string,
): NamedPopulation {
  const { source, target, preferred } = wanted
  const fitting = infos
    .filter(isNamed)
    .filter(({ ends }) => ends !== undefined && connects(ends, source, target))
  const chosen = fitting.length > 1 ? fitting.find(info => info.population === preferred) : fitting[0]
  if (chosen) return chosen
  const between = `from "${source ?? 'any'}" to "${target ?? 'any'}"`
  if (fitting.length > 0)
    throw new InputError(`${fitting.length} edge populations ${between}; say which: ${listed(fitting)}`, {
      file,
      field: 'edges',
      hint: 'Pass --population NAME.',
    })
  const [only, second] = infos
  if (only?.problem && !second) throw only.problem
  throw new InputError(`no edge population ${between}; found ${listed(infos)}`, { file, field: 'edges' })
}

/** A named population must connect what the caller says. */
export function refuseOtherEnds(
  edges: EdgeSource,
  source: string | undefined,
  target: string | undefined,
): void {
  if (connects(edges, source, target)) return
  throw new InputError(
    `edge population "${edges.population}" connects "${edges.sourcePopulation}" to "${edges.targetPopulation}", ` +
      `not "${source ?? edges.sourcePopulation}" to "${target ?? edges.targetPopulation}"`,
    { file: edges.file, field: `/edges/${edges.population}` },
  )
}

const connects = (ends: EdgeEnds, source: string | undefined, target: string | undefined): boolean =>
  (source ?? ends.sourcePopulation) === ends.sourcePopulation &&
  (target ?? ends.targetPopulation) === ends.targetPopulation

function listed(infos: readonly (PopulationInfo & { ends?: EdgeEnds | undefined })[]): string {
  if (infos.length === 0) return 'none'
  return infos
    .map(({ population, ends, problem, file }) => {
      const name = population ?? file
      if (problem !== undefined) return `${name} (not readable: ${problem.message})`
      return ends === undefined ? name : `${name} (${ends.sourcePopulation} -> ${ends.targetPopulation})`
    })
    .join(', ')
}
