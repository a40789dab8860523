/** Properties as h5py can write them, which libsonata does not read: 1.0.4 stops at each, whatever the operation. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkManipConfig } from '../../../src/interop/manip-config/check.ts'
import { PYTHON } from '../../python.ts'
import { drawCircuit, writeCircuit } from './generated/circuit.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-odd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Python: the member `odd` of group 0 (`g`) for `n` edges; and whether libsonata 0.2.2 reads it. */
const ODD: Readonly<Record<string, readonly [python: string, reads: boolean]>> = {
  float16: ["g['odd'] = np.zeros(n, 'f2')", false],
  bool: ["g['odd'] = np.zeros(n, bool)", false],
  'three values each': ["g['odd'] = np.zeros((n, 3), 'f4')", false],
  'one value each, in a column': ["g['odd'] = np.zeros((n, 1), 'f4')", false],
  'big-endian floats': ["g['odd'] = np.zeros(n, '>f4')", false],
  'big-endian integers': ["g['odd'] = np.zeros(n, '>i8')", false],
  'complex numbers': ["g['odd'] = np.zeros(n, 'c8')", false],
  'one number for all': ["g['odd'] = np.float32(3)", false],
  'one edge less': ["g['odd'] = np.zeros(n - 1, 'f4')", false],
  'a group': ["g.create_group('odd')", false],
  'dynamics_params of float16': ["g['dynamics_params/odd'] = np.zeros(n, 'f2')", false],
  'fixed-length text': ["g['odd'] = np.full(n, b'abc')", false],
  dynamics_params: ["g['dynamics_params/odd'] = np.zeros(n, 'f4')", true],
  'integers of one byte': ["g['odd'] = np.zeros(n, 'i1')", true],
  'unsigned integers of eight': ["g['odd'] = np.zeros(n, 'u8')", true],
}

describe.skipIf(PYTHON === undefined)('a property that is', () => {
  const made = drawCircuit('odd')
  const first = join(folder, 'circuit')
  writeCircuit(first, made)
  const names = Object.keys(ODD)
  const place = (name: string): string => join(folder, String(names.indexOf(name)))
  for (const name of names) cpSync(first, place(name), { recursive: true })
  const lines = names.map(
    name =>
      `with h5py.File(${JSON.stringify(join(place(name), 'edges.h5'))}, 'a') as f:\n g = f['edges/${made.population}/0']\n ${ODD[name]?.[0]}`,
  )
  const program = `import h5py, numpy as np\nn = ${made.source.length}\n${lines.join('\n')}\n`
  if (PYTHON !== undefined) execFileSync(PYTHON, ['-c', program])

  it.each(names)('%s', async name => {
    const config = join(place(name), 'manip_config.json')
    const fcts = [{ source: 'null_manipulation', model_config: {} }]
    const circuit = join(place(name), 'circuit_config.json')
    writeFileSync(config, JSON.stringify({ circuit_config: circuit, manip: { name: 'x', fcts } }))
    const { diagnostics } = await checkManipConfig(config, { release: '1.0.4' })
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    expect(errors.length).toBe(ODD[name]?.[1] ? 0 : 1)
    if (errors.length > 0) expect(errors[0]).toMatch(/odd/)
  })
})
