/** `verify --shard` and `merge` as commands: their verdict, what they refuse, and what signals leave behind. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import seedrandom from 'seedrandom'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof, type Result } from './run.ts'

let circuits: Circuits
let question: string[]
beforeAll(async () => {
  circuits = await writeCircuits()
  const { original, good, faulty, mask } = circuits
  question = ['verify', original, good, faulty, '--removed', mask]
})
afterAll(() => circuits.remove())

const withoutTimes = (text: string): string => text.replaceAll(/"seconds":[\d.]+/g, '"seconds":0')

const shard = (folder: string, name: string, more: readonly string[] = []): Promise<Result> =>
  connproof([...question, '--shard', name, ...more], { cwd: folder })

async function allShards(folder: string, of: number): Promise<string[]> {
  const files: string[] = []
  for (let k = 1; k <= of; k++) {
    const { code, stderr } = await shard(folder, `${k}/${of}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    files.push(join(folder, `connproof-${k}-of-${of}.json`))
  }
  return files
}

describe('merge', () => {
  it('says what one run says, byte for byte', async () => {
    const files = await allShards(circuits.folder(), 3)
    const atLevel = [...question, '--level', 'connections']
    const whole = await connproof([...atLevel, '--json'])
    const merged = await connproof(['merge', ...files.reverse(), '--json'])
    expect(merged).toEqual({ ...merged, code: 1, stderr: '' })
    expect(withoutTimes(merged.stdout)).toBe(withoutTimes(whole.stdout))
    const [text, proof] = [await connproof(atLevel), join(circuits.folder(), 'proof.json')]
    const again = await connproof(['merge', ...files, '--proof', proof])
    const plain = (stdout: string): string => stdout.replaceAll(/[\d.]+ s\b/g, '')
    expect(plain(again.stdout)).toBe(plain(text.stdout))
    expect(JSON.parse(readFileSync(proof, 'utf8'))).toHaveLength(2)
  })

  it.each([
    ['missing', (files: string[]) => files.slice(1), /shard 1\/2 is missing/],
    ['doubled', ([a, b]: string[]) => [a, b, b], /is shard 2\/2, and so is/],
    ['not a partial result', ([a]: string[]) => [a, circuits.mask], /not valid JSON|UTF-8/],
  ] as const)('refuses what is %s', async (_, change, message) => {
    const files = await allShards(circuits.folder(), 2)
    const { code, stdout, stderr } = await connproof(['merge', ...(change(files) as string[])])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('refuses shards whose inputs have changed', async () => {
    const folder = circuits.folder()
    const mask = join(folder, 'mask.npz')
    copyFileSync(circuits.mask, mask)
    const args = ['verify', circuits.original, circuits.good, '--nodes', circuits.nodeSet, '--removed', mask]
    const file = join(folder, 'part.json')
    const run = await connproof([...args, '--shard', '1/1', '--partial', file])
    expect(run.code, run.stderr).toBe(0)
    writeFileSync(mask, readFileSync(mask))
    const { code, stderr } = await connproof(['merge', file])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/has changed since shard 1\/1/),
    })
    const again = await connproof([...args, '--shard', '1/1', '--partial', file])
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is of something else: not the same/),
    })
    const forced = await connproof([...args, '--shard', '1/1', '--partial', file, '--force'])
    expect(forced.code).toBe(0)
    expect((await connproof(['merge', file])).code).toBe(0)
  })
})

describe('verify --shard', () => {
  it.each([
    ['0/3', /Shard 0 is out of range: there are 1\/3 to 3\/3/],
    ['4/3', /Shard 4 is out of range/],
    ['1', /Expected I\/N/],
    ['1/0', /Expected 1 to 10000 shards/],
  ])('refuses %s', async (name, message) => {
    const { code, stderr } = await shard(circuits.folder(), name)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  })

  it('refuses what only the whole has', async () => {
    const { code, stderr } = await shard(circuits.folder(), '1/2', ['--proof', 'proof.json'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/no verdict of its own/) })
  })

  it('refuses what only one run can compare', async () => {
    const { code, stderr } = await shard(circuits.folder(), '1/2', ['--level', 'synapses'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/shards compare connections/) })
  })

  it('does not overwrite a file that is something else', async () => {
    const file = join(circuits.folder(), 'notes.json')
    writeFileSync(file, '{"mine": 1}')
    const { code, stderr } = await shard(circuits.folder(), '1/2', ['--partial', file])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/exists and is not a partial/),
    })
    expect(readFileSync(file, 'utf8')).toBe('{"mine": 1}')
  })
})

/** At a random moment of a run that takes `typical` milliseconds; the exit code as a shell has it. */
async function terminated(args: readonly string[], typical: number, at: number): Promise<number> {
  const { code } = await connproof(args, {
    onStart: async kill => {
      await setTimeout(at * typical)
      kill('SIGTERM')
    },
  })
  // Before the program has taken the signal over, it ends by the signal itself.
  return code ?? 143
}

async function timed(args: readonly string[]): Promise<number> {
  const started = performance.now()
  await connproof(args)
  return performance.now() - started
}

describe('SIGTERM at 20 random moments', () => {
  const random = seedrandom('moments')
  const moments = Array.from({ length: 20 }, (_, k) => (k + random()) / 20)

  it('of a shard: nothing that merge takes for whole, and a rerun completes', async () => {
    const many = Array.from({ length: 60 }, () => circuits.good)
    const file = join(circuits.folder(), 'part.json')
    const args = ['verify', circuits.original, ...many, '--removed', circuits.mask, '--shard', '1/1']
    const run = [...args, '--partial', file, '--force']
    const typical = await timed(run)
    const whole = withoutTimes((await connproof(['merge', file, '--json'])).stdout)
    expect(whole).toMatch(/"verdict":"verified"/)
    const codes = new Set<number>()
    let refused = 0
    for (const moment of moments) {
      writeFileSync(file, '')
      const code = await terminated(run, typical, moment)
      codes.add(code)
      const merged = await connproof(['merge', file, '--json'])
      // A signal may come after the last block: then the shard is whole indeed.
      if (code === 0 || merged.code === 0) expect(withoutTimes(merged.stdout)).toBe(whole)
      else expect([code, merged.code]).toEqual([143, 2])
      refused += merged.code === 2 ? 1 : 0
    }
    expect([...codes].filter(code => code !== 0)).toEqual([143])
    expect(refused).toBeGreaterThan(5)
    expect((await connproof(run)).code).toBe(0)
    expect(withoutTimes((await connproof(['merge', file, '--json'])).stdout)).toBe(whole)
  })

  it('of a merge: a whole proof or none, and a rerun completes', async () => {
    const folder = circuits.folder()
    const files = await allShards(folder, 2)
    const proof = join(folder, 'proof.json')
    const run = ['merge', ...files, '--proof', proof, '--force']
    const typical = await timed(run)
    const whole = withoutTimes(readFileSync(proof, 'utf8').replaceAll('"seconds": ', '"seconds":'))
    const codes = new Set<number>()
    for (const moment of moments) {
      writeFileSync(proof, 'older')
      codes.add(await terminated(run, typical, moment))
      const left = readFileSync(proof, 'utf8').replaceAll('"seconds": ', '"seconds":')
      expect(left === 'older' || withoutTimes(left) === whole).toBe(true)
    }
    // 1: it was done before the signal came.
    expect([...codes].filter(code => code !== 1)).toEqual([143])
    expect((await connproof(run)).code).toBe(1)
    expect(existsSync(proof)).toBe(true)
  })
})
