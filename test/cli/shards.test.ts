/** `verify --shard` and `merge` as commands: their verdict, what they refuse, and what signals leave behind. */
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import seedrandom from 'seedrandom'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../counts.ts'
import { flipAt } from '../full/flip-at.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproofHere, type Here } from './here.ts'
import { connproof } from './run.ts'

let circuits: Circuits
let question: string[]
beforeAll(async () => {
  circuits = await writeCircuits()
  const { original, good, faulty, mask } = circuits
  question = ['verify', original, good, faulty, '--removed', mask]
})
afterAll(() => circuits.remove())

/** The promise of a merge is about all that is not time and place. */
const withoutTimes = (text: string): string =>
  text
    .replaceAll(/"seconds":[\d.]+/g, '"seconds":0')
    .replaceAll(/,"made":\{.*?\}(,"cpu_threads":\d+)?\}$/gm, '}')

/** In this process; where it is the name of the file that is asked for, it is that of the command. */
function shard(folder: string, name: string, more: readonly string[] = []): Promise<Here> {
  const partial = join(folder, `connproof-${name.replace('/', '-of-')}.json`)
  return connproofHere([...question, '--shard', name, '--partial', partial, ...more])
}

async function allShards(folder: string, of: number, more: readonly string[] = []): Promise<string[]> {
  const files: string[] = []
  for (let k = 1; k <= of; k++) {
    const { code, stderr } = await shard(folder, `${k}/${of}`, more)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    files.push(join(folder, `connproof-${k}-of-${of}.json`))
  }
  return files
}

describe('merge', () => {
  it.each([
    ['synapses', []],
    ['connections', ['--level', 'connections']],
    ['full', ['--level', 'full']],
    ['synapses', ['--any-order']],
  ] as const)('says what one run says at level %s, byte for byte', async (level, more) => {
    const files = await allShards(circuits.folder(), 3, more)
    const atLevel = [...question, '--level', level]
    const whole = await connproofHere([...atLevel, '--json'])
    expect(whole.stdout).toMatch(`"level":"${level}"`)
    const merged = await connproofHere(['merge', ...files.reverse(), '--json'])
    expect(merged).toEqual({ ...merged, code: 1, stderr: '' })
    expect(withoutTimes(merged.stdout)).toBe(withoutTimes(whole.stdout))
    const [text, proof] = [await connproofHere(atLevel), join(circuits.folder(), 'proof.json')]
    const again = await connproofHere(['merge', ...files, '--proof', proof])
    const plain = (stdout: string): string => stdout.replaceAll(/[\d.]+ s\b/g, '')
    expect(plain(again.stdout)).toBe(plain(text.stdout))
    expect(JSON.parse(readFileSync(proof, 'utf8'))).toHaveLength(2)
  })

  it('says so of values that were changed, where shards have several threads', async () => {
    const folder = circuits.folder()
    // Beside the original, which its configuration names.
    const changed = join(circuits.good, '../changed')
    cpSync(circuits.good, changed, { recursive: true })
    for (const [name, edge] of [
      ['delay', 3],
      ['conductance', 700],
      ['conductance', 1500],
    ] as const)
      await flipAt(join(changed, 'edges.h5'), `/edges/All__All__chemical/0/${name}`, edge, 2)
    const args = ['verify', circuits.original, changed, '--removed', circuits.mask]
    const files = ['1/2', '2/2'].map(name => join(folder, `${name.replace('/', '-of-')}.json`))
    for (const [k, partial] of files.entries()) {
      const more = ['--shard', `${k + 1}/2`, '--partial', partial, '--jobs', '2']
      expect(await connproofHere([...args, ...more])).toMatchObject({ code: 0, stderr: '' })
    }
    const whole = await connproofHere([...args, '--json'])
    const merged = await connproofHere(['merge', ...files, '--json'])
    expect(withoutTimes(merged.stdout)).toBe(withoutTimes(whole.stdout))
    expect(merged.stdout).toMatch(/"code":"property.changed".*"count":2/)
  })

  it('refuses shards that looked less deep than it was told', async () => {
    const files = await allShards(circuits.folder(), 1, ['--level', 'connections'])
    const { code, stderr } = await connproofHere(['merge', ...files, '--level', 'synapses'])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/shard 1\/1 is of level connections, not synapses/),
    })
  })

  it('refuses shards of different levels', async () => {
    const folder = circuits.folder()
    for (const [name, ...level] of [['1/2'], ['2/2', '--level', 'connections']] as const)
      await shard(folder, name, level)
    const files = [1, 2].map(k => join(folder, `connproof-${k}-of-2.json`))
    const { code, stderr } = await connproofHere(['merge', ...files])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/not the same level/) })
  })

  it('refuses shards whose inputs are gone', async () => {
    const folder = circuits.folder()
    const mask = join(folder, 'mask.npz')
    copyFileSync(circuits.mask, mask)
    const file = join(folder, 'part.json')
    const args = ['verify', circuits.original, circuits.good, '--nodes', circuits.nodeSet, '--removed', mask]
    expect((await connproofHere([...args, '--shard', '1/1', '--partial', file])).code).toBe(0)
    rmSync(mask)
    const { code, stdout, stderr } = await connproofHere(['merge', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/mask\.npz.*is gone since shard 1\/1 was run/s)
  })

  it.each([
    ['missing', (files: string[]) => files.slice(1), /shard 1\/2 is missing/],
    ['doubled', ([a, b]: string[]) => [a, b, b], /is shard 2\/2, and so is/],
    ['not a partial result', ([a]: string[]) => [a, circuits.mask], /not valid JSON|UTF-8/],
  ] as const)('refuses what is %s', async (_, change, message) => {
    const files = await allShards(circuits.folder(), 2)
    const { code, stdout, stderr } = await connproofHere(['merge', ...(change(files) as string[])])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('refuses shards whose inputs have changed', async () => {
    const folder = circuits.folder()
    const mask = join(folder, 'mask.npz')
    copyFileSync(circuits.mask, mask)
    const args = ['verify', circuits.original, circuits.good, '--nodes', circuits.nodeSet, '--removed', mask]
    const file = join(folder, 'part.json')
    const run = await connproofHere([...args, '--shard', '1/1', '--partial', file])
    expect(run.code, run.stderr).toBe(0)
    writeFileSync(mask, readFileSync(mask))
    const { code, stderr } = await connproofHere(['merge', file])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/has changed since shard 1\/1/),
    })
    const again = await connproofHere([...args, '--shard', '1/1', '--partial', file])
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is of something else: not the same/),
    })
    const forced = await connproofHere([...args, '--shard', '1/1', '--partial', file, '--force'])
    expect(forced.code).toBe(0)
    expect((await connproofHere(['merge', file])).code).toBe(0)
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

