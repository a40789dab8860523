/** Where a manipulated circuit was registered, under its full name. Nothing is asked of the registry itself. */
import { InputError, nearestName } from '../errors.ts'
import { alone, readLock, writeLock } from './lock.ts'
import type { Campaign } from './types.ts'
import { isUrl } from './url.ts'

export interface RegisterOptions {
  /** Replace another URL. */
  readonly force?: boolean | undefined
  readonly owner?: string | undefined
}

/**
 * Record `url` for a variant, given by its full name or by `<name>-<index>`. Returns the full name.
 *
 * @throws InputError for a name that is not of this campaign, a URL that is none, or another one recorded before
 */
export async function register(
  campaign: Campaign,
  name: string,
  url: string,
  options: RegisterOptions = {},
): Promise<string> {
  const fullName = fullNameOf(campaign, name)
  if (!isUrl(url))
    throw new InputError(
      `expected a URL that begins with https:// and nothing else, found ${JSON.stringify(url)}`,
      {
        field: 'URL',
      },
    )
  const written = campaign.registrations.get(fullName)
  if (written !== undefined && written !== url)
    throw new InputError(`${fullName} has another URL there: ${written}`, {
      file: campaign.file,
      field: `registrations.${fullName}`,
      hint: 'change it there',
    })
  return alone(campaign.output, options.owner ?? 'a program', async () => {
    const lock = await readLock(campaign.output)
    const before = lock.registrations[fullName]?.url
    if (before === url) return fullName
    if (before !== undefined && options.force !== true)
      throw new InputError(`${fullName} is registered as ${before}`, { hint: 'add --force to replace it' })
    const registrations = { ...lock.registrations, [fullName]: { url, at: new Date().toISOString() } }
    writeLock(campaign.output, { ...lock, registrations })
    return fullName
  })
}

function fullNameOf({ variants, file }: Campaign, name: string): string {
  const variant = variants.find(one => one.fullName === name || one.id === name)
  if (variant !== undefined) return variant.fullName
  const names = variants.flatMap(one => [one.fullName, one.id])
  const near = nearestName(name, names)
  throw new InputError(`there is no "${name}" in this campaign`, {
    file,
    hint: near === undefined ? `there are ${names.slice(0, 8).join(', ')}` : `did you mean "${near}"?`,
  })
}
