import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { makeFolders } from '../../src/formats/make-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-folders-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('makes a folder and those above it, once', () => {
  const folder = join(root, 'a/b/c')
  for (let k = 0; k < 2; k++) {
    makeFolders(folder)
    expect(statSync(folder).isDirectory()).toBe(true)
  }
})

it('says what is in the way', () => {
  writeFileSync(join(root, 'file'), '')
  const below = join(root, 'file/below')
  expect(() => makeFolders(below)).toThrow(/the folder cannot be made \((ENOTDIR|EEXIST)\)/)
  // Which every verb tells as a fault of the call and not as its own.
  for (const make of [() => makeFolders(below), () => makeFolders(join(below, 'again'))]) {
    const error = thrown(make)
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ file: below, hint: expect.stringContaining('file') })
  }
})

it.skipIf(!existsSync('/proc/self'))('ends where nothing can be made', () => {
  expect(() => makeFolders('/proc/connproof/output')).toThrow(/ENOENT|EACCES/)
})

function thrown(run: () => void): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
