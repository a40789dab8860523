import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeSelection } from '../../src/connectome/selection.ts'
import { writeFileSet } from '../../src/formats/file-set.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { readSparse } from '../../src/formats/scipy-sparse.ts'
import { readPairList } from '../../src/inputs/pair-list.ts'
import { encodeRemoval, MASK_FILE, REMOVAL_FILES, type Removal } from '../../src/interop/removal-files.ts'
import { encodeTargets, encodeUserTargets } from '../../src/interop/removal-targets.ts'
import { parseTargetFile } from '../../src/interop/target-file.ts'
import { Targets } from '../../src/interop/targets.ts'
import { maskOfPairs } from '../../src/selection/drawn-mask.ts'
import { bindMask, readMask } from '../../src/selection/mask.ts'
import { PYTHON } from '../python.ts'

type Row = readonly [number, number]

const folder = mkdtempSync(join(tmpdir(), 'connproof-removal-'))
const ids = (rows: readonly Row[], side: 0 | 1): Uint32Array => Uint32Array.from(rows, row => row[side])
const pairsOf = (rows: readonly Row[]) => ({ source: ids(rows, 0), target: ids(rows, 1) })
const selection = (nodes: readonly number[], population = 'A'): NodeSelection => ({
  population,
  populationSize: 300,
  ids: Uint32Array.from(nodes).sort(),
  expression: 'test',
})

/** Distinct nodes on both sides and any connections among them, repeats included. */
const removals = fc
  .tuple(
    fc.uniqueArray(fc.nat(250), { minLength: 1, maxLength: 30 }),
    fc.uniqueArray(fc.nat(250), { minLength: 1, maxLength: 30 }),
    fc.boolean(),
  )
  .chain(([sources, others, same]) => {
    const targets = same ? sources : others
    const row = fc.tuple(fc.constantFrom(...sources), fc.constantFrom(...targets))
    return fc.record({
      rows: fc.array(row, { maxLength: 40 }),
      source: fc.constant(selection(sources)),
      target: fc.constant(selection(targets)),
    })
  })

const removalOf = (rows: readonly Row[], source: NodeSelection, target: NodeSelection): Removal => {
  const pairs = pairsOf(rows)
  return { pairs, masked: { mask: maskOfPairs(pairs, source, target).mask, source, target } }
}

async function write(name: string, removal: Removal): Promise<(file: string) => string> {
  const into = join(folder, name)
  writeFileSet(into, await encodeRemoval(removal), { names: REMOVAL_FILES, force: true })
  return file => join(into, file)
}

