/** Verification against a manip_config.json: what the package was asked to do is what must have become of it. */
import { resolve } from 'node:path'
import { requireArguments, stopIfAborted } from './arguments.ts'
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { adjacencyTables } from './contract/adjacency-model.ts'
import { concludeExamination, NOT_LOOKED_AT } from './contract/conclude.ts'
import { type Determined, determine, examine } from './contract/examine.ts'
import { indexProblems } from './contract/indices.ts'
import { planOf } from './contract/plan.ts'
import { EdgeMaps } from './edge-maps.ts'
import { InputError, isInputError } from './errors.ts'
import { FilesRead } from './formats/files-read.ts'
import { proveFull } from './full/full-checks.ts'
import { identify } from './identify.ts'
import { filesOf as filesNamedBy } from './interop/manip-config/arguments.ts'
import { manipulatedBy } from './interop/manip-config/edge-population.ts'
import type { OperationCall } from './interop/manip-config/operations.ts'
import { type ManipConfig, readManipConfig } from './interop/manip-config/parse.ts'
import { compareInParallel } from './parallel/jobs.ts'
import { type Case, changedSince, conclude, openCase, troubleOf, unfollowed, withFilesRead } from './prove.ts'
import { predictedRows, ROWS_NOT_COMPARED } from './row-maps.ts'
import { notComparedSentences } from './same-populations.ts'
import { SonataCircuit } from './sonata/circuit.ts'
import type { Outcome } from './verification/compare.ts'
import { reached } from './verification/level-reached.ts'
import type { CheckId, FindingCode, Proof } from './verification/proof.ts'
import type { NoRowMap, RowMap } from './verification/rows/row-map.ts'
import {
  type Asking,
  type Comparable,
  filesOf,
  isComparable,
  openAll,
  requireAllowable,
  type VerifyOptions,
} from './verify.ts'

export interface VerifyConfigOptions
  extends Omit<VerifyOptions, 'removed' | 'added' | 'source' | 'target' | 'requests' | 'all'> {
  /** A manip_config.json of either generation. */
  readonly config: string
  /** What the package was started with, over `N_split_nodes`. */
  readonly splits?: number | undefined
  /** Folder of the RewiringIndices logs; default `logs` and `data_logs` beside each result. */
  readonly logs?: string | undefined
}

/**
 * Prove, for each result, that it is what its configuration makes of the original: row by row and value by value
 * where seed and splits determine it, else by all that must hold without the model.
 *
 * @throws InputError if the configuration is not one, says something else than it seems to, or does not fit the
 *   original: then nothing can be told of any result
 */
export async function verifyConfig(options: VerifyConfigOptions): Promise<Proof[]> {
  requireArguments(options, ['original', 'manipulated', 'config'])
  const started = performance.now()
  if (options.level === 'connections')
    throw new InputError('a configuration says more than connections: level synapses or full', {
      field: 'level',
    })
  const config = await readManipConfig(options.config)
  requireAllowedOfConfig(options.allow ?? [])
  requireSamePopulation(options.population, config)
  const population = options.population ?? (await manipulatedBy(config, sonata(options.original)))
  const opened = await openAll({ ...options, population })
  const maps = new EdgeMaps()
  try {
    maps.open(options, [options.config, ...filesOf(options, opened.pairs)])
    const { original } = opened.question
    // Before anything is read: a file that is another one afterwards may never have been one file.
    const cases = new Map<Asking, Case>()
    for (const pair of opened.pairs) cases.set(pair, await caseOf(pair, config))
    const plan = await planOf(config, { ...original, circuit: sonata(options.original) }, options.splits)
    const determined = await determine(original, plan, options)
    const outcomes = await countConnections(opened, options)
    const proofs: Proof[] = []
    for (const [k, pair] of opened.pairs.entries()) {
      const rows: { map: RowMap | NoRowMap } = { map: ROWS_NOT_COMPARED }
      const base = cases.get(pair) ?? (await caseOf(pair, config))
      const proof = await proveOne(pair, base, outcomes.get(pair), determined, config, options, rows)
      const edgeMap = maps.keep(k, await maps.write(k, rows.map, proof))
      proofs.push({ ...proof, edgeMap, seconds: (performance.now() - started) / 1000 })
    }
    stopIfAborted(options)
    maps.commit(proofs.flatMap(({ inputs }) => inputs.map(({ file }) => file)))
    return proofs
  } finally {
    maps.abort()
    opened.close()
  }
}

