/** Findings as they add up: a count for each code and property, and the first culprits. */
import type { SynapseCode, SynapseCulprit, SynapseFinding } from './expectation.ts'
import { SYNAPSE_CODES } from './expectation.ts'

export class Findings {
  readonly #keep: number
  readonly #found = new Map<
    string,
    { finding: Omit<SynapseFinding, 'count'>; count: number; culprits: SynapseCulprit[] }
  >()

  constructor(keep: number) {
    this.#keep = keep
  }

  /** `culprit` is made only if it is kept. */
  add(code: SynapseCode, property: string | undefined, culprit: () => SynapseCulprit): void {
    const entry = this.#entry(code, property)
    entry.count++
    if (entry.culprits.length < this.#keep) entry.culprits.push(culprit())
  }

  /** What was found of other rows, which come after those before. */
  addAll({ code, property, count, culprits }: SynapseFinding): void {
    const entry = this.#entry(code, property)
    entry.count += count
    entry.culprits.push(...culprits.slice(0, Math.max(0, this.#keep - entry.culprits.length)))
  }

  #entry(code: SynapseCode, property: string | undefined) {
    const key = `${code} ${property ?? ''}`
    let entry = this.#found.get(key)
    if (entry === undefined) {
      const culprits: SynapseCulprit[] = []
      entry = { finding: { code, property, culprits }, count: 0, culprits }
      this.#found.set(key, entry)
    }
    return entry
  }

  /** In the order of the codes, then by name of the property. */
  all(): SynapseFinding[] {
    const rank = ({ code }: SynapseFinding): number => SYNAPSE_CODES.indexOf(code)
    return [...this.#found.values()]
      .map(({ finding, count }) => ({ ...finding, count }))
      .sort((a, b) => rank(a) - rank(b) || ((a.property ?? '') < (b.property ?? '') ? -1 : 1))
  }
}
