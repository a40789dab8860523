import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { Mask } from '../../src/connectome/mask.ts'
import { InputError } from '../../src/errors.ts'

export const NPZ_FIXTURES = fileURLToPath(new URL('../fixtures/npz', import.meta.url))

export interface ExpectedNpy {
  dtype: string
  shape: number[]
  fortran: boolean
  /** Python's text of each element, in stored order. */
  values: string[]
}

export interface ExpectedSparse {
  format: 'csc' | 'csr' | 'coo'
  rows: number
  columns: number
  /** Sorted, distinct [row, column]. */
  entries: [number, number][]
}

interface Expected {
  npy: Record<string, ExpectedNpy>
  sparse: Record<string, ExpectedSparse>
  /** Text that the refusal must contain. */
  refused: Record<string, string>
}

export const expected = JSON.parse(readFileSync(join(NPZ_FIXTURES, 'expected.json'), 'utf8')) as Expected

/** A folder that is gone after the tests of the file that asked for it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-npz-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The InputError of `run`; fails the test when there is none, or something else. */
export async function refusal(run: () => unknown): Promise<InputError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('expected an InputError, nothing was thrown')
}

/** Distinct [row, column], sorted. */
export function entriesOf(coo: { row: Uint32Array; column: Uint32Array }): [number, number][] {
  const entries = Array.from(coo.row, (row, i): [number, number] => [row, coo.column[i] ?? -1])
  entries.sort(([r1, c1], [r2, c2]) => r1 - r2 || c1 - c2)
  return entries.filter(([r, c], i) => r !== entries[i - 1]?.[0] || c !== entries[i - 1]?.[1])
}

/** Canonical CSC of these columns of rows. */
export function maskOf(rows: number, columns: number[][]): Mask {
  const indptr = Uint32Array.from([0, ...columns.map((_, i) => columns.slice(0, i + 1).flat().length)])
  return { rows, columns: columns.length, indptr, indices: Uint32Array.from(columns.flat()), label: 'test' }
}

const venv = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url))
const python = process.env.CONNPROOF_PYTHON ?? venv
/** Python with NumPy and SciPy, for tests against the originals. */
export const hasScipy =
  existsSync(python) && spawnSync(python, ['-c', 'import numpy, scipy.sparse']).status === 0

/** What `code` prints as JSON; `sys.argv[1:]` are `args`. */
export function runPython(code: string, ...args: string[]): unknown {
  const run = spawnSync(python, ['-c', code, ...args], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}
