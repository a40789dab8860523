/** An npy file that stays on disk: its integers are read in windows, so lists may be larger than memory. */
import { InputError } from '../errors.ts'
import { InputFile } from './input-file.ts'
import { decodeNpy, describe, toUint32 } from './npy.ts'
import { NPY_HEADER_BYTES, type NpyHeader, parseNpyHeader } from './npy-header.ts'

export class NpyFile {
  readonly path: string
  readonly header: NpyHeader
  readonly #file: InputFile

  private constructor(file: InputFile, header: NpyHeader) {
    this.path = file.path
    this.#file = file
    this.header = header
  }

  /** @throws InputError unless the header is one NumPy writes and the elements fill the rest of the file exactly */
  static async open(path: string): Promise<NpyFile> {
    const file = await InputFile.open(path)
    try {
      const start = await file.read(0, Math.min(file.size, NPY_HEADER_BYTES))
      return new NpyFile(file, parseNpyHeader(start, file.size, { file: path }))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * Elements `first .. first+count-1` in stored order, any integer type.
   *
   * @throws InputError on other types, and naming the first element (by its position in the window) that is
   *   negative or not below 2^32-1
   */
  async readUint32(first: number, count: number): Promise<Uint32Array> {
    const { itemSize, dataOffset, kind } = this.header
    if (!/^[iu]\d$/.test(kind))
      throw new InputError(`expected integers, found ${describe(this.header)}`, {
        file: this.path,
        hint: 'save it again with .astype(numpy.int64)',
      })
    const bytes = await this.#file.read(dataOffset + first * itemSize, count * itemSize)
    const place = { file: this.path, field: `elements ${first} to ${first + count - 1}` }
    return toUint32(decodeNpy(bytes, { ...this.header, shape: [count] }), place)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** By its first bytes; a file that cannot be read is left to who reads it. */
export async function startsAsNpy(path: string): Promise<boolean> {
  const file = await InputFile.open(path)
  try {
    return Buffer.from(await file.read(0, Math.min(6, file.size))).toString('latin1') === '\x93NUMPY'
  } finally {
    await file.close()
  }
}
