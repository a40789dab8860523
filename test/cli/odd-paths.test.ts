/** Paths at which nothing can be are faults of the call, whichever argument or flag they are, and never a bug. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planOutputs } from '../../src/cli/outputs.ts'
import { InputError, isInputError } from '../../src/errors.ts'
import { writeFileSet } from '../../src/formats/file-set.ts'
import { FilesRead } from '../../src/formats/files-read.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { inspect, openCircuit, readMask, silenced, verify } from '../../src/index.ts'
import { checkManipConfig } from '../../src/interop/manip-config/check.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-odd-paths-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => {
  writeFileSync(join(folder, 'file'), '1,2\n')
  symlinkSync('circle', join(folder, 'circle'))
})

const ODD = ['file/below', 'x'.repeat(300), 'circle', 'circle/below', 'file/below/again']

describe.each(ODD)('%s', name => {
  const path = join(folder, name)

  it('is no file to write', () => {
    for (const flag of ['proof', 'junit', 'writeEdgeMap', 'writeDifferences'] as const) {
      const given = { writeEdgeMap: `${path}.npy`, writeDifferences: `${path}.csv` }
      const flags = { force: true as const, [flag]: flag in given ? given[flag as 'writeEdgeMap'] : path }
      try {
        planOutputs(flags, [path], ['a']).abort()
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
      }
    }
    if (name === 'circle') return
    const files = [{ name: 'conns_removed.npy', content: new Uint8Array(3) }]
    try {
      writeFileSet(path, files as never, { names: ['conns_removed.npy'] } as never)
      expect('written').toBe('')
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
    }
  })

  it('is no file to read', async () => {
    const reads = new FilesRead()
    reads.note(path)
    expect(reads.list()).toEqual([])
    for (const read of [inspect, openCircuit, readMask, silenced, checkManipConfig])
      expect(await read(path).catch(isInputError)).toBe(true)
  })
})

it('is a circuit that cannot be told, beside others', async () => {
  const file = join(folder, 'edges.h5')
  const h5 = createHdf5(file)
  const type = { kind: 'int', bytes: 8, signed: false } as const
  for (const side of ['source', 'target'])
    h5.dataset(
      `/edges/e/${side}_node_id`,
      { type, shape: [1], attributes: { node_population: 'n' } },
      new Uint8Array(8),
    )
  h5.close()
  const original = await openCircuit(file, { nodeCounts: { n: 1 } })
  try {
    const proofs = await verify({ original, manipulated: [...ODD.map(name => join(folder, name)), original] })
    expect(proofs.map(({ verdict }) => verdict)).toEqual([...ODD.map(() => 'cannot_tell'), 'verified'])
  } finally {
    original.close()
  }
})
