/** Ctrl-C and kill: what they leave behind. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof } from './run.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

/** Enough circuits for the run to be far from over when the signal comes. */
const COPIES = 400

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, expected) => {
  it(`ends verify with ${expected} and leaves no file`, async () => {
    const folder = circuits.folder()
    const many = Array.from({ length: COPIES }, () => circuits.good)
    const outputs = ['--proof', join(folder, 'proof.json'), '--write-differences', join(folder, 'd.csv')]
    const { code, stdout, stderr } = await connproof(['verify', circuits.original, ...many, ...outputs], {
      onStart: async kill => {
        // Its temporary files are the sign that the run has begun.
        while (readdirSync(folder).length < COPIES + 1) await setTimeout(2)
        kill(signal)
      },
    })
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toMatch(/^connproof: interrupted/m)
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves no half-written file of the demo', async () => {
    const folder = join(circuits.folder(), 'demo')
    mkdirSync(folder)
    const { code } = await connproof(['demo', folder], {
      onStart: async kill => {
        while (!existsSync(join(folder, 'original'))) await setTimeout(2)
        kill(signal)
      },
    })
    expect(code).toBe(expected)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    expect(files.filter(file => file.endsWith('.tmp'))).toEqual([])
  })
})
