import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeNpy,
  type NpyArray,
  type NpyData,
  parseNpy,
  readNpy,
  toText,
  toUint32,
} from '../../src/formats/npy.ts'
import {
  type ExpectedNpy,
  expected,
  hasScipy,
  NPZ_FIXTURES,
  refusal,
  runPython,
  temporaryFolder,
} from './npz-helpers.ts'

const folder = temporaryFolder()
const fixtures = Object.entries(expected.npy)

describe.each(fixtures)('fixture %s.npy', (name, wanted) => {
  const path = join(NPZ_FIXTURES, `${name}.npy`)
  const check = (array: NpyArray) => {
    expect(array.dtype).toBe(wanted.dtype)
    expect(array.shape).toEqual(wanted.shape)
    if (wanted.shape.length > 1) expect(array.fortranOrder).toBe(wanted.fortran)
    expect(pythonTexts(array)).toEqual(wanted.values)
  }

  it('is read as NumPy reads it', async () => check(await readNpy(path)))

  it('is parsed alike by our own decoder, aligned or not', () => {
    const bytes = readFileSync(path)
    for (const shift of [0, 1]) {
      const moved = new Uint8Array(bytes.length + shift).subarray(shift)
      moved.set(bytes)
      check(parseNpy(moved, name))
    }
  })

  // What NumPy itself would write differently: other byte order, other version.
  if (!name.startsWith('be_') && !name.startsWith('header_')) {
    it('is encoded to the same bytes', () => {
      const bytes = readFileSync(path)
      expect(Buffer.compare(encodeNpy(parseNpy(bytes, name)), bytes)).toBe(0)
    })
  }

  it('is refused when it is a byte short or long', async () => {
    const bytes = readFileSync(path)
    const found = bytes.length - 1 - dataOffset(bytes)
    const short = join(folder, 'short.npy')
    writeFileSync(short, bytes.subarray(0, -1))
    const error = await refusal(() => readNpy(short))
    expect(error.file).toBe(short)
    if (found >= 0) expect(error.message).toContain(`expected ${found + 1} bytes`)
    if (found >= 0) expect(error.message).toContain(`found ${found}`)
    writeFileSync(short, Buffer.concat([bytes, Buffer.of(0)]))
    expect((await refusal(() => readNpy(short))).message).toContain(`found ${found + 2}`)
  })
})

const dataOffset = (bytes: Buffer): number =>
  bytes[6] === 1 ? 10 + bytes.readUInt16LE(8) : 12 + bytes.readUInt32LE(8)

function pythonTexts({ dtype, data }: NpyArray): ExpectedNpy['values'] {
  if (dtype === '|b1') return [...data].map(value => (Number(value) === 0 ? 'False' : 'True'))
  if (/[SU]/.test(dtype)) {
    const text = toText({ dtype, shape: [], fortranOrder: false, data }, 'text')
    return [dtype.includes('S') ? `b'${text}'` : text]
  }
  if (data instanceof Float32Array || data instanceof Float64Array) return Array.from(data, pythonFloat)
  return [...data].map(String)
}

/** JavaScript and Python print the same shortest digits, differing in where the exponent starts. */
const pythonFloat = (value: number): string =>
  Math.abs(value) >= 1e16 ? value.toExponential() : Number.isInteger(value) ? `${value}.0` : String(value)

