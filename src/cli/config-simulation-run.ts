/** `config --simulation`: what silences connections in a simulation, and what keeps all others in it. */
import { join } from 'node:path'
import type { Pairs } from '../connectome/pairs.ts'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { FilesRead } from '../formats/files-read.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { refuseChanged } from '../identify.ts'
import { readPairList } from '../inputs/pair-list.ts'
import { readBlueConfig } from '../interop/blueconfig.ts'
import { openSimulation } from '../interop/open-simulation.ts'
import { type Silencing, silenceIn } from '../interop/silence-simulation.ts'
import { blueConfigRemoval, type RemovalForm, sonataRemoval } from '../interop/simulation-removal.ts'
import { jsonLines } from '../report/json.ts'
import { plural } from '../report/sentences.ts'
import { wrapText } from '../report/wrap.ts'
import { type MaskIds, readMask } from '../selection/mask.ts'
import type { ConfigFlags } from './config.ts'
import { refuseExisting } from './config-files-run.ts'
import { AS_ASKED } from './exit-codes.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'

interface Written {
  /** Texts by the names of their files. */
  readonly files: Readonly<Record<string, string>>
  /** What must be known to use them, one sentence each. */
  readonly notes: readonly string[]
  readonly record: Readonly<Record<string, number | boolean>>
}

/** BlueConfig blocks with their targets, or SONATA overrides with their node sets. */
export async function writeSimulation(
  file: string,
  flags: ConfigFlags,
  { terminal }: Session,
): Promise<number> {
  const reads = new FilesRead()
  for (const one of [file, flags.simulationConfig]) if (one !== undefined) reads.note(one)
  const pairs = await readConnections(file, flags)
  const form = flags.form ?? 'compact'
  const make = flags.simulation === 'sonata' ? sonataFiles : blueConfigFiles
  const { files, notes, record } = await make(pairs, form, flags)
  await refuseChanged(reads.list())
  const folder = flags.output
  if (folder === undefined) for (const text of Object.values(files)) terminal.out(text)
  else {
    const paths = Object.keys(files).map(name => join(folder, name))
    refuseExisting(paths, flags, [file, ...(flags.simulationConfig ? [flags.simulationConfig] : [])])
    makeFolders(folder)
    for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), text)
    const all = { type: 'simulation', connections: pairs.source.length, form, ...record, notes, files: paths }
    terminal.out(flags.json ? jsonLines([all], formOf(flags)) : paths.map(path => `${path}\n`).join(''))
  }
  for (const note of notes) terminal.err(`${wrapText(`connproof: ${note}`, 78).join('\n  ')}\n`)
  return AS_ASKED
}

async function sonataFiles(pairs: Pairs, form: RemovalForm, flags: ConfigFlags): Promise<Written> {
  const { population: source, simulationConfig } = flags
  if (source === undefined)
    throw new InputError('node sets must name the population of their nodes', {
      field: '--population',
      hint: 'give the node population, as in the circuit configuration',
    })
  const populations = { source, target: flags.targetPopulation ?? source }
  if (simulationConfig !== undefined) return inSimulation(simulationConfig, pairs, form, populations, flags)
  const { node_sets, general, silencing } = sonataRemoval(pairs, form, populations, { general: true })
  const notes = [
    ...(general.length > 0 ? [`${GENERAL_FIRST}; ${silencingLast(silencing.length)}.`] : []),
    'For a simulation without overrides for these populations. Of one that has some give the configuration with --simulation-config: theirs must stand between these.',
  ]
  return {
    files: sonataTexts([...general, ...silencing], node_sets),
    notes,
    record: { general: general.length > 0, own_overrides: 0, silencing_overrides: silencing.length },
  }
}

