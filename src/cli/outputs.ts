/** Files that `verify` writes: refused before the run if they cannot be, complete or absent after it. */
import { realpathSync, rmSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { InputError } from '../errors.ts'
import { AtomicFile } from '../formats/atomic-write.ts'
import { statPath } from '../formats/stat-path.ts'
import { type DifferenceRow, differencesToCsv, differencesToNpz } from '../report/differences.ts'
import { nameOfPath } from '../sonata/circuit.ts'
import { refuseOverwriting, refuseRead } from './overwriting.ts'
import { STDOUT, STDOUT_MAP, StdoutFile, sendMap, type Writable } from './stdout-file.ts'

export interface OutputFlags {
  readonly proof?: string
  readonly writeDifferences?: string
  readonly junit?: string
  /** Written elsewhere; refused here, before the run. */
  readonly writeEdgeMap?: string | undefined
  readonly force?: true
}

export interface Outputs {
  /**
   * @param differences of each circuit, in order; undefined for one that could not be compared
   * @param read every file that was read: none of them is overwritten, even with `force`
   */
  write(
    proof: string,
    differences: readonly (readonly DifferenceRow[] | undefined)[],
    junit: string | undefined,
    read: readonly string[],
  ): Promise<void>
  /** Leave nothing behind. Harmless after everything was written. */
  abort(): void
}

/**
 * Open every file that is going to be written.
 *
 * @param inputs of the run: neither they nor the files they are made of are overwritten, even with `force`
 * @throws InputError if one exists (without `force`), is an input, or cannot be written
 */
export function planOutputs(
  flags: OutputFlags,
  inputs: readonly (string | undefined)[],
  circuits: readonly string[],
): Outputs {
  const table = flags.writeDifferences
  const tablesOf = table === undefined ? [] : tablePaths(table, circuits)
  const maps = edgeMapPaths(flags.writeEdgeMap, circuits)
  const asked = [
    ...(flags.proof === undefined ? [] : [{ path: flags.proof, field: '--proof' }]),
    ...(flags.junit === undefined ? [] : [{ path: flags.junit, field: '--junit' }]),
    ...tablesOf.map(path => ({ path, field: '--write-differences' })),
    ...maps.map(path => ({ path, field: '--write-edge-map' })),
  ]
  refuseOverwriting(
    asked.filter(({ path }) => path !== STDOUT),
    inputs,
  )
  const given = new Set(inputs.filter(input => input !== undefined).map(realPath))
  const opened: Writable[] = []
  const open = (path: string, flag: string): Writable => {
    if (path === STDOUT) return new StdoutFile()
    refuse(path, flag, given, flags.force === true)
    // Two outputs of the same name would overwrite each other.
    given.add(realPath(path))
    const file = new AtomicFile(path)
    opened.push(file)
    return file
  }
  const abort = (): void => {
    for (const file of opened) file.abort()
    if (flags.writeEdgeMap === STDOUT) rmSync(STDOUT_MAP, { force: true })
  }
  try {
    const proof = flags.proof === undefined ? undefined : open(flags.proof, '--proof')
    const xml = flags.junit === undefined ? undefined : open(flags.junit, '--junit')
    for (const path of maps.filter(path => path !== STDOUT_MAP)) {
      refuse(path, '--write-edge-map', given, flags.force === true)
      given.add(realPath(path))
    }
    const tables = tablesOf.map(path => open(path, '--write-differences'))
    return {
      abort,
      write: async (text, differences, junit, read) => {
        refuseRead(asked, read)
        await writeTables(tables, differences)
        writeText(xml, junit ?? '')
        writeText(proof, text)
        if (flags.writeEdgeMap === STDOUT) sendMap()
      },
    }
  } catch (error) {
    abort()
    throw error
  }
}

async function writeTables(
  tables: readonly Writable[],
  differences: readonly (readonly DifferenceRow[] | undefined)[],
): Promise<void> {
  for (const [k, table] of tables.entries()) {
    const rows = differences[k]
    if (rows === undefined) table.abort()
    else await writeTable(table, rows)
  }
}

function writeText(file: Writable | undefined, text: string): void {
  if (file === undefined) return
  file.write(Buffer.from(text), 0)
  file.commit()
}

async function writeTable(file: Writable, rows: readonly DifferenceRow[]): Promise<void> {
  if (file.path.endsWith('.npz')) file.write(await differencesToNpz(rows), 0)
  else {
    let at = 0
    for (const text of differencesToCsv(rows)) {
      const bytes = Buffer.from(text)
      file.write(bytes, at)
      at += bytes.length
    }
  }
  file.commit()
}

/** One table per circuit: `FILE.csv`, `-` for CSV on stdout, or `FILE.<circuit>.csv` where there are several. */
export const tablePaths = (path: string, circuits: readonly string[]): string[] =>
  onePerCircuit(path, circuits, ['.csv', '.npz'], '--write-differences')

/** Likewise of `--write-edge-map`. */
export const edgeMapPaths = (path: string | undefined, circuits: readonly string[]): string[] =>
  path === undefined
    ? []
    : onePerCircuit(path, circuits, ['.npy'], '--write-edge-map').map(one =>
        one === STDOUT ? STDOUT_MAP : one,
      )

function onePerCircuit(
  path: string,
  circuits: readonly string[],
  extensions: readonly string[],
  field: string,
): string[] {
  if (path === STDOUT) {
    if (circuits.length === 1) return [STDOUT]
    throw new InputError(`stdout takes the file of one circuit, and there are ${circuits.length}`, { field })
  }
  const extension = extname(path)
  if (!extensions.includes(extension))
    throw new InputError(`expected a name that ends in ${extensions.join(' or ')}, found ${path}`, { field })
  if (circuits.length === 1) return [path]
  const stem = path.slice(0, -extension.length)
  const used = new Map<string, number>()
  return circuits.map(circuit => {
    const name = nameOfPath(circuit)
    const earlier = used.get(name) ?? 0
    used.set(name, earlier + 1)
    return `${stem}.${earlier === 0 ? name : `${name}-${earlier + 1}`}${extension}`
  })
}

function refuse(path: string, flag: string, given: ReadonlySet<string>, force: boolean): void {
  const found = statPath(path)
  if (given.has(realPath(path))) {
    throw new InputError('is an input or another output of this run', {
      file: path,
      field: flag,
      hint: 'give another name',
    })
  }
  if (found === undefined) return
  if (!found.isFile())
    throw new InputError('exists and is not a file', { file: path, field: flag, hint: 'give another name' })
  if (!force)
    throw new InputError('exists already', { file: path, field: flag, hint: 'add --force to overwrite it' })
}

/** Of a file that need not exist: its folder may still be a link. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path))
    } catch {
      return resolve(path)
    }
  }
}