/** A configuration asks for no single connection. */
function requireAllowedOfConfig(codes: readonly FindingCode[]): void {
  requireAllowable(codes)
  const other = codes.find(code => code.startsWith('asked.'))
  if (other === undefined) return
  throw new InputError(`${other} goes with a mask, not with a configuration`, {
    field: 'allow',
  })
}

/** What the package would manipulate is never judged by edges that it would leave alone. */
function requireSamePopulation(population: string | undefined, { edgesPopulation, file }: ManipConfig): void {
  if (population === undefined || edgesPopulation === undefined || population === edgesPopulation) return
  throw new InputError(`the configuration manipulates ${edgesPopulation}, not ${population}`, {
    file,
    field: 'population',
    hint: `Leave out --population, or say --population ${edgesPopulation}.`,
  })
}

function sonata(circuit: Circuit): SonataCircuit {
  if (circuit instanceof SonataCircuit) return circuit
  throw new InputError('a configuration needs a circuit with its nodes as original', {
    file: circuit.file,
    hint: 'Give the circuit_config.json of the original.',
  })
}

/** How many connections there are on both sides, for the record; what it should be is not judged by it. */
async function countConnections(
  { question, pairs }: Awaited<ReturnType<typeof openAll>>,
  options: VerifyConfigOptions,
): Promise<Map<Asking, Outcome>> {
  const comparable = pairs.filter(isComparable)
  const { original, source, target } = question
  const { memory, folder, windowRows, signal, onProgress } = options
  const outcomes = await compareInParallel(
    original,
    comparable.map(({ answer, question: { asked } }) => ({ edges: answer.edges, asked })),
    source,
    target,
    { keep: 1, all: false, memory, folder, windowRows, signal, onProgress },
    options,
  )
  return new Map(comparable.flatMap((pair, k) => (outcomes[k] === undefined ? [] : [[pair, outcomes[k]]])))
}

async function caseOf({ question, answer }: Asking, config: ManipConfig): Promise<Case> {
  const base = await openCase(question, answer)
  const files = [config.file, ...new Set(config.functions.flatMap(filesNamed))]
  const inputs = [...base.proof.inputs, ...(await identify(files.map(file => ['config', file] as const)))]
  // How deep it went is judged with the rest, later.
  return { ...base, proof: { ...base.proof, inputs }, askedLevel: undefined }
}

/** Masks, node sets and models that an operation names; an adjacency's tables lie beside its model. */
function filesNamed(call: OperationCall): string[] {
  return filesNamedBy(call).flatMap(([name, file]) =>
    name === 'prob_model_spec' ? [resolve(file), adjacencyTables(file)] : [resolve(file)],
  )
}

/** The logs of the run took part in the verdict. */
const withLogs = (base: Case, logs: FilesRead): Case => ({
  ...base,
  proof: {
    ...base.proof,
    inputs: [...base.proof.inputs, ...logs.list().map(read => ({ role: 'log' as const, ...read }))],
  },
})

