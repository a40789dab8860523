/** An edge population whose ids lie in kernel memory: what is compared again and again need not be copied each time. */
import type { EdgeSource, IdColumn } from '../connectome/edges.ts'
import { type EdgeArrays, edgesFromArrays, type IdArray } from '../connectome/memory-edges.ts'
import type { KernelMemory } from '../kernels/memory.ts'

/**
 * Copy the arrays into `memory`, which keeps them as long as it lives, and wrap them as an {@link EdgeSource}. Compare
 * with `CompareOptions.kernelMemory`. Throws RangeError if the lengths differ, InputError if there is no room.
 */
export function residentEdges(memory: KernelMemory, arrays: EdgeArrays): EdgeSource {
  const edges = edgesFromArrays(arrays)
  return {
    ...edges,
    source: residentColumn(memory, edges.source, arrays.source),
    target: residentColumn(memory, edges.target, arrays.target),
  }
}

function residentColumn(memory: KernelMemory, column: IdColumn, ids: IdArray): IdColumn {
  const pointer = memory.place(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength))
  const bytes = ids.BYTES_PER_ELEMENT
  return {
    ...column,
    resident: { memory, pointer },
    readInto: (first, count, into) => into.set(memory.bytes(pointer + first * bytes, count * bytes)),
  }
}
