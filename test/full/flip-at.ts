/** Damage in place: one bit of one element of a contiguous dataset. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { ContiguousDataset } from '../../src/formats/hdf5/contiguous.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'

export async function flipAt(file: string, path: string, element: number, bit = 0): Promise<void> {
  const h5 = await openHdf5(file)
  const data = await h5.dataset(path)
  h5.close()
  if (!(data instanceof ContiguousDataset) || data.offset === undefined)
    throw new Error(`${path} is not contiguous`)
  if (data.type.kind !== 'int' && data.type.kind !== 'float') throw new Error(`${path} holds no numbers`)
  const at = data.offset + element * data.type.bytes
  const byte = new Uint8Array(1)
  const fd = openSync(file, 'r+')
  readSync(fd, byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ (1 << bit)
  writeSync(fd, byte, 0, 1, at)
  closeSync(fd)
}
