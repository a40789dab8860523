/** The verb `bench`: its flags. */
import { type Command, Option } from 'commander'
import { parseCount } from './options.ts'
import type { Session } from './program.ts'

export interface BenchFlags {
  readonly circuit?: readonly string[]
  readonly removed?: string
  readonly nodes?: string
  readonly population?: string
  readonly rounds: number
  readonly dir: string
  readonly json?: true
}

export function addBench(program: Command, session: Session): void {
  program
    .command('bench')
    .helpGroup('Try:')
    .summary('measure this machine, or a verification of your circuits')
    .description(
      'Measure how fast memory and disk are here, and each kernel next to the same in\nTypeScript. With --circuit: the phases of a verification of connections, next to\nthe time that reading its bytes takes.',
    )
    .usage('[options]')
    .option('--circuit <original...>', 'ORIGINAL [MANIPULATED]; one: with itself')
    .option('--removed <mask>', 'connections asked to be removed (SciPy .npz)')
    .option('--nodes <set>', 'node set, attr=value, A&B, id file')
    .option('--population <name>', 'edge population of ORIGINAL')
    .option('--rounds <n>', 'after one that warms up', parseCount, 5)
    .option('--dir <folder>', 'whose disk is measured', '.')
    .option('--json', 'JSON Lines on stdout, every round in them')
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', '\nExample: connproof bench --circuit O1v5/ out/circuit_config.json')
    .action(async (flags: BenchFlags) => {
      const { runBench } = await import('./bench-run.ts')
      session.exitCode = await runBench(flags, session)
    })
}
