/**
 * Fletcher's checksum as HDF5 has it: sums of big-endian 16-bit words modulo 65535, an odd last byte as the high
 * half of a word. Source: `H5_checksum_fletcher32` of the HDF5 library.
 */
export function fletcher32(bytes: Uint8Array): number {
  let low = 0
  let high = 0
  for (let at = 0; at < bytes.length; ) {
    // As many words as the sums can take before they leave 32 bits.
    const end = Math.min(bytes.length, at + 720)
    for (; at + 1 < end; at += 2) {
      low += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
      high += low
    }
    if (at < end) {
      low += (bytes[at++] ?? 0) << 8
      high += low
    }
    low = fold(low)
    high = fold(high)
  }
  return ((fold(high) << 16) | fold(low)) >>> 0
}

const fold = (sum: number): number => (sum & 0xffff) + (sum >>> 16)
