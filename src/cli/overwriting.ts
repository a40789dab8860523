/**
 * No output takes the place of something that is read, whatever `--force` says. The one place that knows which files
 * those are: what was named, what configurations and campaigns name in turn, what lies beside masks.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { InputError } from '../errors.ts'
import { fileKey } from '../formats/file-key.ts'

export interface Output {
  readonly path: string
  /** Who asked for it, such as `--proof`. */
  readonly field: string
}

/**
 * @param inputs circuits (configuration, folder, HDF5, Parquet), masks, lists, campaign files; also node selections,
 *   which may be files of ids
 * @throws InputError for the first output that is there and is an input, a file of a circuit that is an input, under
 *   whatever name or link, or that holds HDF5 or Parquet: connproof writes neither
 */
export function refuseOverwriting(outputs: readonly Output[], inputs: readonly (string | undefined)[]): void {
  const there = outputs.filter(({ path }) => fileKey(path) !== undefined)
  if (there.length === 0) return
  const files = new ReadFiles(inputs.filter(input => input !== undefined))
  for (const { path, field } of there) {
    const what = files.roleOf(path) ?? holdsCircuit(path)
    if (what !== undefined)
      throw new InputError(`${what}, and would be overwritten`, {
        file: path,
        field,
        hint: 'give another name',
      })
  }
}

/**
 * The same once more where all that was read is known: raw files and linked files that only HDF5 names, logs.
 *
 * @throws InputError for the first output that is one of these files, under whatever name or link
 */
export function refuseRead(outputs: readonly Output[], read: readonly string[]): void {
  const keys = new Set(read.map(fileKey))
  const found = outputs.find(({ path }) => fileKey(path) !== undefined && keys.has(fileKey(path)))
  if (found !== undefined)
    throw new InputError('was read, and would be overwritten', {
      file: found.path,
      field: found.field,
      hint: 'give another name',
    })
}

/** A folder stands for the circuit in it. */
const IN_FOLDER = ['circuit_config.json', 'CircuitConfig', 'BlueConfig']
/** Read for a BlueConfig from the folders that it names, under these names. */
const TARGETS = ['start.target', 'user.target']
const MASK_IDS = ['_gids.npy', '_gids_source.npy', '_gids_target.npy']

/** Configurations are small; of a larger text only the name counts. */
const MOST_TEXT = 1 << 24
/** A campaign names a configuration of a simulation, which names one of a circuit. */
const MOST_STEPS = 4

class ReadFiles {
  readonly #files = new Map<string, string>()
  readonly #folders = new Set<string>()

  constructor(inputs: readonly string[]) {
    for (const input of inputs) this.#add(resolve(input), 'is an input', 0)
  }

  roleOf(path: string): string | undefined {
    const own = this.#files.get(fileKey(path) ?? '')
    if (own !== undefined) return own
    const real = realpathSync(path)
    const folder = [...this.#folders].find(one => real.startsWith(one + sep))
    return folder === undefined ? undefined : `is in ${folder}, which a circuit is made of`
  }

  #add(path: string, role: string, step: number): void {
    const key = fileKey(path)
    if (key === undefined || this.#files.has(key)) return
    this.#files.set(key, role)
    const inside = step === 0 ? 'is a file of a circuit that is read' : role
    if (statSync(path).isDirectory()) {
      for (const name of IN_FOLDER) this.#add(join(path, name), inside, step + 1)
      for (const folder of [path, join(path, 'parquet')]) this.#addParquet(folder, inside)
      return
    }
    const stem = join(dirname(path), basename(path, extname(path)).replace(/_adjmat$/, ''))
    if (extname(path) === '.npz') for (const end of MASK_IDS) this.#add(stem + end, 'is read', step + 1)
    if (step >= MOST_STEPS) return
    const isBlue = /^(Blue|Circuit)Config/.test(basename(path)) && extname(path) !== '.json'
    if (isBlue)
      for (const folder of [dirname(path), ...pathsIn(path)])
        for (const name of TARGETS) this.#add(join(folder, name), inside, MOST_STEPS)
    for (const named of pathsIn(path)) this.#addNamed(path, named, inside, step + 1)
  }

  #addNamed(by: string, path: string, role: string, step: number): void {
    if (fileKey(path) === undefined) return
    const found = statSync(path)
    if (found.isFile()) this.#add(path, role, step)
    if (!found.isDirectory()) return
    const real = realpathSync(path)
    // The folder of everything is no part of the circuit: `$BASE_DIR`.
    const holdsAll = `${realpathSync(dirname(by))}${sep}`.startsWith(real + sep)
    if (holdsAll) return
    if (readsFolder(by)) this.#folders.add(real)
    this.#add(path, role, step)
  }

  #addParquet(folder: string, role: string): void {
    for (const name of namesIn(folder))
      if (/\.parquet$|^parquet\.DONE$|^_metadata$/.test(name)) this.#add(join(folder, name), role, MOST_STEPS)
  }
}

/** Folders that a campaign file names are those that it writes to; of a circuit they hold morphologies and the like. */
const readsFolder = (file: string): boolean => !/\.ya?ml$/.test(file) && !isCampaign(file)

const isCampaign = (file: string): boolean => /"manipulations"\s*:/.test(textOf(file))

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Whatever a text file may name: each word and each quoted text of it, with the variables of its manifest put in. More
 * than is read for a circuit, and also of a configuration that is broken.
 */
function pathsIn(file: string): string[] {
  const text = textOf(file)
  const quoted = [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/g)].map(([, a, b]) => a ?? b ?? '')
  const words = text.split(/[\s"'{}[\],]+/)
  const variables = [...text.matchAll(/"\$?\{?(\w+)\}?"\s*:\s*"([^"\n]*)"/g)]
  const filled = (word: string): string => {
    let full = word
    for (let k = 0; k < MOST_STEPS && full.includes('$'); k++)
      for (const [, name, value] of variables)
        full = full.replaceAll(`\${${name}}`, value ?? '').replaceAll(`$${name}`, value ?? '')
    return full
  }
  const folder = dirname(file)
  return [...new Set([...quoted, ...words])]
    .filter(word => word !== '' && word.length < 4096 && !word.includes('\0'))
    .map(word => resolve(folder, filled(word)))
}

/** Empty of what is no text, or too large to be a configuration. */
function textOf(file: string): string {
  try {
    if (/\.(csv|tsv|txt|npy|npz|h5)$/i.test(file) || statSync(file).size > MOST_TEXT) return ''
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? '' : text
  } catch {
    return ''
  }
}

const HDF5 = '\x89HDF\r\n\x1a\n'
/** Before what HDF5 writes there may be a block of the user's, of 512 bytes or that times a power of 2. */
const LAST_SIGNATURE = 1 << 20

/** Not even a circuit that nobody named. */
function holdsCircuit(path: string): string | undefined {
  if (!statSync(path).isFile()) return undefined
  const file = openSync(path, 'r')
  const textAt = (at: number): string => {
    const bytes = Buffer.alloc(8)
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, 8, at))
  }
  try {
    if (textAt(0).startsWith('PAR1')) return 'holds Parquet'
    for (let at = 0; at <= LAST_SIGNATURE; at = at === 0 ? 512 : 2 * at)
      if (textAt(at) === HDF5) return 'holds HDF5'
    return undefined
  } catch {
    // Nothing that can be read is no circuit; that it cannot be written is told by the writer.
    return undefined
  } finally {
    closeSync(file)
  }
}
