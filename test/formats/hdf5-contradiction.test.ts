/** A shape that its own storage does not bear out: libhdf5 reads too little, or what lies behind the data. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-contradiction-'))
const file = join(folder, 'lying.h5')
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 1237

function writeLying(from: number, to: number): void {
  const h5 = createHdf5(file)
  const type = { kind: 'int', bytes: 8, signed: true } as const
  h5.dataset('/ids', { type, shape: [ROWS] }, new Uint8Array(ROWS * 8))
  h5.close()
  const bytes = readFileSync(file)
  const word = Buffer.alloc(8)
  word.writeBigUInt64LE(BigInt(from))
  const at = bytes.indexOf(word)
  if (at < 0) throw new Error('the number is not in the file')
  for (let k = at; k >= 0; k = bytes.indexOf(word, k + 8)) bytes.writeBigUInt64LE(BigInt(to), k)
  writeFileSync(file, bytes)
}

async function readRows(): Promise<number | undefined> {
  const h5 = await openHdf5(file)
  try {
    return (await h5.dataset('/ids'))?.shape?.[0]
  } finally {
    h5.close()
  }
}

describe('contiguous data', () => {
  it('of the right size is read', async () => {
    writeLying(ROWS, ROWS)
    expect(await readRows()).toBe(ROWS)
  })

  it.each([
    ['one row less', ROWS, ROWS - 1],
    ['one row more', ROWS, ROWS + 1],
    ['no rows', ROWS, 0],
    ['2^40 rows', ROWS, 2 ** 40],
    ['a byte less of storage', ROWS * 8, ROWS * 8 - 1],
    ['no storage', ROWS * 8, 0],
  ])('%s: refused', async (_, from, to) => {
    writeLying(from, to)
    await expect(readRows()).rejects.toMatchObject({
      file,
      field: '/ids',
      message: expect.stringMatching(/bytes by its shape, but \d+ bytes of storage/),
    })
  })
})

/** libhdf5 opens no group whose heap of names is wrong in what of it is free: nobody else reads such a file. */
it.each([
  ['behind its end', 2 ** 20],
  ['at its last byte', 87],
  ['in a circle', undefined],
])('free room of a heap of names %s is refused', async (_, place) => {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/synapses/contiguous_after.h5'))
  for (let at = bytes.indexOf('HEAP'); at >= 0; at = bytes.indexOf('HEAP', at + 4)) {
    const free = Number(bytes.readBigUInt64LE(at + 16))
    if (place !== undefined) bytes.writeBigUInt64LE(BigInt(place), at + 16)
    // The first free block follows itself.
    else if (free !== 1) bytes.writeBigUInt64LE(BigInt(free), Number(bytes.readBigUInt64LE(at + 24)) + free)
  }
  writeFileSync(file, bytes)
  const h5 = await openHdf5(file)
  await expect(h5.members('/edges/All__All__chemical/0')).rejects.toMatchObject({ file })
  h5.close()
})

/** Datatype messages of /edges/.../0/spine and its like: type 3, 16 bytes, flag 1; fill values follow them. */
it.each([
  ['a flag of messages that were unknown', 0x21, undefined],
  ['flags of messages that are shared and never shared', 0x07, undefined],
  ['a fill value longer than its message', undefined, 128],
])('%s is refused, as libhdf5 refuses it', async (_, flags, size) => {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/synapses/contiguous_after.h5'))
  const [type, fill] = [
    Buffer.from([3, 0, 16, 0, 1, 0, 0, 0, 0x10]),
    Buffer.from([5, 0, 8, 0, 1, 0, 0, 0, 2]),
  ]
  for (let at = bytes.indexOf(type); flags !== undefined && at >= 0; at = bytes.indexOf(type, at + 8))
    bytes.writeUInt8(flags, at + 4)
  for (let at = bytes.indexOf(fill); size !== undefined && at >= 0; at = bytes.indexOf(fill, at + 8))
    bytes.writeUInt32LE(size, at + 12)
  writeFileSync(file, bytes)
  const h5 = await openHdf5(file)
  await expect(h5.dataset('/edges/All__All__chemical/0/spine')).rejects.toMatchObject({ file })
  h5.close()
})

it('a text that takes the free room of its heap as well is refused: libhdf5 reads such a heap for ever', async () => {
  const h5 = createHdf5(file)
  h5.strings('/texts', ['abc', 'last text'])
  h5.close()
  const bytes = readFileSync(file)
  const length = bytes.indexOf('last text') - 8
  bytes.writeBigUInt64LE(0x800n + bytes.readBigUInt64LE(length), length)
  writeFileSync(file, bytes)
  const damaged = await openHdf5(file)
  const texts = damaged.dataset('/texts').then(dataset => dataset?.strings())
  await expect(texts).rejects.toMatchObject({ file })
  damaged.close()
})

it.each([
  [
    'a dataset that may not become as large as it is',
    Buffer.from([1, 1, 1, 0, 0, 0, 0, 0, 82, 0, 0, 0, 0, 0, 0, 0, 82]),
    16,
  ],
  [
    'free space of the file that nobody writes',
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    0,
  ],
])('%s is refused, as libhdf5 refuses it', async (_, before, place) => {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/synapses/contiguous_after.h5'))
  const first = place === 0 ? 32 : bytes.indexOf(before)
  for (let at = first; at >= 0; at = place === 0 ? -1 : bytes.indexOf(before, at + 8)) bytes[at + place] = 1
  writeFileSync(file, bytes)
  const read = openHdf5(file).then(h5 =>
    h5.dataset('/edges/All__All__chemical/0/spine').finally(() => h5.close()),
  )
  await expect(read).rejects.toMatchObject({ file })
})
