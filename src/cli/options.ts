/** Values of flags, from text to types. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { LEVELS, type Level } from '../verification/proof.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** `64M`, `2G`, `1.5GiB`, `1048576`: bytes, in powers of 1024. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  const bytes = Math.floor(Number(match?.[1]) * (UNITS[match?.[2]?.toUpperCase() ?? ''] ?? Number.NaN))
  if (!Number.isSafeInteger(bytes) || bytes === 0)
    throw new InvalidArgumentError('Expected a size such as 64M or 2G.')
  return bytes
}

export function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count))
    throw new InvalidArgumentError('Expected a whole number.')
  return count
}

export function parseJobs(text: string): number {
  const jobs = parseCount(text)
  if (jobs >= 1 && jobs <= 256) return jobs
  throw new InvalidArgumentError('Expected 1 to 256 threads.')
}

/** As `--splits` of the package: at least 1. */
export function parseSplits(text: string): number {
  const splits = parseCount(text)
  if (splits >= 1) return splits
  throw new InvalidArgumentError('Expected at least 1 split.')
}

/** `2/5`: the second of five. */
export function parseShard(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (index === undefined || of === undefined)
    throw new InvalidArgumentError('Expected I/N, such as 2/5: the second of five.')
  if (of < 1 || of > MOST_SHARDS) throw new InvalidArgumentError(`Expected 1 to ${MOST_SHARDS} shards.`)
  if (index < 1 || index > of)
    throw new InvalidArgumentError(`Shard ${index} is out of range: there are 1/${of} to ${of}/${of}.`)
  return { index, of }
}

const MOST_SHARDS = 10_000

export function parseIdBase(text: string): 0 | 1 {
  if (text === '0') return 0
  if (text === '1') return 1
  throw new InvalidArgumentError('Expected 0 (SONATA node ids) or 1 (GIDs).')
}

export function parseLevel(text: string): Level {
  const level = LEVELS.find(known => known === text)
  if (level === undefined) throw new InvalidArgumentError(`Expected ${LEVELS.join(', ')}.`)
  return level
}

/** For flags that may be given several times, or once with a comma-separated list. */
export const collect = (text: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  ...text.split(','),
]

/** What every verb that compares edges takes: resources, and names that files may fail to give. */
export const comparisonOptions = (verb: Command): Command =>
  verb
    .option('--memory <size>', 'for rows out of order, such as 64M or 2G', parseBytes)
    .addOption(new Option('--tmp <dir>', 'folder for rows that need more').hideHelp())
    .addOption(new Option('--source-population <name>', 'node population of the sources').hideHelp())
    .addOption(new Option('--target-population <name>', 'node population of the targets').hideHelp())
    .option('--jobs <n>', 'threads; default as Slurm and machine allow', parseJobs)
