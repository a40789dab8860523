/** Damage of every kind, from a seeded stream of numbers: the same seed spoils the same bytes. */

/** 0 <= value < 1. */
export type Random = () => number

export interface Damage {
  readonly name: string
  readonly bytes: Uint8Array
  /** What alone is another now: the verdict must name it, unless the storage finds the damage itself. */
  readonly changed?: Changed
}

export interface Changed {
  readonly property: string
  /** Row of the file that is damaged, of all splits together. */
  readonly edge: number
  /** No value any more, but by chance: a text, or the code of one. */
  readonly mayBeNone?: boolean
}

export type Mutator = (bytes: Uint8Array, random: Random) => Damage

export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

export function pick<T>(random: Random, from: readonly T[]): T {
  const value = from[below(random, from.length)]
  if (value === undefined) throw new RangeError('nothing to pick from')
  return value
}

export const copy = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

/** What can happen to the bytes of any file. */
export const ANY_FILE: readonly Mutator[] = [
  flips(1),
  flips(1),
  flips(8),
  overwrite,
  truncate,
  truncate,
  removeBlock,
  repeatBlock,
  zeroBlock,
  lyingNumber,
  lyingNumber,
  append,
]

function flips(most: number): Mutator {
  return (bytes, random) => {
    const spoiled = copy(bytes)
    const places = Array.from({ length: 1 + below(random, most) }, () => below(random, bytes.length * 8))
    for (const bit of places) spoiled[bit >> 3] = (spoiled[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return { name: `bits ${places.join(' ')} flipped`, bytes: spoiled }
  }
}

function overwrite(bytes: Uint8Array, random: Random): Damage {
  const spoiled = copy(bytes)
  const at = below(random, bytes.length)
  spoiled[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff, below(random, 256)])
  return { name: `byte ${at} = ${spoiled[at]}`, bytes: spoiled }
}

function truncate(bytes: Uint8Array, random: Random): Damage {
  const length = pick(random, [
    below(random, bytes.length),
    below(random, bytes.length),
    Math.max(0, bytes.length - 1 - below(random, 32)),
    below(random, 64),
  ])
  return { name: `cut to ${length} bytes`, bytes: bytes.slice(0, length) }
}

function block(bytes: Uint8Array, random: Random): [start: number, end: number] {
  const start = below(random, bytes.length)
  return [start, Math.min(bytes.length, start + 1 + below(random, pick(random, [8, 64, 4096])))]
}

function removeBlock(bytes: Uint8Array, random: Random): Damage {
  const [start, end] = block(bytes, random)
  const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
  return { name: `bytes ${start} to ${end} missing`, bytes: new Uint8Array(rest) }
}

function repeatBlock(bytes: Uint8Array, random: Random): Damage {
  const [start, end] = block(bytes, random)
  const whole = Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
  return { name: `bytes ${start} to ${end} twice`, bytes: new Uint8Array(whole) }
}

function zeroBlock(bytes: Uint8Array, random: Random): Damage {
  const [start, end] = block(bytes, random)
  return { name: `bytes ${start} to ${end} zero`, bytes: copy(bytes).fill(0, start, end) }
}

/** Sizes, counts and offsets are little-endian numbers somewhere: put extreme ones over them. */
function lyingNumber(bytes: Uint8Array, random: Random): Damage {
  const spoiled = copy(bytes)
  const width = pick(random, [2, 4, 8] as const)
  const at = below(random, Math.max(1, bytes.length - width))
  const value = pick(random, [0n, 1n, 0x7fff_ffffn, 0xffff_ffffn, 2n ** 40n, 2n ** 63n - 1n, 2n ** 64n - 1n])
  for (let k = 0; k < width && at + k < bytes.length; k++)
    spoiled[at + k] = Number((value >> BigInt(8 * k)) & 0xffn)
  return { name: `number ${value} of ${width} bytes at ${at}`, bytes: spoiled }
}

function append(bytes: Uint8Array, random: Random): Damage {
  const more = Uint8Array.from({ length: 1 + below(random, 64) }, () => below(random, 256))
  return { name: `${more.length} bytes too many`, bytes: new Uint8Array(Buffer.concat([bytes, more])) }
}

/** Replace the text by what `edit` makes of it. */
export const textEdit =
  (name: string, edit: (text: string) => string): Mutator =>
  bytes => ({ name, bytes: Buffer.from(edit(Buffer.from(bytes).toString('latin1')), 'latin1') })
