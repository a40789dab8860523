/** The file that one shard leaves: what it found in its block of targets, and all that tells it from others. */
import { createHash } from 'node:crypto'
import { InputError } from '../errors.ts'
import { isJsonObject, type JsonValue, parseJson, readTextFile } from '../formats/json.ts'
import type { Case } from '../prove.ts'
import type { TargetRange } from '../verification/buckets.ts'
import type { Comparison } from '../verification/comparison.ts'
import type { Trouble } from '../verification/proof.ts'
import { VERSION } from '../version.ts'

/** One block of targets of one shard. */
export interface Block extends TargetRange {
  /** One for each case, in their order; null where there is nothing to compare. */
  readonly outcomes: readonly (PartOutcome | null)[]
}

export interface PartOutcome {
  readonly comparison?: Comparison | undefined
  readonly error?: Trouble | undefined
}

/** Shard `index` (from 1) of `of`. */
export interface Shard {
  readonly index: number
  readonly of: number
}

export interface Partial {
  readonly format: 'connproof-partial'
  readonly schema: 1
  readonly tool: string
  readonly shard: Shard
  /** False: interrupted; `blocks` are those that were finished. */
  readonly complete: boolean
  /** What must be equal in all shards of one verification, each under the name that a message gives it. */
  readonly identity: Readonly<Record<string, string>>
  /** No order of rows was relied on. */
  readonly anyOrder: boolean
  /** Culprits kept per class. */
  readonly keep: number
  /** The targets of this shard; null where there are fewer targets with edges than shards. */
  readonly range: TargetRange | null
  /** One for each manipulated circuit. Findings about nodes are in those of shard 1 only. */
  readonly cases: readonly Case[]
  /** Whether this shard made the checks that are made once: those of node populations and selections. */
  readonly globals: boolean
  /** Ascending, without gaps from the begin of `range`. */
  readonly blocks: readonly Block[]
  readonly seconds: number
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The text of the file: one JSON object, its own digest last. */
export function partialToText(partial: Partial): string {
  const body = JSON.stringify(partial)
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
  if (value.tool !== VERSION || value.schema !== 1) {
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
  return body as unknown as Partial
}

/** `2/5`, for messages. */
export const shardName = ({ index, of }: Shard): string => `${index}/${of}`

/** The name of the first thing that is not the same, or undefined. */
export function differingIdentity(a: Partial, b: Partial): string | undefined {
  const names = Object.keys({ ...a.identity, ...b.identity })
  return names.find(name => a.identity[name] !== b.identity[name])
}
