/** Slow, obvious twins of the Parquet kernels, and encoders that make what they read. */

/** One element of a snappy block. */
export type SnappyPart =
  | { kind: 'literal'; bytes: readonly number[] }
  | { kind: 'copy'; offset: number; length: number; form: 1 | 2 | 4 }

/** The block that these parts make, and the bytes it stands for. Copies must reach back to bytes that are there. */
export function snappyBlock(parts: readonly SnappyPart[]): { block: Uint8Array; bytes: Uint8Array } {
  const out: number[] = []
  const body: number[] = []
  for (const part of parts) {
    if (part.kind === 'literal') {
      body.push(...literalTag(part.bytes.length), ...part.bytes)
      out.push(...part.bytes)
    } else {
      body.push(...copyTag(part))
      for (let k = 0; k < part.length; k++) out.push(out[out.length - part.offset] ?? 0)
    }
  }
  return { block: Uint8Array.from([...varint(out.length), ...body]), bytes: Uint8Array.from(out) }
}

function literalTag(length: number): number[] {
  const value = length - 1
  if (value < 60) return [value << 2]
  return value < 256 ? [60 << 2, value] : [61 << 2, value & 255, value >> 8]
}

function copyTag({ offset, length, form }: { offset: number; length: number; form: 1 | 2 | 4 }): number[] {
  if (form === 1) return [1 | ((length - 4) << 2) | ((offset >> 8) << 5), offset & 255]
  const tag = (form === 2 ? 2 : 3) | ((length - 1) << 2)
  return [tag, offset & 255, offset >> 8, ...(form === 4 ? [0, 0] : [])]
}

/** Runs of the hybrid: `value` repeated, or values packed (as many as a multiple of eight; the rest is padding). */
export type HybridRun =
  | { kind: 'repeat'; value: number; count: number }
  | { kind: 'packed'; values: readonly number[] }

export function hybridBytes(runs: readonly HybridRun[], width: number): Uint8Array {
  return Uint8Array.from(
    runs.flatMap(run => {
      if (run.kind === 'repeat')
        return [...varint(run.count * 2), ...littleEndian(run.value, Math.ceil(width / 8))]
      const groups = Math.ceil(run.values.length / 8)
      return [...varint(groups * 2 + 1), ...packed(run.values, groups * 8, width)]
    }),
  )
}

export const hybridValues = (runs: readonly HybridRun[]): number[] =>
  runs.flatMap(run => {
    if (run.kind === 'repeat') return Array.from({ length: run.count }, () => run.value)
    const padding = (8 - (run.values.length % 8)) % 8
    return [...run.values, ...Array.from({ length: padding }, () => 0)]
  })

function packed(values: readonly number[], count: number, width: number): number[] {
  const bits = Array.from({ length: count }, (_, k) =>
    Array.from({ length: width }, (_, bit) => Math.floor((values[k] ?? 0) / 2 ** bit) % 2),
  ).flat()
  return Array.from({ length: bits.length / 8 }, (_, byte) =>
    bits.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, k) => sum + bit * 2 ** k, 0),
  )
}

const littleEndian = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, k) => Math.floor(value / 256 ** k) % 256)

export function varint(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))]
}
