/** Lists as NumPy and SciPy write them, against what they read back. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openEdges } from '../../src/open-edges.ts'
import { PYTHON } from '../python.ts'
import { pairsOf, temporaryFolder } from './helpers.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

const SCRIPT = `
import json, os, sys
import numpy as np, scipy.sparse as sp
folder = sys.argv[1]
at = lambda name: os.path.join(folder, name)
rng = np.random.default_rng(20240607)
expected = {}
pairs = rng.integers(0, 250, (2, 500))
for dtype in ['u1', '<i2', '>i2', '<u4', '>u4', '<i8', '>i8', '<u8']:
    for order in 'CF':
        for turned in (False, True):
            name = f'{dtype[-2:]}_{"be" if dtype[0] == ">" else "le"}_{order}_{turned}.npy'
            ids = np.array(pairs.T if turned else pairs, dtype=dtype, order=order)
            np.save(at(name), ids)
            expected[name] = (np.load(at(name)) if turned else np.load(at(name)).T).tolist()
np.savetxt(at('savetxt.txt'), pairs.T)
expected['savetxt.txt'] = np.loadtxt(at('savetxt.txt')).astype(int).tolist()
np.savetxt(at('integers.csv'), pairs.T, fmt='%d', delimiter=',', header='source,target')
expected['integers.csv'] = np.loadtxt(at('integers.csv'), delimiter=',').astype(int).tolist()
matrix = sp.random(200, 250, density=0.02, random_state=rng, data_rvs=lambda n: rng.integers(0, 3, n))
for form in ['csc', 'csr', 'coo']:
    for kind in ['matrix', 'array']:
        for compressed in (False, True):
            name = f'{form}_{kind}_{compressed}.npz'
            sp.save_npz(at(name), getattr(sp, f'{form}_{kind}')(matrix), compressed=compressed)
            expected[name] = np.argwhere(sp.load_npz(at(name)).toarray()).tolist()
print(json.dumps(expected))
`

describe.skipIf(PYTHON === undefined)('lists of NumPy and SciPy', () => {
  it('hold the pairs that Python reads from them', async () => {
    const output = execFileSync(PYTHON ?? '', ['-c', SCRIPT, folder], { encoding: 'utf8' })
    const expected = Object.entries(JSON.parse(output) as Record<string, [number, number][]>)
    expect(expected.length).toBe(32 + 2 + 12)
    for (const [name, pairs] of expected) {
      const { edges, close } = await openEdges(join(folder, name), { idBase: 0 })
      const found = await pairsOf(edges, 64)
      await close()
      if (name.endsWith('.npz')) expect(found.map(String).sort(), name).toEqual(pairs.map(String).sort())
      else expect(found, name).toEqual(pairs)
    }
  })
})
