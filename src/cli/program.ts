/** All verbs and flags. Builds the commands only; what they do is loaded when one runs. */
import { Command, Help, type Option } from 'commander'
import { VERSION } from '../version.ts'
import { addBench } from './bench.ts'
import { addConfig } from './config.ts'
import { addDemo } from './demo-verb.ts'
import { addDiff } from './diff.ts'
import { addDoctor } from './doctor.ts'
import { addInspect } from './inspect.ts'
import { addMerge } from './merge.ts'
import { addSelect } from './select.ts'
import { addRegister, addStatus } from './status.ts'
import { addSubmit } from './submit.ts'
import type { Terminal } from './terminal.ts'
import { addVerify } from './verify.ts'

/** What a verb gets from the process, and how it says what its exit code is. */
export interface Session {
  readonly terminal: Terminal
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  exitCode: number
}

export function buildProgram(session: Session): Command {
  const program = new Command('connproof')
    .description('Proves that a manipulated connectome differs from its original as asked.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; of a verb: connproof verify --help')
    .helpCommand(false)
    .configureHelp({ helpWidth: 80, subcommandTerm: command => command.name(), visibleOptions, formatHelp })
    .showHelpAfterError('  try: connproof --help, connproof verify --help')
    .configureOutput({
      writeOut: text => session.terminal.out(text),
      writeErr: text => session.terminal.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'connproof: ')),
    })
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
  addVerify(program, session)
  addDiff(program, session)
  addInspect(program, session)
  addSelect(program, session)
  addConfig(program, session)
  addSubmit(program, session)
  addMerge(program, session)
  addStatus(program, session)
  addRegister(program, session)
  addDemo(program, session)
  addDoctor(program, session)
  addBench(program, session)
  for (const verb of program.commands) verb.showHelpAfterError(`  try: connproof ${verb.name()} --help`)
  return program
}

/** Those of the program itself would take the lines of the verbs: they stand in one line below. */
const visibleOptions = (command: Command): Option[] =>
  command.parent === null ? [] : new Help().visibleOptions(command)

/** Of the program: no empty lines between groups, so that all verbs fit a screen. */
const formatHelp = (command: Command, help: Help): string => {
  const text = new Help().formatHelp.call(help, command, help)
  return command.parent === null ? text.replaceAll(/\n\n/g, '\n') : text
}

const EXIT_CODES = `Options: -V, --version; -h, --help; of a verb: connproof verify --help
Exit codes: 0 as asked, 1 differs, 2 cannot tell or wrong usage, 70 a bug.
Example: connproof verify original new --removed mask.npz --nodes Excitatory`
