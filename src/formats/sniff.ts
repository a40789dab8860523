/** What kind of file it is, by its first bytes: names and extensions are the user's. */
import { InputFile } from './input-file.ts'

export type Content = 'hdf5' | 'json' | 'text' | 'other'

const HEAD_BYTES = 65_536
const HDF5_SIGNATURE = '\x89HDF\r\n\x1a\n'

/**
 * `json`: text whose first character (after blanks) opens an object or a list; `hdf5`: the signature at 0, or at
 * 512, 1024, ... after a user block; `other`: empty or binary. Reads at most 64 KiB.
 *
 * @throws InputError if there is no such file
 */
export async function sniff(path: string): Promise<Content> {
  const file = await InputFile.open(path)
  try {
    const head = await file.read(0, Math.min(file.size, HEAD_BYTES))
    if (isHdf5(head)) return 'hdf5'
    if (head.length === 0 || head.includes(0)) return 'other'
    const text = new TextDecoder('utf-8').decode(head)
    return /^\s*[{[]/.test(text) ? 'json' : 'text'
  } finally {
    await file.close()
  }
}

function isHdf5(head: Uint8Array): boolean {
  for (let at = 0; at + 8 <= head.length; at = at === 0 ? 512 : at * 2)
    if (String.fromCharCode(...head.subarray(at, at + 8)) === HDF5_SIGNATURE) return true
  return false
}
