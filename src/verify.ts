/** Verification from circuits to proofs: opens, selects, binds the masks, runs the pass, judges. */
import { requireArguments, stopIfAborted } from './arguments.ts'
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { EdgeMaps } from './edge-maps.ts'
import { InputError, isInputError } from './errors.ts'
import { faceCircuit, type NamedPair } from './facing-circuits.ts'
import { type Deeper, deepen } from './levels.ts'
import { openCircuit } from './open-circuit.ts'
import { compareInParallel, portable, threadsFor } from './parallel/jobs.ts'
import { WorkerPool } from './parallel/pool.ts'
import { type Answer, changedSince, conclude, openCase, type Question, withFilesRead } from './prove.ts'
import { proveUnsorted } from './regrouped.ts'
import { selectSides } from './select-sides.ts'
import { bindMask, type MaskFile } from './selection/mask.ts'
import { nameOfPath } from './sonata/circuit.ts'
import { otherNodes, unlikeNodes } from './unlike-nodes.ts'
import { askedConnections } from './verification/asked.ts'
import type { Outcome } from './verification/compare.ts'
import type { FindingCode, Level, Proof } from './verification/proof.ts'
import { refuseUnknowable, silent } from './verification/uncheckable.ts'

/** Findings that a caller may declare acceptable. All others are what the tool is for. */
export const ALLOWABLE: readonly FindingCode[] = [
  'asked.absent',
  'asked.already_there',
  'level.lower',
  'population.lost',
]

/** What is asked of one circuit alone. */
export interface Request {
  /** What the proof calls the circuit; default: its own name. */
  readonly name?: string | undefined
  readonly removed?: MaskFile | undefined
  readonly added?: MaskFile | undefined
}

export interface VerifyOptions extends NamedPair {
  readonly original: Circuit
  /** Circuits, or paths of circuits: one that cannot be opened does not stop the others. */
  readonly manipulated: readonly (Circuit | string)[]
  /**
   * What is asked of each of them, in their order, instead of `removed` and `added`. A mask that does not fit is the
   * trouble of its own circuit. All are bound to the same S and T: selections that no flag gives are those of the
   * first masks.
   */
  readonly requests?: readonly Request[] | undefined
  /** Connections asked to be removed; none: nothing may be missing. */
  readonly removed?: MaskFile | undefined
  /** Connections asked to be added; none: nothing may be new. */
  readonly added?: MaskFile | undefined
  /** Node populations, where the files of circuits given by path do not name them. */
  readonly sourcePopulation?: string | undefined
  readonly targetPopulation?: string | undefined
  /** Node selections S and T: expressions as on the command line; default the ids beside the mask, else all nodes. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  readonly idBase?: 0 | 1 | undefined
  /**
   * How deep to look. Where files do not allow it there is no verdict, and the proof says how deep it went; default
   * `synapses`, or as deep as they allow.
   */
  readonly level?: Level | undefined
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
  /** Also the sha256 of each file that `proof.inputs` names: all of it is read once more. */
  readonly sha256?: boolean | undefined
  /** Threads that are there already; else `verify` starts its own. */
  readonly pool?: WorkerPool | undefined
  readonly windowRows?: number | undefined
  /**
   * npy files, one for each manipulated circuit, in their order: for each edge of the original its row in the
   * manipulated population, -1 where it is gone; int64. Rows with equal ends and equal properties follow each other in
   * order. Written only where all edges are as they should be, at level synapses or full: `edgeMap` of the proof says
   * whether it was, and else why not. Takes memory for one window; ids
   * are read once more where a comparison does not know which rows belong together (more than half a million runs of them).
   */
  readonly edgeMaps?: readonly (string | undefined)[] | undefined
  /** Overwrite these files, though never one that is read. */
  readonly force?: boolean | undefined
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
  requireArguments(options, ['original', 'manipulated'])
  const { manipulated, requests = manipulated } = options
  if (requests.length !== manipulated.length)
    throw new InputError(`${requests.length} requests for ${manipulated.length} circuits`, {
      field: 'requests',
    })
  if (options.pool !== undefined) return verifyIn(options)
  const pool = new WorkerPool()
  try {
    return await verifyIn({ ...options, pool })
  } finally {
    pool.close()
  }
}

