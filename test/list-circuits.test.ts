/** `verify` on lists of edges, as the command line opens them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeNpy } from '../src/formats/npy.ts'
import { writeMaskNpz } from '../src/formats/scipy-sparse.ts'
import { cooToCsc } from '../src/kernels/csc.ts'
import { openCircuits } from '../src/list-circuits.ts'
import type { EdgesOptions } from '../src/open-edges.ts'
import { openEdges } from '../src/open-edges.ts'
import { readMask } from '../src/selection/mask.ts'
import type { Level, Proof } from '../src/verification/proof.ts'
import { verify } from '../src/verify.ts'
import { type Circuits, writeCircuits } from './cli/circuits.ts'
import { columnsOf, type Pair, pairsOf } from './inputs/helpers.ts'

let circuits: Circuits
let folder: string
let files: Record<'original' | 'good' | 'faulty', { h5: string; npy: string; npz: string }>
beforeAll(async () => {
  circuits = await writeCircuits()
  folder = circuits.folder()
  files = {
    original: await listsOf(circuits.original, 'original'),
    good: await listsOf(circuits.good, 'good'),
    faulty: await listsOf(circuits.faulty, 'faulty'),
  }
})
afterAll(() => circuits.remove())

async function listsOf(circuit: string, name: string) {
  const { edges, close } = await openEdges(circuit)
  const narrow = { ...edges, source: asU32(edges.source), target: asU32(edges.target) }
  const pairs = await pairsOf(narrow, 1000)
  await close()
  const [npy, npz] = [join(folder, `${name}.npy`), join(folder, `${name}.npz`)]
  writeFileSync(npy, encodeNpy({ shape: [2, pairs.length], data: Uint32Array.from(columnsOf(pairs)) }))
  const [row, column] = [sideOf(pairs, 0), sideOf(pairs, 1)]
  await writeMaskNpz(npz, { ...cooToCsc({ rows: 200, columns: 200, row, column }), label: npz })
  return { h5: join(circuit, 'edges.h5'), npy, npz }
}

const sideOf = (pairs: readonly Pair[], side: 0 | 1) => Uint32Array.from(pairs, pair => pair[side])

/** The demo stores 64-bit ids; here the low words are all there is. */
const asU32 = (column: Awaited<ReturnType<typeof openEdges>>['edges']['source']): typeof column => ({
  ...column,
  type: 'u32',
  async readInto(first, count, into) {
    const wide = new Uint8Array(count * 8)
    await column.readInto(first, count, wide)
    const ids = Uint32Array.from(new BigUint64Array(wide.buffer), Number)
    into.set(new Uint8Array(ids.buffer))
  },
})

async function prove(
  original: string,
  manipulated: string[],
  options: { mask?: string; nodes?: string; level?: Level } & EdgesOptions = {},
): Promise<Proof[]> {
  const removed = options.mask === undefined ? undefined : await readMask(options.mask)
  const opened = await openCircuits(original, manipulated, [removed], { idBase: 0, ...options })
  try {
    return await verify({
      original: opened.original,
      manipulated: opened.manipulated,
      removed,
      source: options.nodes,
      target: options.nodes,
      level: options.level,
    })
  } finally {
    await opened.close()
  }
}

const verdicts = (proofs: readonly Proof[]) => proofs.map(({ verdict }) => verdict)

describe('lists in the place of circuits', () => {
  it.each(['h5', 'npy'] as const)('%s: same verdicts and findings as the circuits themselves', async kind => {
    const options = { mask: circuits.mask, nodes: circuits.nodeSet, level: 'connections' as const }
    const circuit = await prove(circuits.original, [circuits.good, circuits.faulty], options)
    const lists = await prove(circuits.original, [files.good[kind], files.faulty[kind]], options)
    expect(verdicts(lists)).toEqual(['verified', 'differs'])
    expect(lists.map(({ classes, findings }) => ({ classes, findings }))).toEqual(
      circuit.map(({ classes, findings }) => ({ classes, findings })),
    )
    // As the original, with the GIDs beside the mask as the selection.
    const original = await prove(files.original[kind], [circuits.good, files.faulty[kind]], {
      mask: circuits.mask,
      level: 'connections',
    })
    expect(original.map(({ classes, findings }) => ({ classes, findings }))).toEqual(
      circuit.map(({ classes, findings }) => ({ classes, findings })),
    )
  })

  it('say what they could not check, and why', async () => {
    const [list] = await prove(files.original.npy, [circuits.original])
    expect(list?.verdict).toBe('verified')
    expect(
      list?.checks.filter(({ status, level }) => status === 'not_checked' && level === 'connections'),
    ).toEqual([
      {
        id: 'nodes.same',
        level: 'connections',
        status: 'not_checked',
        reason: expect.stringMatching(/original\.npy/),
      },
      {
        id: 'populations.same',
        level: 'connections',
        status: 'not_checked',
        reason: expect.stringMatching(/original\.npy does not say/),
      },
    ])
    expect(list?.notChecked[0]).toMatch(/same nodes .*original\.npy names no node populations/)
    const [matrix] = await prove(files.original.npz, [circuits.original])
    expect(matrix?.verdict).toBe('verified')
    expect(matrix?.classes?.multiplicity_changed).toBe(0)
    expect(
      matrix?.checks
        .filter(({ status, level }) => status === 'not_checked' && level === 'connections')
        .map(({ id }) => id),
    ).toEqual(['nodes.same', 'populations.same', 'multiplicity'])
  })

  it('an adjacency matrix finds what is lost and added', async () => {
    const [good] = await prove(files.original.npz, [files.good.npz])
    expect(good?.classes).toMatchObject({ lost_not_asked: circuits.asked.length, added_not_asked: 0 })
  })

  it('an adjacency matrix is refused with fewer than all nodes: edges outside could not be counted', async () => {
    const proofs = await prove(circuits.original, [files.good.npz, circuits.good], {
      mask: circuits.mask,
      nodes: circuits.nodeSet,
    })
    expect(verdicts(proofs)).toEqual(['cannot_tell', 'verified'])
    expect(proofs[0]?.trouble).toMatchObject({ file: files.good.npz, message: /all nodes only/ })
  })

  it('a list that cannot be used does not stop the others', async () => {
    const broken = join(folder, 'broken.npy')
    writeFileSync(broken, 'nothing')
    const proofs = await prove(files.original.npy, [broken, join(folder, 'missing.csv'), circuits.original])
    expect(verdicts(proofs)).toEqual(['cannot_tell', 'cannot_tell', 'verified'])
    expect(proofs.slice(0, 2).map(({ trouble }) => trouble?.file)).toEqual([
      broken,
      join(folder, 'missing.csv'),
    ])
  })

  it('get as many nodes as the mask has rows, where no ids lie beside it', async () => {
    const mask = join(folder, 'all.npz')
    const empty = { rows: 250, columns: 250, row: new Uint32Array(0), column: new Uint32Array(0) }
    await writeMaskNpz(mask, { ...cooToCsc(empty), label: mask })
    const [proof] = await prove(files.original.npy, [files.original.h5], { mask })
    expect(proof).toMatchObject({ verdict: 'verified', neurons: 250 })
  })
})
