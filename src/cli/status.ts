/** The verbs `status` and `register`: their flags. */
import { type Command, Option } from 'commander'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface StatusFlags {
  readonly check?: true
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  readonly markdown?: true
}

export interface RegisterFlags {
  readonly campaign?: string
  readonly force?: true
}

export function addStatus(program: Command, session: Session): void {
  program
    .command('status')
    .helpGroup('Keep track:')
    .summary('say what has been done for a campaign')
    .description(
      'Say of each manipulation of a campaign: how many connections are selected,\nwhether mask and config are there, the circuit found, verified at which level\nand when, registered where.',
    )
    .usage('[options] CAMPAIGN')
    .argument('<campaign>')
    .option(
      '--check',
      'read every artifact, and make it again in memory;\nexit code 1 if one is not what it should be',
    )
    .addOption(new Option('--json', 'JSON Lines, one per manipulated circuit').conflicts('markdown'))
    .option('--markdown', 'list of circuit names and URLs')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', '\nExample: connproof status campaign.yaml --check')
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (campaign: string, flags: StatusFlags) => {
      const { runStatus } = await import('./status-run.ts')
      session.exitCode = await runStatus(campaign, flags, session)
    })
}

export function addRegister(program: Command, session: Session): void {
  program
    .command('register')
    .helpGroup('Keep track:')
    .summary('record where a manipulated circuit was registered')
    .description(
      'Record in the lock file of a campaign where a circuit was registered. NAME is\n<circuit>_<manipulation>-<index>, or that without the circuit.',
    )
    .usage('[options] NAME URL')
    .argument('<name>')
    .argument('<url>')
    .option('--campaign <file>', 'default: the only campaign file in this folder')
    .option('--force', 'replace another URL')
    .helpOption('-h, --help', 'print this')
    .addHelpText(
      'after',
      '\nExample: connproof register O1v5-SONATA_RecipRemoval_Unstruct-0 \\\n           https://example.org/circuits/79abd252',
    )
    .action(async (name: string, url: string, flags: RegisterFlags) => {
      const { runRegister } = await import('./status-run.ts')
      session.exitCode = await runRegister(name, url, flags, session)
    })
}
