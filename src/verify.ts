/** Verification from circuits to proofs: opens, selects, binds the masks, runs the pass, judges. */
import { stat } from 'node:fs/promises'
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { NodeSelection } from './connectome/selection.ts'
import { InputError, isInputError } from './errors.ts'
import { openCircuit } from './open-circuit.ts'
import { compareInParallel } from './parallel/jobs.ts'
import { bindMask, type MaskFile } from './selection/mask.ts'
import { type Asked, askedConnections } from './verification/asked.ts'
import { CONNECTION_CHECKS, type Facts, judge } from './verification/checks.ts'
import type { Outcome } from './verification/compare.ts'
import type { FindingCode, InputIdentity, Proof } from './verification/proof.ts'
import {
  refuseUnknowable,
  silent,
  uncheckable,
  uncheckedSentences,
  withoutMultiplicity,
} from './verification/uncheckable.ts'
import { VERSION } from './version.ts'

/** Findings that a caller may declare acceptable. All others are what the tool is for. */
export const ALLOWABLE: readonly FindingCode[] = ['asked.absent', 'asked.already_there']

export interface VerifyOptions {
  readonly original: Circuit
  /** Circuits, or paths of circuits: one that cannot be opened does not stop the others. */
  readonly manipulated: readonly (Circuit | string)[]
  /** Connections asked to be removed; none: nothing may be missing. */
  readonly removed?: MaskFile | undefined
  /** Connections asked to be added; none: nothing may be new. */
  readonly added?: MaskFile | undefined
  /** Edge population of the original; the manipulated one is found by its node populations. */
  readonly population?: string | undefined
  /** Node populations, where the files of circuits given by path do not name them. */
  readonly sourcePopulation?: string | undefined
  readonly targetPopulation?: string | undefined
  /** Node selections S and T: expressions as on the command line; default the ids beside the mask, else all nodes. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  readonly idBase?: 0 | 1 | undefined
  /** Codes of {@link ALLOWABLE} that become warnings. */
  readonly allow?: readonly FindingCode[]
  /** Culprits to keep per finding; default 10. */
  readonly keep?: number
  /** Keep every culprit in `proof.differences`. */
  readonly all?: boolean
  /** Bytes for rows that must be brought into order in memory; default 1 GiB. */
  readonly memory?: number | undefined
  /** Folder for rows that do not fit into it while they are brought into order; default that of the system. */
  readonly folder?: string | undefined
  /** Threads to use; default 1. The proofs do not depend on it. */
  readonly jobs?: number | undefined
  /** No more threads than one for so many rows; default no such limit. */
  readonly rowsPerJob?: number | undefined
  readonly windowRows?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Prove, for each manipulated circuit, that it differs from the original exactly as asked. One proof per circuit,
 * in order; a circuit that cannot be read gets the verdict `cannot_tell`.
 *
 * @throws InputError if the original, a mask or the selection cannot be used: then nothing can be told of any
 */
export async function verify(options: VerifyOptions): Promise<Proof[]> {
  const started = performance.now()
  const question = await pose(options)
  const answers = await Promise.all(options.manipulated.map(circuit => openAnswer(circuit, question)))
  const opened = answers.filter(answer => answer.edges !== undefined)
  const { original, source, target, asked } = question
  const outcomes = await compareInParallel(
    original,
    opened.map(({ edges }) => ({ edges, asked })),
    source,
    target,
    {
      keep: options.keep ?? 10,
      all: options.all ?? false,
      memory: options.memory,
      folder: options.folder,
      windowRows: options.windowRows,
      signal: options.signal,
      onProgress: options.onProgress,
    },
    options,
  )
  const seconds = (performance.now() - started) / 1000
  const outcomeOf = new Map(opened.map((answer, k) => [answer as Answer, outcomes[k]]))
  const proofs = answers.map(answer => prove(question, answer, outcomeOf.get(answer), seconds))
  for (const answer of answers) if (answer.own) answer.circuit?.close()
  return Promise.all(proofs)
}

interface Question {
  options: VerifyOptions
  original: EdgeSource
  source: NodeSelection
  target: NodeSelection
  asked: Asked
}

async function pose(options: VerifyOptions): Promise<Question> {
  for (const code of options.allow ?? []) {
    if (ALLOWABLE.includes(code)) continue
    throw new InputError(`${code} cannot be allowed`, {
      field: 'allow',
      hint: `allowed are ${ALLOWABLE.join(', ')}`,
    })
  }
  const { original: circuit } = options
  const original = await circuit.edgePopulation(options.population)
  const source = await selectSide(options, circuit, original.sourcePopulation, 'source')
  const target = await selectSide(options, circuit, original.targetPopulation, 'target')
  const removed = options.removed && bindMask(options.removed, source, target)
  const added = options.added && bindMask(options.added, source, target)
  const asked = askedConnections(source, target, removed, added)
  return { options, original, source, target, asked }
}

/** The flag, else the ids beside the mask, else all nodes. */
async function selectSide(
  options: VerifyOptions,
  circuit: Circuit,
  population: string,
  side: 'source' | 'target',
): Promise<NodeSelection> {
  const expression = options[side]
  const select = (text?: string): Promise<NodeSelection> =>
    circuit.select(population, text, { idBase: options.idBase })
  if (expression !== undefined) return select(expression)
  const mask = options.removed ?? options.added
  const beside = side === 'source' ? mask?.sourceIds : mask?.targetIds
  if (beside === undefined) return select()
  return circuit.select(population, beside.file, { idBase: 1 })
}

/** A manipulated circuit, opened as far as it could be. */
type Answer = { name: string; file: string; own: boolean; circuit?: Circuit | undefined } & (
  | { edges: EdgeSource; source: NodeSelection; target: NodeSelection; error?: undefined }
  | { edges?: undefined; error: InputError }
)

async function openAnswer(given: Circuit | string, question: Question): Promise<Answer> {
  const own = typeof given === 'string'
  let circuit: Circuit | undefined
  try {
    const { original, options } = question
    const nodesFrom = { circuit: options.original, edges: original }
    circuit =
      typeof given === 'string'
        ? await openCircuit(given, {
            nodesFrom,
            source: options.sourcePopulation,
            target: options.targetPopulation,
          })
        : given
    const edges = await circuit.findEdges({
      sourcePopulation: original.sourcePopulation,
      targetPopulation: original.targetPopulation,
      preferred: original.population,
    })
    refuseUnknowable(original, edges, question.source, question.target)
    // A list has no nodes that could be others.
    if (silent('nodes', edges) !== undefined) {
      const { source, target } = question
      return { name: circuit.name, file: circuit.file, own, circuit, edges, source, target }
    }
    const source = await selectSide(options, circuit, edges.sourcePopulation, 'source')
    const target = await selectSide(options, circuit, edges.targetPopulation, 'target')
    return { name: circuit.name, file: circuit.file, own, circuit, edges, source, target }
  } catch (error) {
    if (!isInputError(error)) throw error
    const file = typeof given === 'string' ? given : given.file
    return { name: circuit?.name ?? file, file, own, circuit, error }
  }
}

async function prove(
  question: Question,
  answer: Answer,
  outcome: Outcome | undefined,
  seconds: number,
): Promise<Proof> {
  const { options, original, source, target, asked } = question
  const comparison =
    outcome?.comparison && answer.edges && silent('multiplicity', original, answer.edges)
      ? withoutMultiplicity(outcome.comparison)
      : outcome?.comparison
  const error = answer.error ?? outcome?.error
  const facts =
    comparison === undefined || answer.edges === undefined ? undefined : factsOf(question, answer, comparison)
  const unknown = answer.edges && uncheckable(original, answer.edges)
  const judged = facts && judge(CONNECTION_CHECKS, facts, new Set(options.allow), unknown)
  const failed = judged?.checks.some(check => check.status === 'failed')
  return {
    schema: 1,
    tool: { name: 'connproof', version: VERSION },
    circuit: answer.name,
    file: answer.file,
    original: options.original.file,
    verdict: judged === undefined ? 'cannot_tell' : failed ? 'differs' : 'verified',
    level: judged === undefined ? undefined : 'connections',
    checks: judged?.checks ?? CONNECTION_CHECKS.map(({ id, level }) => notChecked(id, level, error)),
    findings: judged?.findings ?? [],
    notChecked: [...uncheckedSentences(unknown ?? new Map()), ...NOT_CHECKED],
    trouble:
      judged === undefined
        ? {
            message: error?.message ?? 'not compared',
            file: error?.file,
            field: error?.field,
            hint: error?.hint,
          }
        : undefined,
    edgePopulations:
      answer.edges === undefined
        ? undefined
        : { original: original.population, manipulated: answer.edges.population },
    neurons: neuronsOf(original),
    selection: {
      source: { expression: source.expression, size: source.ids.length },
      target: { expression: target.expression, size: target.ids.length },
    },
    asked: { removed: asked.removals, added: asked.additions },
    connections: comparison?.connections,
    edges: comparison?.edges,
    order: comparison?.order,
    classes: comparison?.classes,
    inputs: await identify([
      ['original', original.file],
      ...(answer.edges === undefined ? [] : ([['manipulated', answer.edges.file]] as const)),
      ...(options.removed === undefined ? [] : ([['removed', options.removed.file]] as const)),
      ...(options.added === undefined ? [] : ([['added', options.added.file]] as const)),
    ]),
    differences: comparison?.differences,
    seconds,
  }
}

/** Said with every proof of this level, so that a green verdict is not taken for more than it is. */
const NOT_CHECKED: readonly string[] = [
  'synapse properties (weights, delays, positions) of kept connections',
  'order and indices of the edges file',
  'node files beyond their size and the selected ids',
  'other edge populations of the circuit',
]

const notChecked = (id: Proof['checks'][number]['id'], level: 'connections', error: InputError | undefined) =>
  ({ id, level, status: 'not_checked', reason: error?.message ?? 'not compared' }) as const

function factsOf(
  question: Question,
  answer: Answer & { edges: EdgeSource },
  comparison: Facts['comparison'],
): Facts {
  const { original, source, target, asked } = question
  return {
    comparison,
    asked: { removed: asked.removals, added: asked.additions },
    sides: [
      {
        side: 'source',
        original: { name: original.sourcePopulation, size: original.sourceCount },
        manipulated: { name: answer.edges.sourcePopulation, size: answer.edges.sourceCount },
        originalSelection: source,
        manipulatedSelection: answer.source,
      },
      {
        side: 'target',
        original: { name: original.targetPopulation, size: original.targetCount },
        manipulated: { name: answer.edges.targetPopulation, size: answer.edges.targetCount },
        originalSelection: target,
        manipulatedSelection: answer.target,
      },
    ],
  }
}

const neuronsOf = (edges: EdgeSource): number =>
  edges.sourcePopulation === edges.targetPopulation
    ? edges.sourceCount
    : edges.sourceCount + edges.targetCount

async function identify(
  files: readonly (readonly [InputIdentity['role'], string])[],
): Promise<InputIdentity[]> {
  const identities = await Promise.all(
    files.map(async ([role, file]) => {
      const facts = await stat(file).catch(() => undefined)
      return facts && { role, file, bytes: facts.size, modified: facts.mtime.toISOString() }
    }),
  )
  return identities.filter(identity => identity !== undefined)
}
