/**
 * Where the circuit of a variant is. One rule, of `verify` and `status`: the place that the campaign file names under
 * `circuits`, else what connectome-manipulator leaves in the output folder of the configuration, first that exists of
 * - A: `<output>/<BlueConfig>_<name>`, `<output>/<configuration without .json>_<name>.json`;
 * - B: `<output>/circuit_config.json`;
 * - either, before conversion: `<output>/parquet`, or (A) beside the edges.
 */
import { stat } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { findParquet } from '../inputs/parquet-splits.ts'
import type { Campaign, ConfigSettings, Variant } from './types.ts'

export type Found =
  | { readonly file: string; readonly unconverted: boolean; readonly looked?: undefined }
  /** Not there, and where it was looked for. */
  | { readonly file?: undefined; readonly looked: readonly string[] }

export async function findManipulated({ config }: Campaign, variant: Variant): Promise<Found> {
  const places = variant.circuit === undefined ? placesOf(config, variant.id) : [variant.circuit]
  for (const file of places) {
    const found = await stat(file).catch(() => undefined)
    if (found === undefined) continue
    const parquet = await findParquet(file)
    if (found.isFile() || parquet !== undefined || (await hasConfig(file)))
      return { file, unconverted: parquet !== undefined }
  }
  return { looked: places }
}

/** Folder of the manipulated circuit as the configuration says it. */
export const outputFolder = ({ outputPath }: ConfigSettings, id: string): string =>
  outputPath.replaceAll('{name}', id)

function placesOf(config: ConfigSettings, id: string): string[] {
  const folder = outputFolder(config, id)
  if (config.generation === 'B') return [join(folder, 'circuit_config.json'), join(folder, 'parquet')]
  const rebased = relative(config.circuitPath, config.circuitConfig)
  const stem = rebased.slice(0, rebased.length - extname(rebased).length)
  const blue = config.blueConfig
  return [
    ...(blue === undefined ? [] : [join(folder, `${blue}_${id}`)]),
    join(folder, `${stem}_${id}.json`),
    join(folder, dirname(rebased), 'parquet'),
    join(folder, 'parquet'),
  ]
}

const hasConfig = async (folder: string): Promise<boolean> =>
  (await stat(join(folder, 'circuit_config.json')).catch(() => undefined))?.isFile() === true
