/** The one owner of kernel memory: everything a kernel touches was allocated here, by its caller. */
import { InputError, InternalError } from '../errors.ts'
import { instantiate, type KernelBuild, type KernelExports } from './load.ts'

const PAGE = 65_536
const MAX_BYTES = 65_536 * PAGE
const ALIGNMENT = 64

export class KernelMemory {
  readonly kernels: KernelExports
  readonly #memory: WebAssembly.Memory
  #top: number
  #everything = new Uint32Array(0)

  /** Kernels over fresh memory of their own. `checked` builds trap on out-of-bounds access. */
  constructor(build: KernelBuild = 'release') {
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 })
    this.kernels = instantiate(this.#memory, build)
    this.#top = this.kernels.heapBase()
  }

  /** Bytes in use. */
  get used(): number {
    return this.#top
  }

  /** Give back everything that was reserved since `used` was `bytes`. Its views and pointers are dead. */
  release(bytes: number): void {
    this.#top = bytes
  }

  /** Reserve `bytes`, aligned for SIMD and cache lines, and return the pointer. Invalidates earlier views. */
  allocate(bytes: number): number {
    const start = Math.ceil(this.#top / ALIGNMENT) * ALIGNMENT
    const end = start + bytes
    if (!Number.isSafeInteger(bytes) || bytes < 0 || end > MAX_BYTES) {
      throw new InputError(`needs ${end} bytes of kernel memory, at most ${MAX_BYTES} can be addressed`, {
        hint: 'choose a smaller node selection or mask',
      })
    }
    const missing = end - this.#memory.buffer.byteLength
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE))
    this.#top = end
    return start
  }

  #grow(pages: number): void {
    try {
      this.#memory.grow(pages)
    } catch (cause) {
      throw new InputError(`cannot get ${pages * PAGE} more bytes of memory`, {
        hint: 'raise the memory limit (ulimit, cgroup, Slurm --mem) or choose a smaller node selection',
        cause,
      })
    }
  }

  /** Reserve room for the values and copy them in. */
  place(values: Uint32Array | Uint16Array | Uint8Array): number {
    const pointer = this.allocate(values.byteLength)
    this.bytes(pointer, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    )
    return pointer
  }

  /** The u32 at `pointer`, without the cost of a view of its own. */
  load(pointer: number): number {
    return this.#all()[pointer / 4] ?? 0
  }

  store(pointer: number, value: number): void {
    this.#all()[pointer / 4] = value
  }

  /** All memory as u32; made again after it grew, which empties older views. */
  #all(): Uint32Array {
    if (this.#everything.length === 0) this.#everything = new Uint32Array(this.#memory.buffer)
    return this.#everything
  }

  /** Views are good until the next `allocate` or `place`. */
  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, pointer, length)
  }

  words(pointer: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, pointer, length)
  }

  doubles(pointer: number, length: number): Float64Array {
    if (pointer % 8 !== 0) throw new InternalError(`unaligned pointer ${pointer}`)
    return new Float64Array(this.#memory.buffer, pointer, length)
  }
}
