/** `config --job` and `config --simulation`: files of other programs, from what is there already. */

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Pairs } from '../connectome/pairs.ts'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { readPairList } from '../inputs/pair-list.ts'
import { checkManipConfig, isAccepted } from '../interop/manip-config/check.ts'
import { candidates, placeOf } from '../interop/manip-config/find-result.ts'
import { manipulationScript } from '../interop/manip-config/job-script.ts'
import { type ManipConfig, readManipConfig } from '../interop/manip-config/parse.ts'
import { blueConfigRemoval, sonataRemoval } from '../interop/simulation-removal.ts'
import { jsonLines } from '../report/json.ts'
import { type MaskIds, readMask } from '../selection/mask.ts'
import type { ConfigFlags } from './config.ts'
import { AS_ASKED } from './exit-codes.ts'
import { refuseOverwriting } from './overwriting.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'

/** @throws InputError for a configuration with errors in it: no script for a run that does something else */
export async function writeJob(file: string, flags: ConfigFlags, { terminal }: Session): Promise<number> {
  const config = await readManipConfig(file)
  const check = await checkManipConfig(file, { folder: flags.folder })
  const bad = check.diagnostics.find(({ severity }) => severity === 'error')
  if (!isAccepted(check) && bad !== undefined)
    throw new InputError(`${bad.message} [${bad.code}]`, { file, field: bad.path, hint: bad.hint })
  const path = resolve(file)
  const logFolder = join(dirname(resolve(flags.output ?? file)), 'logs')
  const script = manipulationScript({
    generation: config.generation === 'B' ? 'B' : 'A',
    config: path,
    name: config.name,
    outputFolder: flags.outputDir === undefined ? undefined : resolve(flags.outputDir),
    circuitFolder: config.circuitPath ?? dirname(config.circuitConfig),
    logFolder,
    flags: {
      profile: flags.profile === true,
      resume: flags.resume === true,
      keepParquet: flags.keepParquet === true,
    },
    slurm: {},
    setup: [],
  })
  if (flags.output === undefined) terminal.out(script)
  else {
    refuseExisting([flags.output], flags, [file])
    makeFolders(logFolder)
    writeFileAtomic(flags.output, script)
    if (flags.json)
      terminal.out(
        jsonLines([{ type: 'job', file: flags.output, submit: `sbatch ${flags.output}` }], formOf(flags)),
      )
    else
      terminal.err(`connproof: sbatch --account=... ${flags.output}\n${whereNext(config, flags.outputDir)}`)
  }
  return AS_ASKED
}

/** The job's result, as `verify` takes it. */
function whereNext(config: ManipConfig, outputDir: string | undefined): string {
  const place = placeOf(config, outputDir)
  const [first] = place === undefined ? [] : candidates(place)
  return first === undefined ? '' : `  then: connproof verify ORIGINAL ${first.path}\n`
}

/** BlueConfig blocks with their targets, or SONATA overrides with their node sets. */
export async function writeSimulation(
  file: string,
  flags: ConfigFlags,
  { terminal }: Session,
): Promise<number> {
  const pairs = await readConnections(file, flags)
  const form = flags.form ?? 'compact'
  const files = flags.simulation === 'sonata' ? sonataFiles() : blueConfigFiles()
  function blueConfigFiles(): Record<string, string> {
    const { blocks, targets } = blueConfigRemoval(pairs, form)
    return { 'conns_removed.BlueConfig': blocks, [`conns_removed_${form}.target`]: targets }
  }
  function sonataFiles(): Record<string, string> {
    const source = flags.population
    if (source === undefined)
      throw new InputError('node sets must name the population of their nodes', {
        field: '--population',
        hint: 'give the node population, as in the circuit configuration',
      })
    const target = flags.targetPopulation ?? source
    const { node_sets, connection_overrides } = sonataRemoval(pairs, form, { source, target })
    return {
      'connection_overrides.json': `${JSON.stringify({ connection_overrides }, null, 1)}\n`,
      'removal_node_sets.json': `${JSON.stringify(node_sets)}\n`,
    }
  }
  const folder = flags.output
  if (folder === undefined) for (const text of Object.values(files)) terminal.out(text)
  else {
    const paths = Object.keys(files).map(name => join(folder, name))
    refuseExisting(paths, flags, [file])
    makeFolders(folder)
    for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), text)
    const record = { type: 'simulation', connections: pairs.source.length, form, files: paths }
    terminal.out(flags.json ? jsonLines([record], formOf(flags)) : paths.map(path => `${path}\n`).join(''))
  }
  return AS_ASKED
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

/** @param inputs what is read, and the files it is made of, is not overwritten even with `--force` */
export function refuseExisting(
  paths: readonly string[],
  { force }: ConfigFlags,
  inputs: readonly string[],
): void {
  refuseOverwriting(
    paths.map(path => ({ path, field: '--output' })),
    inputs,
  )
  const there = paths.find(path => existsSync(path))
  if (there !== undefined && force !== true)
    throw new InputError('exists already', {
      file: there,
      field: '--output',
      hint: 'add --force to overwrite it',
    })
}
