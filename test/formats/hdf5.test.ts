import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { ContiguousDataset } from '../../src/formats/hdf5/contiguous.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import type { Hdf5Attribute, Hdf5Dataset } from '../../src/formats/hdf5/types.ts'
import { elements, FIXTURES, readBytes } from './hdf5-helpers.ts'

/** What h5py read when it had made the files: test/fixtures/hdf5/make_hdf5.py. */
interface Entry {
  kind: 'group' | 'dataset' | 'dangling' | 'type'
  members?: string[]
  shape?: number[] | null
  offset?: number | null
  bytes?: string
  texts?: string[]
  attributes?: Record<string, ExpectedAttribute>
}
type ExpectedAttribute = string | [] | { int?: Many; float?: Many; text?: Many }
type Many = string | string[]

const expected: { files: Record<string, Record<string, Entry>> } = JSON.parse(
  readFileSync(`${FIXTURES}/expected.json`, 'utf8'),
)

/** Types that neither reader hands out as numbers or text. */
const OTHER = new Set(['compound', 'odd_precision', 'odd_float', 'enum_be'])
/** h5py reads lzf, and it fills a virtual dataset without a word. */
const REFUSED: Record<string, RegExp> = {
  lzf: /lzf.*32000.*not available/,
  virtual_missing: /missing\.h5/,
}

const own = { accepted: 0, declined: 0, wrong: 0 }

describe.each(Object.entries(expected.files))('%s', (file, entries) => {
  it('members, values and attributes are those of h5py', async () => {
    const opened = await openHdf5(`${FIXTURES}/${file}`)
    for (const [path, entry] of Object.entries(entries)) {
      await checkEntry(opened, path, entry)
      for (const [name, value] of Object.entries(entry.attributes ?? {})) {
        expect(plain(await opened.attribute(path, name)), `${path}@${name}`).toEqual(wanted(value))
      }
    }
    expect(await opened.dataset('/nothing/here')).toBeUndefined()
    expect(await opened.members('/nothing')).toBeUndefined()
    expect(await opened.attribute('/', 'nothing')).toBeUndefined()
    opened.close()
  })
})

describe('the own reader', () => {
  it('takes many, leaves many, and is never wrong', () => {
    expect(own).toEqual({ accepted: 160, declined: 92, wrong: 0 })
  })
})

async function checkEntry(
  opened: Awaited<ReturnType<typeof openHdf5>>,
  path: string,
  entry: Entry,
): Promise<void> {
  const name = path.split('/').at(-1) ?? ''
  const refused = REFUSED[name]
  if (entry.kind === 'dangling') {
    for (const asked of [opened.dataset(path), opened.members(path), opened.attribute(path, 'a')]) {
      await expect(asked, path).rejects.toSatisfy(
        e => isInputError(e) && e.field === path && e.file !== undefined && e.hint !== undefined,
      )
    }
    return
  }
  expect(await opened.members(path), path).toEqual(entry.kind === 'group' ? entry.members : undefined)
  if (entry.kind !== 'dataset') return expect(await opened.dataset(path), path).toBeUndefined()
  if (refused !== undefined && entry.offset === null) {
    await expect(readAll(opened, path), path).rejects.toSatisfy(
      e => isInputError(e) && refused.test(`${e.message} ${e.field}`) && !e.message.includes('\n'),
    )
    return
  }
  const dataset = await opened.dataset(path)
  if (dataset === undefined) throw new Error(`${path} not found`)
  expect(dataset.shape, path).toEqual(entry.shape ?? undefined)
  await checkValues(dataset, path, entry, OTHER.has(name))
}

async function readAll(opened: Awaited<ReturnType<typeof openHdf5>>, path: string): Promise<Uint8Array> {
  const dataset = await opened.dataset(path)
  return dataset === undefined ? new Uint8Array(0) : readBytes(dataset)
}

async function checkValues(dataset: Hdf5Dataset, path: string, entry: Entry, other: boolean): Promise<void> {
  if (other) {
    expect(dataset.type.kind, path).toBe('other')
    expect(() => dataset.readInto(0, 0, new Uint8Array(0)), path).toThrow(/expected numbers, found/)
    return
  }
  count(dataset, entry)
  if (entry.texts !== undefined) {
    expect(dataset.type.kind, path).toBe('string')
    expect(await dataset.strings(), path).toEqual(entry.texts)
    return
  }
  const bytes = Buffer.from(entry.bytes ?? '', 'base64')
  if (elements(dataset) > 0) {
    expect(Buffer.from(await readBytes(dataset)), path).toEqual(bytes)
    expect(Buffer.from(await readBytes(dataset, 0, elements(dataset), 3)), `${path} in windows`).toEqual(
      bytes,
    )
  }
}

function count(dataset: Hdf5Dataset, entry: Entry): void {
  own[dataset.reader === 'h5wasm' ? 'declined' : 'accepted']++
  if (dataset instanceof ContiguousDataset && (dataset.offset ?? null) !== entry.offset) {
    own.wrong++
    expect(dataset.offset ?? null, dataset.path).toBe(entry.offset)
  }
}

/** Text stays, numbers become text so that 64 bits compare exactly. */
const plain = (value: Hdf5Attribute | undefined): unknown => {
  if (value === undefined || typeof value === 'string') return value
  return Array.isArray(value) ? value.map(String) : String(value)
}

const wanted = (value: ExpectedAttribute): unknown => {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const numbers = value.float
  if (numbers === undefined) return value.int ?? value.text
  return Array.isArray(numbers) ? numbers.map(float) : float(numbers)
}

const float = (text: string): string => String(text === 'inf' ? Infinity : Number(text))

describe.each(['numbers_earliest.h5', 'numbers_v108.h5', 'numbers_latest.h5'])('enumerations of %s', file => {
  it('have the names of their members, by value', async () => {
    const opened = await openHdf5(`${FIXTURES}/${file}`)
    const typeOf = async (name: string) => (await opened.dataset(`/numbers/other/${name}`))?.type
    expect(await typeOf('bool')).toMatchObject({
      kind: 'int',
      members: [
        [0, 'FALSE'],
        [1, 'TRUE'],
      ],
    })
    expect(await typeOf('enum')).toMatchObject({
      kind: 'int',
      bytes: 2,
      members: [
        [0, 'RED'],
        [7, 'BLUE'],
      ],
    })
    opened.close()
  })
})
