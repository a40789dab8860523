/** What `demo` does: writes the circuits, verifies them as a reader would, says what there is to see. */
import { readdir } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import type { Fault } from '../demo/faults.ts'
import { DEMO_LAYOUT, type DemoFiles, writeDemo } from '../demo/files.ts'
import { InputError, InternalError } from '../errors.ts'
import { readMask } from '../selection/mask.ts'
import { openCircuit } from '../sonata/circuit.ts'
import type { Proof } from '../verification/proof.ts'
import { verify } from '../verify.ts'
import { AS_ASKED, DIFFERS } from './exit-codes.ts'
import type { Session } from './program.ts'
import type { Terminal } from './terminal.ts'

export interface DemoRun {
  readonly directory: string
  readonly seed?: string | undefined
  /** Overwrite what is in the folder. */
  readonly force?: boolean | undefined
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/** Always the same circuit, so that two readers see the same. */
const DEFAULT_SEED = '1'

/**
 * Exit code 0 when the good result was verified and the faulty one found with exactly the planted faults.
 * Throws InputError where the folder cannot be used, InternalError where connproof was wrong.
 */
export async function runDemo(run: DemoRun): Promise<number> {
  const { directory, seed = DEFAULT_SEED, terminal } = run
  await refuseForeignFolder(directory, run.force === true)
  const say = (...lines: string[]): void => terminal.out(`${lines.join('\n')}\n`)

  const demo = await writeDemo(directory, { seed })
  run.signal.throwIfAborted()
  say(...introduction(directory, demo, seed), ...program(), '')

  await show(run, 'removed_ok', demo, AS_ASKED)
  say('', `  ${GOOD_LESSON}`, '')
  await show(run, 'removed_faulty', demo, DIFFERS)
  const proof = await inspectFaulty(directory, demo)
  requireExactly(demo.faults, proof)
  say('', ...faultyLesson(demo, proof).map(line => `  ${line}`), '', `Now yours: connproof verify --help`)

  return AS_ASKED
}

async function refuseForeignFolder(directory: string, force: boolean): Promise<void> {
  if (force) return
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new InputError(`cannot be used as a folder (${error.code})`, { file: directory, cause: error })
  })
  if (entries.length === 0) return
  throw new InputError('the folder is not empty', {
    file: directory,
    hint: 'name another folder, or give --force to overwrite an earlier demo',
  })
}

function introduction(directory: string, demo: DemoFiles, seed: string): string[] {
  const asked = number(demo.asked.length)
  const files = [
    ['original/', `${number(demo.neurons)} neurons, ${number(demo.synapses)} synapses, seed ${seed}`],
    [DEMO_LAYOUT.mask, `asked: ${asked} reciprocal pairs lose one direction`],
    ['removed_ok/', 'the result as it should be'],
    ['removed_faulty/', `the same, but ${demo.faults.length} connections are not as asked`],
  ] as const
  return [`Written to ${directory}:`, ...files.map(([name, what]) => `  ${name.padEnd(26)}${what}`)]
}

/** In a clone there is no command of that name yet. */
function program(): string[] {
  const script = process.argv[1] ?? ''
  if (basename(script) === 'connproof') return []
  return ['', `Below, connproof stands for: node ${quoted(relative('.', script))}`]
}

const GOOD_LESSON =
  'Nothing else is gone, nothing is new, and every kept connection has as many synapses as before.'

function faultyLesson(demo: DemoFiles, proof: Proof): string[] {
  const lines = [
    `All ${demo.faults.length} connections that were made wrong on purpose are named, and no other.`,
  ]
  const { original, manipulated } = proof.connections ?? { original: 0, manipulated: 0 }
  if (original - demo.asked.length === manipulated) {
    lines.push(
      `Counting alone would have passed this circuit: ${original} - ${demo.asked.length} = ${manipulated}, as`,
      'what is missing and what is too much cancel out.',
    )
  }
  const { lost, replacement } = demo.balanced
  lines.push(
    `${pair(replacement)} stands in for ${pair(lost)}, whose source is the first selected neuron: a table`,
    'that gives index 0 for neurons that are not selected takes one for the other.',
  )
  return lines
}

/** Prints the command, runs it as the command line does, prints its exit code, which must be the expected one. */
async function show(run: DemoRun, name: string, demo: DemoFiles, expected: number): Promise<void> {
  const { directory, terminal, signal } = run
  const circuits = ['verify', join(directory, 'original'), join(directory, name)]
  const asked = ['--removed', join(directory, DEMO_LAYOUT.mask), '--nodes', demo.nodeSet]
  const command = [circuits, asked].map(words => words.map(quoted).join(' ')).join(' \\\n    ')
  terminal.out(`${terminal.style.strong(`$ connproof ${command}`)}\n`)
  // Lazily, because the program is what loads this file.
  const { buildProgram } = await import('./program.ts')
  const session: Session = { terminal, signal, exitCode: 0 }
  await buildProgram(session).parseAsync([...circuits, ...asked], { from: 'user' })
  terminal.out(`${terminal.style.weak(`exit code ${session.exitCode}`)}\n`)
  if (session.exitCode !== expected) throw new InternalError(`${name} got exit code ${session.exitCode}`)
}

async function inspectFaulty(directory: string, demo: DemoFiles): Promise<Proof> {
  const original = await openCircuit(join(directory, DEMO_LAYOUT.original))
  try {
    const [proof] = await verify({
      original,
      manipulated: [join(directory, DEMO_LAYOUT.faulty)],
      removed: await readMask(join(directory, DEMO_LAYOUT.mask)),
      source: demo.nodeSet,
      target: demo.nodeSet,
      all: true,
    })
    if (proof === undefined) throw new InternalError('no proof of the faulty circuit')
    return proof
  } finally {
    original.close()
  }
}

function requireExactly(planted: readonly Fault[], proof: Proof): void {
  const inOrder = (faults: readonly Fault[]): string =>
    JSON.stringify(
      faults
        .map(fault => [fault.class, fault.source, fault.target, fault.original, fault.manipulated])
        .sort(),
    )
  const found = (proof.differences ?? []) as readonly Fault[]
  if (inOrder(found) === inOrder(planted)) return
  throw new InternalError(`planted ${inOrder(planted)}, found ${inOrder(found)}`)
}

const pair = ({ source, target }: Fault): string => `${source} -> ${target}`
const number = (count: number): string => count.toLocaleString('en-US')

/** As a shell needs it, where it needs it. */
const quoted = (word: string): string =>
  /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
