/**
 * What can go wrong, as types. Everything a user can cause is an {@link InputError}; anything else that
 * escapes is a bug of ours. Only `cli/` turns these into text and exit codes.
 */

export interface InputErrorDetails {
  /** The file (or the argument, for usage errors) that could not be used. */
  file?: string | undefined
  /** The dataset, member, key or flag inside it. */
  field?: string | undefined
  /** What the reader can do about it; one sentence. */
  hint?: string | undefined
  cause?: unknown
}

/** Input that cannot be read, understood or trusted: "cannot tell", exit code 2. Never a verdict. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly file: string | undefined
  readonly field: string | undefined
  readonly hint: string | undefined

  constructor(message: string, details: InputErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.file = details.file
    this.field = details.field
    this.hint = details.hint
  }
}

/** An assumption of our own code that does not hold: exit code 70. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
}

export const isInputError = (error: unknown): error is InputError => error instanceof InputError

/** The known name nearest to `name` (edit distance at most a third of its length), for "did you mean". */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    // Any single letter is near to any other.
    if (distance < Math.min(bestDistance, Math.max(name.length, candidate.length))) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Letters to insert, delete, replace, or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution, swap))
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
