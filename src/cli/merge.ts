/** The verb `merge`: its flags. */
import { type Command, Option } from 'commander'
import type { Level } from '../verification/proof.ts'
import { parseCount, parseLevel } from './options.ts'
import type { Session } from './program.ts'

export interface MergeFlags {
  readonly show: number
  readonly json?: true
  readonly proof?: string
  readonly force?: true
  /** Of a campaign. */
  readonly level?: Level
}

export function addMerge(program: Command, session: Session): void {
  program
    .command('merge')
    .helpGroup('Run:')
    .summary('make one verdict of the shards of a verification')
    .description(
      'Make the verdict of the whole from the partial results of verify --shard: the\nsame as of one run at level connections. Of a CAMPAIGN: from those that submit\nhad made; properties of synapses are compared in this run.',
    )
    .usage('[options] PARTIAL... | CAMPAIGN')
    .argument('<partial...>')
    .option('--show <k>', 'culprits to list per finding', parseCount, 5)
    .option('--json', 'JSON Lines on stdout')
    .option('--proof <file>', 'write the proof as JSON')
    .option('--force', 'overwrite that file')
    .option('--level <level>', 'of a CAMPAIGN: connections or synapses (default)', parseLevel)
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', EXAMPLE)
    .action(async (partials: string[], flags: MergeFlags) => {
      const { runMerge } = await import('./merge-run.ts')
      session.exitCode = await runMerge(partials, flags, session)
    })
}

const EXAMPLE = `
Missing, doubled, interrupted and foreign shards are refused by name. Shards are
made by adding --shard I/N to verify, for each I from 1 to N, in any order.
Example: connproof merge connproof-*-of-3.json --proof proof.json`
