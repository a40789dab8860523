/** Which Parquet files a run of connectome-manipulator left, and whether these are all and only those of the run. */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { InputError } from '../errors.ts'
import { InputFile } from '../formats/input-file.ts'
import { isJsonArray, jsonKind, readJsonFile } from '../formats/json.ts'

export interface Splits {
  /** The folder, or the file where one was given. */
  readonly path: string
  /** Paths in row order. */
  readonly files: readonly string[]
  /** Schema and node populations of the run, where the run came to its end. */
  readonly metadata: string | undefined
  /** Splits of the run that left no edge and therefore no file. A file that was lost looks the same. */
  readonly empty: readonly string[]
}

const DONE = 'parquet.DONE'
const EXTENSION = '.parquet'
const RESUME = 'Remove that file and run connectome-manipulator with --resume, or run it anew.'

/**
 * Whether this is where unconverted edges are: a `.parquet` file, a folder with such files or `parquet.DONE`, or the
 * folder above a folder `parquet`. Returns the file, or the folder that holds them.
 */
export async function findParquet(path: string): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined)
  if (status?.isFile()) return (await isParquetFile(path)) ? path : undefined
  if (!status?.isDirectory()) return undefined
  for (const folder of [path, join(path, 'parquet')]) {
    const names = await readdir(folder).catch(() => [])
    if (names.some(name => name === DONE || extname(name) === EXTENSION)) return folder
  }
  return undefined
}

/** By extension too, so that what is wrong with a damaged one can be told. */
async function isParquetFile(path: string): Promise<boolean> {
  if (extname(path) === EXTENSION) return true
  const file = await InputFile.open(path)
  try {
    return file.size >= 4 && Buffer.from(await file.read(0, 4)).toString('latin1') === 'PAR1'
  } finally {
    await file.close()
  }
}

/**
 * The files of a run in row order, which is that of their names. With N splits they are `edges.N-i.parquet`, i from 0
 * and padded with zeros; with one split `edges.parquet`. `parquet.DONE` lists the splits that were finished, also
 * those without edges, which have no file. A file that is given itself is taken without its run, but for what
 * `parquet.DONE` beside it says. Source: connectome-manipulator 1.0.4, tracker.py, and runs of it.
 *
 * @param path from {@link findParquet}
 * @throws InputError if a split is missing, was not finished, or is of another run
 */
export async function findSplits(path: string): Promise<Splits> {
  const lone = (await stat(path)).isFile()
  const folder = lone ? dirname(path) : path
  const names = (await readdir(folder)).sort()
  const metadata = names.includes('_metadata') ? join(folder, '_metadata') : undefined
  if (lone && !names.includes(DONE)) return { path, files: [path], metadata, empty: [] }
  const there = names.filter(name => extname(name) === EXTENSION).map(name => basename(name, EXTENSION))
  if (!names.includes(DONE))
    throw new InputError(
      `no ${DONE}, so it cannot be told whether the ${there.length} .parquet files are all`,
      {
        file: folder,
        hint: 'Give the whole folder that connectome-manipulator wrote, or one .parquet file that holds all edges.',
      },
    )
  const place = { file: join(folder, DONE) }
  const done = await readDone(place.file)
  const splits = splitCount(done, there, place)
  refuseUnfinished(folder, there, done, splits)
  refuseMissing(done, splits, place)
  if (lone && splits > 1)
    throw new InputError(`one of ${splits} splits`, { file: path, hint: `Give the folder, ${folder}.` })
  const expected = Array.from({ length: splits }, (_, i) => stemOf(splits, i))
  return {
    path: lone ? path : folder,
    files: there.map(stem => join(folder, stem + EXTENSION)),
    metadata,
    empty: expected.filter(stem => !there.includes(stem)),
  }
}

async function readDone(file: string): Promise<ReadonlySet<string>> {
  const json = await readJsonFile(file)
  const texts = isJsonArray(json) ? json.filter(item => typeof item === 'string') : []
  if (isJsonArray(json) && texts.length === json.length) return new Set(texts)
  const found = isJsonArray(json) ? 'other values in it' : jsonKind(json)
  throw new InputError(`expected a list of names of splits, found ${found}`, { file })
}

/** How many splits the run had: from any finished one, which say it in their name. */
function splitCount(done: ReadonlySet<string>, there: readonly string[], place: { file: string }): number {
  const counts = new Set([...done].map(countOf))
  const [count, another] = counts
  if (count !== undefined && another === undefined && !Number.isNaN(count)) return count
  if (count === undefined) {
    const stale = there[0]
    if (stale !== undefined) throw unfinished(dirname(place.file), stale)
    throw new InputError('no split was finished, and there is no .parquet file', place)
  }
  const odd = [...done].find(stem => Number.isNaN(countOf(stem)))
  throw new InputError(
    odd === undefined
      ? `splits of several runs: of ${[...counts].join(' and of ')} splits`
      : `"${odd}" is not the name of a split`,
    { ...place, hint: 'Run connectome-manipulator anew, into an empty folder.' },
  )
}

const MAX_SPLITS = 1_000_000

/** NaN if this is not the name of a split. */
function countOf(stem: string): number {
  if (stem === 'edges') return 1
  const [, count = '', index = ''] = /^edges\.([1-9]\d{0,6})-(\d{1,7})$/.exec(stem) ?? []
  const splits = Number(count)
  const fits = splits > 1 && splits <= MAX_SPLITS && Number(index) < splits && index.length === count.length
  return fits ? splits : Number.NaN
}

const stemOf = (splits: number, i: number): string =>
  splits === 1 ? 'edges' : `edges.${splits}-${String(i).padStart(String(splits).length, '0')}`

function refuseUnfinished(
  folder: string,
  there: readonly string[],
  done: ReadonlySet<string>,
  splits: number,
): void {
  const stale = there.find(stem => !done.has(stem))
  if (stale === undefined) return
  if (countOf(stale) === splits) throw unfinished(folder, stale)
  const found = Number.isNaN(countOf(stale))
    ? 'not a split of this run'
    : 'of a run with another number of splits'
  throw new InputError(`${found}: ${DONE} lists ${splits === 1 ? 'one split' : `${splits} splits`}`, {
    file: join(folder, stale + EXTENSION),
    hint: 'The converter would add its rows to the others; remove what does not belong to the run.',
  })
}

const unfinished = (folder: string, stem: string): InputError =>
  new InputError(`not listed in ${DONE}: the run stopped before this split was finished`, {
    file: join(folder, stem + EXTENSION),
    hint: `Its rows are not the result. ${RESUME}`,
  })

function refuseMissing(done: ReadonlySet<string>, splits: number, place: { file: string }): void {
  const missing = splits - done.size
  if (missing === 0) return
  const first: string[] = []
  for (let i = 0; i < splits && first.length < 3; i++)
    if (!done.has(stemOf(splits, i))) first.push(stemOf(splits, i))
  const names = first.join(', ') + (missing > first.length ? ', ...' : '')
  throw new InputError(`${missing} of ${splits} splits are missing: ${names} (the run did not finish)`, {
    ...place,
    hint: 'Run connectome-manipulator again with --resume.',
  })
}
