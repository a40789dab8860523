/** Reading ZIP archives (what an npz file is) on node:zlib: stored and deflated members, zip64, CRC checked. */

import { pipeline } from 'node:stream/promises'
import { constants, crc32, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib'
import { InputError } from '../errors.ts'
import { allocate, InputFile, MAX_ARRAY_BYTES } from './input-file.ts'
import {
  damaged,
  LOCAL_HEADER,
  nameOf,
  readDirectory,
  readSizes,
  viewOf,
  type ZipMember,
} from './zip-directory.ts'

const WINDOW = 4 * 1024 * 1024
const CHUNK = 1024 * 1024

/** Members of at most this size are inflated in one step: streams cost milliseconds. */
const AT_ONCE = 1024 * 1024

/** Compressed bytes looked at for the start of a member: at most 4 MiB come out of them. */
const START_BYTES = 4096

const DATA_DESCRIPTOR = 0x8

export class ZipArchive {
  readonly path: string
  readonly members: ReadonlyMap<string, ZipMember>
  readonly #file: InputFile

  private constructor(file: InputFile, members: ZipMember[]) {
    this.path = file.path
    this.#file = file
    this.members = new Map(members.map(member => [member.name, member]))
  }

  /** @throws InputError unless the file is a ZIP archive whose directory fits it */
  static async open(path: string): Promise<ZipArchive> {
    const file = await InputFile.open(path)
    try {
      return new ZipArchive(file, await readDirectory(file))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  /** The first bytes of a member, at most `length`, before anything is known about the rest (no CRC yet). */
  async readStart(member: ZipMember, length: number): Promise<Uint8Array> {
    const offset = await this.#dataOffset(member)
    const raw = await this.#file.read(offset, Math.min(member.compressedSize, START_BYTES))
    if (member.method === 0) return raw.subarray(0, length)
    try {
      return inflateRawSync(raw, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length)
    } catch (error) {
      throw this.#undeflatable(member, error)
    }
  }

  /**
   * A whole member. Takes exactly the claimed size in memory, so check the claim first (by
   * {@link readStart}); a member that turns out longer or shorter, or of another CRC-32, is an InputError.
   */
  async read(member: ZipMember): Promise<Uint8Array> {
    if (member.size > MAX_ARRAY_BYTES) {
      throw new InputError(`expected at most ${MAX_ARRAY_BYTES} bytes, found ${member.size}`, {
        file: this.path,
        field: member.name,
      })
    }
    const offset = await this.#dataOffset(member)
    const content = allocate(member.size, { file: this.path, field: member.name })
    const crc =
      member.method === 0
        ? await this.#readStored(offset, content)
        : await this.#readDeflated(offset, content, member)
    if (crc !== member.crc) {
      throw damaged(this.path, `expected CRC-32 ${hex(member.crc)}, found ${hex(crc)}`, member.name)
    }
    return content
  }

  /** Where the bytes of a member start: after a local header that must say what the directory says. */
  async #dataOffset(member: ZipMember): Promise<number> {
    const { headerOffset, name, limit } = member
    const view = viewOf(await this.#file.read(headerOffset, 30))
    const nameEnd = 30 + view.getUint16(26, true)
    const headerEnd = nameEnd + view.getUint16(28, true)
    if (
      view.getUint32(0, true) !== LOCAL_HEADER ||
      headerOffset + headerEnd + member.compressedSize > limit
    ) {
      throw damaged(this.path, `found no local header at byte ${headerOffset}`, name)
    }
    const rest = await this.#file.read(headerOffset + 30, headerEnd - 30)
    const sizes = readSizes(rest.subarray(nameEnd - 30), {
      size: view.getUint32(22, true),
      compressedSize: view.getUint32(18, true),
      headerOffset: 0,
    })
    const flags = view.getUint16(6, true)
    // With a data descriptor the writer did not know CRC and sizes yet; the directory has them.
    const sizesAgree =
      (flags & DATA_DESCRIPTOR) !== 0 ||
      (view.getUint32(14, true) === member.crc &&
        sizes?.size === member.size &&
        sizes.compressedSize === member.compressedSize)
    const agrees =
      flags === member.flags &&
      view.getUint16(8, true) === member.method &&
      nameOf(rest.subarray(0, nameEnd - 30)) === name
    if (!agrees || !sizesAgree) throw damaged(this.path, 'its local header contradicts the directory', name)
    return headerOffset + headerEnd
  }

  async #readStored(offset: number, content: Uint8Array): Promise<number> {
    let crc = 0
    for (let at = 0; at < content.length; at += WINDOW) {
      const window = content.subarray(at, at + WINDOW)
      await this.#file.readInto(offset + at, window)
      crc = crc32(window, crc)
    }
    return crc
  }

  async #readDeflated(offset: number, content: Uint8Array, member: ZipMember): Promise<number> {
    const small = Math.max(content.length, member.compressedSize) <= AT_ONCE
    const inflated = small
      ? await this.#inflateAtOnce(offset, content, member)
      : await this.#inflateInChunks(offset, content, member)
    if (inflated.length !== content.length) throw this.#otherLength(member, String(inflated.length))
    const left = member.compressedSize - inflated.compressedLength
    if (left !== 0) throw damaged(this.path, `its data end ${left} bytes early`, member.name)
    return inflated.crc
  }

  async #inflateAtOnce(offset: number, content: Uint8Array, member: ZipMember): Promise<Inflated> {
    const raw = await this.#file.read(offset, member.compressedSize)
    const { buffer, engine } = this.#inflated(raw, content.length, member)
    if (buffer.length > content.length) throw this.#otherLength(member, `more than ${content.length}`)
    content.set(buffer)
    return { length: buffer.length, compressedLength: engine.bytesWritten, crc: crc32(buffer) }
  }

  #inflated(raw: Uint8Array, length: number, member: ZipMember): { buffer: Uint8Array; engine: InflateRaw } {
    try {
      const inflated: unknown = inflateRawSync(raw, { info: true, maxOutputLength: Math.max(length, 64) })
      return inflated as { buffer: Uint8Array; engine: InflateRaw } // what `info` asks for
    } catch (error) {
      if (isTooLarge(error)) throw this.#otherLength(member, `more than ${length}`)
      throw this.#undeflatable(member, error)
    }
  }

  async #inflateInChunks(offset: number, content: Uint8Array, member: ZipMember): Promise<Inflated> {
    const inflater = createInflateRaw({ chunkSize: Math.min(Math.max(content.length, 64), CHUNK) })
    let crc = 0
    let at = 0
    const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of chunks) {
        if (at + chunk.length > content.length) throw this.#otherLength(member, `more than ${content.length}`)
        content.set(chunk, at)
        crc = crc32(chunk, crc)
        at += chunk.length
      }
    }
    try {
      await pipeline(this.#windows(offset, member.compressedSize), inflater, collect)
    } catch (error) {
      throw error instanceof InputError ? error : this.#undeflatable(member, error)
    }
    return { length: at, compressedLength: inflater.bytesWritten, crc }
  }

  async *#windows(offset: number, length: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < length; at += WINDOW) {
      yield await this.#file.read(offset + at, Math.min(WINDOW, length - at))
    }
  }

  #otherLength(member: ZipMember, found: string): InputError {
    return damaged(this.path, `expected ${member.size} bytes, found ${found}`, member.name)
  }

  #undeflatable(member: ZipMember, cause: unknown): InputError {
    const why = cause instanceof Error ? cause.message : String(cause)
    return damaged(this.path, `the deflated data cannot be read (${why})`, member.name)
  }
}

interface Inflated {
  readonly length: number
  readonly compressedLength: number
  readonly crc: number
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

const hex = (crc: number): string => crc.toString(16).padStart(8, '0')
