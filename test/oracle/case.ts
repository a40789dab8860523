/**
 * One circuit, one question, some results of it: written, put to connproof in one call, and compared with what the
 * oracle says of each. A case is one of the results.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Proof } from '../../src/index.ts'
import { ask } from './ask.ts'
import { type Compared, compare } from './compare.ts'
import { mainOf, spoil } from './faults.ts'
import { drawCircuit } from './generate.ts'
import { judge, type Level } from './judge.ts'
import { answered, convertible, make, type Style } from './manipulate.ts'
import type { Circuit, EdgePopulation } from './model.ts'
import { drawnBy, drawPlan, type Plan } from './operations.ts'
import { drawQuestion, type MaskQuestion } from './question.ts'
import { Random } from './random.ts'
import { type Form, writeCircuit } from './write-circuit.ts'
import type { Written } from './write-hdf5.ts'

/** Results that share a circuit and a question. */
export const PER_ROUND = 6

export interface Outcome extends Compared {
  number: number
  faults: string[]
  /** For people: level, form and question. */
  setting: string
}

/** Rounds of cases: number `k` belongs to round `floor(k / PER_ROUND)`. */
export async function runRound(seed: string, round: number, folder: string): Promise<Outcome[]> {
  const random = new Random(`${seed} ${round}`)
  mkdirSync(folder, { recursive: true })
  const shape = random.weighted({ mask: 10, config: 7, single: 2 })
  const wishes = { forPackage: shape === 'config', single: shape === 'single' }
  const { circuit: original, main } = drawCircuit(random, wishes)
  for (const name of ['mechanisms', 'other_mechanisms']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, `${name}.mod`), name)
  }
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
  const put = {
    ...{
      originalPath,
      question,
      level,
      folder,
      allow: random.some(ALLOWED, 0.25).filter(code => shape !== 'config' || code !== 'asked.absent'),
    },
    population: original.edges.length > 1 || random.chance(0.3) ? main : undefined,
    windowRows: random.pick([undefined, 1, 3]),
  }
  const proofs = await ask(
    put,
    main,
    results.map(({ path }) => path),
  )
  const outcomes: Outcome[] = []
  for (const [k, { circuit: manipulated, form: its, faults, style, path, main: name }] of results.entries()) {
    const asked = { ...{ original, main, manipulated, question, level }, allow: put.allow }
    const forms = { original: form, manipulated: its }
    const compared = compare(judge({ ...asked, forms }), proofOf(proofs, k), level, put.allow)
    // What cannot be told for want of a name can be told with it.
    if (compared.verdict === 'cannot_tell' && /--manipulated-population/.test(compared.found)) {
      const again = await ask(put, main, [path], name)
      const judgement = judge({ ...asked, forms, named: name })
      compared.failures.push(...compare(judgement, proofOf(again, 0), level, put.allow).failures)
    }
    const text = 'functions' in question ? JSON.stringify(question.functions) : maskText(question)
    const setting = `level ${level}, ${form.kind} -> ${style}, allow ${put.allow.join(' ') || 'nothing'}, ${text}`
    outcomes.push({ ...compared, number: round * PER_ROUND + k, faults, setting })
  }
  return outcomes
}

const ALLOWED = ['asked.absent', 'population.lost', 'level.lower'] as const

function proofOf(proofs: Proof[] | Error, k: number): Proof | Error {
  return proofs instanceof Error ? proofs : (proofs[k] ?? new Error(`no proof of circuit ${k}`))
}

const maskText = ({ source, target, removed, added }: MaskQuestion): string =>
  `removed ${removed?.size ?? 'none'}, added ${added?.size ?? 'none'}, ${source.text ?? 'all'} -> ${target.text ?? 'all'}`

const drawLevel = (random: Random, config: boolean): Level =>
  random.weighted(config ? { synapses: 3, full: 2 } : { connections: 4, synapses: 3, full: 3 })

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
    drawn: plan === undefined ? new Set<string>() : drawnBy(plan),
  }
  const faults = spoil(place, random.pick([0, 0, 0, 0, 1, 1, 1, 1, 2, 3]))
  // Splits of a Parquet folder hold the rows of their targets, whatever was done to them.
  if (made.form.kind === 'parquet') population.rows = bySplits(original, population, splits)
  const path = writeCircuit(folder, made.circuit, population.name, made.form, written)
  return { ...made, main: population.name, faults, path }
}

function bySplits(original: Circuit, population: EdgePopulation, splits: number): EdgePopulation['rows'] {
  const nodes = original.nodes.find(({ name }) => name === population.target)?.size ?? 1
  const block = Math.ceil(nodes / splits)
  return [...population.rows].sort((a, b) => Math.floor(a.target / block) - Math.floor(b.target / block))
}
