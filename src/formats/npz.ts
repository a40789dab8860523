/** npz files: ZIP archives of npy arrays, as numpy.savez, numpy.savez_compressed and SciPy write them. */

import { InputError, nearestName } from '../errors.ts'
import { writeFileAtomic } from './atomic-write.ts'
import { encodeNpy, type NpyArray, type NpyContent, parseNpy } from './npy.ts'
import { NPY_HEADER_BYTES, type NpyHeader, parseNpyHeader } from './npy-header.ts'
import { ZipArchive } from './zip.ts'
import type { ZipMember } from './zip-directory.ts'
import { encodeZip } from './zip-writer.ts'

export class NpzFile {
  readonly path: string
  readonly #zip: ZipArchive

  private constructor(zip: ZipArchive) {
    this.path = zip.path
    this.#zip = zip
  }

  /** @throws InputError unless the file is a complete ZIP archive; members are checked when they are read */
  static async open(path: string): Promise<NpzFile> {
    return new NpzFile(await ZipArchive.open(path))
  }

  /** Names of the arrays, without `.npy`, in file order. */
  get names(): string[] {
    return [...this.#zip.members.keys()].filter(name => name.endsWith('.npy')).map(name => name.slice(0, -4))
  }

  has(name: string): boolean {
    return this.#zip.members.has(`${name}.npy`)
  }

  /** Type and shape of an array without reading it. The claimed length is checked, the CRC is not yet. */
  async header(name: string): Promise<NpyHeader> {
    const member = this.#member(name)
    const start = await this.#zip.readStart(member, NPY_HEADER_BYTES)
    return parseNpyHeader(start, member.size, { file: this.path, field: member.name })
  }

  /** @throws InputError naming file and member; memory is taken only after the header fits the claimed size */
  async read(name: string): Promise<NpyArray> {
    await this.header(name)
    const member = this.#member(name)
    return parseNpy(await this.#zip.read(member), { file: this.path, field: member.name })
  }

  async close(): Promise<void> {
    await this.#zip.close()
  }

  #member(name: string): ZipMember {
    const member = this.#zip.members.get(`${name}.npy`)
    if (member !== undefined) return member
    const near = nearestName(name, this.names)
    throw new InputError(`expected a member ${name}.npy, found ${this.names.join(', ') || 'none'}`, {
      file: this.path,
      field: `${name}.npy`,
      hint: near === undefined ? undefined : `did you mean ${near}?`,
    })
  }
}

/** Arrays of an npz file by name (without `.npy`): those of `members`, or all. */
export async function readNpz(path: string, members?: readonly string[]): Promise<Map<string, NpyArray>> {
  const npz = await NpzFile.open(path)
  try {
    const arrays = new Map<string, NpyArray>()
    for (const name of members ?? npz.names) arrays.set(name, await npz.read(name))
    return arrays
  } finally {
    await npz.close()
  }
}

/** Arrays in the order they are written, by name without `.npy`. */
export type NpzContent = ReadonlyArray<readonly [name: string, array: NpyContent]>

export interface NpzOptions {
  /** Deflate the members; default false, as numpy.savez. */
  readonly compressed?: boolean
}

/** The bytes of an npz file; uncompressed ones are those of NumPy 2. */
export function encodeNpz(arrays: NpzContent, { compressed = false }: NpzOptions = {}): Promise<Uint8Array> {
  const contents = arrays.map(([name, array]) => ({ name: `${name}.npy`, bytes: encodeNpy(array) }))
  return encodeZip(contents, { compressed })
}

/** Write an npz file: the whole file appears under its name, or nothing does. */
export async function writeNpz(path: string, arrays: NpzContent, options: NpzOptions = {}): Promise<void> {
  writeFileAtomic(path, await encodeNpz(arrays, options))
}
