/** The file that one shard leaves: what it found in its block of targets, and all that tells it from others. */
import { createHash } from 'node:crypto'
import { InputError } from '../errors.ts'
import { isJsonArray, isJsonObject, type JsonValue, parseJson, readTextFile } from '../formats/json.ts'
import type { FullProof, Tables } from '../levels.ts'
import type { Case } from '../prove.ts'
import type { TargetRange } from '../verification/buckets.ts'
import type { Comparison } from '../verification/comparison.ts'
import { LEVELS, type Level, type Trouble } from '../verification/proof.ts'
import type { SynapsePart } from '../verification/synapses/part.ts'
import { VERSION } from '../version.ts'

/** One block of targets of one shard. */
export interface Block extends TargetRange {
  /** One for each case, in their order; null where there is nothing to compare. */
  readonly outcomes: readonly (PartOutcome | null)[]
}

export interface PartOutcome {
  /** Without what helps to compare edges, `changedTargets` and `paired`: that has been done. */
  readonly comparison?: Comparison | undefined
  readonly error?: Trouble | undefined
  /** Of the edges, from level synapses on, where there are properties on both sides. */
  readonly synapses?: Told<SynapsePart> | undefined
}

/** Or why it could not be told. */
export type Told<T> = { readonly found: T; readonly error?: undefined } | { readonly error: Trouble }

/** Shard `index` (from 1) of `of`. */
export interface Shard {
  readonly index: number
  readonly of: number
}

export const SCHEMA = 4

export interface Partial {
  readonly format: 'connproof-partial'
  readonly schema: typeof SCHEMA
  readonly tool: string
  readonly shard: Shard
  /** False: interrupted; `blocks` are those that were finished. */
  readonly complete: boolean
  /** What must be equal in all shards of one verification, each under the name that a message gives it. */
  readonly identity: Readonly<Record<string, string>>
  /**
   * Every file that this shard has opened, as `fingerprint` has it: its own alone, as some are opened only where rows
   * lead to them. The inputs of `cases` name them with what they are for.
   */
  readonly reads: Readonly<Record<string, string>>
  /** No order of rows was relied on. */
  readonly anyOrder: boolean
  /** Culprits kept per class. */
  readonly keep: number
  readonly level: Level
  /** The targets of this shard; null where there are fewer targets with edges than shards. */
  readonly range: TargetRange | null
  /** One for each manipulated circuit. Findings about nodes are in those of shard 1 only. */
  readonly cases: readonly Case[]
  /** Whether this shard made the checks that are made once: those of node populations and selections. */
  readonly globals: boolean
  /** One for each case: which properties there are; null at level connections, and where there is nothing to compare. */
  readonly tables: readonly (PlainTables | null)[]
  /** At level full, once the blocks of the shard that makes `globals` are done: one for each case. */
  readonly full?: readonly (Told<FullProof> | null)[] | undefined
  /** Ascending, without gaps from the begin of `range`. */
  readonly blocks: readonly Block[]
  readonly seconds: number
}

/** Names of the properties, for readers of their columns. */
export type PlainTables = Tables<{ readonly name: string }>

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Values of 64-bit properties that JSON has no number for. */
const INTEGER = 'integer'

function revive(value: JsonValue): unknown {
  if (isJsonArray(value)) return value.map(revive)
  if (!isJsonObject(value)) return value
  const integer = value[INTEGER]
  if (typeof integer === 'string') return BigInt(integer)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revive(one)]))
}

/** The text of the file: one JSON object, its own digest last. */
export function partialToText(partial: Partial): string {
  const body = JSON.stringify(partial, (_, value: unknown) =>
    typeof value === 'bigint' ? { [INTEGER]: String(value) } : value,
  )
  return `${body.slice(0, -1)},"sha256":"${sha256(body)}"}\n`
}

/**
 * Read what {@link partialToText} made. The digest vouches for its form: nothing else writes it.
 *
 * @throws InputError if it is no partial result, is damaged, or is of another version of connproof
 */
export const readPartial = async (file: string): Promise<Partial> =>
  parsePartial(await readTextFile(file), file)

/** {@link readPartial} of a text; `file` is for messages. */
export function parsePartial(text: string, file: string): Partial {
  const value = parseJson(text, file)
  if (!isJsonObject(value) || value.format !== 'connproof-partial') {
    throw new InputError('is not a partial result of verify --shard', { file })
  }
  if (value.tool !== VERSION || value.schema !== SCHEMA) {
    throw new InputError(`was made by connproof ${String(value.tool)}, and this is ${VERSION}`, {
      file,
      hint: 'run all shards and the merge with one version',
    })
  }
  const { sha256: digest, ...body } = value as { readonly [key: string]: JsonValue }
  if (digest !== sha256(JSON.stringify(body))) {
    throw new InputError('is damaged or was edited: it does not have the digest it states', {
      file,
      hint: 'run this shard again',
    })
  }
  return revive(body) as Partial
}

/** `2/5`, for messages. */
export const shardName = ({ index, of }: Shard): string => `${index}/${of}`

/** Before the path of a file, in `identity`. */
export const FILE = 'file '

/** The name of what is not the same, or undefined. */
export function differingIdentity(a: Partial, b: Partial): string | undefined {
  const names = Object.keys({ ...a.identity, ...b.identity })
  const differing = names.filter(name => a.identity[name] !== b.identity[name])
  // A file that was changed makes other circuits of those that it is of: it is what there is to say.
  const changed = differing.find(
    name => name.startsWith(FILE) && a.identity[name] !== undefined && b.identity[name] !== undefined,
  )
  return changed ?? differing[0]
}

/** Whether the shards looked as deep as this. */
export const reaches = ({ level }: Pick<Partial, 'level'>, wanted: Level): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(wanted)

/** @throws InputError if the shards looked less deep than they should have */
export function requireLevel(partial: Partial, wanted: Level | undefined, file: string): void {
  if (wanted === undefined || reaches(partial, wanted)) return
  throw new InputError(`shard ${shardName(partial.shard)} is of level ${partial.level}, not ${wanted}`, {
    file,
    field: '--level',
    hint: `run all shards again with --level ${wanted}`,
  })
}
