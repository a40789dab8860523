import type { KernelBuild } from '../../kernels/load.ts'
import { KernelMemory } from '../../kernels/memory.ts'

interface Scratch {
  memory: KernelMemory
  capacity: number
  from: number
  to: number
}

/** One for the whole thread: every chunk is copied out before the next one comes. */
const kept = new Map<KernelBuild, Scratch>()

/**
 * Undo HDF5's shuffle filter: `planes` holds the first byte of every element, then the second of every one, ...
 * The answer is good until the next call. `planes.length` is a multiple of `elementSize` (bytes).
 */
export function unshuffle(
  planes: Uint8Array,
  elementSize: number,
  build: KernelBuild = 'release',
): Uint8Array {
  if (elementSize === 1) return planes
  const { memory, from, to } = scratchFor(planes.length, build)
  memory.bytes(from, planes.length).set(planes)
  memory.kernels.unshuffle(from, planes.length / elementSize, elementSize, to)
  return memory.bytes(to, planes.length)
}

function scratchFor(bytes: number, build: KernelBuild): Scratch {
  const old = kept.get(build)
  if (old !== undefined && old.capacity >= bytes) return old
  // Kernel memory only grows, so a larger scratch is a new one.
  kept.delete(build)
  const memory = new KernelMemory(build)
  const scratch = { memory, capacity: bytes, from: memory.allocate(bytes), to: memory.allocate(bytes) }
  kept.set(build, scratch)
  return scratch
}
