/** What `inspect` does. */
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { refuseChanged } from '../identify.ts'
import { type Inspection, inspect } from '../inspect.ts'
import { openCircuit } from '../open-circuit.ts'
import { inspectionToText, selectionToText } from '../report/inspection.ts'
import { errorRecord, jsonLines } from '../report/json.ts'
import type { AnyRecord } from '../report/made.ts'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { AS_ASKED, CANNOT_TELL } from './exit-codes.ts'
import type { InspectFlags } from './inspect.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { formOf } from './record-flags.ts'

/** Returns the exit code: {@link CANNOT_TELL} if any population could not be read. */
export async function runInspect(
  path: string,
  flags: InspectFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  if (flags.silenced) {
    const { runSilenced } = await import('./silenced-run.ts')
    return runSilenced(path, flags, session)
  }
  if (flags.nodes !== undefined) return runSelection(path, flags.nodes, flags, session)
  if (flags.ids)
    throw new InputError('--ids needs --nodes SET', { field: '--ids', hint: 'such as --nodes All --ids' })
  const { terminal, signal } = session
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'reading',
  })
  const inspection = await inspect(path, {
    population: flags.population,
    sourcePopulation: flags.sourcePopulation,
    targetPopulation: flags.targetPopulation,
    idBase: flags.idBase,
    pairs: flags.pairs,
    signal,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.clear())
  terminal.out(
    flags.json
      ? jsonLines(inspectionRecords(inspection), formOf(flags))
      : inspectionToText(inspection, terminal.style),
  )
  const unread = [...inspection.edges, ...inspection.nodes].some(({ problem }) => problem !== undefined)
  return unread ? CANNOT_TELL : AS_ASKED
}

/** Node populations have no record of their own; one that cannot be read is the reason of the exit code. */
const inspectionRecords = ({ edges, nodes }: Inspection): AnyRecord[] => [
  ...edges.map(facts => ({ type: 'edges', ...facts })),
  ...nodes.flatMap(({ problem }) => (problem === undefined ? [] : [errorRecord(problem)])),
]

async function runSelection(
  path: string,
  expression: string,
  flags: InspectFlags,
  { terminal }: Pick<Session, 'terminal'>,
): Promise<number> {
  const circuit = await openCircuit(path)
  try {
    const population = flags.population ?? (await onlyNodePopulation(circuit))
    const selection = await circuit.select(population, expression, {
      idBase: flags.idBase,
      mayBeEmpty: true,
    })
    await refuseChanged(circuit.filesRead())
    if (flags.json) terminal.out(jsonLines([selectionRecord(selection, flags.ids === true)], formOf(flags)))
    else if (flags.ids) terminal.out([...selection.ids, ''].join('\n'))
    else terminal.out(selectionToText(selection))
    return AS_ASKED
  } finally {
    circuit.close()
  }
}

async function onlyNodePopulation(circuit: SonataCircuit): Promise<string> {
  const names = (await circuit.nodePopulations()).flatMap(({ population }) => population ?? [])
  const [only, another] = names
  if (only !== undefined && another === undefined) return only
  throw new InputError(
    `expected one node population, found ${names.length === 0 ? 'none' : names.join(', ')}`,
    {
      file: circuit.file,
      field: 'nodes',
      hint: names.length === 0 ? 'give the circuit_config.json' : 'name one with --population',
    },
  )
}

/** `ids` count from 0 (SONATA node ids). */
const selectionRecord = (selection: NodeSelection, withIds: boolean) => ({
  type: 'nodes',
  population: selection.population,
  nodes: selection.expression,
  size: selection.ids.length,
  population_size: selection.populationSize,
  ...(withIds ? { ids: Array.from(selection.ids) } : {}),
})
