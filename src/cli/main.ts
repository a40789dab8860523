#!/usr/bin/env node
/** Entry. Loads as little as the arguments allow: `--version` needs nothing, `--help` only commander. */
import { VERSION } from '../version.ts'

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) process.stdout.write(`${VERSION}\n`)
else {
  const { mustRelaunch, relaunch } = await import('./relaunch.ts')
  if (mustRelaunch()) await relaunch(args)
  else {
    const { run } = await import('./run.ts')
    await run(args)
  }
}
