/**
 * Where the circuit of a variant is. One rule, of `verify` and `status`: the place that the campaign file names under
 * `circuits`, else where connectome-manipulator puts it (see `findManipulatedCircuit`).
 */
import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { isInputError } from '../errors.ts'
import { findParquet, findSplits } from '../inputs/parquet-splits.ts'
import { candidates, findManipulatedCircuit, type ResultPlace } from '../interop/manip-config/find-result.ts'
import { openCircuit } from '../open-circuit.ts'
import type { Campaign, ConfigSettings, Variant } from './types.ts'

export type Found =
  | { readonly file: string; readonly looked?: undefined }
  /** Not there, and where it was looked for. */
  | { readonly file?: undefined; readonly looked: readonly string[] }

export async function findManipulated({ config }: Campaign, variant: Variant): Promise<Found> {
  const { circuit, id } = variant
  if (circuit !== undefined) return (await isCircuit(circuit)) ? { file: circuit } : { looked: [circuit] }
  const place = placeOf(config, id)
  const found = await findManipulatedCircuit(place)
  return found === undefined ? { looked: candidates(place).map(({ path }) => path) } : { file: found.path }
}

/** Why what was found is what a run left that has not come to its end; undefined where nothing says so. */
export async function unfinished(file: string): Promise<string | undefined> {
  try {
    const parquet = await findParquet(file)
    if (parquet === undefined) return await unreadableEdges(file)
    await findSplits(parquet)
    return undefined
  } catch (error) {
    if (!isInputError(error)) throw error
    return `${error.file ?? file}: ${error.message}`
  }
}

/**
 * The package does not look at the exit status of its converter: where that was killed, there are a configuration and an
 * edges file that is none. Of other faults `verify` tells.
 */
async function unreadableEdges(file: string): Promise<string | undefined> {
  const folder = (await stat(file)).isFile() ? dirname(file) : file
  const own = (path: string | undefined): boolean =>
    path?.endsWith('.h5') === true && !relative(folder, path).startsWith('..')
  try {
    const circuit = await openCircuit(file)
    try {
      for (const { population } of await circuit.edgePopulations()) await circuit.edgePopulation(population)
    } finally {
      circuit.close()
    }
    return undefined
  } catch (error) {
    if (!isInputError(error)) throw error
    return own(error.file) ? `${error.file}: ${error.message}` : undefined
  }
}

/** Folder of the manipulated circuit as the configuration says it. */
export const outputFolder = ({ outputPath }: ConfigSettings, id: string): string =>
  outputPath.replaceAll('{name}', id)

function placeOf(config: ConfigSettings, id: string): ResultPlace {
  const { generation, circuitPath, circuitConfig, blueConfig } = config
  return {
    generation,
    outputFolder: outputFolder(config, id),
    name: id,
    blueConfig:
      blueConfig === undefined ? undefined : relative(circuitPath, resolve(circuitPath, blueConfig)),
    circuitConfig: relative(circuitPath, circuitConfig),
  }
}

/** A folder that is still empty, or without its configuration, holds no circuit yet. */
async function isCircuit(path: string): Promise<boolean> {
  if ((await stat(path).catch(() => undefined))?.isFile()) return true
  if ((await findParquet(path)) !== undefined) return true
  return (await stat(join(path, 'circuit_config.json')).catch(() => undefined))?.isFile() === true
}
