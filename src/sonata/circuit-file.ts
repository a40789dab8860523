/** What a path of a circuit stands for: a configuration, or an HDF5 file without one. */
import { stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { InputError } from '../errors.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { sniff } from '../formats/sniff.ts'
import type { CircuitConfig, PopulationEntry } from './circuit-config.ts'
import { topLevel } from './nodes.ts'

/** By extension, so that broken JSON is told to be just that; else by content. */
export const isConfig = async (file: string): Promise<boolean> =>
  extname(file).toLowerCase() === '.json' || (await sniff(file).catch(() => 'other')) === 'json'

/** The file itself, or the configuration in a folder. */
export async function circuitFile(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined)
  if (!status?.isDirectory()) return path
  const file = join(path, 'circuit_config.json')
  if (await stat(file).catch(() => undefined)) return file
  throw new InputError('no circuit_config.json in this folder', {
    file: path,
    hint: 'Give the configuration or the edges file itself.',
  })
}

/** Of a file without a configuration: all populations in it. */
export async function bareConfig(h5: Hdf5File): Promise<CircuitConfig> {
  const entry = async (group: string, type: string): Promise<PopulationEntry[]> =>
    (await h5.members(group)) === undefined
      ? []
      : [{ population: undefined, file: h5.path, type, typesFile: undefined }]
  const nodes = await entry('/nodes', 'biophysical')
  const edges = await entry('/edges', 'chemical')
  if (nodes.length + edges.length > 0) return { file: h5.path, nodes, edges, nodeSetsFile: undefined }
  throw new InputError(`expected a SONATA file with /edges or /nodes, found ${await topLevel(h5)}`, {
    file: h5.path,
  })
}
