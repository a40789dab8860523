/** Which content a file has, as far as that can be told without reading all of a large one. */
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'

export const NOT_THERE = 'not there'

/** Bytes at either end that are looked at: all of a small file. */
const END = 1 << 20

/** Size, time of change and the sha256 of the first and last MiB, as text; of a folder, its time of change. */
export async function fingerprint(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return NOT_THERE
  const facts = `${found.size} bytes, changed ${found.mtime.toISOString()}`
  if (!found.isFile()) return facts
  const file = await open(path)
  try {
    const hash = createHash('sha256')
    for (const at of new Set([0, Math.max(0, found.size - END)])) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(END), 0, END, at)
      hash.update(buffer.subarray(0, bytesRead))
    }
    return `${facts}, sha256 of its ends ${hash.digest('hex')}`
  } finally {
    await file.close()
  }
}
