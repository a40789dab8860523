/** No damage to an npz file may change what is read from it: it is refused, or the content is the same. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { NpzFile, readNpz } from '../../src/formats/npz.ts'
import { encodeZip } from '../../src/formats/zip-writer.ts'
import { some } from '../counts.ts'
import { NPZ_FIXTURES, refusal, temporaryFolder } from './npz-helpers.ts'

const folder = temporaryFolder()
const bytesOf = (name: string): Buffer => readFileSync(join(NPZ_FIXTURES, `${name}.npz`))
const damagedPath = join(folder, 'damaged.npz')

type Outcome = 'refused' | 'same' | 'CHANGED'

async function outcome(bytes: Uint8Array, good: Awaited<ReturnType<typeof readNpz>>): Promise<Outcome> {
  writeFileSync(damagedPath, bytes)
  try {
    const names = [...good.keys()]
    const arrays = await readNpz(damagedPath, names)
    return names.every(name => text(arrays.get(name)) === text(good.get(name))) ? 'same' : 'CHANGED'
  } catch (error) {
    if (isInputError(error) && error.file === damagedPath) return 'refused'
    throw error
  }
}

const text = (array: unknown): string =>
  JSON.stringify(array, (_, value) => (typeof value === 'bigint' ? String(value) : value))

describe.each(['csc_matrix_stored', 'csc_matrix_deflated', 'data_descriptors', 'zip64_directory'])(
  '%s',
  name => {
    const bytes = bytesOf(name)
    const PLACES = some([...bytes.keys()], 3)
    const flips = name.startsWith('csc_') ? (at: number) => [1 << (at % 8), 0xff] : () => [0xff]

    it('every flipped byte is refused or harmless', async () => {
      const good = await readNpz(join(NPZ_FIXTURES, `${name}.npz`))
      const harmless = new Set<number>()
      for (const at of PLACES) {
        for (const flip of flips(at)) {
          const changed = Buffer.from(bytes)
          changed.writeUInt8(changed.readUInt8(at) ^ flip, at)
          const result = await outcome(changed, good)
          expect(result, `byte ${at} xor ${flip}`).not.toBe('CHANGED')
          if (result === 'same') harmless.add(at)
        }
      }
      expect(harmless.size).toBeGreaterThan(0) // else nothing was read at all
      // With stored members, only what nobody needs may be flipped: versions, times, attributes.
      if (name === 'csc_matrix_stored') {
        const needless = metadataOf(bytes).filter(at => PLACES.includes(at))
        expect([...harmless]).toEqual(needless)
      }
    })

    it('every truncation is refused', async () => {
      const good = await readNpz(join(NPZ_FIXTURES, `${name}.npz`))
      for (const length of PLACES) {
        expect(await outcome(bytes.subarray(0, length), good), `${length} bytes`).toBe('refused')
      }
    })
  },
)

/** Offsets of versions, time and date in every header, and of attributes and start disk in the directory. */
function metadataOf(bytes: Buffer): number[] {
  const fields = new Map([
    ['PK\x03\x04', [4, 5, 10, 11, 12, 13]],
    ['PK\x01\x02', [4, 5, 6, 7, 12, 13, 14, 15, 34, 35, 36, 37, 38, 39, 40, 41]],
  ])
  return Array.from(
    bytes,
    (_, at) => fields.get(bytes.toString('latin1', at, at + 4))?.map(field => at + field) ?? [],
  ).flat()
}

