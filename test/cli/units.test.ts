/** Parts of the command line that need no process. */
import { describe, expect, it } from 'vitest'
import { parseBytes, parseCount, parseIdBase } from '../../src/cli/options.ts'
import { tablePaths } from '../../src/cli/outputs.ts'
import { Progress } from '../../src/cli/progress.ts'
import { COLORED, wantsColor } from '../../src/cli/terminal.ts'
import { exitCodeOf } from '../../src/cli/verify-run.ts'
import { FINDINGS, proofWith, unreadable } from '../report/proofs.ts'

describe('sizes', () => {
  it.each([
    ['64M', 64 * 2 ** 20],
    ['2G', 2 * 2 ** 30],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['512 kB', 512 * 1024],
    ['1048576', 2 ** 20],
  ])('%s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each(['', '0', '-1G', '2X', 'G', '1e9', '9999999T', '0x10'])('refuse "%s"', text => {
    expect(() => parseBytes(text)).toThrow(/64M or 2G/)
  })

  it('counts and id bases are exact', () => {
    expect([parseCount('0'), parseCount('12')]).toEqual([0, 12])
    for (const text of ['', '-1', '1.5', '1e3', 'many'])
      expect(() => parseCount(text)).toThrow(/whole number/)
    expect([parseIdBase('0'), parseIdBase('1')]).toEqual([0, 1])
    expect(() => parseIdBase('2')).toThrow(/Expected 0/)
  })
})

describe('colour', () => {
  it.each([
    [{}, true, true],
    [{ NO_COLOR: '' }, true, true],
    [{ NO_COLOR: '0' }, true, false],
    [{ NO_COLOR: 'yes' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{}, false, false],
    [{}, undefined, false],
  ])('%o on a terminal: %s -> %s', (env, tty, wanted) => expect(wantsColor(env, tty)).toBe(wanted))

  it('is only decoration', () => {
    for (const paint of Object.values(COLORED)) expect(paint('text')).toContain('text')
    expect(COLORED.good('text')).not.toBe(COLORED.bad('text'))
  })
})

describe('progress', () => {
  const record = (options: { tty: boolean; quiet?: boolean }) => {
    const written: string[] = []
    const clock = { time: 0 }
    const progress = new Progress({
      write: text => written.push(text),
      quiet: false,
      label: 'comparing',
      now: () => clock.time,
      ...options,
    })
    const at = (time: number, done: number): void => {
      clock.time = time
      progress.update(done, 40e6)
    }
    return { written, at, progress }
  }

  it('rewrites one line of a terminal after the first second, and takes it away', () => {
    const { written, at, progress } = record({ tty: true })
    at(900, 1e6)
    expect(written).toEqual([])
    at(1000, 10e6)
    at(1050, 11e6)
    at(1100, 20e6)
    expect(written).toEqual([
      '\rcomparing: 25 % (10.0 M of 40.0 M rows)\x1b[K',
      '\rcomparing: 50 % (20.0 M of 40.0 M rows)\x1b[K',
    ])
    progress.clear()
    progress.clear()
    expect(written.slice(2)).toEqual(['\r\x1b[K'])
  })

  it('writes a line every 30 s into a log', () => {
    const { written, at, progress } = record({ tty: false })
    for (let time = 0; time < 65_000; time += 500) at(time, time * 100)
    progress.clear()
    expect(written).toEqual([
      'connproof: comparing: 7 % (3.0 M of 40.0 M rows)\n',
      'connproof: comparing: 15 % (6.0 M of 40.0 M rows)\n',
    ])
  })

  it('is silent with -q, and where there was nothing to take away', () => {
    const { written, at, progress } = record({ tty: true, quiet: true })
    at(100_000, 1)
    progress.clear()
    expect(written).toEqual([])
  })
})

describe('exit codes of verdicts', () => {
  const verified = proofWith([])
  const differs = proofWith([FINDINGS['lost.not_asked']])

  it('the worst wins, and not being able to tell is the worst', () => {
    expect(exitCodeOf([verified, verified])).toBe(0)
    expect(exitCodeOf([verified, differs])).toBe(1)
    expect(exitCodeOf([unreadable(), differs, verified])).toBe(2)
    expect(exitCodeOf([verified, unreadable()])).toBe(2)
  })
})

describe('names of tables', () => {
  it('carry the circuit where there are several', () => {
    expect(tablePaths('a/d.csv', ['x/circuit_config.json'])).toEqual(['a/d.csv'])
    expect(tablePaths('a/d.npz', ['x/circuit_config.json', 'y', 'z/edges.h5', 'w/edges.h5'])).toEqual([
      'a/d.x.npz',
      'a/d.y.npz',
      'a/d.edges.npz',
      'a/d.edges-2.npz',
    ])
  })

  it('need an extension that says the format', () => {
    expect(() => tablePaths('d.txt', ['x'])).toThrow(/\.csv or \.npz/)
  })
})
