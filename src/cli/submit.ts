/** The verb `submit`: its flags. */
import { type Command, Option } from 'commander'
import type { What } from '../cluster/jobs-file.ts'
import type { Level } from '../verification/proof.ts'
import { collect, parseCount, parseLevel } from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface SubmitFlags {
  readonly what: What
  readonly shards?: number
  readonly parallel: number
  readonly level?: Level
  readonly allow?: readonly string[]
  readonly dryRun?: true
  readonly force?: true
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
}

export function addSubmit(program: Command, session: Session): void {
  program
    .command('submit')
    .helpGroup('Run:')
    .summary('have a campaign manipulated or verified by Slurm')
    .description(
      'Submit to Slurm what of a CAMPAIGN is not done and not under way. Job scripts,\nwith the settings of its section cluster, go to <output>/cluster: read and edit\nthem. Verdicts: of the merge that follows, in status and in <output>.',
    )
    .usage('[options] CAMPAIGN')
    .argument('<campaign>')
    .addOption(new Option('--what <what>', 'what to run').choices(['verify', 'manipulate']).default('verify'))
    .option('--shards <n>', 'parts per circuit; default one per 100 M synapses', parseCount)
    .option('--level <level>', 'of verify: connections, synapses (default) or full', parseLevel)
    .option('--allow <code>', 'of verify: accept asked.absent, population.lost, ...', collect)
    .option('--parallel <k>', 'tasks that may run at once', parseCount, 32)
    .option('--dry-run', 'print what would be submitted')
    .option('--force', 'overwrite job scripts that were edited')
    .option('--json', 'JSON Lines on stdout')
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', '\nExample: connproof submit campaign.yaml --what verify --dry-run')
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (campaign: string, flags: SubmitFlags) => {
      const { runSubmit } = await import('./submit-run.ts')
      session.exitCode = await runSubmit(campaign, flags, session)
    })
}