async function verifyIn(options: VerifyOptions): Promise<Proof[]> {
  const started = performance.now()
  const opened = await openAll(options)
  const { original, source, target } = opened.question
  const found = new Map<Asking, { outcome: Outcome; deeper: Deeper | undefined }>()
  const maps = new EdgeMaps()
  try {
    maps.open(options, filesOf(options, opened.pairs))
    const cases = await Promise.all(
      opened.pairs.map(async pair => [pair, await openCase(pair.question, pair.answer)] as const),
    )
    for (const pair of opened.pairs.filter(isComparable)) {
      const proven = await proveUnsorted({ ...pair.question, ...pair.answer }, pair.question)
      if (proven !== undefined)
        found.set(pair, { outcome: { comparison: proven.comparison }, deeper: proven.deeper })
    }
    const comparable = opened.pairs.filter(isComparable).filter(pair => !found.has(pair))
    const outcomes = await compareInParallel(
      original,
      comparable.map(({ answer: { edges }, question: { asked } }) => ({ edges, asked })),
      source,
      target,
      {
        keep: options.keep ?? 10,
        all: options.all ?? false,
        memory: options.memory,
        folder: options.folder,
        windowRows: options.windowRows,
        pairs: options.level !== 'connections',
        signal: options.signal,
        onProgress: options.onProgress,
      },
      options,
    )
    for (const [k, pair] of comparable.entries()) {
      const outcome = outcomes[k]
      if (outcome === undefined) continue
      const { comparison } = outcome
      const deeper = comparison && (await deepen({ ...pair.question, ...pair.answer }, comparison))
      found.set(pair, { outcome, deeper })
    }
    const proofs: Proof[] = []
    for (const [k, [pair, opened]] of cases.entries()) {
      const one = await withFilesRead(opened, pair.question, pair.answer)
      const { outcome, deeper } = found.get(pair) ?? {}
      const edgeMap = await maps.write(k, deeper?.rows, conclude(one, outcome, 0, deeper))
      const seconds = (performance.now() - started) / 1000
      const error = await changedSince(one)
      if (error === undefined)
        proofs.push({ ...conclude(one, outcome, seconds, deeper), edgeMap: maps.keep(k, edgeMap) })
      else
        proofs.push({
          ...conclude({ ...one, error: one.error ?? error }, undefined, seconds),
          edgeMap: maps.drop(k, error.message),
        })
    }
    stopIfAborted(options)
    maps.commit(proofs.flatMap(({ inputs }) => inputs.map(({ file }) => file)))
    return proofs
  } finally {
    maps.abort()
    opened.close()
  }
}

/** All that must not be overwritten. */
export const filesOf = (options: VerifyOptions, pairs: readonly Asking[]): string[] =>
  [options, ...(options.requests ?? [])]
    .flatMap(({ removed, added }) => [removed?.file, added?.file])
    .concat(options.original.file, pairs[0]?.question.original.file)
    .concat((options.original.filesRead?.() ?? []).map(({ file }) => file))
    .concat(pairs.flatMap(({ answer }) => [answer.file, answer.edges?.file]))
    .concat(pairs.flatMap(({ answer }) => (answer.circuit?.filesRead?.() ?? []).map(({ file }) => file)))
    .filter(file => file !== undefined)

/** One manipulated circuit and what is asked of it. */
export interface Asking {
  readonly answer: Answer
  readonly question: Question
}

export type Comparable = Asking & { readonly answer: Answer & { readonly edges: EdgeSource } }

export const isComparable = (pair: Asking): pair is Comparable => pair.answer.edges !== undefined

