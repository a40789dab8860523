/** Which files a shard has opened so far: not all shards meet the same, and a merge looks at each. */
import { InputError } from '../errors.ts'
import { CHANGED, changedSinceRead } from '../identify.ts'
import { withReads } from '../prove.ts'
import type { InputIdentity } from '../verification/proof.ts'
import type { Asking } from '../verify.ts'
import { fingerprint } from './fingerprint.ts'
import type { Partial } from './partial.ts'

/**
 * The partial result with all that was opened for it by now.
 *
 * @throws InputError if one of these files is not what it was when it was opened: what was found since may be of two
 */
export async function withFilesOpened(partial: Partial, pairs: readonly Asking[]): Promise<Partial> {
  const cases = partial.cases.map((one, k) => {
    const pair = pairs[k]
    if (pair === undefined) return one
    return {
      ...one,
      proof: { ...one.proof, inputs: withReads(one.proof.inputs, pair.question, pair.answer) },
    }
  })
  const inputs = cases.flatMap(({ proof }) => proof.inputs)
  const reads: Record<string, string> = { ...partial.reads }
  for (const { file } of inputs) reads[file] ??= await fingerprint(file)
  // Afterwards, so that the fingerprints are of what was opened.
  const changed = await changedSinceRead(inputs)
  if (changed === undefined) return { ...partial, cases, reads }
  throw new InputError(CHANGED.message, {
    file: changed.file,
    hint: 'run the same command again, with --force where it finds its own partial result',
  })
}

/** The inputs of one circuit, in all shards: in the order in which one run names them. */
export function joinInputs(each: readonly (readonly InputIdentity[])[]): InputIdentity[] {
  const [first = []] = each
  const known = new Set(first.map(({ file }) => file))
  const more = each.flat().filter(({ file }) => !known.has(file) && known.add(file))
  const byPath = more.sort((a, b) => (a.file < b.file ? -1 : 1))
  const of = (role: InputIdentity['role']) => byPath.filter(input => input.role === role)
  return [...first, ...of('original'), ...of('manipulated')]
}
