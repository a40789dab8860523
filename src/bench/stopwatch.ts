/** Where the time of a run goes: reading, and each kind of kernel. */
import type { IdColumn } from '../connectome/edges.ts'
import type { KernelExports } from '../kernels/load.ts'

/**
 * `read`: bytes of id columns from their files; `map`: ids narrowed, held against node selections, counted; `group`:
 * rows of a target brought together; `compare`: connections of both and what was asked.
 */
export const PHASES = ['read', 'map', 'group', 'compare'] as const
export type Phase = (typeof PHASES)[number]

const GROUPING: ReadonlySet<string> = new Set([
  'cooToCsc',
  'shiftTargets',
  'expandColumns',
  'expandRows',
  'tallySources',
  'drainTally',
  'countTargets',
  'dealRows',
  'sortKeys',
  'unpackKeys',
])

const phaseOf = (kernel: string): Phase =>
  kernel === 'mergeSorted' ? 'compare' : GROUPING.has(kernel) ? 'group' : 'map'

export class Stopwatch {
  readonly milliseconds: Record<Phase, number> = { read: 0, map: 0, group: 0, compare: 0 }
  /** Of each kernel. */
  readonly kernels = new Map<string, number>()
  /** When the last thing ended that was timed; when the first row was asked for, and what had been counted until then. */
  lastAt = 0
  firstRead: { readonly at: number; readonly counted: number } | undefined

  /** The same kernels, timed. */
  readonly observe = (kernels: KernelExports): KernelExports => {
    const timed = Object.entries(kernels).map(([name, call]: [string, unknown]) => {
      if (typeof call !== 'function' || name === 'heapBase') return [name, call] as const
      const run = (...args: unknown[]): unknown => {
        const started = performance.now()
        const answer: unknown = Reflect.apply(call, undefined, args)
        this.#add(phaseOf(name), name, performance.now() - started)
        return answer
      }
      return [name, run] as const
    })
    return Object.fromEntries(timed) as unknown as KernelExports
  }

  /** The same column, its reading timed. */
  column(column: IdColumn): IdColumn {
    const { label } = column
    return {
      ...column,
      readInto: (first, count, into) => {
        const started = performance.now()
        this.firstRead ??= { at: started, counted: this.#counted() }
        const done = (): void => this.#add('read', label, performance.now() - started)
        const answer = column.readInto(first, count, into)
        if (answer === undefined) done()
        else return answer.then(done)
      },
    }
  }

  #counted(): number {
    return PHASES.reduce((sum, phase) => sum + this.milliseconds[phase], 0)
  }

  #add(phase: Phase, name: string, milliseconds: number): void {
    this.milliseconds[phase] += milliseconds
    this.lastAt = performance.now()
    if (phase !== 'read') this.kernels.set(name, (this.kernels.get(name) ?? 0) + milliseconds)
  }
}
