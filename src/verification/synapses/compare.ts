/**
 * Two edge populations edge by edge. A pass over both in the promised order finds that all is as expected; only where
 * it is not are rows of the targets concerned brought together and matched by what they hold. No verdict rests on a hash.
 */
import type { EdgeSource } from '../../connectome/edges.ts'
import { WINDOW_ROWS } from '../windows.ts'
import { checkBits, countBits, TargetSet } from './bits.ts'
import { blocksOf } from './blocks.ts'
import { type ColumnPair, type ColumnPairs, pairColumns } from './columns.ts'
import type { CompareSynapses, Expectation, SynapseOptions } from './expectation.ts'
import { Findings } from './findings.ts'
import { BlockJudge } from './judge-blocks.ts'
import { type SynapsePart, sumUp } from './part.ts'
import { isSortedByTarget, rowGroups } from './row-groups.ts'
import { otherReading, typesDiffer } from './type-reading.ts'
import { type Walked, walkOnce } from './walk.ts'

const KEEP = 10

/** See {@link CompareSynapses}. */
export const compareSynapses: CompareSynapses = async (original, manipulated, expectation, options = {}) => {
  const { remain } = expectation
  checkBits(remain, original.edgeCount)
  const paired = await pairColumns(original, manipulated, expectation)
  for (const { rule } of paired.pairs) checkBits(rule?.rows, original.edgeCount)
  return sumUp({
    edges: { original: original.edgeCount, manipulated: manipulated.edgeCount },
    ...(await compareColumns({ original, manipulated, expectation }, paired, options)),
    expectation,
    remaining: remain && countBits(remain),
    keep: options.keep ?? KEEP,
  })
}

export interface Sides {
  readonly original: EdgeSource
  readonly manipulated: EdgeSource
  readonly pairs: readonly ColumnPair[]
  readonly expectation: Expectation
}

/**
 * Compare all rows. `columns` as they are paired at first: edge types may turn out to be meant otherwise.
 *
 * @throws InputError if they cannot be read
 */
export async function compareColumns(
  sides: Omit<Sides, 'pairs'>,
  columns: ColumnPairs,
  options: SynapseOptions,
): Promise<{ readonly columns: ColumnPairs; readonly part: SynapsePart }> {
  const { original, manipulated, expectation } = sides
  const first = { columns, part: await compareRows({ ...sides, pairs: columns.pairs }, options) }
  const zeroed = await otherReading(manipulated, columns, first.part.findings)
  if (zeroed === undefined) return first
  const others = await pairColumns(original, manipulated, expectation, zeroed)
  const second = { columns: others, part: await compareRows({ ...sides, pairs: others.pairs }, options) }
  return typesDiffer(second.part.findings) ? first : second
}

/** Compare all rows, or with `options.targets` those to some targets. @throws InputError if they cannot be read */
export async function compareRows(sides: Sides, options: SynapseOptions): Promise<SynapsePart> {
  const suspects = suspectsFor(sides)
  const walked = await walkRows(sides, suspects, options)
  return judgeRows(sides, walked, suspects, options)
}

export const suspectsFor = ({ original, manipulated }: Sides): TargetSet =>
  new TargetSet(Math.max(original.targetCount, manipulated.targetCount))

export interface WalkedRows {
  readonly walked: Walked
  /** False: there are too many groups of targets, and nothing was looked at. */
  readonly followed: boolean
}

/** The pass over both in the promised order. */
export async function walkRows(
  { original, manipulated, pairs, expectation: { order, remain } }: Sides,
  suspects: TargetSet,
  options: SynapseOptions,
): Promise<WalkedRows> {
  const windowRows = options.windowRows ?? WINDOW_ROWS
  const grouped = order.kind === 'grouped' || order.kind === 'splits'
  const sorted = grouped && (options.sortedByTarget ?? (await isSortedByTarget(original, windowRows)))
  const { ways, complete } = await rowGroups(order, sorted, manipulated, windowRows)
  const paired = sorted ? options.paired : undefined
  const columns = pairs.flatMap(pair => pair.walk ?? [pair])
  let walked: Walked | undefined
  for (const way of ways) {
    const groups = way()
    const input = { original, manipulated, pairs: columns, groups, remain, suspects, paired, options }
    const found = await (options.walk ?? walkOnce)(input)
    if (found.broken === undefined) return { walked: found, followed: true }
    walked ??= found
  }
  return { walked: walked ?? { broken: {}, undetermined: new Map() }, followed: complete }
}

/** Rows to the targets that the pass found to be other than they should, and to those that others suspect. */
export async function judgeRows(
  { original, manipulated, pairs, expectation }: Sides,
  { walked, followed }: WalkedRows,
  suspects: TargetSet,
  options: SynapseOptions,
): Promise<SynapsePart> {
  for (const target of options.suspects ?? []) suspects.add(target)
  if (walked.broken !== undefined) suspects.all = true
  const findings = new Findings(options.keep ?? KEEP)
  const judge = new BlockJudge(pairs, expectation, expectation.order.kind !== 'any', findings)
  if (!suspects.empty) {
    const { from = 0, to = Number.POSITIVE_INFINITY } = options.targets ?? {}
    const wanted = (target: number): boolean => target >= from && target < to && suspects.has(target)
    for await (const block of blocksOf(original, manipulated, pairs, wanted, options)) judge.add(block)
  }
  return {
    broken: walked.broken,
    followed,
    new: judge.judged.new,
    findings: findings.all(),
    undetermined: [...(walked.broken === undefined ? walked : judge.judged).undetermined],
  }
}
