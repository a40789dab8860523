/** Partial results of all shards of one verification, made the proofs that an undivided run gives. */
import { MAX_NODES } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { conclusion, type Deeper, NO_DEEPER, untold } from '../levels.ts'
import { type Case, conclude } from '../prove.ts'
import { IN_SHARDS } from '../row-maps.ts'
import type { Comparison } from '../verification/comparison.ts'
import { joinComparisons } from '../verification/join.ts'
import type { Proof, Trouble } from '../verification/proof.ts'
import { joinParts, type SynapsePart } from '../verification/synapses/part.ts'
import { fingerprint, NOT_THERE } from './fingerprint.ts'
import { differingIdentity, FILE, type Partial, type PartOutcome, shardName } from './partial.ts'
import { joinInputs } from './reads.ts'

export interface PartialFile {
  /** For messages. */
  readonly file: string
  readonly partial: Partial
}

/**
 * One proof per circuit, equal in every count and culprit to those of one run over all targets.
 *
 * @param given partial results of all shards; `lower`: accept a level below the one that was asked for
 * @throws InputError where shards are missing, doubled, interrupted, overlap, belong to different verifications or
 *   contradict one another: then nothing is proven
 */
export const mergePartials = (
  given: readonly PartialFile[],
  { lower = false }: { readonly lower?: boolean } = {},
): Proof[] =>
  joinPartials(given).map(({ one, outcome, deeper, seconds }) => {
    const allow = lower ? [...new Set([...one.allow, 'level.lower' as const])] : one.allow
    return conclude({ ...one, allow }, outcome, seconds, deeper)
  })

interface Joined {
  readonly one: Case
  readonly outcome: { readonly comparison?: Comparison; readonly error?: Trouble } | undefined
  readonly deeper: Deeper | undefined
  readonly seconds: number
}

/** One comparison per circuit. */
function joinPartials(given: readonly PartialFile[]): Joined[] {
  const parts = [...given].sort((a, b) => a.partial.shard.index - b.partial.shard.index)
  const [first] = parts
  if (first === undefined) throw new InputError('no partial results were given')
  for (const part of parts) requireSame(first, part)
  requireAll(parts)
  requireWhole(parts)
  const seconds = parts.reduce((sum, { partial }) => sum + partial.seconds, 0)
  return first.partial.cases.map((of, k) => {
    const inputs = joinInputs(parts.map(({ partial }) => partial.cases[k]?.proof.inputs ?? []))
    const one = { ...of, proof: { ...of.proof, inputs } }
    const outcome = outcomeOf(one, k, parts)
    const deeper = outcome?.comparison && deeperOf(outcome.comparison, k, parts)
    return { one, outcome, deeper, seconds }
  })
}

/** What a shard has looked at; absolute. */
export const filesOf = (partial: Partial): string[] => [
  ...fingerprintsOf(partial).keys(),
  ...partial.cases.flatMap(({ proof: { original, file } }) => [original, file]),
]

/** By their paths: those that all shards have, and those that this one met. */
const fingerprintsOf = ({ identity, reads }: Partial): Map<string, string> =>
  new Map([
    ...Object.entries(identity).flatMap(([name, was]): [string, string][] =>
      name.startsWith(FILE) ? [[name.slice(FILE.length), was]] : [],
    ),
    ...Object.entries(reads),
  ])

/** @throws InputError if an input is not there any more, or not what it was when the shards ran */
export async function requireUnchanged({ file, partial }: PartialFile): Promise<void> {
  for (const [input, was] of fingerprintsOf(partial)) {
    const now = await fingerprint(input)
    if (now === was) continue
    const gone = now === NOT_THERE
    throw new InputError(
      `${gone ? 'is gone' : 'has changed'} since shard ${shardName(partial.shard)} was run`,
      {
        file: input,
        field: file,
        hint: gone ? 'put it back unchanged, or merge where it is' : AGAIN,
      },
    )
  }
}

function requireSame(first: PartialFile, part: PartialFile): void {
  const name = differingIdentity(first.partial, part.partial) ?? differingRead(first.partial, part.partial)
  if (name === undefined) return
  throw new InputError(`is a shard of another verification than ${first.file}: not the same ${name}`, {
    file: part.file,
    hint: 'merge shards of one command over unchanged files',
  })
}

/** A file that both have opened, and that was changed in between. */
function differingRead(a: Partial, b: Partial): string | undefined {
  const file = Object.keys(a.reads).find(
    path => b.reads[path] !== undefined && b.reads[path] !== a.reads[path],
  )
  return file && `${FILE}${file}`
}

