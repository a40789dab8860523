/**
 * One circuit, one question, some results of it: written, put to connproof in one call, and compared with what the
 * oracle says of each. A case is one of the results.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCircuit, type Proof, readMask, verify, verifyConfig } from '../../src/index.ts'
import { mainOf, spoil } from './faults.ts'
import { drawCircuit } from './generate.ts'
import { CLASSES, type Judgement, judge, type Level, type Verdict } from './judge.ts'
import { answered, convertible, make, type Style } from './manipulate.ts'
import type { Circuit, EdgePopulation } from './model.ts'
import { drawPlan, type Plan } from './operations.ts'
import { drawQuestion, type MaskQuestion } from './question.ts'
import { Random } from './random.ts'
import { type Form, writeCircuit } from './write-circuit.ts'
import type { Written } from './write-hdf5.ts'
import { writeMask } from './write-small.ts'

/** Results that share a circuit and a question. */
export const PER_ROUND = 6

export type Failure = 'missed' | 'false alarm' | 'crash' | 'wrong count' | 'cannot tell'

export interface Outcome {
  number: number
  verdict: Verdict | 'crash'
  failures: { kind: Failure; what: string }[]
  faults: string[]
  /** For people: level, form and question. */
  setting: string
  /** What connproof found. */
  found: string
}

/** Rounds of cases: number `k` belongs to round `floor(k / PER_ROUND)`. */
export async function runRound(seed: string, round: number, folder: string): Promise<Outcome[]> {
  const random = new Random(`${seed} ${round}`)
  mkdirSync(folder, { recursive: true })
  const shape = random.weighted({ mask: 10, config: 7, single: 2 })
  const wishes = { forPackage: shape === 'config', single: shape === 'single' }
  const { circuit: original, main } = drawCircuit(random, wishes)
  const level = drawLevel(random, shape === 'config')
  const form: Form = {
    kind: wishes.single && random.chance(0.5) ? 'blueconfig' : 'sonata',
    ...{ splits: 1, nodesOf: undefined, listed: random.chance(0.9) },
  }
  const written: Written = new Map()
  const originalFolder = join(folder, 'original')
  const originalPath = writeCircuit(originalFolder, original, main, form, written)
  const edges = mainOf(original, main)
  const question: MaskQuestion | Plan =
    shape === 'config' ? drawPlan(random, original, edges) : drawQuestion(random, original, edges, folder)
  const results = Array.from({ length: PER_ROUND }, (_, k) =>
    drawResult({
      random,
      original,
      main,
      originalFolder,
      question,
      single: wishes.single,
      written,
      folder: join(folder, `result_${k}`),
    }),
  )
  const judgements = results.map(({ circuit, form: manipulated }) =>
    judge({ original, main, manipulated: circuit, forms: { original: form, manipulated }, question, level }),
  )
  const proofs = await ask({
    originalPath,
    original,
    edges,
    paths: results.map(({ path }) => path),
    question,
    level,
    folder,
    random,
  })
  return results.map(({ faults, style }, k) => {
    const judgement = judgements[k]
    if (judgement === undefined) throw new Error('no judgement')
    const proof = proofs instanceof Error ? proofs : (proofs[k] ?? new Error('no proof'))
    const asked = 'functions' in question ? JSON.stringify(question.functions) : maskText(question)
    return {
      ...compare(judgement, proof, level),
      number: round * PER_ROUND + k,
      faults,
      setting: `level ${level}, ${form.kind} -> ${style}, ${asked}`,
    }
  })
}

const maskText = ({ source, target, removed, added }: MaskQuestion): string =>
  `removed ${removed?.size ?? 'none'}, added ${added?.size ?? 'none'}, ${source.text ?? 'all'} -> ${target.text ?? 'all'}`

const drawLevel = (random: Random, config: boolean): Level =>
  random.weighted(config ? { synapses: 3, full: 2 } : { connections: 2, synapses: 3, full: 3 })

