/** numpy.random.SeedSequence: from one whole number to the words that seed a bit generator. */

const POOL = 4

/**
 * The first `count` 32-bit words of `SeedSequence(seed).generate_state(count)`. Source: NumPy's bit_generator.pyx,
 * after O'Neill's seed_seq_fe.
 *
 * @param seed not negative; RangeError for one that is, or that is not whole
 */
export function seedWords(seed: number | bigint, count: number): Uint32Array {
  const pool = seedPool(seed)
  let hash = 0x8b51_f9dd
  return new Uint32Array(count).map((_, i) => {
    let word = (pool[i % POOL] ?? 0) ^ hash
    hash = Math.imul(hash, 0x58f3_8ded)
    word = Math.imul(word, hash)
    return word ^ (word >>> 16)
  })
}

/** The entropy pool of `SeedSequence(seed)`: four 32-bit words. */
export function seedPool(seed: number | bigint): Uint32Array {
  const entropy = split(seed)
  let hash = 0x43b0_d7e5
  const hashed = (value: number): number => {
    let word = value ^ hash
    hash = Math.imul(hash, 0x931e_8875)
    word = Math.imul(word, hash)
    return word ^ (word >>> 16)
  }
  const pool = new Uint32Array(POOL).map((_, i) => hashed(entropy[i] ?? 0))
  const stir = (into: number, value: number): void => {
    const mixed = Math.imul(0xca01_f9dd, pool[into] ?? 0) - Math.imul(0x4973_f715, hashed(value))
    pool[into] = mixed ^ (mixed >>> 16)
  }
  for (let from = 0; from < POOL; from++)
    for (let into = 0; into < POOL; into++) if (from !== into) stir(into, pool[from] ?? 0)
  for (const word of entropy.slice(POOL)) for (let into = 0; into < POOL; into++) stir(into, word)
  return pool
}

/** 32-bit words, low one first; one zero for zero. */
function split(seed: number | bigint): number[] {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw new RangeError(`expected a whole number as seed, found ${seed}`)
  let left = BigInt(seed)
  if (left < 0n) throw new RangeError(`expected a seed that is not negative, found ${seed}`)
  const words: number[] = []
  do {
    words.push(Number(left & 0xffff_ffffn))
    left >>= 32n
  } while (left > 0n)
  return words
}
