/** Does the steps of a campaign one after the other: what is stale, and nothing else. */
import { isInputError } from '../errors.ts'
import type { Trouble } from '../verification/proof.ts'
import { alone, type Lock, readLock, type StepRecord, writeLock } from './lock.ts'
import { type Done, reasons, recorded, type Step, withStep } from './steps.ts'

export interface Work extends Step {
  /** What is made, for people. */
  readonly title: string
  /** Keys of steps whose outputs it reads. */
  readonly after?: readonly string[]
  run(): Promise<Done & { readonly messages: readonly string[] }>
}

export interface Outcome {
  readonly key: string
  readonly title: string
  readonly state: 'done' | 'unchanged' | 'to do' | 'failed'
  /** Why it was, or would be, done. */
  readonly reasons: readonly string[]
  readonly messages: readonly string[]
  readonly record: StepRecord | undefined
  readonly trouble: Trouble | undefined
}

export interface RunOptions {
  /** Say what would be done, and do nothing. */
  readonly dryRun?: boolean | undefined
  /** Do all of it again. */
  readonly force?: boolean | undefined
  /** Who works, for another process that wants to: `pid 7 on host`. */
  readonly owner?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined
}

export const FORCED = 'asked for again'

/**
 * Do what is stale of `works`, in order. One that fails does not stop those that do not build on it; the lock file is
 * written when all others are.
 */
export async function runSteps(
  output: string,
  works: readonly Work[],
  options: RunOptions = {},
): Promise<Outcome[]> {
  if (options.dryRun) return new Runner(output, await readLock(output), options).run(works)
  return alone(output, options.owner ?? 'a program', async () => {
    const runner = new Runner(output, await readLock(output), options)
    try {
      return await runner.run(works)
    } finally {
      if (runner.changed) writeLock(output, runner.lock)
    }
  })
}

class Runner {
  lock: Lock
  changed = false
  readonly #output: string
  readonly #options: RunOptions
  readonly #outcomes = new Map<string, Outcome>()

  constructor(output: string, lock: Lock, options: RunOptions) {
    this.#output = output
    this.lock = lock
    this.#options = options
  }

  async run(works: readonly Work[]): Promise<Outcome[]> {
    for (const work of works) {
      this.#options.signal?.throwIfAborted()
      const outcome = await this.#do(work)
      this.#outcomes.set(work.key, outcome)
      this.#options.onOutcome?.(outcome)
    }
    return [...this.#outcomes.values()]
  }

  async #do(work: Work): Promise<Outcome> {
    const record = this.lock.steps[work.key]
    const { key, title } = work
    const common = { key, title, reasons: [], messages: [], record, trouble: undefined }
    try {
      const why = await this.#why(work, record)
      if (why.length === 0) return { ...common, state: 'unchanged' }
      if (this.#options.dryRun) return { ...common, state: 'to do', reasons: why }
      const made = await recorded(work, this.#output, () => work.run())
      this.lock = withStep(this.lock, key, made.record)
      this.changed = true
      return { ...common, state: 'done', reasons: why, messages: made.done.messages, record: made.record }
    } catch (error) {
      if (!isInputError(error)) throw error
      const { message, file, field, hint } = error
      return { ...common, state: 'failed', trouble: { message, file, field, hint } }
    }
  }

  async #why(work: Work, record: StepRecord | undefined): Promise<string[]> {
    const before = (work.after ?? []).map(key => this.#outcomes.get(key))
    const built = before.filter(outcome => outcome?.state === 'to do').map(outcome => outcome?.title)
    const why = await reasons(work, record, this.#output)
    if (why.length === 0 && this.#options.force) return [FORCED]
    return why.length === 0 && built.length > 0 ? [`after ${built.join(', ')}`] : why
  }
}
