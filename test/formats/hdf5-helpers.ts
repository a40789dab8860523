import { fileURLToPath } from 'node:url'
import type { Hdf5Dataset, Hdf5File } from '../../src/formats/hdf5/types.ts'

export const FIXTURES = fileURLToPath(new URL('../fixtures/hdf5', import.meta.url))

export const elements = (dataset: Hdf5Dataset): number => dataset.shape?.reduce((all, n) => all * n, 1) ?? 0

/** Elements `first .. first+count-1`, by default all, in windows of `window` elements. */
export async function readBytes(
  dataset: Hdf5Dataset,
  first = 0,
  count = elements(dataset) - first,
  window = Math.max(1, count),
): Promise<Uint8Array> {
  const { type } = dataset
  if (type.kind !== 'int' && type.kind !== 'float') throw new Error(`not numbers: ${dataset.path}`)
  const all = new Uint8Array(count * type.bytes)
  for (let at = 0; at < count; at += window) {
    const n = Math.min(window, count - at)
    await dataset.readInto(first + at, n, all.subarray(at * type.bytes, (at + n) * type.bytes))
  }
  return all
}

/** Every path below a group that is a group or a dataset; `each` sees the datasets. */
export async function walk(
  file: Hdf5File,
  each: (dataset: Hdf5Dataset) => Promise<void>,
  group = '/',
  depth = 0,
): Promise<void> {
  for (const name of (await file.members(group)) ?? []) {
    const path = `${group === '/' ? '' : group}/${name}`
    const dataset = await file.dataset(path)
    if (dataset !== undefined) await each(dataset)
    else if (depth < 8) await walk(file, each, path, depth + 1)
  }
}
