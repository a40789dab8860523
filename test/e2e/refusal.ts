/** What a refused run must say. */
import { expect } from 'vitest'
import type { CliResult } from './cli.ts'

/** Where the message must point, and what it must say. */
export interface Refusal {
  file?: RegExp
  field?: RegExp
  message: RegExp
}

export function expectError(
  error: { message: string; file?: string; field?: string } | undefined,
  one: Refusal,
) {
  expect(error?.message).toMatch(one.message)
  expect(error?.file).toMatch(one.file ?? /edges\.h5$/)
  if (one.field !== undefined) expect(`${error?.field}`).toMatch(one.field)
}

/** Exit 2, an `error` record and a message on stderr, no proof. */
export async function expectRefused(run: Promise<CliResult>, one: Refusal): Promise<void> {
  const { code, stdout, stderr } = await run
  expect(code).toBe(2)
  const records = stdout.trim().split('\n')
  expect(records).toHaveLength(1)
  const record = JSON.parse(records[0] ?? '')
  expect(record.type).toBe('error')
  expectError(record, one)
  expect(stderr).toContain(record.file)
}