interface Drawing {
  random: Random
  original: Circuit
  main: string
  originalFolder: string
  question: MaskQuestion | Plan
  single: boolean
  folder: string
  written: Written
}

function drawResult({ random, original, main, originalFolder, question, single, folder, written }: Drawing) {
  const plan = 'functions' in question ? question : undefined
  const mask = 'functions' in question ? undefined : question
  const edges = mainOf(original, main)
  const rows = plan?.result ?? (mask === undefined ? [] : answered(random, edges, mask))
  const packaged = rows.length > 0 && convertible({ ...edges, rows }) && edges.kind === 'chemical'
  const styles = {
    same: 3,
    rewritten: 3,
    package: packaged ? (plan ? 8 : 3) : 0,
    parquet: packaged ? 2 : 0,
    blueconfig: single ? 4 : 0,
  }
  const style: Style = random.weighted(styles)
  const splits = plan?.splits ?? 1 + random.below(4)
  const made = make({
    random,
    original,
    main,
    originalFolder,
    rows,
    style,
    splits,
    ordered: plan !== undefined,
  })
  const population = mainOf(made.circuit, made.main)
  const place = {
    random,
    circuit: made.circuit,
    main: population,
    form: made.form,
    original,
    originalMain: edges,
    question: mask,
  }
  const faults = spoil(place, random.pick([0, 0, 0, 0, 1, 1, 1, 1, 2, 3]))
  // Splits of a Parquet folder hold the rows of their targets, whatever was done to them.
  if (made.form.kind === 'parquet') population.rows = bySplits(original, population, splits)
  const path = writeCircuit(folder, made.circuit, population.name, made.form, written)
  return { ...made, faults, path }
}

function bySplits(original: Circuit, population: EdgePopulation, splits: number): EdgePopulation['rows'] {
  const nodes = original.nodes.find(({ name }) => name === population.target)?.size ?? 1
  const block = Math.ceil(nodes / splits)
  return [...population.rows].sort((a, b) => Math.floor(a.target / block) - Math.floor(b.target / block))
}

interface Question {
  originalPath: string
  original: Circuit
  edges: EdgePopulation
  paths: string[]
  question: MaskQuestion | Plan
  level: Level
  folder: string
  random: Random
}

