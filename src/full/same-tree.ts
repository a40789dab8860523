/** Whether two groups of HDF5 files hold the same: names, types, shapes and every value. */
import { isInputError } from '../errors.ts'
import type { Hdf5Dataset, Hdf5File } from '../formats/hdf5/types.ts'

export interface TreeDifference {
  /** Below the group that was compared. */
  readonly path: string
  readonly what: string
}

/** Elements compared at a time. */
const WINDOW = 65_536

/**
 * Differences of the group `path` in `b` from that in `a`, in the order of names. Attributes are not compared.
 */
export async function differencesOf(a: Hdf5File, b: Hdf5File, path: string): Promise<TreeDifference[]> {
  const [here, there] = [await a.members(path), await b.members(path)]
  if (here === undefined || there === undefined) return [...(await differenceOfDatasets(a, b, path))]
  const found: TreeDifference[] = []
  for (const name of new Set([...here, ...there])) {
    const inner = `${path}/${name}`
    if (!there.includes(name)) found.push({ path: inner, what: 'is missing' })
    else if (!here.includes(name)) found.push({ path: inner, what: 'is not in the original' })
    else found.push(...(await differencesOf(a, b, inner)))
  }
  return found
}

async function differenceOfDatasets(a: Hdf5File, b: Hdf5File, path: string): Promise<TreeDifference[]> {
  try {
    const [x, y] = [await a.dataset(path), await b.dataset(path)]
    if (x === undefined && y === undefined) return []
    if (x === undefined || y === undefined)
      return [{ path, what: 'is a group in one and a dataset in the other' }]
    const what = await difference(x, y)
    return what === undefined ? [] : [{ path, what }]
  } catch (error) {
    if (isInputError(error)) return [{ path, what: error.message }]
    throw error
  }
}

async function difference(x: Hdf5Dataset, y: Hdf5Dataset): Promise<string | undefined> {
  if (String(x.shape) !== String(y.shape)) return `has shape (${y.shape}) instead of (${x.shape})`
  if (x.type.kind === 'string' && y.type.kind === 'string') {
    const [before, after] = [await x.strings(), await y.strings()]
    const row = before.findIndex((text, k) => text !== after[k])
    return row < 0 ? undefined : `differs in row ${row}`
  }
  if (JSON.stringify(x.type) !== JSON.stringify(y.type)) return 'has another type'
  if (x.type.kind !== 'int' && x.type.kind !== 'float') return 'holds what cannot be compared'
  const { bytes } = x.type
  const length = (x.shape ?? [0]).reduce((all, n) => all * n, 1)
  const [one, other] = [new Uint8Array(WINDOW * bytes), new Uint8Array(WINDOW * bytes)]
  for (let first = 0; first < length; first += WINDOW) {
    const count = Math.min(WINDOW, length - first)
    const [before, after] = [one.subarray(0, count * bytes), other.subarray(0, count * bytes)]
    await x.readInto(first, count, before)
    await y.readInto(first, count, after)
    if (Buffer.compare(before, after) === 0) continue
    const at = before.findIndex((byte, k) => byte !== after[k])
    return `differs in element ${first + Math.floor(at / bytes)}`
  }
  return undefined
}
