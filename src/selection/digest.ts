/** What a list or a selection is, in 32 bytes. */
import { createHash } from 'node:crypto'
import type { Pairs } from '../connectome/pairs.ts'
import { nodeIdToGid } from '../connectome/selection.ts'

const PIECE = 65_536

/** SHA-256 (hex) of the GIDs as int64, little-endian, shape (N, 2), in the order of the pairs. */
export function pairsDigest({ source, target }: Pairs): string {
  const hash = createHash('sha256')
  for (let first = 0; first < source.length; first += PIECE) {
    const count = Math.min(PIECE, source.length - first)
    // High words stay 0: a GID fits a word.
    const words = new Uint32Array(4 * count)
    for (let k = 0; k < count; k++) {
      words[4 * k] = nodeIdToGid(source[first + k] ?? 0)
      words[4 * k + 2] = nodeIdToGid(target[first + k] ?? 0)
    }
    hash.update(words)
  }
  return hash.digest('hex')
}
