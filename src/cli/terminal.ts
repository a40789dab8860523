/** The two streams of the process and how text looks on them. */
import { styleText } from 'node:util'
import { PLAIN, type Style } from '../report/style.ts'

export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** For stdout. */
  readonly style: Style
  readonly errIsTty: boolean
}

export function processTerminal(): Terminal {
  return {
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    style: wantsColor(process.env, process.stdout.isTTY) ? COLORED : PLAIN,
    errIsTty: process.stderr.isTTY === true,
  }
}

/** Colour only on a terminal that can, and never against https://no-color.org (any value but the empty one). */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  isTty: boolean | undefined,
): boolean {
  return isTty === true && !env.NO_COLOR && env.TERM !== 'dumb'
}

/** Whether to paint is decided by {@link wantsColor} alone, not once more by styleText. */
const paint = (format: 'green' | 'red' | 'yellow' | 'bold' | 'dim', text: string): string =>
  styleText(format, text, { validateStream: false })

export const COLORED: Style = {
  good: text => paint('green', text),
  bad: text => paint('red', text),
  unsure: text => paint('yellow', text),
  strong: text => paint('bold', text),
  weak: text => paint('dim', text),
}

/** A reader that went away (`| head -1`) is no error: the run goes on and keeps its exit code. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
