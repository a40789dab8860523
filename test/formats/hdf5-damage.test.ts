import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import seedrandom from 'seedrandom'
import { afterAll, describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { H5wasmFile } from '../../src/formats/hdf5/h5wasm-file.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import type { Hdf5Dataset } from '../../src/formats/hdf5/types.ts'
import { runs } from '../counts.ts'
import { elements, FIXTURES, readBytes, walk } from './hdf5-helpers.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-damage-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Without the one whose chunks are damaged from the start: the HDF5 library reads past the end of those. */
const FILES = readdirSync(FIXTURES).filter(name => name.endsWith('.h5') && name !== 'chunks_damaged.h5')
const FLIPS_PER_FILE = Number(process.env.CONNPROOF_FLIPS ?? runs(15, 40))

interface Tally {
  read: number
  refused: number
  compared: number
  messages: Map<string, number>
}

/** Damage a copy, read everything in it; anything thrown but an InputError of one line is a bug. */
async function readDamaged(name: string, bytes: Uint8Array, tally: Tally): Promise<void> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  await tolerate(tally, async () => {
    const file = await openHdf5(path)
    try {
      const library = new Library(path)
      await walk(file, dataset => tolerate(tally, () => readOne(library, dataset, tally)))
      library.close()
    } finally {
      file.close()
    }
  })
}

async function readOne(library: Library, dataset: Hdf5Dataset, tally: Tally): Promise<void> {
  if (elements(dataset) > 100_000) return
  await dataset.attribute('node_population')
  if (dataset.type.kind === 'other') return
  if (dataset.type.kind === 'string') {
    await dataset.strings()
  } else {
    const own = await readBytes(dataset)
    if (dataset.reader !== 'h5wasm' && library.left-- > 0) await sameByH5wasm(library, dataset, own, tally)
  }
  tally.read++
}

/** The same file through the HDF5 library, opened when first asked for. */
class Library {
  readonly #path: string
  #file: H5wasmFile | undefined
  /** Enough for any file but the one with a group of 300 links to the same dataset. */
  left = 60

  constructor(path: string) {
    this.#path = path
  }

  async dataset(path: string): Promise<Hdf5Dataset | undefined> {
    this.#file ??= await H5wasmFile.open(this.#path, this.#path)
    return this.#file.dataset(path.slice(1).split('/'))
  }

  close(): void {
    this.#file?.close()
  }
}

/** What our own reader accepted in a damaged file, the HDF5 library must read alike (or refuse). */
async function sameByH5wasm(
  library: Library,
  dataset: Hdf5Dataset,
  own: Uint8Array,
  tally: Tally,
): Promise<void> {
  const other = await library.dataset(dataset.path)
  if (other === undefined) throw new Error(`${dataset.path} is not there for h5wasm`)
  expect([other.shape, other.type]).toEqual([dataset.shape, dataset.type])
  expect(await readBytes(other)).toEqual(own)
  tally.compared++
}

async function tolerate(tally: Tally, step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (!isInputError(error)) throw error
    expect(error.message).not.toContain('\n')
    expect(error.message.length).toBeLessThan(500)
    tally.refused++
    tally.messages.set(error.message, (tally.messages.get(error.message) ?? 0) + 1)
  }
}

const newTally = (): Tally => ({ read: 0, refused: 0, compared: 0, messages: new Map() })

describe('damaged files never crash, hang or pass as other data', () => {
  it('truncated anywhere', async () => {
    const random = seedrandom('truncate')
    for (const name of FILES) {
      const whole = readFileSync(join(FIXTURES, name))
      for (let i = 0; i < 12; i++) {
        const tally = newTally()
        await readDamaged(name, whole.subarray(0, Math.floor(random() * whole.length)), tally)
        expect(tally).toMatchObject({ read: 0, refused: 1 })
      }
    }
  })

  it.each(FILES)('bits flipped in %s', async name => {
    const random = seedrandom(`flip ${name}`)
    const whole = readFileSync(join(FIXTURES, name))
    const tally = newTally()
    for (let i = 0; i < FLIPS_PER_FILE; i++) {
      const bytes = Uint8Array.from(whole)
      const at = Math.floor(random() * bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      await readDamaged(`${i}-${name}`, bytes, tally)
    }
    expect(tally.read).toBeGreaterThan(0)
    expect([...tally.messages.keys()].join()).not.toContain('had to be stopped')
  })
})
