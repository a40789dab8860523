/** What `bench` does. */
import { accessSync, constants } from 'node:fs'
import { cpus } from 'node:os'
import { measureBandwidth } from '../bench/bandwidth.ts'
import { benchCircuit, type CircuitBench } from '../bench/circuit.ts'
import { benchKernels, type KernelBench } from '../bench/kernels.ts'
import { PHASES } from '../bench/stopwatch.ts'
import { InputError } from '../errors.ts'
import { jsonLines } from '../report/json.ts'
import { VERSION } from '../version.ts'
import type { BenchFlags } from './bench.ts'
import { AS_ASKED } from './exit-codes.ts'
import type { Session } from './program.ts'
import { withQuestion } from './verify-run.ts'

/** Edges of the made-up circuit that kernels are measured on. */
const EDGES = 1_000_000

export async function runBench(
  flags: BenchFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const { terminal } = session
  if (flags.rounds < 1) throw new InputError('expected at least 1', { field: '--rounds' })
  const about = {
    type: 'machine',
    connproof: VERSION,
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
  }
  if (flags.json) terminal.out(jsonLines([about]))
  else terminal.out(`connproof ${VERSION}, Node ${about.node}, ${about.processor}, ${about.cpus} CPUs\n\n`)
  if (flags.circuit !== undefined) return circuitBench(flags.circuit, flags, session)
  refuseFolder(flags.dir)
  const bandwidths = measureBandwidth(flags.dir, flags.rounds)
  session.signal.throwIfAborted()
  const kernels = benchKernels(EDGES, flags.rounds)
  if (flags.json) {
    terminal.out(jsonLines(bandwidths.map(one => ({ type: 'bandwidth', ...one }))))
    terminal.out(jsonLines(kernels.map(one => ({ type: 'kernel', ...one }))))
    return AS_ASKED
  }
  const rows = bandwidths.map(
    ({ what, rate }) => `${what.padEnd(18)}${(rate / 1e9).toFixed(2).padStart(8)} GB/s`,
  )
  terminal.out(
    `${rows.join('\n')}\n(disk read: what was just written, so out of memory where there is room)\n\n`,
  )
  terminal.out(kernelTable(kernels))
  return AS_ASKED
}

function refuseFolder(folder: string): void {
  try {
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw new InputError(`cannot be written to (${(cause as NodeJS.ErrnoException).code})`, {
      file: folder,
      field: '--dir',
      hint: 'name a folder of yours on the disk to measure',
      cause,
    })
  }
}

function kernelTable(kernels: readonly KernelBench[]): string {
  const millions = (rate: number): string => (rate / 1e6).toFixed(1).padStart(10)
  const rows = kernels.map(
    ({ kernel, ours, twin }) =>
      `${kernel.padEnd(18)}${millions(ours)}${millions(twin)}${(ours / twin).toFixed(1).padStart(8)}x`,
  )
  return `${['million per second WebAssembly TypeScript'.padEnd(47), ...rows].join('\n')}\n`
}

async function circuitBench(
  [original = '', ...others]: readonly string[],
  flags: BenchFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const { terminal } = session
  if (others.length > 1)
    throw new InputError('expected ORIGINAL and at most one MANIPULATED', { field: '--circuit' })
  const question = { ...flags, show: 5, quiet: true, jobs: 1 } as const
  const manipulated = others.length === 0 ? [original] : others
  const result = await withQuestion(original, manipulated, question, session, options =>
    benchCircuit(options, flags.rounds),
  )
  if (flags.json) terminal.out(jsonLines([{ type: 'circuit', ...result }]))
  else terminal.out(circuitTable(result))
  return AS_ASKED
}

function circuitTable({ rows, bytes, milliseconds, floor, share, verdict, rounds }: CircuitBench): string {
  const line = (name: string, time: number): string =>
    `${name.padEnd(10)}${time.toFixed(1).padStart(10)} ms${((100 * time) / milliseconds.wall).toFixed(1).padStart(8)} %`
  const { wall, open, judge } = milliseconds
  return `${[
    `${rows} rows, ${(bytes / 1e6).toFixed(1)} MB of ids, one thread, fastest of ${rounds} rounds: ${verdict}`,
    '',
    line('open', open),
    ...PHASES.map(phase => line(phase, milliseconds[phase])),
    line('judge', judge),
    line('wall', wall),
    '',
    `The phases are ${(100 * share).toFixed(1)} % of the wall time.`,
    `Floor: ${floor.toFixed(1)} ms to read as many bytes and do nothing; wall / floor ${(wall / floor).toFixed(2)}.`,
  ].join('\n')}\n`
}
