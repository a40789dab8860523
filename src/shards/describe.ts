/** Who a shard is and of what, before it compares anything. */
import { createHash } from 'node:crypto'
import { InputError } from '../errors.ts'
import { DEFAULT_LEVEL, openTables, type Tables } from '../levels.ts'
import { openCase } from '../prove.ts'
import { cutTargets } from '../verification/cut.ts'
import { type Asking, isComparable, openAll } from '../verify.ts'
import { VERSION } from '../version.ts'
import { fingerprint } from './fingerprint.ts'
import { differingIdentity, FILE, type Partial, type PlainTables, SCHEMA } from './partial.ts'
import type { ShardOptions } from './run-shard.ts'

type Opened = Awaited<ReturnType<typeof openAll>>

/** What a shard of `options` would say. */
export async function describeShard(options: ShardOptions): Promise<Partial> {
  const opened = await openAll(options)
  try {
    return await describe(options, opened, await tablesOf(options, opened.pairs))
  } finally {
    opened.close()
  }
}

/** Of each circuit, where its properties are to be compared. */
export function tablesOf(
  { level }: Pick<ShardOptions, 'level'>,
  pairs: readonly Asking[],
): Promise<(Tables | undefined)[]> {
  return Promise.all(
    pairs.map(async pair =>
      level === 'connections' || !isComparable(pair)
        ? undefined
        : openTables(pair.question.original, pair.answer.edges),
    ),
  )
}

/** The partial result before anything is compared. */
export async function describe(
  options: ShardOptions,
  { question: { original }, pairs }: Pick<Opened, 'question' | 'pairs'>,
  opened: readonly (Tables | undefined)[],
): Promise<Partial> {
  const { shard, keep = 10, level = DEFAULT_LEVEL } = options
  const globals = shard.index === 1
  const cases = await Promise.all(pairs.map(({ question, answer }) => openCase(question, answer)))
  const tables = opened.map(plainTables)
  const identity: Record<string, string> = {
    level,
    'number of shards': String(shard.of),
    'culprits to keep': String(keep),
    'order of rows': options.anyOrder === true ? 'none is relied on' : 'as found',
    original: await fingerprint(options.original.file),
  }
  for (const [k, { question, answer }] of pairs.entries()) {
    const { nodes: _, askedLevel: __, ...rest } = cases[k] ?? { nodes: [] }
    const { source, target, asked } = question
    const name = `circuit ${k + 1}`
    identity[`node selection for ${name}`] = digest(source.ids, target.ids)
    identity[`connections asked of ${name}`] = digest(asked.source, asked.target, asked.kind)
    identity[name] = digest(JSON.stringify(rest))
    identity[`properties of ${name}`] = digest(JSON.stringify(tables[k]))
    if (answer.edges === undefined) continue
    identity[`node selection in ${name}`] = digest(answer.source.ids, answer.target.ids)
  }
  const files = new Set(cases.flatMap(({ proof }) => proof.inputs.map(({ file }) => file)))
  for (const file of [...files].sort()) identity[`${FILE}${file}`] = await fingerprint(file)
  const ranges = await cutTargets(original, shard.of)
  return {
    format: 'connproof-partial',
    schema: SCHEMA,
    tool: VERSION,
    shard,
    complete: false,
    identity,
    reads: {},
    anyOrder: options.anyOrder === true,
    keep,
    level,
    range: ranges[shard.index - 1] ?? null,
    cases: cases.map(one => (globals ? one : { ...one, nodes: [] })),
    globals,
    tables,
    blocks: [],
    seconds: 0,
  }
}

const plainTables = (tables: Tables | undefined): PlainTables | null =>
  tables?.pairs === undefined
    ? (tables ?? null)
    : { ...tables, pairs: tables.pairs.map(({ name }) => ({ name })) }

function digest(...parts: readonly (string | Uint8Array | Uint32Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** The partial result that is there, if this shard can go on from it. @throws InputError if it is not to be replaced */
export async function takeUp(
  { earlier, replace, shard }: ShardOptions,
  now: Partial,
): Promise<Partial | undefined> {
  if (earlier === undefined) return undefined
  const other = differingIdentity(earlier, now) ?? (await changedRead(earlier))
  if (other === undefined && earlier.shard.index === shard.index) return earlier
  if (replace) return undefined
  throw new InputError(`the partial result that is there is of something else: not the same ${other}`, {
    hint: 'add --force to replace it, or give another name with --partial',
  })
}

async function changedRead({ reads }: Partial): Promise<string | undefined> {
  for (const [file, was] of Object.entries(reads))
    if ((await fingerprint(file)) !== was) return `${FILE}${file}`
  return undefined
}