describe('lying archives', () => {
  const array = encodeNpy({ shape: [1000], data: new Int32Array(1000) })
  /** Too large to be inflated in one step. */
  const large = encodeNpy({ shape: [500_000], data: Int32Array.from({ length: 500_000 }, (_, k) => k) })
  const NAME = 'row.npy'

  /** An archive of one deflated member whose claims are replaced in both of its headers. */
  async function lying(data: Uint8Array, claims: { size?: number; crc?: number }): Promise<string> {
    const zip = Buffer.from(await encodeZip([{ name: NAME, bytes: data }], { compressed: true }))
    const central = zip.indexOf('PK\x01\x02')
    const { size = data.length, crc = crc32(data) } = claims
    zip.writeUInt32LE(crc, 14)
    zip.writeUInt32LE(crc, central + 16)
    zip.writeBigUInt64LE(BigInt(size), 30 + NAME.length + 4)
    zip.writeUInt32LE(size, central + 24)
    writeFileSync(damagedPath, zip)
    return damagedPath
  }

  it('is read when nothing is changed', async () => {
    expect((await readNpz(await lying(array, {}))).get('row')?.data).toEqual(new Int32Array(1000))
  })

  it('a wrong CRC names both, file and member', async () => {
    const path = await lying(array, { crc: 0xdead_beef })
    const error = await refusal(() => readNpz(path))
    expect(error).toMatchObject({ file: path, field: NAME })
    expect(error.message).toContain('expected CRC-32 deadbeef, found ')
  })

  it.each([-1, 1, 100])('a size that is %i off does not fit the npy header', async off => {
    const error = await refusal(async () => readNpz(await lying(array, { size: array.length + off })))
    expect(error).toMatchObject({ field: NAME })
    expect(error.message).toContain(`found ${4000 + off}`)
  })

  it('a size no deflate stream of that length can have is refused from the directory alone', async () => {
    const path = await lying(array, { size: 0xffff_fff0 })
    expect((await refusal(() => NpzFile.open(path))).message).toContain('cannot hold the 4294967280 bytes')
  })

  it('a header that claims more than the member holds is refused when the data end', async () => {
    const claims = Buffer.from(array)
    claims.write('(2000,)', claims.indexOf('(1000,)'), 'latin1')
    const error = await refusal(async () => readNpz(await lying(claims, { size: claims.length + 4000 })))
    expect(error.message).toContain(`expected ${claims.length + 4000} bytes, found ${claims.length}`)
  })

  it('a member that is longer than it claims is refused when it gets there', async () => {
    const claims = Buffer.from(array)
    claims.write('(0010,)', claims.indexOf('(1000,)'), 'latin1')
    const error = await refusal(async () => readNpz(await lying(claims, { size: claims.length - 3960 })))
    expect(error.message).toContain(`found more than ${claims.length - 3960}`)
  })

  it('a large member of another length or content than it claims is refused as well', async () => {
    const of = (shape: string, extra: object): Promise<string> => {
      const claims = Buffer.from(large)
      claims.write(shape, claims.indexOf('(500000,)'), 'latin1')
      return lying(claims, extra)
    }
    const cases = [
      ['(400000,)', { size: large.length - 400_000 }, `found more than ${large.length - 400_000}`],
      ['(600000,)', { size: large.length + 400_000 }, `bytes, found ${large.length}`],
      ['(500000,)', { crc: 0xdead_beef }, 'expected CRC-32 deadbeef, found '],
    ] as const
    for (const [shape, extra, message] of cases) {
      expect((await refusal(async () => readNpz(await of(shape, extra)))).message).toContain(message)
    }
    const path = await lying(large, {})
    const damaged = readFileSync(path)
    damaged.fill(0xff, 5000, 5040)
    writeFileSync(damagedPath, damaged)
    expect((await refusal(() => readNpz(damagedPath))).message).toMatch(/deflated data cannot be read|CRC-32/)
  })

  it.each([
    ['at once', array],
    ['in chunks', large],
  ])('bytes after the end of the deflated data are refused, inflated %s', async (_, bytes) => {
    const zip = Buffer.from(await encodeZip([{ name: NAME, bytes }], { compressed: true }))
    const central = zip.indexOf('PK\x01\x02')
    const padded = Buffer.concat([zip.subarray(0, central), Buffer.from('junk'), zip.subarray(central)])
    const packed = deflateRawSync(bytes).length + 4
    padded.writeBigUInt64LE(BigInt(packed), 30 + NAME.length + 12)
    padded.writeUInt32LE(packed, central + 4 + 20)
    padded.writeUInt32LE(central + 4, padded.length - 6)
    writeFileSync(damagedPath, padded)
    expect((await refusal(() => readNpz(damagedPath))).message).toContain('its data end 4 bytes early')
  })

  it('two members of one name, and members that overlap, are refused', async () => {
    const bytes = Buffer.from('x'.repeat(100))
    const options = { compressed: false }
    writeFileSync(
      damagedPath,
      await encodeZip(
        [
          { name: 'a.npy', bytes },
          { name: 'a.npy', bytes },
        ],
        options,
      ),
    )
    expect((await refusal(() => readNpz(damagedPath))).message).toContain('two members of this name')
    const zip = Buffer.from(
      await encodeZip(
        [
          { name: 'a.npy', bytes },
          { name: 'b.npy', bytes },
        ],
        options,
      ),
    )
    zip.writeUInt32LE(0, zip.lastIndexOf('PK\x01\x02') + 42) // the second starts where the first does
    writeFileSync(damagedPath, zip)
    expect((await refusal(() => readNpz(damagedPath))).message).toContain('found at most')
  })

  it('a directory larger than the file, and what is no archive, are refused', async () => {
    const zip = Buffer.from(await encodeZip([{ name: NAME, bytes: array }], { compressed: false }))
    zip.writeUInt32LE(0xffff_fff0, zip.length - 10)
    writeFileSync(damagedPath, zip)
    expect((await refusal(() => readNpz(damagedPath))).message).toContain(
      'expected the ZIP directory to end at byte',
    )
    for (const content of ['', 'PK', 'not an archive, but long enough to be one']) {
      writeFileSync(damagedPath, content)
      expect((await refusal(() => readNpz(damagedPath))).message).toContain('found no end of a ZIP directory')
    }
  })

  it('a missing member is named with what is there and what may have been meant', async () => {
    const path = join(NPZ_FIXTURES, 'csc_matrix_stored.npz')
    const error = await refusal(() => readNpz(path, ['indice']))
    expect(error).toMatchObject({ file: path, field: 'indice.npy', hint: 'did you mean indices?' })
    expect(error.message).toContain('indices, indptr, format, shape, data')
  })
})
