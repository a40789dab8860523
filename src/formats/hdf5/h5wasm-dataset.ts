import { InputError } from '../../errors.ts'
import { checkText, checkWindow, elementCount } from './contiguous.ts'
import { callH5wasm, type H5Metadata, type H5Module } from './h5wasm-module.ts'
import { readTexts } from './h5wasm-text.ts'
import { typeOf } from './h5wasm-types.ts'
import { type Piece, pieceAt, planPieces } from './pieces.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5Type } from './types.ts'

/** Datasets that may keep a piece on the heap at the same time: two id columns of two files. */
const MAX_HOLDERS = 4
const holders: H5wasmDataset[] = []

/** Elements of text read at a time. */
const TEXT_PIECE = 65536

/**
 * A dataset read through h5wasm: whole chunks of about a million elements at a time, each call straight
 * to one place on h5wasm's heap. The piece stays there, so small windows one after the other cost a copy.
 */
export class H5wasmDataset implements Hdf5Dataset {
  readonly reader = 'h5wasm'
  readonly path: string
  readonly shape: readonly number[] | undefined
  readonly type: Hdf5Type
  readonly #module: H5Module
  readonly #fileId: bigint
  readonly #file: string
  readonly #metadata: H5Metadata
  readonly #attribute: (name: string) => Promise<Hdf5Attribute | undefined>
  /** Room on the heap and what is in it. Views of the heap do not survive its growth; never keep one. */
  #pointer = 0
  #held: Piece | undefined

  constructor(
    module: H5Module,
    fileId: bigint,
    file: string,
    path: string,
    metadata: H5Metadata,
    attribute: (name: string) => Promise<Hdf5Attribute | undefined>,
  ) {
    this.path = path
    this.shape = metadata.shape ?? undefined
    this.type = typeOf(metadata)
    this.#module = module
    this.#fileId = fileId
    this.#file = file
    this.#metadata = metadata
    this.#attribute = attribute
  }

  readInto(first: number, count: number, into: Uint8Array): void {
    checkWindow(this.#file, this, first, count, into)
    const { size } = this.#metadata
    for (let at = first; at < first + count; ) {
      const piece = this.#load(at)
      const end = Math.min(first + count, piece.first + piece.count)
      const from = this.#pointer + (at - piece.first) * size
      into.set(this.#module.HEAPU8.subarray(from, from + (end - at) * size), (at - first) * size)
      at = end
    }
  }

  async strings(): Promise<string[]> {
    checkText(this.#file, this)
    const total = elementCount(this.shape)
    const texts: string[] = []
    const plan = planPieces(this.shape ?? [], this.#metadata.chunks, TEXT_PIECE)
    for (let at = 0; at < total; ) {
      const piece = pieceAt(plan, at)
      for (const text of this.#texts(piece)) texts.push(text)
      at = piece.first + piece.count
    }
    return texts
  }

  attribute(name: string): Promise<Hdf5Attribute | undefined> {
    return this.#attribute(name)
  }

  /** Give the heap room back; the dataset can still be read. */
  free(): void {
    if (this.#pointer !== 0) this.#module._free(this.#pointer)
    this.#pointer = 0
    this.#held = undefined
    const place = holders.indexOf(this)
    if (place >= 0) holders.splice(place, 1)
  }

  #load(element: number): Piece {
    const held = this.#held
    if (held !== undefined && element >= held.first && element < held.first + held.count) return held
    const plan = planPieces(this.shape ?? [], this.#metadata.chunks)
    const piece = pieceAt(plan, element)
    if (this.#pointer === 0) {
      if (holders.length >= MAX_HOLDERS) holders[0]?.free()
      this.#pointer = this.#allocate(plan.largest * this.#metadata.size)
      holders.push(this)
    }
    this.#held = undefined
    this.#read(piece, this.#pointer)
    this.#held = piece
    return piece
  }

  #texts(piece: Piece): string[] {
    const pointer = this.#allocate(piece.count * this.#metadata.size)
    try {
      this.#read(piece, pointer)
      return callH5wasm(this.#file, this.path, () => {
        const texts = readTexts(this.#module.HEAPU8, pointer, this.#metadata, piece.count)
        if (this.#metadata.vlen) this.#reclaim(piece, pointer)
        return texts
      })
    } finally {
      this.#module._free(pointer)
    }
  }

  #reclaim(piece: Piece, pointer: number): void {
    this.#module.reclaim_vlen_memory_count(
      this.#fileId,
      this.path,
      '',
      BigInt(pointer),
      piece.box.map(([, count]) => BigInt(count)),
    )
  }

  #read(piece: Piece, pointer: number): void {
    const scalar = piece.box.length === 0
    const count = scalar ? null : piece.box.map(([, n]) => BigInt(n))
    const offset = scalar ? null : piece.box.map(([start]) => BigInt(start))
    const strides = scalar ? null : piece.box.map(() => 1n)
    const status = callH5wasm(this.#file, this.path, () =>
      this.#module.get_dataset_data(this.#fileId, this.path, count, offset, strides, BigInt(pointer)),
    )
    if (status < 0) throw this.#unreadable('HDF5 read failed')
  }

  #allocate(bytes: number): number {
    const pointer = callH5wasm(this.#file, this.path, () => this.#module._malloc(bytes))
    if (pointer === 0) throw this.#unreadable(`no memory for a piece of ${bytes} bytes`)
    return pointer
  }

  #unreadable(message: string): InputError {
    return new InputError(message, { file: this.#file, field: this.path })
  }
}
