import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { AtomicFile, discardUnfinished, writeFileAtomic } from '../../src/formats/atomic-write.ts'
import { runTag } from '../../src/formats/run-tag.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-atomic-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('writeFileAtomic', () => {
  it('writes bytes and UTF-8 text, replacing what was there, and leaves nothing else', () => {
    const path = join(folder, 'a.txt')
    writeFileAtomic(path, 'a longer first text')
    writeFileAtomic(path, 'ß')
    expect(readFileSync(path)).toEqual(Buffer.from([0xc3, 0x9f]))
    writeFileAtomic(path, Uint8Array.of(0, 255))
    expect(readFileSync(path)).toEqual(Buffer.from([0, 255]))
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('keeps the old file and no temporary one when it fails', () => {
    mkdirSync(join(folder, 'taken', 'inside'), { recursive: true })
    const before = readdirSync(folder)
    expect(() => writeFileAtomic(join(folder, 'taken'), 'x')).toThrow(expect.toSatisfy(isInputError))
    expect(readdirSync(folder)).toEqual(before)
    expect(() => writeFileAtomic(join(folder, 'missing', 'x'), 'x')).toThrow(/cannot be written \(ENOENT\)/)
  })
})

describe('AtomicFile', () => {
  it('is not there before commit, and gone after abort', () => {
    const path = join(folder, 'b')
    const first = new AtomicFile(path)
    first.write(Buffer.from('later'), 3)
    first.write(Buffer.from('abc'), 0)
    expect(existsSync(path)).toBe(false)
    first.commit()
    first.abort()
    expect(readFileSync(path, 'utf8')).toBe('abclater')
    const second = new AtomicFile(path)
    second.write(Buffer.from('zzz'), 0)
    second.abort()
    expect(readFileSync(path, 'utf8')).toBe('abclater')
    expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  it('is removed by discardUnfinished, as on Ctrl-C', () => {
    const before = readdirSync(folder)
    for (const name of ['c', 'd']) new AtomicFile(join(folder, name)).write(Buffer.from('x'), 0)
    expect(readdirSync(folder).length).toBe(before.length + 2)
    discardUnfinished()
    expect(readdirSync(folder)).toEqual(before)
  })

  it.skipIf(!existsSync('/proc/self'))('takes away what killed runs have left, and nothing else', () => {
    const left = mkdtempSync(join(folder, 'left-'))
    const [machine] = runTag().split('-')
    const ended = spawnSync('true').pid
    const gone = `.a.npz.${machine}-${ended}.0123456789ab.tmp`
    const kept = [
      // Of this run, of another machine, of version 0.1.0, and of somebody else.
      `.a.npz.${runTag()}.0123456789ab.tmp`,
      `.a.npz.00000000-${ended}.0123456789ab.tmp`,
      '.a.npz.0123456789ab.tmp',
      `a.npz.${machine}-${ended}.tmp`,
    ]
    for (const name of [gone, ...kept]) writeFileSync(join(left, name), '')
    new AtomicFile(join(left, 'b')).commit()
    expect(readdirSync(left)).toEqual([...kept, 'b'].sort())
  })
})