/** Everything that `verify` looks at, opened. `close` is for the circuits that were given by path. */
export async function openAll(
  options: VerifyOptions,
): Promise<{ readonly question: Question; readonly pairs: readonly Asking[]; readonly close: () => void }> {
  const question = await pose(options)
  const posed = options.manipulated.map((_, k) => ask(question, options.requests?.[k]))
  const answers = await Promise.all(
    options.manipulated.map((circuit, k) =>
      openAnswer(circuit, posed[k] ?? question, options.requests?.[k]?.name),
    ),
  )
  return {
    question,
    pairs: answers.map((answer, k) => ({ answer, question: asPosed(posed[k], question) })),
    close: () => {
      for (const answer of answers) if (answer.own) answer.circuit?.close()
    },
  }
}

type Posed = Question | InputError

/** The question as it is put to one circuit. */
function ask(question: Question, request: Request | undefined): Posed {
  if (request === undefined) return question
  const { source, target } = question
  const { removed, added } = request
  const options = { ...question.options, removed, added }
  try {
    const asked = askedConnections(
      source,
      target,
      removed && bindMask(removed, source, target),
      added && bindMask(added, source, target),
    )
    return { ...question, options, asked }
  } catch (error) {
    if (isInputError(error)) return error
    throw error
  }
}

/** For the proof of a circuit that nothing could be asked of. */
const asPosed = (posed: Posed | undefined, question: Question): Question =>
  posed === undefined || isInputError(posed) ? question : posed

/** @throws InputError for findings that nobody may accept */
export function requireAllowable(codes: readonly FindingCode[]): void {
  for (const code of codes) {
    if (ALLOWABLE.includes(code)) continue
    throw new InputError(`${code} cannot be allowed`, {
      field: 'allow',
      hint: `allowed are ${ALLOWABLE.join(', ')}`,
    })
  }
}

async function pose(options: VerifyOptions): Promise<Question> {
  requireAllowable(options.allow ?? [])
  const { original: circuit } = options
  const original = await circuit.edgePopulation(options.population)
  const populations = await circuit.edgePopulations()
  // Both sides have about as many rows. Threads that can open the file start while the rest is opened.
  if (portable(original) !== undefined) options.pool?.prepare(threadsFor(options, 2 * original.edgeCount) - 1)
  const { source, target } = await selectSides(options, circuit, original)
  const removed = options.removed && bindMask(options.removed, source, target)
  const added = options.added && bindMask(options.added, source, target)
  const asked = askedConnections(source, target, removed, added)
  return { options, original, populations, source, target, asked }
}

async function openAnswer(given: Circuit | string, posed: Posed, name: string | undefined): Promise<Answer> {
  const own = typeof given === 'string'
  let circuit: Circuit | undefined
  try {
    if (isInputError(posed)) throw posed
    const { original, options, source, target } = posed
    const nodesFrom = { circuit: options.original, edges: original }
    circuit =
      typeof given === 'string'
        ? await openCircuit(given, {
            nodesFrom,
            source: options.sourcePopulation,
            target: options.targetPopulation,
          })
        : given
    const facing = await faceCircuit(
      { ...posed, file: options.original.file, edges: original },
      circuit,
      options,
    )
    const edges = await circuit.edgePopulation(facing.compared.manipulated.population)
    refuseUnknowable(original, edges, source, target)
    const named = { name: name ?? circuit.name, file: circuit.file, own, circuit }
    // A list has no nodes that could be others.
    if (silent('nodes', edges) !== undefined) return { ...named, edges, facing, source, target }
    const nodes = otherNodes(original, edges)
    if (nodes.length > 0) return { ...named, error: unlikeNodes(edges, nodes), unlike: { edges, nodes } }
    return { ...named, edges, facing, ...(await selectSides(options, circuit, edges)) }
  } catch (error) {
    if (!isInputError(error)) throw error
    const file = typeof given === 'string' ? given : given.file
    return { name: name ?? circuit?.name ?? nameOfPath(file), file, own, circuit, error }
  }
}
