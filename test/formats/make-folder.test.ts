import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
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
  expect(() => makeFolders(join(root, 'file/below'))).toThrow(/ENOTDIR|EEXIST/)
})

it.skipIf(!existsSync('/proc/self'))('ends where nothing can be made', () => {
  expect(() => makeFolders('/proc/connproof/output')).toThrow(/ENOENT|EACCES/)
})
