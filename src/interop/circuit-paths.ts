/** Where a BlueConfig, CircuitConfig or bluepy dictionary keeps its cells, edges and targets. Nothing is read here. */
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '../errors.ts'
import { isJsonArray, type JsonObject, type JsonValue, jsonKind } from '../formats/json.ts'
import { didYouMean } from '../formats/nearest-path.ts'
import { type BlueConfig, type ConfigSection, sectionOf } from './blueconfig.ts'

export interface CircuitPaths {
  /** Absolute. */
  readonly cells: string
  readonly edges: string
  /** `undefined`: the only one, or the one the caller names. */
  readonly edgePopulation: string | undefined
  readonly targets: readonly string[]
  readonly circuitTarget: string | undefined
}

/** Searched for in a folder, in this order. */
const EDGES_FILES = ['edges.sonata', 'edges.h5']
const LEGACY_EDGES = 'nrn.h5'
const CELLS_FILES = ['circuit.mvd3']
const LEGACY_CELLS = ['start.ncs', 'circuit.mvd2']

/**
 * Paths of the section `Run`. Relative ones are relative to its `CurrentDir`, else to the folder of the file;
 * CellLibraryFile first to CircuitPath.
 *
 * @throws InputError naming section and key for what is missing or legacy
 */
export async function pathsOfBlueConfig(config: BlueConfig): Promise<CircuitPaths> {
  const run = sectionOf(config, 'Run')
  if (run === undefined)
    throw new InputError('expected a section "Run", which names the circuit', {
      file: config.file,
      field: 'Run',
    })
  const keys = new RunKeys(config.file, run)
  const circuit = keys.path('CircuitPath')
  const edges = await findEdges(keys.path('nrnPath'), keys.place('nrnPath'))
  return {
    ...edges,
    cells: await findCells(keys, circuit),
    targets: await findTargets(keys, [dirname(edges.edges), circuit]),
    circuitTarget: keys.text('CircuitTarget'),
  }
}

class RunKeys {
  readonly file: string
  readonly #run: ConfigSection
  readonly #anchor: string

  constructor(file: string, run: ConfigSection) {
    this.file = file
    this.#run = run
    const current = this.text('CurrentDir')
    if (current !== undefined && !isAbsolute(current))
      throw new InputError(
        `CurrentDir must be an absolute path, found "${current}"`,
        this.place('CurrentDir'),
      )
    this.#anchor = current ?? dirname(file)
  }

  text(key: string): string | undefined {
    const entry = this.#run.entries.get(key)
    return entry === undefined || entry.value === '' ? undefined : entry.value
  }

  path(key: string): string | undefined {
    const text = this.text(key)
    return text === undefined ? undefined : resolve(this.#anchor, text)
  }

  place(key: string): { file: string; field: string } {
    return { file: this.file, field: `${this.#run.type} ${this.#run.name}, ${key}` }
  }
}

async function findCells(keys: RunKeys, circuit: string | undefined): Promise<string> {
  const place = keys.place('CellLibraryFile')
  const written = keys.text('CellLibraryFile')
  const given = written === undefined || LEGACY_CELLS.includes(written) ? undefined : written
  const candidates =
    given === undefined
      ? circuit === undefined
        ? []
        : CELLS_FILES.map(name => join(circuit, name))
      : [...(circuit === undefined ? [] : [resolve(circuit, given)]), keys.path('CellLibraryFile') ?? given]
  for (const file of candidates) if (await exists(file)) return file
  for (const name of LEGACY_CELLS)
    if (given === undefined && circuit !== undefined && (await exists(join(circuit, name))))
      throw new InputError(`the cells are in ${name}, a legacy format that is not read`, {
        ...place,
        hint: 'Convert them to a SONATA nodes file and name it as CellLibraryFile.',
      })
  const looked = [...new Set(candidates)].join(' or ')
  throw new InputError(
    given === undefined
      ? `expected CellLibraryFile: the default start.ncs is not read, and there is no ${looked || 'CircuitPath'}`
      : `no such file: ${looked}`,
    { ...place, hint: 'CellLibraryFile names a SONATA nodes file or a .mvd3 file.' },
  )
}

/** `start.target` beside the edges, else in CircuitPath; then the user's targets. */
async function findTargets(keys: RunKeys, folders: readonly (string | undefined)[]): Promise<string[]> {
  const found: string[] = []
  for (const folder of folders) {
    const file = folder === undefined ? undefined : join(folder, 'start.target')
    if (file === undefined || !(await exists(file))) continue
    found.push(file)
    break
  }
  const user = keys.path('TargetFile')
  if (user === undefined || found.includes(user)) return found
  if (!(await exists(user))) throw new InputError(`no such file: ${user}`, keys.place('TargetFile'))
  return [...found, user]
}

/**
 * Paths of bluepy's dictionary form, `{"cells": ..., "connectome": ..., "targets": [...]}`. Relative paths are
 * relative to the folder of the file.
 */
export async function pathsOfDictionary(config: JsonObject, file: string): Promise<CircuitPaths> {
  const path = (value: JsonValue | undefined, field: string): string => {
    if (typeof value === 'string' && value !== '') return resolve(dirname(file), withoutScheme(value))
    throw new InputError(`expected a path at ${field}, found ${jsonKind(value)}`, { file, field })
  }
  const targets = config.targets ?? []
  if (!isJsonArray(targets))
    throw new InputError(`expected a list at targets, found ${jsonKind(targets)}`, { file, field: 'targets' })
  const edges = await findEdges(path(config.connectome, 'connectome'), { file, field: 'connectome' })
  return {
    ...edges,
    cells: path(config.cells, 'cells'),
    targets: targets.map((target, k) => path(target, `targets[${k}]`)),
    circuitTarget: undefined,
  }
}

/** A file, `file:population`, or a folder that holds one of {@link EDGES_FILES}. */
async function findEdges(
  path: string | undefined,
  place: { file: string; field: string },
): Promise<Pick<CircuitPaths, 'edges' | 'edgePopulation'>> {
  if (path === undefined) throw new InputError('expected nrnPath, the edges of the circuit', place)
  const colon = path.lastIndexOf(':')
  const kind = await kindOf(path)
  if (kind === undefined && colon > 0) {
    const file = path.slice(0, colon)
    const edgePopulation = path.slice(colon + 1)
    if ((await kindOf(file)) === 'file' && edgePopulation !== '') return { edges: file, edgePopulation }
  }
  if (kind === undefined)
    throw new InputError(`no such file or folder: ${path}`, { ...place, hint: didYouMean(path) })
  if (kind === 'file') return { edges: path, edgePopulation: undefined }
  for (const name of EDGES_FILES)
    if (await exists(join(path, name))) return { edges: join(path, name), edgePopulation: undefined }
  if (await exists(join(path, LEGACY_EDGES))) throw legacyEdges(join(path, LEGACY_EDGES), place)
  throw new InputError(`expected ${EDGES_FILES.join(' or ')} in the folder ${path}`, place)
}

export const legacyEdges = (edges: string, place: { file: string; field: string }): InputError =>
  new InputError(`the edges in ${edges} are in the legacy nrn.h5 format, which is not read`, {
    ...place,
    hint: 'Convert them to a SONATA edges file and name it as nrnPath.',
  })

const withoutScheme = (path: string): string => (path.startsWith('file://') ? fileURLToPath(path) : path)

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  if (path.includes('\0')) return undefined
  const status = await stat(path).catch(() => undefined)
  return status === undefined ? undefined : status.isDirectory() ? 'folder' : 'file'
}

const exists = async (path: string): Promise<boolean> => (await kindOf(path)) === 'file'