/** Every shard once, and complete. */
function requireAll(parts: readonly PartialFile[]): void {
  const of = parts[0]?.partial.shard.of ?? 0
  const seen = new Map<number, string>()
  for (const { file, partial } of parts) {
    const { index } = partial.shard
    const other = seen.get(index)
    if (other !== undefined) {
      throw new InputError(`is shard ${shardName(partial.shard)}, and so is ${other}`, {
        file,
        hint: 'give each shard once',
      })
    }
    seen.set(index, file)
    if (partial.complete) continue
    throw new InputError(`shard ${shardName(partial.shard)} was interrupted`, {
      file,
      hint: 'run the same command again: it goes on where it stopped',
    })
  }
  const missing = Array.from({ length: of }, (_, k) => k + 1).filter(index => !seen.has(index))
  if (missing.length === 0) return
  const names = missing.slice(0, 20).map(index => shardName({ index, of }))
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : ''
  throw new InputError(
    `shard${missing.length > 1 ? 's' : ''} ${names.join(', ')}${more} ${missing.length > 1 ? 'are' : 'is'} missing`,
    { hint: 'run them, then merge all' },
  )
}

/** All targets, each in one shard and in one block; the checks that are made once were made once. */
function requireWhole(parts: readonly PartialFile[]): void {
  let next = 0
  let before: PartialFile | undefined
  for (const part of parts) {
    const { range, blocks, shard } = part.partial
    if (range === null) continue
    if (range.from !== next) throw notWhole(part, before, range.from < next)
    for (const block of blocks) {
      if (block.from !== next) throw notWhole(part, part, block.from < next)
      next = block.to
    }
    if (next !== range.to)
      throw new InputError(`shard ${shardName(shard)} lacks blocks`, { file: part.file, hint: AGAIN })
    before = part
  }
  if (next !== MAX_NODES)
    throw new InputError(`targets from ${next} on are in no shard`, { file: before?.file, hint: AGAIN })
  if (parts.filter(({ partial }) => partial.globals).length !== 1)
    throw new InputError('no shard made the checks of nodes', { file: parts[0]?.file, hint: AGAIN })
}

const AGAIN = 'run all shards again'

function notWhole(part: PartialFile, before: PartialFile | undefined, overlap: boolean): InputError {
  const name = shardName(part.partial.shard)
  const other = before === undefined ? 'the begin' : `shard ${shardName(before.partial.shard)}`
  return new InputError(
    overlap ? `shard ${name} overlaps with ${other}` : `there are targets between ${other} and shard ${name}`,
    { file: part.file, hint: AGAIN },
  )
}

function outcomeOf(one: Case, k: number, parts: readonly PartialFile[]): Joined['outcome'] {
  if (one.error !== undefined) return undefined
  const comparisons: Comparison[] = []
  for (const outcome of outcomesOf(k, parts)) {
    // In the order of targets, so this is what one pass meets first.
    if (outcome?.error) return { error: outcome.error }
    if (!outcome?.comparison) return { error: { message: 'not compared by every shard' } }
    comparisons.push(outcome.comparison)
  }
  const comparison = joinComparisons(comparisons, parts[0]?.partial.keep ?? 0)
  if (comparison !== undefined) return { comparison }
  throw new InputError('some shards relied on an order of its rows that others found broken', {
    file: one.proof.file,
    hint: 'run all shards again with --any-order',
  })
}

const outcomesOf = (k: number, parts: readonly PartialFile[]): (PartOutcome | null | undefined)[] =>
  parts.flatMap(({ partial }) => partial.blocks.map(({ outcomes }) => outcomes[k]))

/** Beyond connections, which could be compared. */
function deeperOf(comparison: Comparison, k: number, parts: readonly PartialFile[]): Deeper {
  const [first] = parts
  if (first === undefined || first.partial.level === 'connections') return NO_DEEPER
  const { tables: all, keep, level } = first.partial
  const tables = all[k]
  if (tables?.deeper !== undefined) return tables.deeper
  const found: SynapsePart[] = []
  for (const outcome of outcomesOf(k, parts)) {
    if (outcome?.synapses?.error !== undefined) return untold(outcome.synapses.error)
    if (outcome?.synapses !== undefined) found.push(outcome.synapses.found)
  }
  const full = parts.find(({ partial }) => partial.globals)?.partial.full?.[k]
  if (full?.error !== undefined) return untold(full.error)
  const blocks = parts.reduce((sum, { partial }) => sum + partial.blocks.length, 0)
  if (tables?.pairs === undefined || found.length < blocks || (level === 'full' && full == null))
    throw new InputError(`is of level ${level}, and not all of it was compared`, {
      file: first.file,
      hint: AGAIN,
    })
  return conclusion({
    tables,
    edges: comparison.edges,
    part: joinParts(found, keep),
    full: full?.found,
    rows: IN_SHARDS,
    keep,
  })
}