async function inSimulation(
  file: string,
  pairs: Pairs,
  form: RemovalForm,
  populations: { readonly source: string; readonly target: string },
  { oneProcess }: ConfigFlags,
): Promise<Written> {
  const opened = await openSimulation(file, { oneProcess })
  try {
    const found = await silenceIn(opened, pairs, form, populations)
    await refuseChanged([...opened.reads.list(), ...opened.circuit.filesRead()])
    return {
      files: sonataTexts(found.connection_overrides, found.node_sets),
      notes: notesOf(found, file),
      record: {
        general: found.general,
        own_overrides: found.own,
        silencing_overrides: found.silencing,
        not_created: found.notCreated,
      },
    }
  } finally {
    opened.close()
  }
}

const GENERAL_FIRST =
  'First a general override, ConnRemoved_general: without it neurodamus would create none but the silenced connections'
const silencingLast = (count: number): string => `last ${plural(count, 'override')} with weight 0`

function notesOf(found: Silencing, file: string): string[] {
  const own = plural(found.own, 'override')
  const notes = found.general
    ? [`${GENERAL_FIRST}; then the ${own} of ${file}, as they are; ${silencingLast(found.silencing)}.`]
    : [`First the ${own} of ${file}, as they are; ${silencingLast(found.silencing)}.`]
  if (found.notCreated > 0)
    notes.push(
      `${plural(found.notCreated, 'connection')} left out: the simulation does not create them, and an override would have them created.`,
    )
  notes.push(
    'connection_overrides.json takes the place of those of the simulation, removal_node_sets.json that of its node_sets_file.',
  )
  return notes
}

const sonataTexts = (overrides: readonly unknown[], nodeSets: unknown): Record<string, string> => ({
  'connection_overrides.json': `${JSON.stringify({ connection_overrides: overrides }, null, 1)}\n`,
  'removal_node_sets.json': `${JSON.stringify(nodeSets)}\n`,
})

/** neurodamus before SONATA: the same choice of what is created, but a block sets nothing that it does not give. */
async function blueConfigFiles(pairs: Pairs, form: RemovalForm, flags: ConfigFlags): Promise<Written> {
  const { simulationConfig: file } = flags
  const sections = file === undefined ? [] : (await readBlueConfig(file)).sections
  const own = sections.filter(({ type }) => type === 'Connection').length
  const { blocks, targets } = blueConfigRemoval(pairs, form, { general: own === 0 })
  const count = blocks.match(/^Connection /gm)?.length ?? 0
  const general = own === 0 && count > 0
  const last = `${plural(general ? count - 1 : count, 'block')} with weight 0`
  const notes = general
    ? [
        `First a general block, ConnRemoved_general, from Mosaic to Mosaic: without it neurodamus would create none but the silenced connections; last ${last}.`,
        ...(file === undefined
          ? [
              'The general block sets no value, so that it may stand behind blocks of the simulation; where these leave connections out on purpose, give the BlueConfig with --simulation-config.',
            ]
          : []),
      ]
    : [`To be put behind the ${plural(own, 'Connection block')} of the simulation: ${last}.`]
  return {
    files: { 'conns_removed.BlueConfig': blocks, [`conns_removed_${form}.target`]: targets },
    notes,
    record: { general, own_blocks: own, silencing_blocks: general ? count - 1 : count },
  }
}

/** Rows and columns of a mask are the nodes of the ids file beside it, or else node ids. */
async function readConnections(file: string, { idBase }: ConfigFlags): Promise<Pairs> {
  if (!/\.npz$/i.test(file)) return readPairList(file, { idBase })
  const { row, column, rows, columns, sourceIds, targetIds } = await readMask(file)
  for (const [ids, count] of [
    [sourceIds, rows],
    [targetIds, columns],
  ] as const)
    if (ids !== undefined && ids.ids.length !== count)
      throw new InputError(`the mask has ${count} of them, the ids file beside it ${ids.ids.length}`, {
        file: ids.file,
      })
  if ((sourceIds === undefined) !== (targetIds === undefined))
    throw new InputError('there are ids of one side of the mask only', {
      file: (sourceIds ?? targetIds)?.file,
    })
  const node = (ids: MaskIds | undefined, rank: number): number => ids?.ids[rank] ?? rank
  return {
    source: row.map(rank => node(sourceIds, rank)),
    target: column.map(rank => node(targetIds, rank)),
  }
}
