/**
 * Which edge populations of two circuits face each other. The one rule, decided from names and ends before anything
 * is compared:
 *
 * 1. The manipulated population of the original is the one that is named; where nothing names it, the only one
 *    between the node populations in question (`onlyPopulation`).
 * 2. Its counterpart is the one that is named; else the one of its name and ends; else the one called as
 *    connectome-manipulator calls its results; else the only one of these ends that is nobody's counterpart.
 * 3. Every other population faces the one of its name and ends.
 *
 * A population that cannot be read is never passed over: where it could be meant, nothing else is taken for it.
 */
import type { EdgeEnds, EdgePopulationFacts } from '../connectome/circuit.ts'
import { InputError } from '../errors.ts'
import {
  alternatives,
  asFlags,
  isNamed,
  listed,
  mayConnect,
  type Named,
  namedPopulation,
  type Wording,
} from './choose-population.ts'

export interface Pair<T> {
  readonly original: T
  readonly manipulated: T
}

/** All edge populations of two circuits, each in one place. */
export interface Facing<Info extends EdgePopulationFacts = EdgePopulationFacts> {
  /** What was manipulated, and what became of it; both can be read. */
  readonly compared: Pair<Named<Info>>
  /** Every other population that both have; either may have a `problem`. */
  readonly others: readonly Pair<Named<Info>>[]
  /** In the original alone. */
  readonly lost: readonly Named<Info>[]
  /** In the manipulated circuit alone. */
  readonly added: readonly Named<Info>[]
  /** Files that could not be listed, each with its `problem`: what is in them is not known. */
  readonly unlisted: Pair<readonly Info[]>
}

export interface FacingQuestion<Info extends EdgePopulationFacts> {
  readonly original: readonly Info[]
  /** The original's population that was manipulated. */
  readonly compared: string
  readonly manipulated: readonly Info[]
  /** Its counterpart, where somebody names it. */
  readonly named?: string | undefined
  /** For messages: the two circuits. */
  readonly files: Pair<string>
  /** For messages: how to name a pair; default by flags. */
  readonly wording?: Wording | undefined
}

/**
 * Decide.
 *
 * @throws InputError if the counterpart is not there, cannot be read, connects other nodes, or may be one of several:
 *   then it lists them, and its hint says what settles it for each
 */
export function face<Info extends EdgePopulationFacts>(question: FacingQuestion<Info>): Facing<Info> {
  const { original, manipulated, files } = question
  const meant = readable(namedPopulation(original, 'edge', question.compared, files.original))
  const rest = original.filter(isNamed).filter(info => info !== meant)
  const counterpart = readable(counterpartOf(meant, rest, question))
  const left = new Set(manipulated.filter(isNamed).filter(info => info !== counterpart))
  const others: Pair<Named<Info>>[] = []
  const lost: Named<Info>[] = []
  for (const one of rest) {
    const other = [...left].find(candidate => isCounterpart(one, candidate))
    if (other === undefined) lost.push(one)
    else others.push({ original: one, manipulated: other })
    if (other !== undefined) left.delete(other)
  }
  return {
    compared: { original: meant, manipulated: counterpart },
    others,
    lost,
    added: [...left],
    unlisted: {
      original: original.filter(info => !isNamed(info)),
      manipulated: manipulated.filter(info => !isNamed(info)),
    },
  }
}

/** `S__T__chemical`: what connectome-manipulator calls its result, whatever the population was called before. */
export const packageName = ({ sourcePopulation, targetPopulation }: EdgeEnds): string =>
  `${sourcePopulation}__${targetPopulation}__chemical`

function readable<Info extends EdgePopulationFacts>(info: Info): Info {
  if (info.problem !== undefined) throw info.problem
  return info
}

/** Of one name and the same ends. Where one cannot be read, its ends are taken for the same. */
const isCounterpart = (one: EdgePopulationFacts, other: EdgePopulationFacts): boolean =>
  one.population === other.population && mayBeBetween(other, one.ends)

const mayBeBetween = (info: EdgePopulationFacts, ends: EdgeEnds | undefined): boolean =>
  mayConnect(info, ends?.sourcePopulation, ends?.targetPopulation)

/** A list of connections has no name of its own, nor have its nodes. */
const isNameless = ({ ends, problem }: EdgePopulationFacts): boolean =>
  ends === undefined && problem === undefined

function counterpartOf<Info extends EdgePopulationFacts>(
  meant: Named<Info>,
  rest: readonly Named<Info>[],
  question: FacingQuestion<Info>,
): Named<Info> {
  const { manipulated, named, files, original } = question
  if (named !== undefined) {
    const found = namedPopulation(manipulated, 'edge', named, files.manipulated)
    if (mayBeBetween(found, meant.ends)) return found
    throw new InputError(`${listed([found])} does not connect the nodes of ${listed([meant])}`, {
      file: found.file,
      field: `/edges/${named}`,
    })
  }
  const possible = manipulated.filter(info => mayBeBetween(info, meant.ends))
  const called = (name: string | undefined): Named<Info> | undefined =>
    possible.filter(isNamed).find(info => info.population === name && !isNameless(info))
  const ofItsName = isNameless(meant) ? undefined : called(meant.population)
  if (ofItsName !== undefined) return ofItsName
  const isTaken = (info: Info): boolean =>
    isNamed(info)
      ? !isNameless(info) && rest.some(other => !isNameless(other) && isCounterpart(other, info))
      : original.some(other => !isNamed(other) && other.file === info.file)
  const free = possible.filter(info => !isTaken(info))
  const generated = meant.ends && called(packageName(meant.ends))
  // The original may have had one that is called like a result. Where it is in the same file it is that one still;
  // else it may have stayed as it is, or made way for the result.
  const isOld = rest.some(
    ({ population, file }) => population === generated?.population && file === generated?.file,
  )
  const candidates = generated === undefined || isOld ? free : [...new Set([generated, ...free])]
  // What is in a file that could not be listed may be of the very name.
  const settled = free.includes(generated as Info) ? free.every(isNamed) : candidates.length === 1
  if (generated !== undefined && settled && candidates.includes(generated)) return generated
  const [only, second] = candidates
  if (only === undefined) throw noneFor(meant, question)
  if (second !== undefined) throw severalFor(meant, candidates, question)
  if (isNamed(only)) return only
  throw only.problem ?? noneFor(meant, question)
}

function severalFor<Info extends EdgePopulationFacts>(
  meant: Named<Info>,
  candidates: readonly Info[],
  question: FacingQuestion<Info>,
): InputError {
  return new InputError(
    `${candidates.length} edge populations could be what became of ${listed([meant])}: ${listed(candidates)}`,
    { file: question.files.manipulated, field: 'edges', hint: settling(meant, candidates, question) },
  )
}

function noneFor<Info extends EdgePopulationFacts>(
  meant: Named<Info>,
  question: FacingQuestion<Info>,
): InputError {
  const { manipulated, files } = question
  const possible = manipulated.filter(info => mayBeBetween(info, meant.ends))
  return new InputError(
    `no edge population could be what became of ${listed([meant])}; found ${listed(manipulated)}`,
    { file: files.manipulated, field: 'edges', hint: settling(meant, possible, question) },
  )
}

/** What names each of the pairs that can be compared. */
const settling = <Info extends EdgePopulationFacts>(
  { population: original }: Named<Info>,
  candidates: readonly Info[],
  { wording = asFlags }: FacingQuestion<Info>,
): string | undefined =>
  alternatives(
    candidates
      .filter(isNamed)
      .filter(({ problem }) => problem === undefined)
      .map(({ population }) => ({ original, manipulated: population })),
    wording,
  )
