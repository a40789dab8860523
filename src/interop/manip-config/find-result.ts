/**
 * Where the circuit is that a run of connectome-manipulator has made. One rule for `status` and `verify`.
 *
 * Generation A writes under new names, below `output_path`:
 * 1. `<output_path>/<blue_config>_<name>`, where the file names a BlueConfig (what the notebook looks for);
 * 2. `<output_path>/<circuit_config>_<name>.json`, both with the name before the extension.
 * Versions that read the same file but have `--output-dir` (0.0.1 to 0.0.4) write what generation B does:
 * 3. `<output folder>/circuit_config.json`;
 * and a run that was not converted leaves only
 * 4. `<output folder>/parquet` with `parquet.DONE` or `.parquet` files in it; of the script, beside the edges, which
 *    are taken to be beside the circuit configuration.
 * The first that is there counts: a circuit that is there but damaged is not passed over for an older one.
 */
import { readdir, stat } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import type { ManipConfig } from './parse.ts'

export type ResultKind = 'blue-config' | 'circuit-config' | 'parquet'

export interface ManipulatedCircuit {
  readonly kind: ResultKind
  /** What `openCircuit` takes. */
  readonly path: string
}

export interface ResultPlace {
  readonly generation: 'A' | 'B'
  /** `output_path`, or `--output-dir`. */
  readonly outputFolder: string
  /** `manip.name`. */
  readonly name: string
  /** Generation A: as written, relative to the folder of the circuit. */
  readonly blueConfig?: string | undefined
  readonly circuitConfig?: string | undefined
}

/** `undefined`: NOT FOUND. `place.outputFolder` should be absolute. */
export async function findManipulatedCircuit(place: ResultPlace): Promise<ManipulatedCircuit | undefined> {
  for (const candidate of candidates(place)) if (await isThere(candidate)) return candidate
  return undefined
}

/** Every place that is looked at, in this order. */
export function candidates(place: ResultPlace): ManipulatedCircuit[] {
  const { generation, outputFolder, name, blueConfig, circuitConfig } = place
  const at = (kind: ResultKind, ...path: string[]): ManipulatedCircuit => ({
    kind,
    path: resolve(outputFolder, ...path),
  })
  const renamed: ManipulatedCircuit[] = []
  if (generation === 'A') {
    if (blueConfig !== undefined) renamed.push(at('blue-config', withName(blueConfig, name)))
    if (circuitConfig !== undefined) renamed.push(at('circuit-config', withName(circuitConfig, name)))
  }
  const rebased = generation === 'A' && circuitConfig !== undefined ? dirname(circuitConfig) : '.'
  return [
    ...renamed,
    at('circuit-config', 'circuit_config.json'),
    at('parquet', 'parquet'),
    ...(rebased === '.' ? [] : [at('parquet', rebased, 'parquet')]),
  ]
}

/**
 * The place that a configuration says. Generation B says none: it is given on the command line.
 *
 * @param outputFolder `--output-dir`; wins over the file's `output_path`, which only the script of 2021 to 2023 read
 */
export function placeOf(config: ManipConfig, outputFolder: string | undefined): ResultPlace | undefined {
  const { generation, name, blueConfig, circuitConfig } = config
  const folder = outputFolder ?? (generation === 'B' ? undefined : (config.outputPath ?? config.circuitPath))
  if (folder === undefined) return undefined
  return {
    generation: generation === 'B' ? 'B' : 'A',
    outputFolder: folder,
    name,
    blueConfig,
    circuitConfig,
  }
}

/** `CircuitConfig` and `x` give `CircuitConfig_x`, `sonata/circuit_config.json` `sonata/circuit_config_x.json`. */
function withName(path: string, name: string): string {
  const extension = extname(path)
  return `${path.slice(0, path.length - extension.length)}_${name}${extension}`
}

async function isThere({ kind, path }: ManipulatedCircuit): Promise<boolean> {
  const status = await stat(path).catch(() => undefined)
  if (kind !== 'parquet') return status?.isFile() === true
  if (!status?.isDirectory()) return false
  const names = await readdir(path).catch(() => [])
  return names.some(name => name === 'parquet.DONE' || extname(name) === '.parquet')
}
