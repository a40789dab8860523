/** The verb `config`: its flags. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { RemovalForm } from '../interop/simulation-removal.ts'
import { parseIdBase } from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface ConfigFlags {
  readonly check?: true
  readonly migrate?: 'A' | 'B'
  readonly job?: true
  readonly simulation?: 'blueconfig' | 'sonata'
  readonly output?: string
  readonly outputDir?: string
  readonly profile?: true
  readonly resume?: true
  readonly keepParquet?: true
  readonly form?: RemovalForm
  readonly population?: string
  readonly targetPopulation?: string
  readonly simulationConfig?: string
  readonly oneProcess?: true
  readonly idBase?: 0 | 1
  readonly force?: true
  readonly folder?: string
  readonly for?: string
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  /** Of a campaign. */
  readonly dryRun?: true
}

export function addConfig(program: Command, session: Session): void {
  program
    .command('config')
    .helpGroup('Prepare:')
    .summary('check, migrate or write files for other programs')
    .description(
      'Files for connectome-manipulator (A: up to 0.0.4, B: later), for jobs, and\nfor simulations that leave connections out.',
    )
    .usage('MODE FILE... | CAMPAIGN')
    .argument('<file...>')
    .option('--check', 'name every trap of a manip_config; exit code 0 or 1')
    .addOption(choice('--migrate <A|B>', 'rewrite a manip_config for these versions', ['A', 'B']))
    .option('--job', 'write the script that runs a manip_config')
    .addOption(
      choice('--simulation <kind>', 'blueconfig or sonata: silence a list (or mask)', [
        'blueconfig',
        'sonata',
      ]),
    )
    .option('-o, --output <path>', 'file, or folder of --simulation; default stdout')
    .option('--force', 'overwrite what is there')
    .option('--for <release>', '--check: this release must run it, such as 1.0.4')
    .addOption(new Option('--folder <path>', '--check: where the job will start').hideHelp())
    .option('--output-dir <path>', '--job: where its circuit goes; --profile, --resume,')
    .option('--keep-parquet', '--job: as the package has them')
    .addOption(new Option('--profile').hideHelp())
    .addOption(new Option('--resume').hideHelp())
    .addOption(choice('--form <form>', '--simulation: compact (default) or pairs', ['compact', 'pairs']))
    .option('--population <name>', 'of its nodes; its overrides: --simulation-config')
    .addOption(new Option('--target-population <name>').hideHelp())
    .addOption(new Option('--simulation-config <file>').hideHelp())
    .option('--id-base <0|1>', '--simulation: lists count from 0 or, by default, 1', parseIdBase)
    .option('--dry-run', 'of a campaign: say which files would be written, and why')
    .option('--json', 'JSON Lines on stdout')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', '\nExample: connproof config --check manip_config__RecipRemoval_Unstruct-0.json')
    .addOption(new Option('--one-process').hideHelp())
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (files: string[], flags: ConfigFlags) => {
      const { runConfig } = await import('./config-run.ts')
      // `-` is stdout, which is the default.
      const { output, ...others } = flags
      session.exitCode = await runConfig(files, output === '-' ? others : flags, session)
    })
}

/** Choices stand in the flag, not once more behind its description. */
const choice = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, description).argParser(value => {
    if (values.includes(value)) return value
    throw new InvalidArgumentError(`Allowed choices are ${values.join(', ')}.`)
  })
