/** One shard of a verification: its block of targets, in smaller blocks that a rerun need not do again. */
import type { EdgeSource } from '../connectome/edges.ts'
import { isInputError } from '../errors.ts'
import { deepenPart, lookAround, type Tables } from '../levels.ts'
import { compareInParallel } from '../parallel/jobs.ts'
import { troubleOf } from '../prove.ts'
import { IN_SHARDS } from '../row-maps.ts'
import type { TargetRange } from '../verification/buckets.ts'
import type { Outcome } from '../verification/compare.ts'
import { cutTargets, looksUnsorted } from '../verification/cut.ts'
import { type Asking, type Comparable, isComparable, openAll, type VerifyOptions } from '../verify.ts'
import { describe, tablesOf, takeUp } from './describe.ts'
import type { Block, Partial, PartOutcome, Shard, Told } from './partial.ts'
import { joinInputs, withFilesOpened } from './reads.ts'

export interface ShardOptions extends VerifyOptions {
  readonly shard: Shard
  /** Rows of all files in one block, about; default 64 M. */
  readonly blockRows?: number | undefined
  /** Take no file for sorted, whatever its rows look like. */
  readonly anyOrder?: boolean | undefined
  /** What an earlier, interrupted run left: this one goes on from there. */
  readonly earlier?: Partial | undefined
  /** Begin anew where `earlier` is of another question or other files. */
  readonly replace?: boolean | undefined
  /** Called with what there is: at the begin, after each block, and, complete, at the end. */
  readonly onPartial?: ((partial: Partial) => void) | undefined
}

const BLOCK_ROWS = 64_000_000
const MOST_BLOCKS = 64

/**
 * Compare the targets of one shard.
 *
 * @throws InputError as `verify` does, where a file is changed while it is read, and where `earlier` is about
 *   something else and not to be replaced
 */
export async function runShard(options: ShardOptions): Promise<Partial> {
  const { shard } = options
  const started = performance.now()
  const opened = await openAll(options)
  try {
    const { pairs, question } = opened
    const { original } = question
    const files = [original, ...pairs.filter(isComparable).map(({ answer }) => answer.edges)]
    const unsorted = await Promise.all(files.map(edges => options.anyOrder === true || looksUnsorted(edges)))
    const tables = await tablesOf(options, pairs)
    const blank = await describe(options, opened, tables)
    const earlier = await takeUp(options, blank)
    if (earlier?.complete) return earlier
    // Rows in no order are all read for every block.
    const rows = files.reduce((sum, edges) => sum + edges.edgeCount, 0) / shard.of
    const blocks = unsorted.includes(true) ? 1 : Math.ceil(rows / (options.blockRows ?? BLOCK_ROWS))
    const todo = await blocksOf(original, blank.range, Math.min(blocks, MOST_BLOCKS) * shard.of)
    const isDone = (k: number): boolean =>
      earlier?.blocks[k]?.from === todo[k]?.from && earlier?.blocks[k]?.to === todo[k]?.to
    const finished = (earlier?.blocks ?? []).filter((_, k) => isDone(k))
    const before = earlier?.seconds ?? 0
    const seconds = (): number => before + (performance.now() - started) / 1000
    const kept = finished.length === 0 ? undefined : earlier
    let partial: Partial = await withFilesOpened(
      { ...blank, ...withInputs(blank, kept), blocks: finished, seconds: before },
      pairs,
    )
    options.onPartial?.(partial)
    for (const block of todo.slice(finished.length)) {
      // A short block ends before it looks for a signal: one that came while files were opened must not be lost.
      options.signal?.throwIfAborted()
      const outcomes = await compareBlock(original, pairs, tables, { ...options, unsorted }, block)
      const done: Block = { ...block, outcomes }
      partial = await withFilesOpened(
        { ...partial, blocks: [...partial.blocks, done], seconds: seconds() },
        pairs,
      )
      options.onPartial?.(partial)
    }
    if (options.level === 'full' && partial.globals) {
      options.signal?.throwIfAborted()
      partial = { ...partial, full: await allAround(pairs, tables), seconds: seconds() }
    }
    partial = await withFilesOpened({ ...partial, complete: true }, pairs)
    options.onPartial?.(partial)
    return partial
  } finally {
    opened.close()
  }
}

