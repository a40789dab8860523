/** Every record that a test sees, held against the published schema: keys that it does not know are faults here. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { PROOF_SCHEMA } from '../src/report/schema.ts'

let validator: ValidateFunction | undefined

/** Where nothing else is said, an object has the keys that are described and no others. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]))
  const closed = 'properties' in schema && 'required' in schema && !('allOf' in schema)
  return closed ? { additionalProperties: false, ...inner } : inner
}

/** `type` and `schema` are said of all records in one place. */
function strictSchema(): object {
  const { definitions, ...rest } = structuredClone(PROOF_SCHEMA) as unknown as {
    definitions: Record<string, { properties?: object }> & {
      record: { properties: { type: { enum: string[] } } }
    }
  }
  for (const type of definitions.record.properties.type.enum) {
    const record = definitions[type]
    if (record?.properties !== undefined) record.properties = { ...record.properties, type: {}, schema: {} }
  }
  return { ...rest, definitions: strict(definitions) }
}

/** @throws Error with the record and what is wrong with it */
export function expectRecord(record: unknown): void {
  validator ??= new Ajv({ strict: false, allErrors: true }).compile(strictSchema())
  if (validator(record)) return
  const faults = (validator.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  )
  throw new Error(`not a record of proof.schema.json:\n${faults.join('\n')}\n${JSON.stringify(record)}`)
}

/** What a run of the command wrote: each line of `--json`, and the file of `--proof`. */
export function expectRecords(
  args: readonly string[],
  stdout: string,
  { cwd, code }: { readonly cwd?: string | undefined; readonly code: number | null },
): void {
  // A reader may have left, or a signal ended it in the middle of a line.
  if (code === null) return
  if (args.includes('--json') && !args.includes('--help'))
    for (const line of stdout.split('\n').filter(Boolean)) expectRecord(JSON.parse(line))
  const at = args.indexOf('--proof')
  const file = at < 0 ? undefined : args[at + 1]
  if (file !== undefined && (code === 0 || code === 1))
    expectRecord(JSON.parse(readFileSync(resolve(cwd ?? '.', file), 'utf8')))
}
