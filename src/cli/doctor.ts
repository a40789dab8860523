/** The verb `doctor`: its flags. */
import { type Command, Option } from 'commander'
import type { Session } from './program.ts'

export interface DoctorFlags {
  readonly json?: true
}

export function addDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .helpGroup('Try:')
    .summary('say what this machine allows, and what is missing')
    .description(
      'Say what this machine allows: Node, threads, memory by who limits it, address\nspace, WebAssembly, HDF5 and its filters, temporary space, Slurm; what each\nmissing thing costs, and how to get it. Exit code 2 if connproof cannot run.',
    )
    .usage('[options]')
    .option('--json', 'JSON Lines on stdout')
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', '\nExample: connproof doctor --json')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('./doctor-run.ts')
      session.exitCode = await runDoctor(flags, session)
    })
}