async function ask({
  originalPath,
  original,
  edges,
  paths,
  question,
  level,
  folder,
  random,
}: Question): Promise<Proof[] | Error> {
  const population = original.edges.length > 1 || random.chance(0.3) ? edges.name : undefined
  let circuit: Awaited<ReturnType<typeof openCircuit>> | undefined
  try {
    circuit = await openCircuit(originalPath)
    const common = {
      original: circuit,
      manipulated: paths,
      population,
      level,
      windowRows: random.pick([undefined, 1, 3]),
    }
    if ('functions' in question)
      return await verifyConfig({ ...common, config: writeConfig(question, originalPath, edges, folder) })
    const { source, target, removedFile, addedFile, idBase, allowAbsent } = question
    return await verify({
      ...common,
      removed: removedFile === undefined ? undefined : await readMask(removedFile),
      added: addedFile === undefined ? undefined : await readMask(addedFile),
      ...{ source: source.text, target: target.text, idBase },
      allow: allowAbsent ? ['asked.absent'] : [],
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    circuit?.close()
  }
}

function writeConfig(
  { seed, splits, functions, masks }: Plan,
  circuit: string,
  edges: EdgePopulation,
  folder: string,
): string {
  for (const [name, mask] of masks) writeMask(join(folder, name), mask)
  const fcts = functions.map(one =>
    typeof one.conn_mask_file === 'string'
      ? { ...one, conn_mask_file: join(folder, one.conn_mask_file) }
      : one,
  )
  const file = join(folder, 'manip_config.json')
  const config = {
    circuit_config: circuit,
    edges_popul_name: edges.name,
    seed,
    N_split_nodes: splits,
    manip: { name: 'oracle', fcts },
  }
  writeFileSync(file, JSON.stringify(config, undefined, 1))
  return file
}

const reached = ({ verdict, level }: Proof, asked: Level): Verdict =>
  verdict === 'verified' && level !== asked ? 'lower' : verdict

/** What connproof said, against what it should have. */
export function compare(
  judgement: Judgement,
  proof: Proof | Error,
  level: Level,
): Pick<Outcome, 'verdict' | 'failures' | 'found'> {
  if (proof instanceof Error) {
    const what = `${proof.name}: ${proof.message}${'field' in proof ? ` [${proof.field}]` : `\n${proof.stack}`}`
    return { verdict: 'crash', found: what, failures: [{ kind: 'crash', what }] }
  }
  const verdict = reached(proof, level)
  const right =
    judgement.verdicts.has(verdict) ||
    (verdict === 'cannot_tell' && judgement.verdicts.has('lower') && atLevel(proof))
  const found = foundBy(proof)
  if (!right) {
    const why = judgement.reasons.join('; ') || 'nothing is wrong'
    const what = `${verdict} instead of ${[...judgement.verdicts].join(' or ')} (${why}): ${found}`
    return { verdict, found, failures: [{ kind: kindOf(verdict, judgement), what }] }
  }
  const wrong = verdict === 'cannot_tell' ? [] : wrongCounts(judgement, proof)
  return { verdict, found, failures: wrong.map(what => ({ kind: 'wrong count', what })) }
}

function foundBy({ findings, trouble, notChecked }: Proof): string {
  const told = findings.map(({ code, count, property, found }) =>
    [code, count, property, found].filter(one => one !== undefined).join(' '),
  )
  if (trouble !== undefined) told.push(`trouble: ${trouble.message} [${trouble.field}] ${trouble.hint ?? ''}`)
  return told.join('; ') || `not checked: ${notChecked.join('; ')}`
}

/** A level that was not reached may be told as a verdict that there is none. */
const atLevel = ({ checks }: Proof): boolean => !checks.some(({ status }) => status === 'failed')

function kindOf(verdict: Verdict, { verdicts }: Judgement): Failure {
  if (verdict === 'verified' || verdict === 'lower') return 'missed'
  return verdicts.has('verified') || verdicts.has('lower')
    ? verdict === 'differs'
      ? 'false alarm'
      : 'cannot tell'
    : 'missed'
}

function wrongCounts({ classes, connections, edges, synapses }: Judgement, proof: Proof): string[] {
  const wrong: string[] = []
  const expect = (what: string, said: unknown, right: unknown): void => {
    if (said !== right) wrong.push(`${what}: ${String(said)} instead of ${String(right)}`)
  }
  if (classes !== undefined) for (const name of CLASSES) expect(name, proof.classes?.[name], classes[name])
  for (const side of ['original', 'manipulated'] as const) {
    if (connections !== undefined) expect(`connections ${side}`, proof.connections?.[side], connections[side])
    if (edges !== undefined) expect(`edges ${side}`, proof.edges?.[side], edges[side])
  }
  if (synapses === undefined || proof.synapses === undefined) return wrong
  const total = (code: string): number =>
    proof.findings.reduce((sum, one) => sum + (one.code === code ? one.count : 0), 0)
  expect('synapse.missing', total('synapse.missing'), synapses.missing)
  expect('synapse.extra', total('synapse.extra'), synapses.extra)
  for (const [name, count] of synapses.changed ?? []) {
    if (name === 'edge_type_id') continue
    const found = proof.findings.filter(
      ({ code, property }) => code === 'property.changed' && property === name,
    )
    if (found.length > 0)
      expect(
        `property.changed ${name}`,
        found.reduce((sum, one) => sum + one.count, 0),
        count,
      )
  }
  return wrong
}
