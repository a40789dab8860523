/**
 * ConnProbAdjModel: a model file (JSON) and its tables beside it, in pandas' fixed HDF5 format. Source:
 * connectome-manipulator.md 2.10.
 */
import { basename, dirname, resolve } from 'node:path'
import { InputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { isJsonObject, readJsonFile } from '../formats/json.ts'
import { readIntegers } from '../sonata/integers.ts'

export type Adjacency = (source: number, target: number) => boolean

/** Where the tables of such a model lie, whatever kind it is of. */
export const adjacencyTables = (file: string): string =>
  resolve(dirname(file), basename(file).replace(/\.json$/i, '.h5'))

/** Undefined for models of other kinds. @throws InputError if the file, or a table of it, cannot be read */
export async function readAdjacencyModel(file: string): Promise<Adjacency | undefined> {
  const json = await readJsonFile(file)
  if (!isJsonObject(json) || json.model !== 'ConnProbAdjModel') return undefined
  const inverted = json.inverted === true
  const h5 = await openHdf5(adjacencyTables(file))
  try {
    const sources = await table(h5, 'src_nodes_table', 1)
    const targets = await table(h5, 'tgt_nodes_table', 1)
    const pairs = await table(h5, 'adj_table', 2)
    const columns = new Map([...targets].map((id, k) => [id, k]))
    const rows = new Map([...sources].map((id, k) => [id, k]))
    const wanted = new Set<number>()
    for (let k = 0; k < pairs.length; k += 2)
      wanted.add((pairs[k] ?? 0) * targets.length + (pairs[k + 1] ?? 0))
    return (source, target) => {
      const [row, column] = [rows.get(source), columns.get(target)]
      if (row === undefined || column === undefined) return false
      return wanted.has(row * targets.length + column) !== inverted
    }
  } finally {
    h5.close()
  }
}

async function table(h5: Hdf5File, name: string, width: number): Promise<Float64Array> {
  const path = `/${name}/block0_values`
  const dataset = await h5.dataset(path)
  const [rows, columns] = dataset?.shape ?? []
  const type = dataset?.type
  if (dataset === undefined || rows === undefined || columns !== width || type?.kind !== 'int')
    throw new InputError(`expected a table of ${width} integer columns`, { file: h5.path, field: path })
  const ids = new Float64Array(rows * width)
  const { bytes, signed } = type
  await readIntegers(
    { bytes, signed, readInto: (...where) => dataset.readInto(...where) },
    0,
    ids.length,
    ids,
  )
  return ids
}