const MOMENTS = runs(5, 20)

describe('SIGTERM at random moments', () => {
  const random = seedrandom('moments')
  const moments = Array.from({ length: MOMENTS }, (_, k) => (k + random()) / MOMENTS)

  it('of a shard: nothing that merge takes for whole, and a rerun completes', async () => {
    const many = Array.from({ length: 60 }, () => circuits.good)
    const file = join(circuits.folder(), 'part.json')
    const args = ['verify', circuits.original, ...many, '--removed', circuits.mask, '--shard', '1/1']
    const run = [...args, '--partial', file, '--force']
    const typical = await timed(run)
    const whole = withoutTimes((await connproofHere(['merge', file, '--json'])).stdout)
    expect(whole).toMatch(/"verdict":"verified"/)
    const codes = new Set<number>()
    let refused = 0
    for (const moment of moments) {
      writeFileSync(file, '')
      const code = await terminated(run, typical, moment)
      codes.add(code)
      const merged = await connproofHere(['merge', file, '--json'])
      // A signal may come after the last block: then the shard is whole indeed.
      if (code === 0 || merged.code === 0) expect(withoutTimes(merged.stdout)).toBe(whole)
      else expect([code, merged.code]).toEqual([143, 2])
      refused += merged.code === 2 ? 1 : 0
    }
    expect([...codes].filter(code => code !== 0)).toEqual([143])
    expect(refused).toBeGreaterThan(runs(0, 5))
    expect((await connproof(run)).code).toBe(0)
    expect(withoutTimes((await connproofHere(['merge', file, '--json'])).stdout)).toBe(whole)
  })

  it('of a merge: a whole proof or none, and a rerun completes', async () => {
    const folder = circuits.folder()
    const files = await allShards(folder, 2)
    const proof = join(folder, 'proof.json')
    const run = ['merge', ...files, '--proof', proof, '--force', '--reproducible']
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
