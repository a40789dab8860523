/** One walk over two edge populations on several cores: properties dealt out, each thread follows the rows itself. */
import type { TargetRange } from '../verification/buckets.ts'
import type { ColumnPair } from '../verification/synapses/columns.ts'
import type { EdgeBits } from '../verification/synapses/expectation.ts'
import type { PairedRows } from '../verification/synapses/follow.ts'
import type { RowGroups } from '../verification/synapses/row-groups.ts'
import { type Break, type Walked, type WalkInput, walkOnce } from '../verification/synapses/walk.ts'
import { type PortableEdges, portable } from './jobs.ts'
import { WorkerPool } from './pool.ts'

type PortablePair = Pick<ColumnPair, 'name' | 'type' | 'bytes' | 'code'> & {
  readonly places: NonNullable<ColumnPair['places']>
}

/** What a worker is sent. */
export interface WalkPart {
  readonly walk: true
  readonly original: PortableEdges
  readonly manipulated: PortableEdges
  readonly pairs: readonly PortablePair[]
  readonly groups: RowGroups
  readonly remain: EdgeBits | undefined
  readonly paired: PairedRows | undefined
  readonly multiplicityKnown: boolean | undefined
  readonly windowRows: number | undefined
  readonly targets: TargetRange | undefined
}

export type WalkAnswer =
  | { readonly broken: Break | undefined; readonly suspects: readonly number[] }
  /** Something that this part cannot do alone. */
  | { readonly failed: true }

/**
 * A walk in `jobs` threads, with the same result whatever their number. Properties with a rule, and what cannot be
 * opened twice, stay in this thread. Where a part goes wrong, one walk over all gives the answer and the message.
 *
 * @param beside what this thread does, once, when it has walked its share; the others have more of the properties then
 */
export async function walkInParallel(
  input: WalkInput,
  jobs: number,
  given?: WorkerPool,
  beside?: (here: Walked) => Promise<void>,
): Promise<Walked> {
  const before = portable(input.original)
  const after = portable(input.manipulated)
  const shares = deal(input.pairs, jobs, beside !== undefined)
  const walkHere = async (pairs: readonly ColumnPair[]): Promise<Walked> => {
    const here = await walkOnce({ ...input, pairs })
    await beside?.(here)
    return here
  }
  if (before === undefined || after === undefined || shares.elsewhere.length === 0)
    return walkHere(input.pairs)
  const { signal } = input.options
  const pool = given ?? new WorkerPool()
  const workers = shares.elsewhere.map(pairs => {
    const part: WalkPart = {
      walk: true,
      original: before,
      manipulated: after,
      pairs,
      groups: input.groups,
      remain: input.remain,
      paired: input.paired,
      multiplicityKnown: input.options.multiplicityKnown,
      windowRows: input.options.windowRows,
      targets: input.options.targets,
    }
    return pool.run(part, (answer: WalkAnswer) => answer)
  })
  const stop = (): void => {
    for (const worker of workers) worker.stop()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const [here, ...elsewhere] = await Promise.all([
      walkHere(shares.here),
      ...workers.map(({ answer }) => answer),
    ])
    signal?.throwIfAborted()
    for (const answer of elsewhere) {
      // Rows follow each other for all properties or for none.
      if (
        answer === undefined ||
        'failed' in answer ||
        (answer.broken === undefined) !== (here.broken === undefined)
      )
        return walkOnce(input)
      for (const target of answer.suspects) input.suspects.add(target)
    }
    return here
  } finally {
    stop()
    if (given === undefined) pool.close()
    signal?.removeEventListener('abort', stop)
  }
}

/** About the same number of bytes for each thread; the first is this one, which also has what must stay here, and less if it is busy. */
function deal(
  pairs: readonly ColumnPair[],
  jobs: number,
  busy: boolean,
): { here: readonly ColumnPair[]; elsewhere: readonly (readonly PortablePair[])[] } {
  const here = pairs.filter(pair => pair.places === undefined || pair.rule !== undefined)
  const shares = Array.from({ length: jobs }, () => ({ bytes: 0, pairs: [] as ColumnPair[] }))
  const first = shares[0]
  const bytes = (some: readonly ColumnPair[]): number => some.reduce((sum, pair) => sum + pair.bytes, 0)
  // Bringing the rows of one side into order takes about as long as half of the properties.
  const own = bytes(here) + (busy ? bytes(pairs) / 2 : 0)
  if (first !== undefined) first.bytes = own
  for (const pair of pairs.filter(one => !here.includes(one)).sort((a, b) => b.bytes - a.bytes)) {
    const least = shares.reduce((a, b) => (b.bytes < a.bytes ? b : a))
    least.bytes += pair.bytes
    least.pairs.push(pair)
  }
  const elsewhere = shares
    .slice(1)
    .map(share =>
      share.pairs.flatMap(({ name, type, bytes, code, places }) =>
        places === undefined ? [] : [{ name, type, bytes, code, places }],
      ),
    )
  return { here: [...here, ...(first?.pairs ?? [])], elsewhere: elsewhere.filter(share => share.length > 0) }
}
