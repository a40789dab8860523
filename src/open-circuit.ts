/** Circuits of every kind, told apart by what the file holds and not by its name. */
import { stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { requireArguments, requirePath } from './arguments.ts'
import { InputError } from './errors.ts'
import { readJsonFile, readTextFile } from './formats/json.ts'
import { sniff } from './formats/sniff.ts'
import { openParquetCircuit } from './inputs/parquet-circuit.ts'
import { findParquet } from './inputs/parquet-splits.ts'
import { looksLikeBlueConfig, parseBlueConfig } from './interop/blueconfig.ts'
import { isBluepyDictionary, openBlueConfig, openBluepyDictionary } from './interop/bluepy-circuit.ts'
import { type CircuitOptions, openCircuit as openSonata, type SonataCircuit } from './sonata/circuit.ts'

/** A folder stands for the first of these in it. */
const IN_FOLDER = ['circuit_config.json', 'CircuitConfig', 'BlueConfig']

/**
 * Open a circuit: a SONATA `circuit_config.json` (or an AIBS `config.json` that points to one), a BlueConfig or
 * CircuitConfig, bluepy's dictionary as JSON, a folder that holds one of these, a bare HDF5 file with `/edges`,
 * `/nodes` or both, or what connectome-manipulator left before conversion: a folder `parquet`, the one above it, or a
 * `.parquet` file.
 *
 * @throws InputError if `path` is none of these. Faults of single populations show when they are used.
 */
export async function openCircuit(path: string, options: CircuitOptions = {}): Promise<SonataCircuit> {
  requirePath(path, 'path')
  requireArguments(options)
  const file = await fileOf(path)
  const parquet = await findParquet(file)
  if (parquet !== undefined) return openParquetCircuit(parquet, options)
  const content = (await isFile(file)) ? await sniff(file) : 'other'
  if (content === 'json') {
    const json = await readJsonFile(file)
    if (isBluepyDictionary(json)) return openBluepyDictionary(json, file, options)
  }
  if (content === 'text') {
    const text = await readTextFile(file)
    if (looksLikeBlueConfig(text)) return openBlueConfig(parseBlueConfig(text, file), options)
    if (extname(file).toLowerCase() !== '.json')
      throw new InputError('expected a circuit, found other text', {
        file,
        hint: 'Give a circuit_config.json, a BlueConfig or CircuitConfig, or an HDF5 file with /edges.',
      })
  }
  return openSonata(file, options)
}

async function fileOf(path: string): Promise<string> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return path
  for (const name of IN_FOLDER) if (await isFile(join(path, name))) return join(path, name)
  return path
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() === true
