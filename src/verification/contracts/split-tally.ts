/** How many targets of each split a rewiring or wiring changed, against its percentage: W1 of connectome-manipulator.md. */
import { type Operation, share } from '../../connectome/operations.ts'
import type { ModelledContext } from './rewiring.ts'

/** One selected target. */
interface Seen {
  readonly touched: boolean
  /** Rows before: of sources that are rewired, and all. */
  readonly inClass: number
  readonly rows: number
}

export class SplitTally {
  readonly #context: ModelledContext
  readonly #splitSize: number
  readonly #selected: number[]
  readonly #touched: number[]
  /** Targets that are changed wherever they are drawn. */
  readonly #sure: number[]
  #able = 0

  constructor(context: ModelledContext) {
    this.#context = context
    const zeros = (): number[] => new Array(context.splits).fill(0)
    this.#splitSize = Math.max(1, Math.ceil(context.targets / context.splits))
    this.#selected = zeros()
    this.#touched = zeros()
    this.#sure = zeros()
    const { member } = context.operation.target
    for (let target = 0; target < member.length; target++)
      if (member[target] === 1) this.#bump(this.#selected, target)
  }

  add(target: number, { touched, inClass, rows }: Seen): void {
    if (touched) this.#bump(this.#touched, target)
    const { operation } = this.#context
    if (operation.kind === 'conn_wiring' || (operation.keepIndegree ? inClass : rows) > 0) this.#able++
    if (this.#isSure(operation, inClass)) this.#bump(this.#sure, target)
  }

  /** Every row of the target is then gone, or has another delay; a single float32 may be drawn as it was. */
  #isSure(operation: Operation, inClass: number): boolean {
    if (operation.kind !== 'conn_rewiring' || operation.keepConnections || !((operation.delay?.std ?? 0) > 0))
      return false
    const delay = this.#context.properties.find(({ name }) => name === 'delay')
    return inClass >= (delay?.type === 'f64' ? 1 : 3)
  }

  end(): void {
    const { operation, findings, place } = this.#context
    let drawn = 0
    for (const [split, touched] of this.#touched.entries()) {
      const selected = this.#selected[split] ?? 0
      const most = share(operation.percent, selected)
      const least = (this.#sure[split] ?? 0) - (selected - most)
      drawn += most
      if (touched >= least && touched <= most) continue
      const [bound, count] = touched > most ? ['most', touched - most] : ['least', least - touched]
      findings.add('rewiring.amount', undefined, {
        operation: place,
        count,
        expected: `at ${bound} ${touched > most ? most : least} targets in split ${split + 1}`,
        found: `${touched}`,
      })
    }
    const nothing = this.#touched.every(touched => touched === 0)
    if (!nothing || drawn === 0 || this.#able === 0) return
    const code = operation.kind === 'conn_rewiring' ? 'rewiring.nothing' : 'wiring.nothing'
    findings.add(code, undefined, { operation: place, count: this.#able })
  }

  #bump(counts: number[], target: number): void {
    const split = Math.floor(target / this.#splitSize)
    counts[split] = (counts[split] ?? 0) + 1
  }
}
