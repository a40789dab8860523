/** From what was found to the record of it: one proof per manipulated circuit. */
import { resolve } from 'node:path'
import type { Circuit, EdgePopulationFacts, FileRead } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { NodeSelection } from './connectome/selection.ts'
import type { InputError } from './errors.ts'
import { CHANGED, changedSinceRead, identify, withDigests } from './identify.ts'
import { type Deeper, NO_DEEPER } from './levels.ts'
import { referenceSentences } from './references.ts'
import {
  NO_POPULATIONS,
  notComparedSentences,
  type SamePopulations,
  samePopulations,
} from './same-populations.ts'
import type { Facing } from './sonata/facing.ts'
import type { Asked } from './verification/asked.ts'
import { CONNECTION_CHECKS, judge, nodesSame, type SideFacts } from './verification/checks.ts'
import type { Comparison } from './verification/comparison.ts'
import { reached } from './verification/level-reached.ts'
import type {
  CheckId,
  Finding,
  FindingCode,
  InputIdentity,
  Level,
  Proof,
  Trouble,
} from './verification/proof.ts'
import { silent, uncheckable, uncheckedSentences, withoutMultiplicity } from './verification/uncheckable.ts'
import type { VerifyOptions } from './verify.ts'
import { VERSION } from './version.ts'

/** What is asked, of the original as it was opened. */
export interface Question {
  options: VerifyOptions
  original: EdgeSource
  /** All of the original. */
  populations: readonly EdgePopulationFacts[]
  source: NodeSelection
  target: NodeSelection
  asked: Asked
}

/** A manipulated circuit, opened as far as it could be. */
export type Answer = { name: string; file: string; own: boolean } & (
  | {
      circuit: Circuit
      edges: EdgeSource
      /** Which edge populations of the two circuits face each other. */
      facing: Facing
      source: NodeSelection
      target: NodeSelection
      error?: undefined
    }
  | {
      circuit?: Circuit | undefined
      edges?: undefined
      error: InputError
      /** Edges that were opened, and are between other nodes. */
      unlike?: { readonly edges: EdgeSource; readonly nodes: readonly Finding[] } | undefined
    }
)

/**
 * All that is known of one manipulated circuit before its edges are compared, as plain data: with an outcome it makes
 * a proof, in this process or, kept in a file, in another.
 */
export interface Case {
  readonly proof: Omit<
    Proof,
    | 'verdict'
    | 'level'
    | 'checks'
    | 'findings'
    | 'notChecked'
    | 'trouble'
    | 'differences'
    | 'seconds'
    | 'synapses'
    | Compared
  >
  /** Why there is nothing to compare. */
  readonly error: Trouble | undefined
  /** Findings about node populations and selections, which no part of the edges is needed for. */
  readonly nodes: readonly Finding[]
  readonly populations: SamePopulations
  readonly unknown: readonly (readonly [CheckId, string])[]
  readonly silentMultiplicity: boolean
  /** What refers to rows of the original, in words: only level full follows it. */
  readonly references: readonly string[]
  readonly allow: readonly FindingCode[]
  /** Undefined: as deep as the files allow. */
  readonly askedLevel?: Level | undefined
}

type Compared = 'connections' | 'edges' | 'order' | 'classes'

export async function openCase(question: Question, answer: Answer): Promise<Case> {
  const { options, original, source, target, asked } = question
  const opened = answer.edges ?? answer.unlike?.edges
  return {
    proof: {
      schema: 1,
      tool: { name: 'connproof', version: VERSION },
      circuit: answer.name,
      file: answer.file,
      original: options.original.file,
      edgePopulations: opened && { original: original.population, manipulated: opened.population },
      neurons: neuronsOf(original),
      selection: {
        source: { expression: source.expression, size: source.ids.length },
        target: { expression: target.expression, size: target.ids.length },
      },
      asked: { removed: asked.removals, added: asked.additions },
      inputs: withReads(
        await identify([
          ['original', original.file],
          ...(opened === undefined ? [] : ([['manipulated', opened.file]] as const)),
          ...(options.removed === undefined ? [] : ([['removed', options.removed.file]] as const)),
          ...(options.added === undefined ? [] : ([['added', options.added.file]] as const)),
        ]),
        question,
        answer,
      ),
    },
    error: answer.error && troubleOf(answer.error),
    nodes: answer.edges === undefined ? (answer.unlike?.nodes ?? []) : nodesSame(sidesOf(question, answer)),
    populations:
      answer.edges === undefined
        ? NO_POPULATIONS
        : samePopulations(answer.facing, { original: options.original, manipulated: answer.circuit }),
    unknown: answer.edges === undefined ? [] : [...uncheckable(original, answer.edges)],
    silentMultiplicity:
      answer.edges !== undefined && silent('multiplicity', original, answer.edges) !== undefined,
    references: opened === undefined ? [] : await referenceSentences(options.original, original.population),
    allow: options.allow ?? [],
    askedLevel: options.level,
  }
}

/**
 * The proof for one circuit; `cannot_tell` where there is no comparison. `deeper`: what was found beyond connections,
 * where that was looked at.
 */
