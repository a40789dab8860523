/** One shard of a verification: its block of targets, in smaller blocks that a rerun need not do again. */
import { createHash } from 'node:crypto'
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { compareInParallel } from '../parallel/jobs.ts'
import { openCase, troubleOf } from '../prove.ts'
import type { TargetRange } from '../verification/buckets.ts'
import type { Outcome } from '../verification/compare.ts'
import { cutTargets, looksUnsorted } from '../verification/cut.ts'
import { type Asking, type Comparable, isComparable, openAll, type VerifyOptions } from '../verify.ts'
import { VERSION } from '../version.ts'
import { fingerprint } from './fingerprint.ts'
import { type Block, differingIdentity, type Partial, type PartOutcome, type Shard } from './partial.ts'

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
 * @throws InputError as `verify` does, and where `earlier` is about something else and not to be replaced
 */
export async function runShard(options: ShardOptions): Promise<Partial> {
  const { shard, level = 'connections' } = options
  if (level !== 'connections') {
    throw new InputError('shards compare connections; properties of synapses are compared in one run', {
      field: '--level',
      hint: `without --shard: verify --level ${level}`,
    })
  }
  const started = performance.now()
  const opened = await openAll(options)
  try {
    const { original } = opened.question
    const comparable = opened.pairs.filter(isComparable)
    const files = [original, ...comparable.map(({ answer }) => answer.edges)]
    const unsorted = await Promise.all(files.map(edges => options.anyOrder === true || looksUnsorted(edges)))
    const range = (await cutTargets(original, shard.of))[shard.index - 1]
    const blank = await describe(options, opened.pairs, range)
    const earlier = takeUp(options, blank)
    if (earlier?.complete) return earlier
    // Rows in no order are all read for every block.
    const rows = files.reduce((sum, edges) => sum + edges.edgeCount, 0) / shard.of
    const blocks = unsorted.includes(true) ? 1 : Math.ceil(rows / (options.blockRows ?? BLOCK_ROWS))
    const todo = await blocksOf(original, range, Math.min(blocks, MOST_BLOCKS) * shard.of)
    const isDone = (k: number): boolean =>
      earlier?.blocks[k]?.from === todo[k]?.from && earlier?.blocks[k]?.to === todo[k]?.to
    const finished = (earlier?.blocks ?? []).filter((_, k) => isDone(k))
    const before = earlier?.seconds ?? 0
    let partial: Partial = { ...blank, blocks: finished, seconds: before }
    options.onPartial?.(partial)
    for (const block of todo.slice(finished.length)) {
      // A short block ends before it looks for a signal: one that came while files were opened must not be lost.
      options.signal?.throwIfAborted()
      const outcomes = await compareBlock(original, comparable, { ...options, unsorted }, block)
      const outcomeOf = new Map(comparable.map((pair, k) => [pair as Asking, outcomes[k]]))
      const done: Block = { ...block, outcomes: opened.pairs.map(pair => plain(outcomeOf.get(pair))) }
      const seconds = before + (performance.now() - started) / 1000
      partial = { ...partial, blocks: [...partial.blocks, done], seconds }
      options.onPartial?.(partial)
    }
    partial = { ...partial, complete: true }
    options.onPartial?.(partial)
    return partial
  } finally {
    opened.close()
  }
}

function compareBlock(
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
  const compare = { keep, memory, folder, windowRows, signal, onProgress, range, unsorted }
  return compareInParallel(original, manipulated, source, target, compare, options)
}

/** Blocks of a shard's range, cut from the whole, so that a rerun cuts them alike. */
async function blocksOf(
  original: EdgeSource,
  range: TargetRange | undefined,
  parts: number,
): Promise<TargetRange[]> {
  if (range === undefined) return []
  const cuts = (await cutTargets(original, parts)).map(({ from }) => from)
  const starts = [range.from, ...cuts.filter(cut => cut > range.from && cut < range.to)]
  return starts.map((from, k) => ({ from, to: starts[k + 1] ?? range.to }))
}

const plain = (outcome: Outcome | undefined): PartOutcome | null =>
  outcome === undefined
    ? null
    : outcome.error === undefined
      ? { comparison: outcome.comparison }
      : { error: troubleOf(outcome.error) }

/** What a shard of `options` would say before it compares anything: who it is and of what. */
export async function describeShard(options: ShardOptions): Promise<Partial> {
  const opened = await openAll(options)
  try {
    const range = (await cutTargets(opened.question.original, options.shard.of))[options.shard.index - 1]
    return await describe(options, opened.pairs, range)
  } finally {
    opened.close()
  }
}

/** The partial result before anything is compared. */
async function describe(
  options: ShardOptions,
  pairs: readonly Asking[],
  range: TargetRange | undefined,
): Promise<Partial> {
  const { shard, keep = 10 } = options
  const globals = shard.index === 1
  const cases = await Promise.all(pairs.map(({ question, answer }) => openCase(question, answer)))
  const identity: Record<string, string> = {
    level: 'connections',
    'number of shards': String(shard.of),
    'culprits to keep': String(keep),
    'order of rows': options.anyOrder === true ? 'none is relied on' : 'as found',
    original: await fingerprint(options.original.file),
  }
  for (const [k, { question, answer }] of pairs.entries()) {
    const { nodes: _, ...rest } = cases[k] ?? { nodes: [] }
    const { source, target, asked } = question
    const name = `circuit ${k + 1}`
    identity[`node selection for ${name}`] = digest(source.ids, target.ids)
    identity[`connections asked of ${name}`] = digest(asked.source, asked.target, asked.kind)
    identity[name] = digest(JSON.stringify(rest))
    if (answer.edges === undefined) continue
    identity[`node selection in ${name}`] = digest(answer.source.ids, answer.target.ids)
  }
  const files = new Set(cases.flatMap(({ proof }) => proof.inputs.map(({ file }) => file)))
  for (const file of [...files].sort()) identity[`file ${file}`] = await fingerprint(file)
  return {
    format: 'connproof-partial',
    schema: 1,
    tool: VERSION,
    shard,
    complete: false,
    identity,
    anyOrder: options.anyOrder === true,
    keep,
    range: range ?? null,
    cases: cases.map(one => (globals ? one : { ...one, nodes: [] })),
    globals,
    blocks: [],
    seconds: 0,
  }
}

function digest(...parts: readonly (string | Uint8Array | Uint32Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function takeUp({ earlier, replace, shard }: ShardOptions, now: Partial): Partial | undefined {
  if (earlier === undefined) return undefined
  const other = differingIdentity(earlier, now)
  if (other === undefined && earlier.shard.index === shard.index) return earlier
  if (replace) return undefined
  throw new InputError(`the partial result that is there is of something else: not the same ${other}`, {
    hint: 'add --force to replace it, or give another name with --partial',
  })
}
