import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileSetOptions, writeFileSet } from '../../src/formats/file-set.ts'

const names = ['list', 'ids', 'other ids', 'mask']
const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'connproof-set-')), 'deep', 'folder')
const write = (folder: string, files: Record<string, string>, options: Partial<FileSetOptions> = {}) =>
  writeFileSet(
    folder,
    Object.entries(files).map(([name, content]) => ({ name, content })),
    { names, ...options },
  ).map(({ path, change }) => [path.slice(folder.length + 1), change])
const content = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]))

describe('a set of files', () => {
  it('is written into a new folder, with sizes and digests', () => {
    const folder = newFolder()
    expect(write(folder, { list: 'a', mask: 'b' })).toEqual([
      ['list', 'written'],
      ['mask', 'written'],
    ])
    expect(content(folder)).toEqual({ list: 'a', mask: 'b' })
    const [list] = writeFileSet(folder, [{ name: 'list', content: 'a' }], { names: ['list'] })
    const sha256 = createHash('sha256').update('a').digest('hex')
    expect(list).toEqual({ path: join(folder, 'list'), change: 'unchanged', size: 1, sha256 })
  })

  it('leaves the same content alone', () => {
    const folder = newFolder()
    write(folder, { list: 'a', mask: 'b' })
    const before = statSync(join(folder, 'mask')).mtimeMs
    expect(write(folder, { list: 'a', mask: 'b' })).toEqual([
      ['list', 'unchanged'],
      ['mask', 'unchanged'],
    ])
    expect(statSync(join(folder, 'mask')).mtimeMs).toBe(before)
  })

  it('replaces another one only when told to, and then whole', () => {
    const folder = newFolder()
    write(folder, { list: 'a', ids: 'i', mask: 'b' })
    writeFileSync(join(folder, 'notes'), 'mine')
    expect(() => write(folder, { list: 'A', mask: 'b' })).toThrow('from another selection (and 1 more)')
    expect(content(folder)).toEqual({ list: 'a', ids: 'i', mask: 'b', notes: 'mine' })
    expect(write(folder, { list: 'A', 'other ids': 'j', mask: 'B' }, { force: true })).toEqual([
      ['list', 'written'],
      ['other ids', 'written'],
      ['mask', 'written'],
      ['ids', 'removed'],
    ])
    expect(content(folder)).toEqual({ list: 'A', 'other ids': 'j', mask: 'B', notes: 'mine' })
  })

  it('does not leave the mask of another selection beside a new list', () => {
    const folder = newFolder()
    write(folder, { list: 'a', mask: 'b' })
    expect(() => write(folder, { list: 'a' })).toThrow('from another selection')
    write(folder, { list: 'a' }, { force: true })
    expect(content(folder)).toEqual({ list: 'a' })
  })

  it('replaces what only describes the others, and adds to them', () => {
    const folder = newFolder()
    write(folder, { list: 'a', ids: 'a list' })
    expect(write(folder, { list: 'a', ids: 'a list and its mask', mask: 'b' }, { notes: ['ids'] })).toEqual([
      ['list', 'unchanged'],
      ['ids', 'written'],
      ['mask', 'written'],
    ])
    expect(() => write(folder, { list: 'A', ids: 'b', mask: 'b' }, { notes: ['ids'] })).toThrow(
      'exists already',
    )
  })

  it('as a dry run says what would happen', () => {
    const folder = newFolder()
    expect(write(folder, { list: 'a' }, { dryRun: true })).toEqual([['list', 'written']])
    expect(existsSync(folder)).toBe(false)
  })

  it('leaves nothing half done behind', () => {
    const folder = newFolder()
    write(folder, { list: 'a', mask: 'b' })
    mkdirSync(join(folder, 'ids'))
    expect(() => write(folder, { list: 'A', ids: 'i', mask: 'B' }, { force: true })).toThrow('is not a file')
    expect(readdirSync(folder).sort()).toEqual(['ids', 'list', 'mask'])
    expect(readFileSync(join(folder, 'list'), 'utf8')).toBe('a')
  })

  it.skipIf(process.getuid?.() === 0)('says which folder cannot be written to', () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o500)
    expect(() => write(join(folder, 'inside'), { list: 'a' })).toThrow('cannot be made')
  })
})
