/** The share of one worker of a walk. */
import type { ColumnPlace, EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { TargetSet } from '../verification/synapses/bits.ts'
import type { ColumnPair, ReadRows } from '../verification/synapses/columns.ts'
import { walkOnce } from '../verification/synapses/walk.ts'
import type { WalkAnswer, WalkPart } from './walks.ts'

export async function walkPart(
  part: WalkPart,
  original: EdgeSource,
  manipulated: EdgeSource,
): Promise<WalkAnswer> {
  const pairs: ColumnPair[] = []
  for (const { places, bytes, ...pair } of part.pairs) {
    const before = places.before === 'zeros' ? zeros : await reader(places.before, bytes)
    pairs.push({ ...pair, bytes, before, after: await reader(places.after, bytes) })
  }
  const { groups, remain, paired, multiplicityKnown, windowRows, targets } = part
  const suspects = new TargetSet(Math.max(original.targetCount, manipulated.targetCount))
  const options = { multiplicityKnown, windowRows, targets }
  const { broken } = await walkOnce({
    original,
    manipulated,
    pairs,
    groups,
    remain,
    suspects,
    paired,
    options,
  })
  return { broken, suspects: suspects.list() }
}

const zeros: ReadRows = (_first, _count, into) => {
  into.fill(0)
}

/** Rows of `bytes`, of one value or of several. */
async function reader({ file, dataset, first: begin = 0 }: ColumnPlace, bytes: number): Promise<ReadRows> {
  const data = await (await openHdf5(file)).dataset(dataset)
  if (data === undefined || (data.type.kind !== 'int' && data.type.kind !== 'float'))
    throw new InputError('gone', { file, field: dataset })
  const each = bytes / data.type.bytes
  return (first, count, into) => data.readInto((begin + first) * each, count * each, into)
}
