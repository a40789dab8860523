/** Steps of a campaign: what is stale is done, the rest is left alone, and each says why. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { InputError } from '../errors.ts'
import type { JsonObject } from '../formats/json.ts'
import { VERSION } from '../version.ts'
import { changeOf, type Identity, identify, shortPath } from './identity.ts'
import type { Lock, StepRecord } from './lock.ts'

export interface Step {
  /** Key in the lock file. */
  readonly key: string
  /** All that decides the result, but for the files. */
  readonly parameters: JsonObject
  /** Every file that is read; absolute. */
  readonly inputs: readonly string[]
}

/** What a step has done. */
export interface Done {
  readonly outputs: readonly string[]
  /** Absolute; files that are not among its inputs, and were read. */
  readonly reads?: readonly string[] | undefined
  readonly result: JsonObject
}

/**
 * Why a step must be done (again), in words; none: it need not.
 *
 * @param home folder of the lock file
 * @param thorough read every file, instead of believing size and time
 */
export async function reasons(
  step: Step,
  record: StepRecord | undefined,
  home: string,
  { thorough = false } = {},
): Promise<string[]> {
  if (record === undefined) return ['not done yet']
  const found = [...versionReason(record), ...parameterReasons(record.parameters, step.parameters)]
  if (record.sha256 !== undefined && record.sha256 !== digestOf(record))
    found.push('what the lock file says of it was edited')
  const recorded = record.inputs.map(({ path }) => resolve(home, path))
  for (const input of step.inputs)
    if (!recorded.includes(input)) found.push(`${shortPath(input, home)} is new`)
  for (const input of recorded)
    if (!step.inputs.includes(input)) found.push(`${shortPath(input, home)} is no longer read`)
  for (const input of [...record.inputs, ...(record.reads ?? [])]) {
    const change = await changeOf(input, home, { thorough })
    if (change !== undefined) found.push(`${input.path} ${change === 'missing' ? 'is gone' : 'has changed'}`)
  }
  for (const output of record.outputs) {
    const change = await changeOf(output, home, { thorough })
    if (change !== undefined)
      found.push(`${output.path} ${change === 'missing' ? 'is missing' : 'is not what was written'}`)
  }
  return found
}

const versionReason = ({ tool }: StepRecord): string[] =>
  tool === VERSION ? [] : [`made by connproof ${tool}, this is ${VERSION}`]

function parameterReasons(before: JsonObject, now: JsonObject): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return keys
    .filter(key => JSON.stringify(before[key]) !== JSON.stringify(now[key]))
    .map(key => `${key} was ${short(before[key])}, is ${short(now[key])}`)
}

function short(value: unknown): string {
  const text = value === undefined ? 'not given' : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/**
 * Do a step and make the record of it.
 *
 * @throws InputError if one of its files was changed while it was read: nobody could tell what the result is of
 */
export async function recorded<T extends Done>(
  step: Step,
  home: string,
  work: () => Promise<T>,
): Promise<{ done: T; record: StepRecord }> {
  const inputs = await identify(step.inputs, home)
  const done = await work()
  await requireUnchanged(inputs, home)
  return { done, record: await recordOf(step, inputs, done, home) }
}

export async function requireUnchanged(inputs: readonly Identity[], home: string): Promise<void> {
  for (const input of inputs)
    if ((await changeOf(input, home)) !== undefined)
      throw new InputError('was changed while it was read', {
        file: resolve(home, input.path),
        hint: 'run the same command again',
      })
}

export async function recordOf(
  step: Step,
  inputs: readonly Identity[],
  done: Done,
  home: string,
): Promise<StepRecord> {
  const known = new Set(inputs.map(({ path }) => resolve(home, path)))
  const reads = (done.reads ?? []).filter(file => !known.has(file))
  const record: StepRecord = {
    tool: VERSION,
    at: new Date().toISOString(),
    parameters: step.parameters,
    inputs,
    ...(reads.length === 0 ? {} : { reads: await identify(reads, home) }),
    outputs: await identify(done.outputs, home),
    result: done.result,
  }
  return { ...record, sha256: digestOf(record) }
}

/** Keys in any order: the file may have been written by another program. */
function digestOf({ sha256: _, ...record }: StepRecord): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return createHash('sha256').update(JSON.stringify(record, sorted)).digest('hex')
}

/** Absolute paths of what a step has made. */
export const recordedFiles = (record: StepRecord | undefined, home: string): string[] =>
  (record?.outputs ?? []).map(({ path }) => resolve(home, path))

export const withStep = (lock: Lock, key: string, record: StepRecord): Lock => ({
  ...lock,
  steps: { ...lock.steps, [key]: record },
})
