/** Files of node ids: npy, text (see `formats/id-text.ts`) and JSON lists. */
import { basename, extname } from 'node:path'
import { InputError } from '../errors.ts'
import { parseIdText } from '../formats/id-text.ts'
import { isJsonArray, jsonKind, readJsonFile, readTextFile } from '../formats/json.ts'
import { refuseOtherBase } from '../formats/list-header.ts'
import { describe, readNpy, toUint32 } from '../formats/npy.ts'
import { isAscending } from './id-sets.ts'

export interface IdList {
  /** 0-based node ids, ascending and unique. */
  readonly ids: Uint32Array
  /** The same ids in the order of the file, where that is not ascending. */
  readonly listOrder: Uint32Array | undefined
}

export const ID_FILE_EXTENSIONS: readonly string[] = ['.npy', '.txt', '.csv', '.tsv', '.json']

/**
 * Read a list of node ids of a population with `size` nodes.
 *
 * @param base where the ids of the file count from: 0 for SONATA node ids, 1 for GIDs. May be left out for
 *   files named `..._gids`, `..._gids_source`, `..._gids_target`, which hold GIDs.
 * @throws InputError if the base is not known; if an entry is not an integer, out of range or a duplicate,
 *   naming the first one and its position (from 1).
 */
export async function readIdList(file: string, size: number, base: 0 | 1 | undefined): Promise<IdList> {
  const from = base ?? baseFromName(file)
  if (from === undefined)
    throw new InputError('the ids of this file may count from 0 (node ids) or from 1 (GIDs)', {
      file,
      field: 'id base',
      hint: 'Say which: --id-base 0 for SONATA node ids, --id-base 1 for GIDs.',
    })
  const listed = await readIntegers(file, from)
  const ids = new Uint32Array(listed.length)
  for (let i = 0; i < listed.length; i++) {
    const id = (listed[i] ?? 0) - from
    if (id < 0 || id >= size) throw outOfRange(file, i, id + from, from, size)
    ids[i] = id
  }
  if (isAscending(ids)) return { ids, listOrder: undefined }
  const sorted = ids.slice().sort()
  if (!isAscending(sorted)) throw firstDuplicate(file, ids, from)
  return { ids: sorted, listOrder: ids }
}

/** The notebook's `_gids.npy` files count from 1 like everything bluepy writes. */
const baseFromName = (file: string): 1 | undefined =>
  /_gids(_source|_target)?$/.test(basename(file, extname(file))) ? 1 : undefined

async function readIntegers(file: string, base: 0 | 1): Promise<ArrayLike<number>> {
  switch (extname(file).toLowerCase()) {
    case '.npy':
      return readNpyIds(file)
    case '.json':
      return readJsonIds(file)
    case '.txt':
    case '.csv':
    case '.tsv':
      return textIds(await readTextFile(file), file, base)
    default:
      throw new InputError(`expected a file of ids (${ID_FILE_EXTENSIONS.join(', ')})`, { file })
  }
}

function textIds(text: string, file: string, base: 0 | 1): readonly number[] {
  const { ids, named } = parseIdText(text, file)
  refuseOtherBase(file, base, named)
  return ids
}

async function readNpyIds(file: string): Promise<Uint32Array> {
  const array = await readNpy(file)
  if (/[fbSU]/.test(array.dtype))
    throw new InputError(`expected integers, found ${describe(array)}`, {
      file,
      // As integers they would be ids 0 and 1.
      hint: array.dtype.includes('b')
        ? 'save the ids of those that are True: numpy.flatnonzero(...), and pass --id-base 0'
        : 'save it again with .astype(numpy.int64)',
    })
  if (array.shape.length !== 1)
    throw new InputError(`expected ids in one dimension, found ${describe(array)}`, { file })
  return toUint32(array, file)
}

async function readJsonIds(file: string): Promise<number[]> {
  const json = await readJsonFile(file)
  if (!isJsonArray(json)) throw new InputError(`expected a list of ids, found ${jsonKind(json)}`, { file })
  return json.map((value, i) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    const found = typeof value === 'number' ? String(value) : jsonKind(value)
    throw new InputError(`expected integers, found ${found} at position ${i + 1}`, { file })
  })
}

function outOfRange(file: string, index: number, written: number, base: 0 | 1, size: number): InputError {
  const what = base === 1 ? 'GIDs' : 'node ids'
  const other = base === 1 ? '--id-base 0' : '--id-base 1'
  const wouldFit = written === (base === 1 ? 0 : size)
  return new InputError(
    `expected ${what} from ${base} to ${size - 1 + base}, found ${written} at position ${index + 1}`,
    {
      file,
      field: `position ${index + 1}`,
      hint: wouldFit ? `Do the ids count from ${1 - base}? Then pass ${other}.` : undefined,
    },
  )
}

function firstDuplicate(file: string, ids: Uint32Array, base: 0 | 1): InputError {
  const seen = new Map<number, number>()
  for (const [i, id] of ids.entries()) {
    const before = seen.get(id)
    if (before !== undefined)
      return new InputError(`${id + base} occurs twice, at positions ${before + 1} and ${i + 1}`, {
        file,
        field: `position ${i + 1}`,
        hint: 'A node selection holds each node once; with duplicates the rows of a mask are ambiguous.',
      })
    seen.set(id, i)
  }
  return new InputError('an id occurs twice', { file })
}
