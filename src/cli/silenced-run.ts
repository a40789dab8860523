/** What `inspect --silenced` does, and `diff` where one side is a simulation and the other a mask. */
import { diffSilenced, isSimulationFile } from '../diff-silenced.ts'
import { InputError } from '../errors.ts'
import { isList, recognise } from '../open-edges.ts'
import { jsonLines } from '../report/json.ts'
import {
  silencedCsv,
  silencedDiffRecord,
  silencedDiffToText,
  silencedRecords,
  silencedToText,
} from '../report/silenced.ts'
import { silenced } from '../silenced.ts'
import type { DiffFlags } from './diff.ts'
import { AS_ASKED, CANNOT_TELL, DIFFERS } from './exit-codes.ts'
import type { InspectFlags } from './inspect.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { formOf } from './record-flags.ts'

/** Returns {@link CANNOT_TELL} if there is an edge population of which it cannot be told. */
export async function runSilenced(
  path: string,
  flags: InspectFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  for (const flag of ['nodes', 'sourcePopulation', 'targetPopulation'] as const)
    if (flags[flag] !== undefined)
      throw new InputError('--silenced looks at edge populations as a whole', {
        field:
          flag === 'nodes'
            ? '--nodes'
            : flag === 'sourcePopulation'
              ? '--source-population'
              : '--target-population',
        hint: 'name one with --population',
      })
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'reading',
  })
  const found = await silenced(path, {
    population: flags.population,
    oneProcess: flags.oneProcess,
    all: flags.ids === true,
    signal,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.clear())
  const [only, another] = found.populations
  const cannotTell = found.populations.some(
    ({ problem, cannotTell = 0 }) => problem !== undefined || cannotTell > 0,
  )
  if (flags.json) terminal.out(jsonLines(silencedRecords(found), formOf(flags)))
  else if (flags.ids !== true || only?.problem !== undefined)
    terminal.out(silencedToText(found, terminal.style))
  else if (only === undefined || another !== undefined)
    throw new InputError(`expected one edge population, found ${found.populations.length}`, {
      file: path,
      field: '--ids',
      hint: 'name one with --population',
    })
  else terminal.out(silencedCsv(only))
  return cannotTell ? CANNOT_TELL : AS_ASKED
}

/** Whether `diff` has a simulation to compare with a mask (or list); refuses them in the other order. */
export async function comparesSilenced(a: string, b: string): Promise<boolean> {
  const [first, second] = [isList(await recognise(a)), isList(await recognise(b))]
  if (first && !second && (await isSimulationFile(b)))
    throw new InputError('the simulation comes first', {
      file: b,
      hint: 'connproof diff SIMULATION_CONFIG MASK',
    })
  return !first && second && (await isSimulationFile(a))
}

export async function runSilencedDiff(
  file: string,
  mask: string,
  flags: DiffFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  for (const [flag, field] of [
    ['writeDifferences', '--write-differences'],
    ['manipulatedPopulation', '--manipulated-population'],
    ['sourcePopulation', '--source-population'],
    ['targetPopulation', '--target-population'],
  ] as const)
    if (flags[flag] !== undefined)
      throw new InputError(`a simulation is compared with a mask, without ${field}`, {
        field,
        hint: 'all silenced connections: connproof inspect SIMULATION_CONFIG --silenced --ids',
      })
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'comparing',
  })
  const found = await diffSilenced(file, mask, {
    population: flags.population,
    oneProcess: flags.oneProcess,
    idBase: flags.idBase,
    pairs: flags.pairs,
    memory: flags.memory,
    folder: flags.tmp,
    keep: Math.max(flags.show, 10),
    signal,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.clear())
  terminal.out(
    flags.json
      ? jsonLines([silencedDiffRecord(found)], formOf(flags))
      : silencedDiffToText(found, { show: flags.show, style: terminal.style }),
  )
  return { equal: AS_ASKED, different: DIFFERS, 'cannot tell': CANNOT_TELL }[found.verdict]
}
