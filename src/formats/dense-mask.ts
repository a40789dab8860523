/** Masks as NumPy saves them: dense arrays of bool, one row per source and one column per target. */
import { basename } from 'node:path'
import { InputError } from '../errors.ts'
import { describe, readNpy } from './npy.ts'
import { NpyFile } from './npy-file.ts'
import type { CooSparse } from './scipy-sparse.ts'

/** Whether an npy file is an array of bool in two dimensions: no list of ids is. */
export async function isDenseMask(file: string): Promise<boolean> {
  const npy = await NpyFile.open(file)
  await npy.close()
  return npy.header.kind === 'b1' && npy.header.shape.length === 2
}

/**
 * Read such an array. Memory: one byte per element, eight per True.
 *
 * @throws InputError with the line of Python that saves a mask, if the array is another
 */
export async function readDenseMask(file: string): Promise<CooSparse> {
  if (!(await isDenseMask(file))) {
    const npy = await NpyFile.open(file)
    await npy.close()
    const name = JSON.stringify(basename(file))
    const saved = JSON.stringify(basename(file).replace(/\.npy$/i, '.npz'))
    throw new InputError(`expected a matrix of bool, found ${describe(npy.header)}`, {
      file,
      hint: `scipy.sparse.save_npz(${saved}, scipy.sparse.csc_matrix(numpy.load(${name}) != 0))`,
    })
  }
  const { shape, data, fortranOrder } = await readNpy(file)
  const [rows = 0, columns = 0] = shape
  let count = 0
  for (const value of data) if (Number(value) !== 0) count++
  const [row, column] = [new Uint32Array(count), new Uint32Array(count)]
  const width = fortranOrder ? rows : columns
  for (let at = 0, k = 0; k < count; at++) {
    if (data[at] === 0) continue
    const [major, minor] = [Math.floor(at / width), at % width]
    row[k] = fortranOrder ? minor : major
    column[k] = fortranOrder ? major : minor
    k++
  }
  return { format: 'coo', rows, columns, row, column }
}
