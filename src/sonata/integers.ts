/** Integers of any stored width as doubles, in windows. */

export interface StoredIntegers {
  readonly bytes: 1 | 2 | 4 | 8
  readonly signed: boolean
  /** As {@link Hdf5Dataset.readInto}: elements, little-endian, as stored. */
  readInto(first: number, count: number, into: Uint8Array): void | Promise<void>
}

/**
 * Elements `first .. first+count-1`. Integers beyond 2^53 are rounded, and stay beyond 2^53.
 *
 * @param into at least `count` long
 */
export async function readIntegers(
  stored: StoredIntegers,
  first: number,
  count: number,
  into: Float64Array,
): Promise<void> {
  const buffer = new ArrayBuffer(count * stored.bytes)
  await stored.readInto(first, count, new Uint8Array(buffer))
  if (stored.bytes === 8) {
    const low = new Uint32Array(buffer)
    const high = stored.signed ? new Int32Array(buffer) : low
    for (let i = 0; i < count; i++) into[i] = (high[2 * i + 1] ?? 0) * 2 ** 32 + (low[2 * i] ?? 0)
  } else into.set(narrow(buffer, stored.bytes, stored.signed))
}

function narrow(buffer: ArrayBuffer, bytes: 1 | 2 | 4, signed: boolean): ArrayLike<number> {
  switch (bytes) {
    case 1:
      return signed ? new Int8Array(buffer) : new Uint8Array(buffer)
    case 2:
      return signed ? new Int16Array(buffer) : new Uint16Array(buffer)
    case 4:
      return signed ? new Int32Array(buffer) : new Uint32Array(buffer)
  }
}