export function conclude(
  {
    proof,
    error: unopened,
    nodes,
    populations,
    unknown: listed,
    silentMultiplicity,
    references,
    allow,
    askedLevel,
  }: Case,
  outcome: { readonly comparison?: Comparison | undefined; readonly error?: Trouble | undefined } | undefined,
  seconds: number,
  deeper: Deeper = NO_DEEPER,
): Proof {
  const comparison =
    outcome?.comparison && silentMultiplicity ? withoutMultiplicity(outcome.comparison) : outcome?.comparison
  const error = unopened ?? outcome?.error
  const unknown = new Map(listed)
  const facts = comparison && { comparison, asked: proof.asked, nodes, populations: populations.findings }
  const untold = new Map(unknown)
  if (populations.unknown !== undefined) untold.set('populations.same', populations.unknown)
  const judged = facts && judge(CONNECTION_CHECKS, facts, new Set(allow), untold)
  const checks = judged && [...judged.checks, ...deeper.checks]
  const failed = checks?.some(check => check.status === 'failed') === true
  const judgeable = checks !== undefined && !failed && deeper.error === undefined
  const lower = reached(judgeable ? askedLevel : undefined, deeper.level, checks ?? [], allow)
  // A difference is one whatever else could not be read.
  const untellable = failed ? undefined : (deeper.error ?? lower.trouble)
  const trouble = judged === undefined ? (error ?? { message: 'not compared' }) : untellable
  return {
    ...proof,
    verdict: trouble !== undefined ? 'cannot_tell' : failed ? 'differs' : 'verified',
    level: trouble !== lower.trouble ? undefined : deeper.level,
    checks: checks ?? CONNECTION_CHECKS.map(({ id, level }) => unmade(id, level, nodes, error)),
    findings: [...(judged?.findings ?? nodes), ...deeper.findings, ...lower.findings],
    notChecked: [
      ...uncheckedSentences(unknown),
      ...notComparedSentences(deeper.notChecked, populations),
      ...unfollowed(references, deeper),
    ],
    trouble,
    synapses: deeper.synapses,
    connections: comparison?.connections,
    edges: comparison?.edges,
    order: comparison?.order,
    classes: comparison?.classes,
    differences: comparison?.differences,
    seconds,
  }
}

/** References that no check followed. */
export const unfollowed = (
  references: readonly string[],
  { checks }: Pick<Deeper, 'checks'>,
): readonly string[] => (checks.some(({ id }) => id === 'references.sound') ? [] : references)

/** An error as data. */
export const troubleOf = ({ message, file, field, hint }: InputError): Trouble => ({
  message,
  file,
  field,
  hint,
})

/** A check of a circuit that was not compared: only what is known of its nodes was judged. */
const unmade = (id: CheckId, level: Level, nodes: readonly Finding[], error: Trouble | undefined) =>
  nodes.some(({ check }) => check === id)
    ? ({ id, level, status: 'failed' } as const)
    : ({ id, level, status: 'not_checked', reason: error?.message ?? 'not compared' } as const)

function sidesOf(
  { original, source, target }: Question,
  { edges, ...selected }: Extract<Answer, { edges: EdgeSource }>,
): SideFacts[] {
  return [
    {
      side: 'source',
      original: { name: original.sourcePopulation, size: original.sourceCount },
      manipulated: { name: edges.sourcePopulation, size: edges.sourceCount },
      originalSelection: source,
      manipulatedSelection: selected.source,
    },
    {
      side: 'target',
      original: { name: original.targetPopulation, size: original.targetCount },
      manipulated: { name: edges.targetPopulation, size: edges.targetCount },
      originalSelection: target,
      manipulatedSelection: selected.target,
    },
  ]
}

const neuronsOf = (edges: EdgeSource): number =>
  edges.sourcePopulation === edges.targetPopulation
    ? edges.sourceCount
    : edges.sourceCount + edges.targetCount

/**
 * The case with every file that was read for it by now: properties, and files that links lead to, are opened on the
 * way. Each is as it was before it was read.
 */
export async function withFilesRead(one: Case, question: Question, answer: Answer): Promise<Case> {
  return { ...one, proof: { ...one.proof, inputs: await inputsRead(one.proof.inputs, question, answer) } }
}

/** All inputs, with their digests where those are asked for. */
export async function inputsRead(
  inputs: readonly InputIdentity[],
  question: Question,
  answer: Answer,
): Promise<InputIdentity[]> {
  const reads = withReads(inputs, question, answer)
  return question.options.sha256 ? withDigests(reads) : reads
}

/** All inputs: those that are known, and what was opened since. */
export function withReads(
  inputs: readonly InputIdentity[],
  { options }: Question,
  { circuit }: Answer,
): InputIdentity[] {
  const reads = [
    ...(options.original.filesRead?.() ?? []).map(read => ['original', read] as const),
    ...(circuit?.filesRead?.() ?? []).map(read => ['manipulated', read] as const),
  ]
  const before = new Map<string, FileRead>(reads.map(([, read]) => [read.file, read]))
  const known = new Set(inputs.map(({ file }) => resolve(file)))
  const more = reads.filter(([, { file }]) => !known.has(file) && known.add(file))
  return [
    ...inputs.map(input => ({ ...input, ...asRead(before.get(resolve(input.file))) })),
    ...more.map(([role, read]) => ({ role, ...read })),
  ]
}

/** A file that was opened before it was identified is what it was then. */
const asRead = (read: FileRead | undefined): Partial<InputIdentity> =>
  read === undefined ? {} : { bytes: read.bytes, modified: read.modified }

/**
 * What was changed since the case was opened: then what was compared may never have been one file.
 */
export async function changedSince({ proof: { inputs } }: Case): Promise<Trouble | undefined> {
  const changed = await changedSinceRead(inputs)
  return changed && { ...CHANGED, file: changed.file, field: undefined }
}
