// Snappy blocks, as Parquet pages hold them. The caller leaves SNAPPY_SLACK bytes of room behind both buffers:
// short copies move whole vectors and are overwritten by what follows.
import { SNAPPY_SLACK } from './abi'

/**
 * Decompress `length` bytes at `from` to `expected` bytes at `into`. Returns 1, or 0 if the block is damaged or does
 * not give exactly that many bytes. Format: google/snappy, format_description.txt.
 */
export function snappyDecode(from: usize, length: u32, into: usize, expected: u32): u32 {
  const end = from + length
  let at = from
  // The preamble says the size: a varint.
  let size: u64 = 0
  for (let shift: u64 = 0; ; shift += 7) {
    if (at >= end || shift > 28) return 0
    const byte = load<u8>(at++)
    size |= (<u64>(byte & 0x7f)) << shift
    if (byte < 0x80) break
  }
  if (size != <u64>expected) return 0
  const limit = into + expected
  let out = into
  while (at < end) {
    const tag = <u32>load<u8>(at++)
    const kind = tag & 3
    if (kind == 0) {
      let count = (tag >> 2) + 1
      if (count > 60) {
        const bytes = count - 60
        if (at + bytes > end) return 0
        count = (load<u32>(at) & (0xffff_ffff >> ((4 - bytes) << 3))) + 1
        at += bytes
        if (count == 0) return 0
      }
      if (count > <u32>(end - at) || count > <u32>(limit - out)) return 0
      if (count <= SNAPPY_SLACK) {
        for (let k: u32 = 0; k < count; k += 16) v128.store(out + k, v128.load(at + k))
      } else memory.copy(out, at, count)
      at += count
      out += count
      continue
    }
    let count: u32
    let offset: u32
    if (kind == 1) {
      if (at + 1 > end) return 0
      count = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | <u32>load<u8>(at)
      at += 1
    } else if (kind == 2) {
      if (at + 2 > end) return 0
      count = (tag >> 2) + 1
      offset = <u32>load<u16>(at)
      at += 2
    } else {
      if (at + 4 > end) return 0
      count = (tag >> 2) + 1
      offset = load<u32>(at)
      at += 4
    }
    if (offset == 0 || offset > <u32>(out - into) || count > <u32>(limit - out)) return 0
    repeat(out, offset, count)
    out += count
  }
  return u32(out == limit)
}

// out[k] = out[k - offset] in order: the ranges overlap where offset < count. At most 64 bytes.
function repeat(out: usize, offset: u32, count: u32): void {
  const from = out - offset
  if (offset >= 16) {
    for (let k: u32 = 0; k < count; k += 16) v128.store(out + k, v128.load(from + k))
  } else if (offset >= 8) {
    for (let k: u32 = 0; k < count; k += 8) store<u64>(out + k, load<u64>(from + k))
  } else {
    for (let k: u32 = 0; k < count; k++) store<u8>(out + k, load<u8>(from + k))
  }
}
