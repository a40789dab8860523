/** Which population is meant: by name, by being the only one, by the node populations it connects. */
import type { EdgeEnds, EdgePopulationFacts } from '../connectome/circuit.ts'
import { InputError, nearestName } from '../errors.ts'
import type { PopulationEntry } from './circuit-config.ts'
import { unknownPopulation } from './nodes.ts'

/** One population of a circuit as far as it is known without reading ids. */
export interface PopulationInfo extends PopulationEntry {
  /** Why it cannot be used; it is listed all the same. */
  readonly problem: InputError | undefined
  /** False where no entry of a configuration names it: it was found in a file. */
  readonly listed: boolean
}

/** `ends` are `undefined` where there is a problem. */
export interface EdgePopulationInfo extends PopulationInfo, EdgePopulationFacts {
  readonly type: string
}

export type Named<Info extends { readonly population: string | undefined }> = Info & {
  readonly population: string
}
type Listed = Pick<EdgePopulationFacts, 'population' | 'file' | 'problem'> & Partial<EdgePopulationFacts>

export const isNamed = <Info extends { readonly population: string | undefined }>(
  info: Info,
): info is Named<Info> => info.population !== undefined

const namesOf = (infos: readonly { readonly population: string | undefined }[]): string[] =>
  infos.flatMap(info => info.population ?? [])

/** @throws InputError with the nearest and all names, or the fault of a file that could not be listed */
export function namedPopulation<Info extends Listed>(
  infos: readonly Info[],
  side: 'node' | 'edge',
  name: string,
  file: string,
): Named<Info> {
  const found = infos.filter(isNamed).find(info => info.population === name)
  if (found) return found
  const names = namesOf(infos)
  // It may be in a file that could not be listed; a slip in a known name is the likelier cause.
  const unlisted = infos.find(info => !isNamed(info))?.problem
  if (unlisted && nearestName(name, names) === undefined) throw unlisted
  throw unknownPopulation(side, name, names, file)
}

/** How to say which is meant: flags, or the keys of a campaign file. Of a pair, or of the original's side alone. */
export type Wording = (pair: {
  readonly original: string
  readonly manipulated?: string | undefined
}) => string

export interface Wanted {
  /** Node populations that it connects; `undefined`: any. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  readonly wording?: Wording | undefined
}

/**
 * The edge population that nobody named: the only one between the node populations that are wanted. One that cannot
 * be read may be between any.
 *
 * @param file for messages: what they are the populations of
 * @throws InputError if there is none or it cannot be read; where several are possible, its hint says what settles it
 */
export function onlyPopulation<Info extends EdgePopulationFacts>(
  infos: readonly Info[],
  { source, target, wording = asFlags }: Wanted,
  file: string,
): Named<Info> {
  const possible = infos.filter(info => mayConnect(info, source, target))
  const [first, second] = possible
  const between =
    source === undefined && target === undefined ? '' : ` from "${source ?? 'any'}" to "${target ?? 'any'}"`
  if (infos.length === 0)
    throw new InputError('the circuit has no edge populations', { file, field: 'networks.edges' })
  if (first === undefined)
    throw new InputError(`no edge population${between}; found ${listed(infos)}`, { file, field: 'edges' })
  if (second !== undefined)
    throw new InputError(`${possible.length} edge populations${between}; say which: ${listed(possible)}`, {
      file,
      field: 'edges',
      hint: alternatives(
        namesOf(possible).map(original => ({ original })),
        wording,
      ),
    })
  if (first.problem !== undefined) throw first.problem
  if (isNamed(first)) return first
  throw new InputError('the edge population has no name', { file: first.file })
}

/** A named population must connect what the caller says. */
export function refuseOtherEnds(
  { population, file, sourcePopulation, targetPopulation }: EdgeEnds & { population: string; file: string },
  source: string | undefined,
  target: string | undefined,
): void {
  if ((source ?? sourcePopulation) === sourcePopulation && (target ?? targetPopulation) === targetPopulation)
    return
  throw new InputError(
    `edge population "${population}" connects "${sourcePopulation}" to "${targetPopulation}", ` +
      `not "${source ?? sourcePopulation}" to "${target ?? targetPopulation}"`,
    { file, field: `/edges/${population}` },
  )
}

/** Whether it may be between these: ends that are not known may be any. */
export const mayConnect = (
  { ends }: Pick<EdgePopulationFacts, 'ends'>,
  source: string | undefined,
  target: string | undefined,
): boolean =>
  ends === undefined ||
  ((source ?? ends.sourcePopulation) === ends.sourcePopulation &&
    (target ?? ends.targetPopulation) === ends.targetPopulation)

/** For messages: names and what they connect, or why they cannot be read. */
export function listed(infos: readonly Listed[]): string {
  if (infos.length === 0) return 'none'
  return infos
    .map(({ population, ends, problem, file }) => {
      const name = population ?? file
      if (problem !== undefined) return `${name} (not readable: ${problem.message})`
      return ends === undefined ? name : `${name} (${ends.sourcePopulation} -> ${ends.targetPopulation})`
    })
    .join(', ')
}

/** More are not worth reading. */
const MOST = 8

/** What settles it, for each that is possible: `--population a, or --population b`. */
export function alternatives(pairs: readonly Parameters<Wording>[0][], wording: Wording): string | undefined {
  if (pairs.length === 0) return undefined
  const more = pairs.length > MOST ? [`likewise for ${pairs.length - MOST} more`] : []
  return [...pairs.slice(0, MOST).map(wording), ...more].join(', or ')
}

/** As the command line takes it. */
export const asFlags: Wording = ({ original, manipulated }) =>
  [
    `--population ${quoted(original)}`,
    ...(manipulated === undefined ? [] : [`--manipulated-population ${quoted(manipulated)}`]),
  ].join(' ')

/** For a POSIX shell. */
const quoted = (name: string): string =>
  /^[\w.+@%:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
