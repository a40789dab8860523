/** The verb `merge`: its flags. */
import { type Command, Option } from 'commander'
import type { Level } from '../verification/proof.ts'
import { collect, parseCount, parseLevel } from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface MergeFlags {
  readonly show: number
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  readonly proof?: string
  readonly force?: true
  readonly level?: Level
  /** Of a campaign. */
  readonly allow?: readonly string[]
}

export function addMerge(program: Command, session: Session): void {
  program
    .command('merge')
    .helpGroup('Run:')
    .summary('make one verdict of the shards of a verification')
    .description(
      'Make the verdict of the whole from the partial results of verify --shard: the\nsame as of one run. Of a CAMPAIGN: from those that submit had made.',
    )
    .usage('[options] PARTIAL... | CAMPAIGN')
    .argument('<partial...>')
    .option('--show <k>', 'culprits to list per finding', parseCount, 5)
    .option('--json', 'JSON Lines on stdout')
    .option('--proof <file>', 'write the proof as JSON')
    .option('--force', 'overwrite that file')
    .option('--level <level>', 'refuse shards of a level that proves less', parseLevel)
    .option('--allow <code>', 'level.lower; of a CAMPAIGN what its shards accept', collect)
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', EXAMPLE)
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (partials: string[], flags: MergeFlags) => {
      const { runMerge } = await import('./merge-run.ts')
      session.exitCode = await runMerge(partials, flags, session)
    })
}

const EXAMPLE = `
Missing, doubled, interrupted and foreign shards are refused by name. Shards are
made by adding --shard I/N to verify, for each I from 1 to N, in any order.
Example: connproof merge connproof-*-of-3.json --proof proof.json`
