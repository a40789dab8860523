/** Connections to be removed as `.target` files: two targets of one cell per connection, as the notebook writes them. */
import type { Pairs } from '../connectome/pairs.ts'
import { nodeIdToGid } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { AsciiWriter } from '../formats/ascii-writer.ts'

/** Begins the names of the notebook's targets and Connection blocks: `ConnRemoved_0_src`, `ConnRemoved_0_dest`. */
export const REMOVAL_PREFIX = 'ConnRemoved'

/** Name of the Connection block of a connection; its targets end in `_src` and `_dest`. */
export const removalName = (index: number, prefix = REMOVAL_PREFIX): string => `${prefix}_${index}`

/**
 * `conns_removed.target`, byte for byte as the notebook's `remove_connections` writes it into a new file.
 *
 * @throws InputError for a prefix that is not letters, digits, `_` and `-`
 */
export function encodeTargets({ source, target }: Pairs, prefix = REMOVAL_PREFIX): string {
  if (!/^[\w-]+$/.test(prefix))
    throw new InputError(
      `expected letters, digits, _ and - in the name of a target, found ${JSON.stringify(prefix)}`,
      {
        field: prefix,
      },
    )
  const writer = new AsciiWriter()
  const name = `Target Cell ${prefix}_`
  for (let i = 0; i < source.length; i++) {
    writer.text(name).integer(i).text('_src\n{\na')
    writer.integer(nodeIdToGid(source[i] ?? 0)).text('\n}\n\n')
    writer.text(name).integer(i).text('_dest\n{\na')
    writer.integer(nodeIdToGid(target[i] ?? 0)).text('\n}\n\n')
  }
  return writer.toString()
}

export interface CampaignTargets {
  /** Unique in the campaign, such as `Unstruct_1`: comes before `ConnRemoved` in the names of the targets. */
  readonly variant: string
  readonly pairs: Pairs
}

/**
 * `user.target`: the targets of all variants in one file. The names of the single files repeat from variant to
 * variant, which bluepy refuses in files that are loaded together, so here they begin with the variant.
 *
 * @throws InputError if two variants have one name
 */
export function encodeUserTargets(variants: readonly CampaignTargets[]): string {
  const seen = new Set<string>()
  return variants
    .map(({ variant, pairs }) => {
      if (seen.has(variant)) throw new InputError(`two variants are called ${variant}`, { field: variant })
      seen.add(variant)
      return `${encodeTargets(pairs, `${variant}_${REMOVAL_PREFIX}`)}\n\n`
    })
    .join('')
}