async function proveOne(
  pair: Asking,
  base: Case,
  outcome: Outcome | undefined,
  determined: Determined,
  config: ManipConfig,
  options: VerifyConfigOptions,
  rows: { map: RowMap | NoRowMap },
): Promise<Proof> {
  const { original } = pair.question
  const nothing = conclude(base, outcome, 0)
  const { answer } = pair
  if (nothing.verdict === 'cannot_tell' || answer.edges === undefined)
    return { ...nothing, contract: provenOf(determined, config) }
  try {
    const logFiles = new FilesRead()
    const found = await examined(original, answer, nothing, base, determined, { ...options, logFiles }, rows)
    const read = await withFilesRead(withLogs(base, logFiles), pair.question, pair.answer)
    const changed = await changedSince(read)
    const { inputs } = read.proof
    if (changed === undefined) return { ...nothing, inputs, ...found, contract: provenOf(determined, config) }
    throw new InputError(changed.message, changed)
  } catch (error) {
    if (!isInputError(error)) throw error
    rows.map = ROWS_NOT_COMPARED
    const unread = {
      verdict: 'cannot_tell',
      level: undefined,
      checks: [],
      findings: [],
      notChecked: [],
    } as const
    return {
      ...nothing,
      ...unread,
      classes: undefined,
      trouble: troubleOf(error),
      contract: provenOf(determined, config),
    }
  }
}

/** Checks of what lies around the connections, which a configuration says nothing else of than a mask. */
const AROUND: readonly CheckId[] = ['nodes.same', 'populations.same']

async function examined(
  original: EdgeSource,
  { circuit, edges, facing }: Comparable['answer'],
  { checks: made, findings: known }: Pick<Proof, 'checks' | 'findings'>,
  { populations, references }: Pick<Case, 'populations' | 'references'>,
  determined: Determined,
  options: VerifyConfigOptions & { readonly logFiles: FilesRead },
  rows: { map: RowMap | NoRowMap },
): Promise<Partial<Proof>> {
  const examination = await examine(original, edges, determined, options)
  rows.map = predictedRows({ original, edges }, examination, options)
  const concluded = concludeExamination(determined, examination, await indexProblems(edges))
  const around =
    options.level === 'full'
      ? await proveFull(
          { circuit: options.original, edges: original },
          { circuit, edges },
          facing,
          rows.map,
          options,
        )
      : undefined
  const complete = around?.checks.every(({ status }) => status !== 'not_checked') === true
  const own = concluded.checks.filter(({ id }) => around === undefined || id !== 'indices.consistent')
  const checks = [...made.filter(({ id }) => AROUND.includes(id)), ...own, ...(around?.checks ?? [])]
  const failed = checks.some(({ status }) => status === 'failed')
  const { predicted } = examination
  const compared = checks.every(({ except = [] }) => except.length === 0)
  const level = complete && compared ? 'full' : 'synapses'
  const lower = reached(failed ? undefined : options.level, level, checks, options.allow ?? [])
  return {
    verdict: failed ? 'differs' : lower.trouble === undefined ? 'verified' : 'cannot_tell',
    level,
    checks,
    findings: [
      ...known.filter(({ check }) => AROUND.includes(check)),
      ...concluded.findings.filter(({ code }) => around === undefined || code !== 'index.disagrees'),
      ...(around?.findings ?? []),
      ...lower.findings,
    ],
    notChecked: [
      ...notComparedSentences(
        around === undefined
          ? concluded.notChecked
          : [...concluded.notChecked.filter(what => !NOT_LOOKED_AT.includes(what)), ...around.notChecked],
        populations,
      ),
      ...unfollowed(references, { checks }),
    ],
    synapses: predicted && {
      edges: predicted.edges,
      properties: predicted.properties,
      pipeline: predicted.pipeline,
    },
    trouble: lower.trouble,
    // Classes are about connections that were asked for one by one.
    classes: undefined,
    differences: undefined,
  }
}

function provenOf(
  { plan, prediction }: Determined,
  { file, seed }: ManipConfig,
): NonNullable<Proof['contract']> {
  const predicted = prediction !== undefined && prediction.unknownFrom === undefined
  return {
    config: file,
    operations: plan.operations.map(({ kind }) => kind),
    seed,
    splits: plan.splits,
    predicted,
    unpredicted: predicted ? undefined : (prediction?.unknownFrom?.reason ?? 'it follows a model'),
  }
}
