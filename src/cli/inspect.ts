/** The verb `inspect`: its flags. */
import { type Command, Option } from 'commander'
import type { PairShape } from '../inputs/pairs.ts'
import { parseIdBase } from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface InspectFlags {
  readonly population?: string
  readonly sourcePopulation?: string
  readonly targetPopulation?: string
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  readonly nodes?: string
  readonly ids?: true
  readonly silenced?: true
  readonly oneProcess?: true
  readonly idBase?: 0 | 1
  readonly pairs?: PairShape
  readonly quiet?: true
}

export function addInspect(program: Command, session: Session): void {
  program
    .command('inspect')
    .helpGroup('Prove:')
    .summary('say what a circuit or a SONATA file holds')
    .description(
      'Say what a circuit_config.json or a SONATA file holds: populations, edges,\nconnections, autapses, reciprocal pairs, order, digest, node sets.',
    )
    .usage('[options] FILE')
    .argument('<file>')
    .option('--population <name>', 'edge population; with --nodes: node population')
    .option('--source-population <name>', 'only edges from it; also where a file names none')
    .option('--target-population <name>', 'likewise')
    .option('--nodes <set>', 'size of node set, attr=value, A&B or id file')
    .option('--silenced', 'of a simulation_config.json: connections without effect')
    .option('--ids', 'with --nodes: its node ids (from 0); --silenced: all pairs')
    .option('--id-base <0|1>', 'lists count from 0 (node ids) or 1 (GIDs)', parseIdBase)
    .addOption(new Option('--pairs <how>', 'a pair of a 2x2 .npy is one of its').choices(['rows', 'columns']))
    .option('--json', 'JSON Lines on stdout, one per edge population')
    .option('-q, --quiet', 'no progress on stderr')
    .helpOption('-h, --help', 'print this')
    .addHelpText(
      'after',
      '\nExample: connproof inspect O1v5/circuit_config.json --nodes Excitatory --ids\n         connproof inspect simulation_config.json --silenced',
    )
    .addOption(new Option('--one-process').hideHelp())
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (file: string, flags: InspectFlags) => {
      const { runInspect } = await import('./inspect-run.ts')
      session.exitCode = await runInspect(file, flags, session)
    })
}
