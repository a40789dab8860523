/** The verb `inspect`: its flags. */
import type { Command } from 'commander'
import type { Session } from './program.ts'

export interface InspectFlags {
  readonly population?: string
  readonly json?: true
  readonly nodes?: string
  readonly ids?: true
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
    .option('--population <name>', 'only this edge population; with --nodes: of these nodes')
    .option('--nodes <set>', 'size of a selection: node set, attr=value, A&B, id file')
    .option('--ids', 'with --nodes: its node ids (from 0), one a line')
    .option('--json', 'JSON Lines on stdout, one object per edge population')
    .option('-q, --quiet', 'no progress on stderr')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', '\nExample: connproof inspect O1v5/circuit_config.json --nodes Excitatory --ids')
    .action(async (file: string, flags: InspectFlags) => {
      const { runInspect } = await import('./inspect-run.ts')
      session.exitCode = await runInspect(file, flags, session)
    })
}
