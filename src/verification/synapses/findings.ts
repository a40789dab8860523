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
    const key = `${code} ${property ?? ''}`
    let entry = this.#found.get(key)
    if (entry === undefined) {
      const culprits: SynapseCulprit[] = []
      entry = { finding: { code, property, culprits }, count: 0, culprits }
      this.#found.set(key, entry)
    }
    entry.count++
    if (entry.culprits.length < this.#keep) entry.culprits.push(culprit())
  }

  count(code: SynapseCode): number {
    let sum = 0
    for (const { finding, count } of this.#found.values()) if (finding.code === code) sum += count
    return sum
  }

  /** In the order of the codes, then by name of the property. */
  all(): SynapseFinding[] {
    const rank = ({ code }: SynapseFinding): number => SYNAPSE_CODES.indexOf(code)
    return [...this.#found.values()]
      .map(({ finding, count }) => ({ ...finding, count }))
      .sort((a, b) => rank(a) - rank(b) || ((a.property ?? '') < (b.property ?? '') ? -1 : 1))
  }
}
