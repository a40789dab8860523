/**
 * LZ4 blocks, raw (`LZ4_RAW`) and behind the sizes that Hadoop writes before each (`LZ4`), in which older writers put
 * raw blocks as well. Sources: lz4_Block_format.md of lz4 1.10; parquet-format, Compression.md.
 */

/** One block of exactly `length` bytes. @throws Error if it is damaged */
export function decodeLz4(block: Uint8Array, length: number): Uint8Array {
  // Before memory is taken for a size that is a lie: a byte of a length stands for 255 at most.
  if (length > 255 * block.length) throw new Error(`${block.length} bytes of lz4 for ${length}`)
  const out = new Uint8Array(length)
  let [at, done] = [0, 0]
  const byte = (): number => {
    const value = block[at++]
    if (value === undefined) throw new Error('lz4 that ends too soon')
    return value
  }
  /** 15 in a token goes on: every 255 behind it is added, and the first other byte. */
  const lengthFrom = (nibble: number): number => {
    let sum = nibble
    for (let more = nibble === 15 ? 255 : 0; more === 255; sum += more) more = byte()
    return sum
  }
  while (at < block.length) {
    const token = byte()
    const literals = lengthFrom(token >> 4)
    if (at + literals > block.length || done + literals > length)
      throw new Error('lz4 literals beyond the end')
    out.set(block.subarray(at, at + literals), done)
    at += literals
    done += literals
    // The last sequence has no match.
    if (at === block.length) break
    const offset = byte() + 256 * byte()
    const match = lengthFrom(token & 15) + 4
    if (offset === 0 || offset > done || done + match > length) throw new Error('lz4 match out of range')
    // Byte by byte where it overlaps what it writes: that is how runs are stored.
    if (offset >= match) out.copyWithin(done, done - offset, done - offset + match)
    else for (let k = done; k < done + match; k++) out[k] = out[k - offset] ?? 0
    done += match
  }
  if (done !== length) throw new Error(`${done} bytes of lz4 instead of ${length}`)
  return out
}

/** Frames of Hadoop (size that comes out and size that is stored, big-endian), else one raw block. */
export function decodeHadoopLz4(bytes: Uint8Array, length: number): Uint8Array {
  const frames = hadoopFrames(bytes, length)
  if (frames === undefined) return decodeLz4(bytes, length)
  const out = new Uint8Array(length)
  let done = 0
  for (const { block, size } of frames) {
    out.set(decodeLz4(block, size), done)
    done += size
  }
  return out
}

/** Undefined unless the sizes fill the bytes and the length exactly, which those of a raw block do not by chance. */
function hadoopFrames(
  bytes: Uint8Array,
  length: number,
): { readonly block: Uint8Array; readonly size: number }[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: { block: Uint8Array; size: number }[] = []
  let [at, total] = [0, 0]
  while (at + 8 <= bytes.length) {
    const [size, stored] = [view.getUint32(at), view.getUint32(at + 4)]
    at += 8
    if (at + stored > bytes.length) return undefined
    frames.push({ block: bytes.subarray(at, at + stored), size })
    at += stored
    total += size
  }
  return at === bytes.length && total === length ? frames : undefined
}
