/** What the verbs of campaigns have in common. */
import { hostname } from 'node:os'
import { outputsOf, readBy } from '../campaign/artifacts.ts'
import type { Campaign } from '../campaign/types.ts'
import { InputError } from '../errors.ts'
import { refuseOverwriting } from './overwriting.ts'

/** For another process that finds us at work. */
export const whoWeAre = (): string =>
  `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`

/** @throws InputError if one of its files is one that it reads: a folder of a circuit as folder of outputs */
export async function refuseOverwritingOwn(campaign: Campaign): Promise<void> {
  refuseOverwriting(
    outputsOf(campaign).map(path => ({ path, field: 'output' })),
    await readBy(campaign),
  )
}

/** Flags of a verb that have a value whether they were given or not. */
const DEFAULTED = ['show', 'seedMode', 'quiet']

/**
 * @param takes flags that mean something here
 * @throws InputError for any other: one that is ignored would be taken for obeyed
 */
export function refuseOthers(flags: object, takes: readonly string[], message: string, hint?: string): void {
  const other = Object.entries(flags).find(
    ([name, value]) => value !== undefined && !takes.includes(name) && !DEFAULTED.includes(name),
  )
  if (other === undefined) return
  const flag = other[0].replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  throw new InputError(message, { field: `--${flag}`, hint })
}

/** What a campaign file says itself cannot be said once more. */
export function refuseSaid(flags: object, takes: readonly string[]): void {
  if ('proof' in flags && flags.proof !== undefined && !takes.includes('proof')) refuseProof()
  refuseOthers(flags, takes, 'does not go with a campaign file', 'say it in the file')
}

/** @throws InputError where one file is asked for and there is one for each circuit */
export function refuseProof(): never {
  throw new InputError('a campaign writes a proof per circuit: <output>/<manipulation>/<index>/proof.json', {
    field: '--proof',
    hint: 'leave it out; all of them on stdout: --json',
  })
}
