/** Whatever the number of workers: the same outcomes. Workers are the built ones (dist/parallel/worker.js). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import seedrandom from 'seedrandom'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { ASK_REMOVE } from '../../src/kernels/abi.ts'
import { compareInParallel } from '../../src/parallel/jobs.ts'
import { openEdgePopulation } from '../../src/sonata/edges.ts'
import type { Asked } from '../../src/verification/asked.ts'

/** Parts that workers answered: without it, a fallback to one thread would pass for parallel work. */
let answered = 0
beforeEach(() => {
  answered = 0
})
vi.mock('node:worker_threads', async original => {
  const real = await original<typeof import('node:worker_threads')>()
  class CountedWorker extends real.Worker {
    constructor(...given: ConstructorParameters<typeof real.Worker>) {
      super(...given)
      this.on('message', message => {
        if ('comparisons' in message) answered++
      })
    }
  }
  return { ...real, Worker: CountedWorker }
})

const NODES = 60
const folder = mkdtempSync(join(tmpdir(), 'connproof-jobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Pair = readonly [source: number, target: number]
const byTarget = (a: Pair, b: Pair): number => a[1] - b[1] || a[0] - b[0]

async function stored(name: string, rows: readonly Pair[]): Promise<EdgeSource> {
  const path = join(folder, `${name}.h5`)
  const writer = createHdf5(path)
  for (const [side, column] of [
    ['source', 0],
    ['target', 1],
  ] as const) {
    const ids = BigUint64Array.from(rows, row => BigInt(row[column]))
    const attributes = { node_population: 'All' }
    const type = { kind: 'int', bytes: 8, signed: false } as const
    writer.dataset(
      `/edges/all/${side}_node_id`,
      { type, shape: [rows.length], attributes },
      new Uint8Array(ids.buffer),
    )
  }
  writer.close()
  return openEdgePopulation(await openHdf5(path), 'all', { sourceCount: NODES, targetCount: NODES })
}

function question(connections: readonly Pair[]): Asked {
  const asked = [...connections].sort(byTarget)
  return {
    source: Uint32Array.from(asked, ([source]) => source),
    target: Uint32Array.from(asked, ([, target]) => target),
    kind: new Uint8Array(asked.length).fill(ASK_REMOVE),
    removals: asked.length,
    additions: 0,
  }
}

const ids = Uint32Array.from({ length: NODES }, (_, k) => k).filter(id => id % 7 !== 3)
const selection = { population: 'All', populationSize: NODES, ids, expression: 'test' }

/** A circuit, and one that differs from it in every way, most of all around the middle targets where parts meet. */
async function scenario(seed: string) {
  const random = seedrandom(seed)
  const id = (): number => Math.floor(random() * NODES)
  const rows: Pair[] = Array.from({ length: 900 }, (): Pair => [id(), id()]).sort(byTarget)
  const changed = rows.filter(([, target]) => random() > (target % 20 < 3 ? 0.3 : 0.02))
  for (let k = 0; k < 12; k++) changed.push([id(), id()])
  const asked = question(
    Array.from(
      { length: 30 },
      (_, k): Pair => [ids[(k * 5) % ids.length] ?? 0, ids[(k * 11) % ids.length] ?? 0],
    ).filter((pair, at, all) => all.findIndex(other => byTarget(pair, other) === 0) === at),
  )
  return { rows, changed: changed.sort(byTarget), asked }
}

describe.each(['a', 'b', 'c'])('jobs, scenario %s', seed => {
  it('give what one thread gives, in order and by target only', async () => {
    const { rows, changed, asked } = await scenario(seed)
    const grouped = [...changed].sort((a, b) => a[1] - b[1] || ((a[0] * 7) % 11) - ((b[0] * 7) % 11))
    const original = await stored(`${seed}-original`, rows)
    const manipulated = [
      { edges: await stored(`${seed}-changed`, changed), asked },
      { edges: await stored(`${seed}-grouped`, grouped), asked: question([]) },
    ]
    const options = { keep: 4, all: true, windowRows: 64 }
    const run = (jobs: number) =>
      compareInParallel(original, manipulated, selection, selection, options, { jobs })
    const alone = await run(1)
    expect(alone[0]?.comparison?.classes.lost_not_asked).toBeGreaterThan(4)
    expect(alone.map(outcome => outcome.comparison?.order.manipulated)).toEqual(['tgt,src', 'tgt'])
    for (const jobs of [2, 3, 5]) expect(await run(jobs)).toEqual(alone)
    expect(answered).toBe(1 + 2 + 4)
  })

  it('fall back to one pass where parts cannot be told apart', async () => {
    const { rows, changed, asked } = await scenario(seed)
    const original = await stored(`${seed}-first`, rows)
    const shuffled = await stored(
      `${seed}-shuffled`,
      [...changed].sort((a, b) => ((a[0] * 31 + a[1] * 17) % 97) - ((b[0] * 31 + b[1] * 17) % 97)),
    )
    const memory = edgesFromArrays({
      source: Uint32Array.from(changed, ([source]) => source),
      target: Uint32Array.from(changed, ([, target]) => target),
      sourceCount: NODES,
      targetCount: NODES,
    })
    const damaged = await stored(`${seed}-damaged`, [...rows.slice(0, -1), [NODES + 3, NODES - 1]])
    for (const edges of [shuffled, memory, damaged]) {
      const run = (jobs: number) =>
        compareInParallel(original, [{ edges, asked }], selection, selection, { keep: 4 }, { jobs })
      const alone = await run(1)
      const together = await run(3)
      expect(together.map(outcome => outcome.comparison)).toEqual(alone.map(outcome => outcome.comparison))
      expect(together[0]?.error?.message).toBe(alone[0]?.error?.message)
    }
  })
})
