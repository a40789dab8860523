/** Edge by edge in several threads: the same proof whatever their number. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeDemo } from '../../src/demo/files.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { readMask } from '../../src/selection/mask.ts'
import { verify } from '../../src/verify.ts'
import { flipAt } from '../full/flip-at.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-walks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...path: string[]): string => join(folder, 'demo', ...path)

beforeAll(async () => {
  await writeDemo(join(folder, 'demo'), { seed: 'walks', neurons: 80, removals: 20 })
})

async function prove(jobs: number) {
  const original = await openCircuit(at('original'))
  try {
    const removed = await readMask(at('conns_removed_adjmat.npz'))
    const manipulated = [at('removed_ok'), at('removed_faulty')]
    const proofs = await verify({ original, manipulated, removed, jobs, windowRows: 64 })
    return proofs.map(({ seconds, ...proof }) => proof)
  } finally {
    original.close()
  }
}

it('gives what one thread gives, for clean and for damaged values in any share', async () => {
  expect((await prove(1)).map(({ verdict }) => verdict)).toEqual(['verified', 'differs'])
  expect(await prove(3)).toEqual(await prove(1))
  const edges = at('removed_ok', 'edges.h5')
  for (const [name, edge] of [
    ['delay', 100],
    ['conductance', 7],
    ['syn_type_id', 200],
  ] as const) {
    const path = `/edges/All__All__chemical/0/${name}`
    await flipAt(edges, path, edge, 2)
    const [one, many] = [await prove(1), await prove(3)]
    expect(one[0]?.findings.map(({ code, property, count }) => [code, property, count])).toEqual([
      ['property.changed', name, 1],
    ])
    expect(many).toEqual(one)
    await flipAt(edges, path, edge, 2)
  }
})
