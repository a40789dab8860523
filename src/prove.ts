/** From what was found to the record of it: one proof per manipulated circuit. */
import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { NodeSelection } from './connectome/selection.ts'
import type { InputError } from './errors.ts'
import type { Asked } from './verification/asked.ts'
import { CONNECTION_CHECKS, type Facts, judge } from './verification/checks.ts'
import type { Outcome } from './verification/compare.ts'
import type { InputIdentity, Proof } from './verification/proof.ts'
import { silent, uncheckable, uncheckedSentences, withoutMultiplicity } from './verification/uncheckable.ts'
import type { VerifyOptions } from './verify.ts'
import { VERSION } from './version.ts'

/** What is asked, of the original as it was opened. */
export interface Question {
  options: VerifyOptions
  original: EdgeSource
  source: NodeSelection
  target: NodeSelection
  asked: Asked
}

/** A manipulated circuit, opened as far as it could be. */
export type Answer = { name: string; file: string; own: boolean; circuit?: Circuit | undefined } & (
  | { edges: EdgeSource; source: NodeSelection; target: NodeSelection; error?: undefined }
  | { edges?: undefined; error: InputError }
)

/** The proof for one circuit; `cannot_tell` where there is no comparison. */
export async function prove(
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
      const parts = await filesAt(file)
      if (parts.length === 0) return undefined
      const bytes = parts.reduce((all, part) => all + part.size, 0)
      const modified = new Date(Math.max(...parts.map(part => part.mtimeMs))).toISOString()
      return { role, file, bytes, modified }
    }),
  )
  return identities.filter(identity => identity !== undefined)
}

/** The file, or all files in the folder: unconverted edges are several. */
async function filesAt(path: string): Promise<Stats[]> {
  const names = await readdir(path).catch(() => [''])
  const found = await Promise.all(names.map(name => stat(join(path, name)).catch(() => undefined)))
  return found.flatMap(facts => (facts?.isFile() ? [facts] : []))
}
