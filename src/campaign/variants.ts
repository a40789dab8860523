/** From manipulations to the circuits they make, and the paths of design section 6. */
import { join, resolve, sep } from 'node:path'
import { InputError, nearestName } from '../errors.ts'
import { effectiveSeed } from '../selection/seed.ts'
import type { Path, TextDocument } from './document.ts'
import { lockFile } from './lock-file.ts'
import type { RawCampaign } from './raw.ts'
import type { Campaign, Manipulation, Variant, VariantPaths } from './types.ts'
import { isUrl } from './url.ts'
import { refuse } from './validate.ts'

type Expandable = Pick<Campaign, 'name' | 'output' | 'manipulations'>

/** One file of all targets: `<out>/user.target`. */
export const userTarget = (output: string): string => join(output, 'user.target')

export function expand(
  document: TextDocument,
  raw: RawCampaign,
  campaign: Expandable,
  folder: string,
): Variant[] {
  const circuits = new Map(
    Object.entries(raw.circuits ?? {}).map(([id, path]) => [id, resolve(folder, path)]),
  )
  const placed = campaign.manipulations.flatMap((manipulation, position) =>
    variantsOf(document, campaign, manipulation, position, circuits),
  )
  requireOwnPaths(document, campaign.output, placed)
  const variants = placed.map(({ variant }) => variant)
  requireKnown(
    document,
    'circuits',
    circuits.keys(),
    variants.map(variant => variant.id),
  )
  requireKnown(
    document,
    'registrations',
    Object.keys(raw.registrations ?? {}),
    variants.map(variant => variant.fullName),
  )
  for (const [name, url] of Object.entries(raw.registrations ?? {}))
    if (!isUrl(url))
      refuse(
        document,
        ['registrations', name],
        `expected a URL and nothing else, found ${JSON.stringify(url)}`,
      )
  return variants
}

/** @throws InputError with the nearest name, if there is no such variant */
export function variantNamed({ variants, file }: Campaign, id: string): Variant {
  const variant = variants.find(one => one.id === id)
  if (variant !== undefined) return variant
  const ids = variants.map(one => one.id)
  const near = nearestName(id, ids)
  throw new InputError(`there is no variant ${id}`, {
    file,
    field: '--variant',
    hint: near === undefined ? `there are ${ids.join(', ')}` : `did you mean ${near}?`,
  })
}

interface Placed {
  readonly variant: Variant
  readonly path: Path
}

function variantsOf(
  document: TextDocument,
  campaign: Expandable,
  manipulation: Manipulation,
  position: number,
  circuits: ReadonlyMap<string, string>,
): Placed[] {
  const amounts = manipulation.amounts.length === 0 ? [undefined] : manipulation.amounts
  return amounts.map((amount, index) => {
    const id = `${manipulation.name}-${index}`
    const path = ['manipulations', position]
    const seed = seedOf(document, path, manipulation, index)
    const variant = {
      id,
      fullName: `${campaign.name}_${id}`,
      manipulation,
      index,
      amount,
      seed,
      paths: pathsOf(campaign.output, manipulation.name, index),
      circuit: circuits.get(id),
    }
    return { variant, path: [...path, 'name'] }
  })
}

function seedOf(document: TextDocument, path: Path, manipulation: Manipulation, index: number): number {
  const { name, seed, seedMode, simulationSeed } = manipulation
  try {
    return effectiveSeed(seed, seedMode, { index, simulationSeed })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse(document, [...path, 'seed'], `${name}-${index}: ${error.message}`)
  }
}

function pathsOf(output: string, name: string, index: number): VariantPaths {
  const folder = join(output, name, String(index))
  return {
    folder,
    mask: join(folder, 'conns_removed_adjmat.npz'),
    target: join(folder, 'conns_removed.target'),
    config: join(output, `manip_config__${name}-${index}.json`),
    proof: join(folder, 'proof.json'),
  }
}

/** Compared without case: some file systems do not know it. */
function requireOwnPaths(document: TextDocument, output: string, placed: readonly Placed[]): void {
  const owners = new Map<string, Placed | undefined>()
  for (const path of [userTarget(output), lockFile(output)]) owners.set(path.toLowerCase(), undefined)
  for (const mine of placed) {
    const { paths, circuit, id } = mine.variant
    for (const file of [paths.folder, paths.config, ...(circuit === undefined ? [] : [circuit])]) {
      const key = file.toLowerCase()
      const taken = [key, ...foldersAbove(key)].find(path => owners.has(path) && owners.get(path) !== mine)
      if (taken !== undefined) {
        const other = owners.get(taken)?.variant.id ?? 'the campaign'
        const message = `${id} and ${other} would both write to ${file}`
        refuse(document, mine.path, message, 'give each its own name')
      }
      owners.set(key, mine)
    }
  }
}

function foldersAbove(path: string): string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf(sep); end > 0; end = path.lastIndexOf(sep, end - 1))
    folders.push(path.slice(0, end))
  return folders
}

function requireKnown(
  document: TextDocument,
  section: string,
  names: Iterable<string>,
  known: readonly string[],
): void {
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearestName(name, known)
    refuse(
      document,
      [section, name],
      `there is no "${name}" in this campaign`,
      near === undefined ? `there are ${known.slice(0, 8).join(', ')}` : `did you mean "${near}"?`,
    )
  }
}