describe('the files of a removal', () => {
  it('come back as they went', async () => {
    await fc.assert(
      fc.asyncProperty(removals, async ({ rows, source, target }) => {
        const at = await write('any', removalOf(rows, source, target))
        for (const list of ['conns_removed.npy', 'conns_removed.csv'])
          expect(
            await readPairList(at(list), { pairs: list.endsWith('npy') ? 'columns' : undefined }),
          ).toMatchObject(pairsOf(rows))
        const mask = bindMask(await readMask(at(MASK_FILE)), source, target)
        const asked = Array.from(mask.indices, (row, k) => {
          const column = mask.indptr.findLastIndex(first => first <= k)
          return `${source.ids[row]} ${target.ids[column]}`
        })
        expect(asked.sort()).toEqual([...new Set(rows.map(row => row.join(' ')))].sort())
        const single = source.ids.join() === target.ids.join()
        const gids = await readNpy(at(single ? 'conns_removed_gids.npy' : 'conns_removed_gids_target.npy'))
        expect(Array.from(gids.data, Number)).toEqual(Array.from(target.ids, id => id + 1))
        const table = await readSparse(at(`conns_removed_gid_to_idx${single ? '' : '_source'}.npz`))
        expect(table).toMatchObject({ format: 'csr', rows: 1, columns: (source.ids.at(-1) ?? 0) + 2 })
      }),
      { numRuns: 20 },
    )
  })

  it('are two lists of ids only where sources and targets differ', async () => {
    const names = async (source: NodeSelection, target: NodeSelection): Promise<string[]> =>
      (await encodeRemoval(removalOf([[1, 2]], source, target))).map(({ name }) => name)
    const both = selection([1, 2])
    expect((await names(both, both)).slice(3)).toEqual([
      'conns_removed_gids.npy',
      'conns_removed_gid_to_idx.npz',
      MASK_FILE,
    ])
    const two = [
      'conns_removed_gids_source.npy',
      'conns_removed_gid_to_idx_source.npz',
      'conns_removed_gids_target.npy',
      'conns_removed_gid_to_idx_target.npz',
      MASK_FILE,
    ]
    expect((await names(both, selection([1, 2, 3]))).slice(3)).toEqual(two)
    // The same ids in another population are other nodes.
    expect((await names(both, selection([1, 2], 'B'))).slice(3)).toEqual(two)
  })

  it.skipIf(PYTHON === undefined).each([
    ['S x S', [5, 3, 9, 11], [5, 3, 9, 11]],
    ['S x T', [5, 3, 9, 11], [4, 9, 200]],
  ])(
    "are those of the notebook's steps, byte for byte, and NumPy and SciPy load them: %s",
    async (name, s, t) => {
      const rows: Row[] = s.flatMap((source, k) => t.slice(k % 2).map(target => [source, target] as const))
      rows.push(rows[1] as Row, rows[3] as Row)
      const [source, target] = [selection(s), selection(t)]
      const at = await write(name, removalOf(rows, source, target))
      mkdirSync(at('theirs'), { recursive: true })
      const gids = (of: NodeSelection) => Array.from(of.ids, id => id + 1)
      const spec = { pairs: rows.map(([a, b]) => [a + 1, b + 1]), source: gids(source), target: gids(target) }
      const peer = fileURLToPath(new URL('removal_peer.py', import.meta.url))
      const input = JSON.stringify(spec)
      const said = JSON.parse(
        execFileSync(PYTHON ?? '', [peer, at('.'), at('theirs')], { input, encoding: 'utf8' }),
      ) as Record<'bytes' | 'content', Record<string, boolean>>
      expect(Object.values(said.content)).toEqual(Object.keys(said.content).map(() => true))
      // conns_removed.npy: NumPy saves a transposed array in Fortran order, ours is in C order.
      const differing = Object.keys(said.bytes).filter(file => !said.bytes[file])
      expect(differing).toEqual(['conns_removed.npy'])
      expect(Object.keys(said.bytes).length).toBe(name === 'S x S' ? 5 : 7)
    },
  )
})

describe('targets', () => {
  it('are read back, in order', () => {
    const rows = fc.array(fc.tuple(fc.nat(2 ** 32 - 2), fc.nat(100)), { maxLength: 20 })
    fc.assert(
      fc.property(rows, pairs => {
        const targets = parseTargetFile(encodeTargets(pairsOf(pairs)), 'conns_removed.target')
        expect(targets.map(({ name, gids }) => [name, ...gids])).toEqual(
          pairs.flatMap(([source, target], k) => [
            [`ConnRemoved_${k}_src`, source + 1],
            [`ConnRemoved_${k}_dest`, target + 1],
          ]),
        )
      }),
    )
  })

  it('are the text of the notebook', () => {
    expect(encodeTargets(pairsOf([[6, 8]]))).toBe(
      'Target Cell ConnRemoved_0_src\n{\na7\n}\n\nTarget Cell ConnRemoved_0_dest\n{\na9\n}\n\n',
    )
  })

  it('of a campaign have a name each, where those of single files repeat', async () => {
    const pairs = pairsOf([[0, 1]])
    const variants = ['Unstruct_0', 'Unstruct_1'].map(variant => ({ variant, pairs }))
    const [user, repeated] = [join(folder, 'user.target'), join(folder, 'repeated.target')]
    writeFileSync(user, encodeUserTargets(variants))
    writeFileSync(repeated, encodeTargets(pairs).repeat(2))
    expect((await Targets.read([user], { file: user })).names).toContain('Unstruct_1_ConnRemoved_0_dest')
    await expect(Targets.read([repeated], { file: repeated })).rejects.toThrow('occurs twice')
    expect(() => encodeUserTargets([...variants, ...variants])).toThrow('two variants are called Unstruct_0')
    expect(() => encodeTargets(pairs, 'a b')).toThrow('found "a b"')
  })
})