describe('npy headers', () => {
  const withHeader = (text: string, payload = 24, version = 1) => {
    const header = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\x00__${text}\n`, 'latin1')
    header.writeUInt16LE(header.length - 10, 8)
    return Buffer.concat([header, Buffer.alloc(payload)])
  }

  it.each([
    ["{'descr':'<i8','fortran_order':False,'shape':(3,)}"],
    ["{'shape': (3,), 'descr': '<i8', 'fortran_order': False, }      "],
    ['{"descr": "<i8", "fortran_order": False, "shape": (3,)}'],
    ["{'descr': '=i8', 'fortran_order': False, 'shape': (3 ,)}"],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3L,), }"],
    ["{u'descr': u'<i8', u'fortran_order': False, u'shape': (3L,), }"],
    ['{"descr": u"<i8", "fortran_order": False, u"shape": (3,)}'],
  ])('takes %s', async text => {
    const array = { dtype: '<i8', shape: [3], fortranOrder: false }
    expect(parseNpy(withHeader(text), 'x')).toMatchObject(array)
    const path = join(folder, 'taken.npy')
    writeFileSync(path, withHeader(text))
    expect(await readNpy(path)).toMatchObject(array)
  })

  it.each([
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3)}", 'expected a tuple'],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3,,)}", 'expected a tuple'],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (-3,)}", 'malformed'],
    ["{'descr': '<i8', 'fortran_order': False}", 'malformed'],
    ["{'descr': '<i8', 'descr': '<i4', 'fortran_order': False, 'shape': (3,)}", 'malformed'],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3,), 'more': True}", 'malformed'],
    ["{'descr': '<i8', 'fortran_order': 'False', 'shape': (3,)}", 'malformed'],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': True}", 'malformed'],
    ["{'descr': [('a', '<i8')], 'fortran_order': False, 'shape': (3,)}", 'structured'],
    ["{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", "dtype '|O'"],
    ["{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,)}", "dtype '<M8[ns]'"],
    ["{'descr': '<c16', 'fortran_order': False, 'shape': (3,)}", "dtype '<c16'"],
    ["{'descr': '<f2', 'fortran_order': False, 'shape': (3,)}", "dtype '<f2'"],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3LL,)}", 'malformed'],
    ["{'descr': uu'<i8', 'fortran_order': False, 'shape': (3,)}", 'malformed'],
    ['garbage', 'malformed'],
  ])('refuses %s', async (text, message) => {
    expect((await refusal(() => parseNpy(withHeader(text), 'x'))).message).toContain(message)
  })

  it.each([
    ['(1152921504606846976,)', 'impossible shape'],
    ['(4294967296, 4294967296, 4294967296)', 'found 24'],
    ['(1000000000000,)', 'expected 8000000000000 bytes'],
    [`(${'1, '.repeat(65)})`, 'impossible shape'],
  ])('refuses the hostile shape %s before memory is taken', async (shape, message) => {
    const path = join(folder, 'hostile.npy')
    writeFileSync(path, withHeader(`{'descr': '<i8', 'fortran_order': False, 'shape': ${shape}}`))
    expect((await refusal(() => readNpy(path))).message).toContain(message)
  })

  it('refuses other versions, a header longer than the file and what is not npy at all', async () => {
    const good = withHeader("{'descr': '<i8', 'fortran_order': False, 'shape': (3,)}")
    expect((await refusal(() => parseNpy(withHeader('', 0, 4), 'x'))).message).toContain('found 4.0')
    expect((await refusal(() => parseNpy(good.subarray(0, 40), 'x'))).message).toContain('found 40 bytes')
    expect((await refusal(() => parseNpy(Buffer.from('0 1 2 3 4 5 6 7'), 'x'))).message).toContain('magic')
    const long = Buffer.from(good)
    long.writeUInt16LE(60_000, 8)
    expect(
      (await refusal(() => parseNpy(Buffer.concat([long, Buffer.alloc(70_000)]), 'x'))).message,
    ).toContain('malformed')
  })

  it('names a missing file, a folder and an empty file', async () => {
    const missing = join(folder, 'none.npy')
    expect(await refusal(() => readNpy(missing))).toMatchObject({ file: missing, message: 'no such file' })
    expect((await refusal(() => readNpy(folder))).message).toContain('found a folder')
    writeFileSync(join(folder, 'empty.npy'), '')
    expect((await refusal(() => readNpy(join(folder, 'empty.npy')))).message).toContain('npy magic')
  })
})

describe('toUint32', () => {
  const array = (data: NpyData): NpyArray => ({ ...parseNpy(encodeNpy({ shape: [data.length], data }), 'x') })

  it('takes 0 and 2^32-2 of every integer type that has them', () => {
    const most = 0xffff_fffe
    expect(toUint32(array(BigInt64Array.of(0n, BigInt(most))), 'x')).toEqual(Uint32Array.of(0, most))
    expect(toUint32(array(BigUint64Array.of(0n, BigInt(most))), 'x')).toEqual(Uint32Array.of(0, most))
    expect(toUint32(array(Uint32Array.of(0, most)), 'x')).toEqual(Uint32Array.of(0, most))
    expect(toUint32(array(Int32Array.of(0, 0x7fff_ffff)), 'x')).toEqual(Uint32Array.of(0, 0x7fff_ffff))
    expect(toUint32(array(Uint8Array.of(0, 255)), 'x')).toEqual(Uint32Array.of(0, 255))
    expect(toUint32(array(Int16Array.of(0, 32767)), 'x')).toEqual(Uint32Array.of(0, 32767))
  })

  it.each<[string, NpyData]>([
    ['-1', Int8Array.of(3, -1)],
    ['-1', Int16Array.of(3, -1)],
    ['-1', Int32Array.of(3, -1)],
    ['-1', BigInt64Array.of(3n, -1n)],
    ['4294967295', Uint32Array.of(3, 0xffff_ffff)],
    ['4294967295', BigInt64Array.of(3n, 0xffff_ffffn)],
    ['4294967296', BigInt64Array.of(3n, 2n ** 32n)],
    ['-4294967295', BigInt64Array.of(3n, 1n - 2n ** 32n)],
    ['9223372036854775808', BigUint64Array.of(3n, 2n ** 63n)],
  ])('refuses %s by name', async (value, data) => {
    const error = await refusal(() => toUint32(array(data), 'ids.npy'))
    expect(error.message).toContain(`found ${value} at position 1`)
    expect(error.file).toBe('ids.npy')
  })

  it('refuses floats, bool and text', async () => {
    expect((await refusal(() => toUint32(array(Float64Array.of(1)), 'x'))).message).toContain('<f8')
    const bool = { dtype: '|b1', shape: [1], fortranOrder: false, data: Uint8Array.of(1) }
    expect((await refusal(() => toUint32(bool, 'x'))).message).toContain('|b1')
    expect((await refusal(() => toUint32({ ...bool, dtype: '|S1' }, 'x'))).message).toContain('|S1')
  })

  it('equals a BigInt conversion, element by element, for any 64-bit values', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))), values => {
        const fits = values.every(value => value >= 0n && value < 0xffff_ffffn)
        const run = () => toUint32(array(BigInt64Array.from(values)), 'x')
        if (fits) expect([...run()]).toEqual(values.map(Number))
        else expect(run).toThrow(`position ${values.findIndex(value => value < 0n || value >= 0xffff_ffffn)}`)
      }),
    )
  })
})

it('reads back what it wrote, any shape and type', async () => {
  const element = fc.constantFrom(Int8Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array)
  const path = join(folder, 'again.npy')
  const shapes = fc.array(fc.nat(4), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(
      element,
      shapes,
      fc.boolean(),
      fc.infiniteStream(fc.nat(127)),
      async (Type, shape, fortranOrder, numbers) => {
        const length = shape.reduce((product, n) => product * n, 1)
        const data = Type.from(Array.from({ length }, () => Number(numbers.next().value)))
        const bytes = encodeNpy({ shape, fortranOrder, data })
        expect((bytes.length - data.byteLength) % 64).toBe(0)
        writeFileSync(path, bytes)
        const array = await readNpy(path)
        expect(array).toEqual(parseNpy(bytes, 'x'))
        expect([array.shape, array.fortranOrder, [...array.data]]).toEqual([shape, fortranOrder, [...data]])
      },
    ),
  )
})

it.skipIf(!hasScipy)('NumPy reads what it wrote, and saves it to the same bytes', () => {
  const path = join(folder, 'ours.npy')
  const data = BigInt64Array.from({ length: 12_000 }, (_, i) => BigInt(i) - 7n)
  writeFileSync(path, encodeNpy({ shape: [2, 6000], data }))
  copyFileSync(path, join(folder, 'theirs.npy'))
  const code = `
import json, sys, numpy
a = numpy.load(sys.argv[1]); numpy.save(sys.argv[2], a)
print(json.dumps([a.dtype.str, a.shape, int(a.sum()), int(a[1, 0])]))`
  const sum = Number(data.reduce((total, value) => total + value, 0n))
  expect(runPython(code, path, join(folder, 'theirs.npy'))).toEqual(['<i8', [2, 6000], sum, 5993])
  expect(Buffer.compare(readFileSync(path), readFileSync(join(folder, 'theirs.npy')))).toBe(0)
})
