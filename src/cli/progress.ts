/** Progress on stderr, for what takes longer than a second. */
export interface ProgressOptions {
  readonly write: (text: string) => void
  /** One line that is rewritten; otherwise a line now and then, for logs. */
  readonly tty: boolean
  readonly quiet: boolean
  /** What is going on: `comparing`. */
  readonly label: string
  /** Milliseconds, monotonic. */
  readonly now?: () => number
}

const FIRST_AFTER = 1000
const REWRITE_AFTER = 100
const LOG_AFTER = 30_000

export class Progress {
  readonly #options: ProgressOptions
  readonly #now: () => number
  #next: number
  #shown = false

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#next = this.#now() + (options.tty ? FIRST_AFTER : LOG_AFTER)
  }

  /** Rows done of all rows. Called often; most calls do nothing. */
  update(done: number, total: number): void {
    const { write, tty, quiet, label } = this.#options
    const now = this.#now()
    if (quiet || now < this.#next) return
    this.#next = now + (tty ? REWRITE_AFTER : LOG_AFTER)
    this.#shown = true
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    const line = `${label}: ${percent} % (${millions(done)} of ${millions(total)} rows)`
    write(tty ? `\r${line}\x1b[K` : `connproof: ${line}\n`)
  }

  /** Take the line away again. Call before anything else is written to the terminal. */
  clear(): void {
    if (this.#shown && this.#options.tty) this.#options.write('\r\x1b[K')
    this.#shown = false
  }
}

const millions = (rows: number): string => (rows < 1e6 ? String(rows) : `${(rows / 1e6).toFixed(1)} M`)