/** With what was opened for blocks that an interrupted run has finished. */
function withInputs({ cases }: Partial, earlier: Partial | undefined): Pick<Partial, 'cases' | 'reads'> {
  const joined = cases.map((one, k) => ({
    ...one,
    proof: {
      ...one.proof,
      inputs: joinInputs([one.proof.inputs, earlier?.cases[k]?.proof.inputs ?? []]),
    },
  }))
  return { cases: joined, reads: earlier?.reads ?? {} }
}

/** Connections and edges of one block: it is done when both are. */
async function compareBlock(
  original: EdgeSource,
  pairs: readonly Asking[],
  tables: readonly (Tables | undefined)[],
  options: ShardOptions & { readonly unsorted: readonly boolean[] },
  range: TargetRange,
): Promise<(PartOutcome | null)[]> {
  const comparable = pairs.filter(isComparable)
  const compared = await compareConnections(original, comparable, options, range)
  const outcomes: (PartOutcome | null)[] = []
  for (const [k, pair] of pairs.entries()) {
    const outcome = isComparable(pair) ? compared[comparable.indexOf(pair)] : undefined
    outcomes.push(outcome === undefined ? null : await outcomeOf(pair, tables[k], outcome, range))
    options.signal?.throwIfAborted()
  }
  return outcomes
}

function compareConnections(
  original: EdgeSource,
  comparable: readonly Comparable[],
  options: ShardOptions & { readonly unsorted: readonly boolean[] },
  range: TargetRange,
): Promise<Outcome[]> {
  const { keep = 10, memory, folder, windowRows, signal, onProgress, unsorted } = options
  const manipulated = comparable.map(({ answer: { edges }, question: { asked } }) => ({ edges, asked }))
  const [first] = comparable
  if (first === undefined) return Promise.resolve([])
  const { source, target } = first.question
  const pairs = options.level !== 'connections'
  const compare = { keep, memory, folder, windowRows, signal, onProgress, range, unsorted, pairs }
  return compareInParallel(original, manipulated, source, target, compare, options)
}

async function outcomeOf(
  pair: Asking,
  tables: Tables | undefined,
  { comparison, error }: Outcome,
  range: TargetRange,
): Promise<PartOutcome> {
  if (error !== undefined) return { error: troubleOf(error) }
  const outcome = { comparison: { ...comparison, changedTargets: [], paired: undefined } }
  if (tables?.pairs === undefined || !isComparable(pair)) return outcome
  const both = { ...pair.question, ...pair.answer }
  return { ...outcome, synapses: await told(() => deepenPart(both, tables, comparison, range)) }
}

/** Level full, of circuits whose edges could be compared. */
function allAround(
  pairs: readonly Asking[],
  tables: readonly (Tables | undefined)[],
): Promise<Partial['full']> {
  return Promise.all(
    pairs.map(async (pair, k) =>
      tables[k]?.pairs === undefined || !isComparable(pair)
        ? null
        : told(() => lookAround({ ...pair.question, ...pair.answer }, IN_SHARDS)),
    ),
  )
}

async function told<T>(look: () => Promise<T>): Promise<Told<T>> {
  try {
    return { found: await look() }
  } catch (error) {
    if (isInputError(error)) return { error: troubleOf(error) }
    throw error
  }
}

/** Blocks of a shard's range, cut from the whole, so that a rerun cuts them alike. */
async function blocksOf(
  original: EdgeSource,
  range: TargetRange | null,
  parts: number,
): Promise<TargetRange[]> {
  if (range === null) return []
  const cuts = (await cutTargets(original, parts)).map(({ from }) => from)
  const starts = [range.from, ...cuts.filter(cut => cut > range.from && cut < range.to)]
  return starts.map((from, k) => ({ from, to: starts[k + 1] ?? range.to }))
}
