/** Which elements of which datasets a virtual dataset is made of: HDF5 file format specification, sections III.G, IV.A.2.i. */
import { Cursor, NotUnderstood, untilNul } from './bytes.ts'
import { decodeText } from './strings.ts'

/** One source of a virtual dataset. */
export interface Mapping {
  /** `.` is the file that holds the virtual dataset. */
  readonly file: string
  readonly dataset: string
  /**
   * One past the last element that is taken, along each axis: the source must have as many. `undefined` where all
   * that the source has is taken.
   */
  readonly end: readonly number[] | undefined
  /** Elements that are taken; `undefined` where that depends on the source. */
  readonly elements: number | undefined
}

/** From the block in the global heap that the layout names. NotUnderstood for selections of single points. */
export function readMappings(block: Uint8Array): Mapping[] {
  const c = new Cursor(block)
  const version = c.u8()
  if (version > 1) throw new NotUnderstood(`virtual mapping version ${version}`)
  const count = c.u64()
  const found: Mapping[] = []
  const text = (shared: boolean, of: 'file' | 'dataset'): string => {
    if (!shared) return readText(c)
    const same = found[c.u64()]
    if (same === undefined) throw new NotUnderstood('name shared with a mapping that is not there')
    return same[of]
  }
  for (let i = 0; i < count; i++) {
    const flags = version === 0 ? 0 : c.u8()
    if (flags > 7) throw new NotUnderstood('flags of a virtual mapping')
    const file = flags & SAME_FILE ? '.' : text((flags & SHARED_FILE) !== 0, 'file')
    const dataset = text((flags & SHARED_DATASET) !== 0, 'dataset')
    const source = readSelection(c)
    const target = readSelection(c)
    found.push({ file, dataset, end: source?.end, elements: source?.elements ?? target?.elements })
  }
  return found
}

/** Of version 1, which HDF5 2.0 writes. */
const SHARED_FILE = 1
const SHARED_DATASET = 2
const SAME_FILE = 4

function readText(c: Cursor): string {
  const bytes = untilNul(c.bytes.subarray(c.at))
  c.skip(bytes.length + 1)
  return decodeText(bytes)
}

interface Box {
  readonly end: readonly number[] | undefined
  readonly elements: number | undefined
}

/** Bounds of a selection; `undefined` for all elements. Section VIII.C. */
function readSelection(c: Cursor): Box | undefined {
  const kind = c.u32()
  const version = c.u32()
  if (kind === ALL || kind === NONE) {
    c.skip(8)
    return kind === ALL ? undefined : { end: [], elements: 0 }
  }
  if (kind !== HYPERSLAB) throw new NotUnderstood('selection of points')
  if (version === 1) {
    c.skip(8)
    return blocks(c, c.u32(), 4)
  }
  const flags = c.u8()
  if (flags > 1) throw new NotUnderstood('flags of a selection')
  if (version === 2) {
    c.skip(4)
    return regular(c, c.u32(), 8)
  }
  if (version !== 3) throw new NotUnderstood(`selection version ${version}`)
  const width = c.u8()
  const rank = c.u32()
  return flags === 1 ? regular(c, rank, width) : blocks(c, rank, width)
}

const NONE = 0
const HYPERSLAB = 2
const ALL = 3
const MAX_RANK = 32

/** Start, stride, count and block along each axis; unlimited counts go as far as the source does. */
function regular(c: Cursor, rank: number, width: number): Box {
  if (rank > MAX_RANK) throw new NotUnderstood('rank of a selection')
  const axes = Array.from({ length: rank }, () => {
    const [start, stride, count, block] = [1, 2, 3, 4].map(() => number(c, width))
    if (start === undefined || stride === undefined) throw new NotUnderstood('selection')
    if (count === undefined || block === undefined) return undefined
    return { end: count === 0 ? 0 : start + (count - 1) * stride + block, elements: count * block }
  })
  if (axes.includes(undefined)) return { end: undefined, elements: undefined }
  return {
    end: axes.map(axis => axis?.end ?? 0),
    elements: axes.reduce((all, axis) => all * (axis?.elements ?? 0), 1),
  }
}

/** First and last element of each block, along each axis. Blocks of one selection do not overlap. */
function blocks(c: Cursor, rank: number, width: number): Box {
  if (rank > MAX_RANK) throw new NotUnderstood('rank of a selection')
  const end = new Array<number>(rank).fill(0)
  let elements = 0
  for (let left = number(c, width) ?? 0; left > 0; left--) {
    const first = end.map(() => number(c, width) ?? 0)
    const last = end.map(() => number(c, width) ?? 0)
    for (const [axis, at] of last.entries()) end[axis] = Math.max(end[axis] ?? 0, at + 1)
    elements += last.reduce((all, at, axis) => all * (at + 1 - (first[axis] ?? 0)), 1)
  }
  return { end, elements }
}

/** `undefined` where all bits are set: no limit. */
function number(c: Cursor, width: number): number | undefined {
  if (width === 8) return c.address()
  const value = width === 4 ? c.u32() : width === 2 ? c.u16() : undefined
  if (value === undefined) throw new NotUnderstood(`numbers of ${width} bytes`)
  return value === 2 ** (8 * width) - 1 ? undefined : value
}
