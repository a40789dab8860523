/** What the verbs of campaigns have in common. */
import { hostname } from 'node:os'
import { InputError } from '../errors.ts'

/** For another process that finds us at work. */
export const whoWeAre = (): string =>
  `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`

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
export const refuseSaid = (flags: object, takes: readonly string[]): void =>
  refuseOthers(flags, takes, 'does not go with a campaign file', 'say it in the file')
