import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { H5wasmFile } from '../../src/formats/hdf5/h5wasm-file.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import type { Hdf5Dataset } from '../../src/formats/hdf5/types.ts'
import { hasShared, SHARED } from '../shared.ts'
import { elements, readBytes, walk } from './hdf5-helpers.ts'

const FILES = hasShared
  ? readdirSync(`${SHARED}/data`, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.h5'))
  : []

describe.skipIf(!hasShared)('every public HDF5 file', () => {
  it('is read alike by our own reader and by h5wasm', async () => {
    const tally = { files: 0, notHdf5: 0, contiguous: 0, chunked: 0, h5wasm: 0, elements: 0, attributes: 0 }
    for (const name of FILES) {
      const path = join(SHARED, 'data', name)
      const file = await openHdf5(path).catch(error => {
        if (isInputError(error)) return undefined
        throw error
      })
      if (file === undefined) {
        tally.notHdf5++
        continue
      }
      const library = await H5wasmFile.open(path, path)
      await walk(file, async dataset => {
        tally[dataset.reader]++
        const other = library.dataset(dataset.path.slice(1).split('/'))
        if (other === undefined) throw new Error(`${name}${dataset.path} is not there for h5wasm`)
        tally.elements += await compare(dataset, other)
        const attribute = await dataset.attribute('node_population')
        expect(await other.attribute('node_population')).toEqual(attribute)
        if (attribute !== undefined) tally.attributes++
      })
      library.close()
      file.close()
      tally.files++
    }
    console.log(`HDF5 files under the shared data: ${JSON.stringify(tally)}`)
    expect(tally.files).toBeGreaterThan(50)
    expect(tally.contiguous).toBeGreaterThan(20 * tally.h5wasm)
  })
})

/** First, middle and last elements (or all text); how many were compared. */
async function compare(a: Hdf5Dataset, b: Hdf5Dataset): Promise<number> {
  expect([a.shape, a.type], a.path).toEqual([b.shape, b.type])
  const total = elements(a)
  if (a.type.kind === 'other' || total === 0) return 0
  if (a.type.kind === 'string') {
    const texts = await a.strings()
    expect(texts, a.path).toEqual(await b.strings())
    return texts.length
  }
  const count = Math.min(100, total)
  for (const first of [0, Math.floor((total - count) / 2), total - count]) {
    expect(await readBytes(a, first, count), a.path).toEqual(await readBytes(b, first, count))
  }
  return 3 * count
}
