/** The npz logs that conn_rewiring writes beside the log of a run. Source: connectome-manipulator.md 2.8, 3.2. */
import { readdirSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import type { FilesRead } from '../formats/files-read.ts'
import type { NpyArray } from '../formats/npy.ts'
import { NpzFile } from '../formats/npz.ts'
import type { SplitLog } from '../verification/contracts/rewiring-log.ts'

/** Of each split; undefined where nothing was rewired in it. */
export type RewiringLogs = readonly (SplitLog | undefined)[]

/** Folders of a run that may hold its logs. */
const FOLDERS = ['logs', 'data_logs']

/**
 * The logs of a run: in `folder`, else in `logs` or `data_logs` beside its result. Of several for one split the
 * newest counts. Undefined where there is none. `reads` learns which were read.
 *
 * @throws InputError if a split has none although others have, or if one cannot be read
 */
export async function findRewiringLogs(
  result: string,
  splits: number,
  folder: string | undefined,
  reads: FilesRead,
): Promise<RewiringLogs | undefined> {
  const folders = logFolders(dirname(result), folder)
  const newest = new Map<number, { file: string; time: number }>()
  for (const one of folders) {
    for (const name of await readdir(one).catch(() => [])) {
      const [, split, of] = /(?:^|\.)RewiringIndices_(\d+)_(\d+)\.npz$/.exec(name) ?? []
      if (Number(of) !== splits) continue
      const file = join(one, name)
      const { mtimeMs: time } = await stat(file)
      if (time >= (newest.get(Number(split))?.time ?? 0)) newest.set(Number(split), { file, time })
    }
  }
  if (newest.size === 0) return undefined
  const logs: (SplitLog | undefined)[] = []
  for (let split = 1; split <= splits; split++) {
    const found = newest.get(split)
    if (found === undefined)
      throw new InputError(`no RewiringIndices_${split}_${splits}.npz, though other splits have their log`, {
        file: folder ?? dirname(result),
        hint: 'The run did not finish, or its logs are of several runs.',
      })
    reads.note(found.file)
    logs.push(await readLog(found.file))
  }
  return logs
}

const logFolders = (result: string, folder?: string): string[] =>
  folder === undefined ? FOLDERS.map(name => join(result, name)) : [folder]

/** Whatever a run may have logged there, read or not: it cannot be made again. `result`: the circuit or its folder. */
export function mayBeLogs(result: string, folder?: string): string[] {
  const folders = [result, dirname(result)].flatMap(one => logFolders(one, folder))
  return [...new Set(folders)].flatMap(one =>
    namesIn(one)
      .filter(name => name.endsWith('.npz'))
      .map(name => join(one, name)),
  )
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

async function readLog(file: string): Promise<SplitLog | undefined> {
  const npz = await NpzFile.open(file)
  try {
    // Where no target was selected only the selection is written.
    if (!npz.has('out_conns')) return undefined
    const flags = async (name: string): Promise<Uint8Array> =>
      Uint8Array.from(await numbers(npz, name), Number)
    const made = await flags('out_syn_new_idx')
    const connections = await numbers(npz, 'out_conns')
    const order = await numbers(npz, 'out_syn_conn_idx')
    const side = (k: number): Float64Array =>
      Float64Array.from(order, connection => connections[connection * 2 + k] ?? Number.NaN)
    const log = {
      file,
      deleted: await flags('inp_syn_del_idx'),
      rewiredBefore: await flags('inp_syn_rew_idx'),
      made,
      rewiredAfter: await flags('out_syn_rew_idx'),
      source: side(0),
      target: side(1),
    }
    if (
      log.rewiredBefore.length === log.deleted.length &&
      order.length === made.length &&
      log.rewiredAfter.length === made.length
    )
      return log
    throw new InputError('its arrays are not of one length', { file })
  } finally {
    await npz.close()
  }
}

/** Row by row, whatever the order in memory. */
async function numbers(npz: NpzFile, name: string): Promise<Float64Array> {
  const { data, shape, fortranOrder }: NpyArray = await npz.read(name)
  const [rows = 0, columns = 1] = shape
  return Float64Array.from({ length: data.length }, (_, k) => {
    const at = fortranOrder ? (k % columns) * rows + Math.floor(k / columns) : k
    return Number(data[at])
  })
}
