/** The verb `demo`: its flags. What it shows is in demo.ts. */
import type { Command } from 'commander'
import type { Session } from './program.ts'

export interface DemoFlags {
  readonly seed?: string
  readonly force?: true
}

export function addDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .helpGroup('Try:')
    .summary('make a small circuit, manipulate it, verify it')
    .description(
      'Write a synthetic circuit, a mask, a correct and a faulty manipulation of it,\nverify both, and show what there is to see. Takes a few seconds.',
    )
    .usage('[options] [FOLDER]')
    .argument('[folder]', 'where to write', 'connproof-demo')
    .option('--seed <text>', 'another seed gives another circuit')
    .option('--force', 'overwrite an earlier demo')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', '\nExample: connproof demo /tmp/connproof-demo --seed 7')
    .action(async (folder: string, flags: DemoFlags) => {
      const { runDemo } = await import('./demo.ts')
      session.exitCode = await runDemo({
        ...flags,
        directory: folder,
        terminal: session.terminal,
        signal: session.signal,
      })
    })
}
