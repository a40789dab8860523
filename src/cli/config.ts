/** The verb `config`: its flags. */
import { type Command, Option } from 'commander'
import type { Session } from './program.ts'

export interface ConfigFlags {
  readonly check?: true
  readonly migrate?: 'A' | 'B'
  readonly output?: string
  readonly force?: true
  readonly folder?: string
  readonly json?: true
  /** Of a campaign. */
  readonly dryRun?: true
}

export function addConfig(program: Command, session: Session): void {
  program
    .command('config')
    .helpGroup('Prepare:')
    .summary('check, migrate or write files for connectome-manipulator')
    .description(
      'Check a manip_config.json of connectome-manipulator and say which versions\nrun it, or rewrite it for the other generation (A: up to 0.0.4, B: later).',
    )
    .usage('--check FILE... | --migrate A|B FILE | CAMPAIGN')
    .argument('<file...>')
    .option('--check', 'name every trap in it; exit code 1 if one is an error')
    .addOption(new Option('--migrate <generation>', 'rewrite it for these versions').choices(['A', 'B']))
    .option('-o, --output <file>', 'where the rewritten file goes; default stdout')
    .option('--force', 'overwrite it if it exists')
    .option('--folder <path>', 'where the job will start; default that of the file')
    .option('--dry-run', 'of a campaign: say which files would be written, and why')
    .option('--json', 'JSON Lines on stdout, one per file')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', '\nExample: connproof config --check manip_config__RecipRemoval_Unstruct-0.json')
    .action(async (files: string[], flags: ConfigFlags) => {
      const { runConfig } = await import('./config-run.ts')
      session.exitCode = await runConfig(files, flags, session)
    })
}
