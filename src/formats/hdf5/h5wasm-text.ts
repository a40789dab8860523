import type { H5Metadata } from './h5wasm-module.ts'
import { decodeText, fixedStrings, PADS } from './strings.ts'

/**
 * Text that h5wasm has read to `pointer` on its heap: characters in place, or pointers to C strings.
 * The bytes are decoded here and not by h5wasm, so both readers agree (UTF-8, strictly).
 */
export function readTexts(heap: Uint8Array, pointer: number, metadata: H5Metadata, count: number): string[] {
  if (!metadata.vlen) {
    const bytes = heap.slice(pointer, pointer + count * metadata.size)
    return fixedStrings(bytes, metadata.size, PADS[metadata.strpad ?? 0])
  }
  const view = new DataView(heap.buffer, heap.byteOffset)
  return Array.from({ length: count }, (_, i) => {
    const text = view.getUint32(pointer + 4 * i, true)
    return text === 0 ? '' : decodeText(heap.slice(text, heap.indexOf(0, text)))
  })
}
