/**
 * Two edge populations edge by edge. A pass over both in the promised order finds that all is as expected; only where
 * it is not are rows of the targets concerned brought together and matched by what they hold. No verdict rests on a hash.
 */
import type { EdgeSource } from '../../connectome/edges.ts'
import { WINDOW_ROWS } from '../windows.ts'
import { checkBits, countBits, TargetSet } from './bits.ts'
import { blocksOf } from './blocks.ts'
import { type ColumnPair, type ColumnPairs, pairColumns } from './columns.ts'
import type {
  CompareSynapses,
  Expectation,
  PropertyFacts,
  SynapseComparison,
  SynapseOptions,
} from './expectation.ts'
import { Findings } from './findings.ts'
import { BlockJudge } from './judge-blocks.ts'
import type { Undetermined } from './property-window.ts'
import { isSortedByTarget, rowGroups } from './row-groups.ts'
import { type Break, type Walked, walkOnce } from './walk.ts'

const KEEP = 10

/** See {@link CompareSynapses}. */
export const compareSynapses: CompareSynapses = async (original, manipulated, expectation, options = {}) => {
  checkBits(expectation.remain, original.edgeCount)
  const columns = await pairColumns(original, manipulated, expectation)
  for (const { rule } of columns.pairs) checkBits(rule?.rows, original.edgeCount)
  const suspects = new TargetSet(Math.max(original.targetCount, manipulated.targetCount))
  const { walked, followed } = await walk(
    original,
    manipulated,
    expectation,
    columns.pairs,
    suspects,
    options,
  )
  for (const target of options.suspects ?? []) suspects.add(target)
  if (walked.broken !== undefined) suspects.all = true
  const findings = new Findings(options.keep ?? KEEP)
  const promised = expectation.order.kind !== 'any'
  const judge = new BlockJudge(columns.pairs, expectation, promised, findings)
  if (!suspects.empty) {
    const wanted = (target: number): boolean => suspects.has(target)
    for await (const block of blocksOf(original, manipulated, columns.pairs, wanted, options))
      judge.add(block)
  }
  const broken = walked.broken !== undefined
  const complete = findings.all().length === 0
  // Every row has its counterpart, and yet they do not follow each other as they should.
  if (broken && followed && promised && judge.judged.new === 0 && complete)
    findings.add('synapse.order', undefined, () => placeOf(walked.broken ?? {}))
  const undetermined = broken ? judge.judged.undetermined : walked.undetermined
  const orderUnknown = promised && broken ? reasonFor(followed, judge.judged.new > 0, complete) : undefined
  return result(original, manipulated, { expectation, columns, findings, judge, undetermined, orderUnknown })
}

/** Why a pass that broke off says nothing of the order. */
function reasonFor(followed: boolean, hasNew: boolean, complete: boolean): string | undefined {
  if (!followed) return 'there are too many groups of targets to follow'
  if (hasNew) return 'there are new edges among the others'
  return complete ? undefined : 'edges are missing or too many'
}

async function walk(
  original: EdgeSource,
  manipulated: EdgeSource,
  { order, remain }: Expectation,
  pairs: readonly ColumnPair[],
  suspects: TargetSet,
  options: SynapseOptions,
): Promise<{ walked: Walked; followed: boolean }> {
  const windowRows = options.windowRows ?? WINDOW_ROWS
  const grouped = order.kind === 'grouped' || order.kind === 'splits'
  const sorted = grouped && (options.sortedByTarget ?? (await isSortedByTarget(original, windowRows)))
  const groups = await rowGroups(order, sorted, manipulated, windowRows)
  if (groups === undefined) return { walked: { broken: {}, undetermined: new Map() }, followed: false }
  const paired = sorted ? options.paired : undefined
  const input = { original, manipulated, pairs, groups, remain, suspects, paired, options }
  return { walked: await (options.walk ?? walkOnce)(input), followed: true }
}

/** Node ids are those of no one: the edges are told by their numbers. */
const placeOf = ({ originalEdge, manipulatedEdge }: Break) => ({
  source: 0,
  target: 0,
  originalEdge,
  manipulatedEdge,
})

interface Parts {
  readonly expectation: Expectation
  readonly columns: ColumnPairs
  readonly findings: Findings
  readonly judge: BlockJudge
  readonly undetermined: ReadonlyMap<string, Undetermined>
  readonly orderUnknown: string | undefined
}

function result(original: EdgeSource, manipulated: EdgeSource, parts: Parts): SynapseComparison {
  const { expectation, columns, findings, judge, undetermined, orderUnknown } = parts
  const kept = manipulated.edgeCount - findings.count('synapse.extra') - judge.judged.new
  const properties = columns.pairs.map(({ name }): PropertyFacts => {
    const { bounded = 0, free = 0 } = undetermined.get(name) ?? {}
    return { name, exact: kept - bounded - free, bounded, free }
  })
  const { remain } = expectation
  return {
    edges: {
      original: original.edgeCount,
      manipulated: manipulated.edgeCount,
      kept,
      gone:
        remain === undefined
          ? original.edgeCount - kept - findings.count('synapse.missing')
          : original.edgeCount - countBits(remain),
      new: judge.judged.new,
    },
    findings: [...columns.findings, ...findings.all()],
    properties,
    pipeline: columns.pipeline,
    orderUnknown,
    notChecked: [
      ...columns.notChecked,
      ...undeterminedSentences(columns.pairs, undetermined),
      ...(orderUnknown === undefined ? [] : [`the order of edges (${orderUnknown})`]),
    ],
  }
}

function undeterminedSentences(
  pairs: readonly ColumnPair[],
  undetermined: ReadonlyMap<string, Undetermined>,
): string[] {
  return pairs.flatMap(({ name, rule }) => {
    const { bounded = 0, free = 0 } = undetermined.get(name) ?? {}
    if (rule?.kind === 'bounded' && bounded > 0)
      return [`${name} of ${bounded} edges beyond its bounds (${rule.reason})`]
    return rule?.kind === 'free' && free > 0 ? [`${name} of ${free} edges (${rule.reason})`] : []
  })
}
