#!/usr/bin/env node
/** Entry. Loads as little as the arguments allow: `--version` needs nothing, `--help` only commander. */
import { VERSION } from '../version.ts'

async function main(args: readonly string[]): Promise<void> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`)
    return
  }
  const { mustRelaunch, relaunch } = await import('./relaunch.ts')
  if (mustRelaunch()) return relaunch(args)
  const { run } = await import('./run.ts')
  return run(args)
}

/** For who waits: a program that ends before this is settled has lost its way. */
export const finished = main(process.argv.slice(2))
