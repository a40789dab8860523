/** How fast bytes move here: in memory, and to and from the disk of a folder. */
import { closeSync, fsyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { spread } from './spread.ts'

export interface Bandwidth {
  readonly what: 'memory copy' | 'disk write' | 'disk read'
  /** Bytes per second: median of the rounds. */
  readonly rate: number
  readonly raw: readonly number[]
}

const MEMORY = 128 * 2 ** 20
const FILE = 128 * 2 ** 20
const WINDOW = 2 ** 20

/** Milliseconds. */
function timed(step: () => void): number {
  const started = performance.now()
  step()
  return performance.now() - started
}

/** @param folder on the disk in question; the file that is written there is removed */
export function measureBandwidth(folder: string, rounds: number): Bandwidth[] {
  const from = new Uint8Array(MEMORY).fill(1)
  const to = new Uint8Array(MEMORY)
  const place = mkdtempSync(join(folder, '.connproof-bench-'))
  const window = new Uint8Array(WINDOW)
  const rates = { copy: [] as number[], write: [] as number[], read: [] as number[] }
  try {
    for (let round = 0; round <= rounds; round++) {
      const copy = timed(() => to.set(from))
      const path = join(place, String(round))
      const write = timed(() => {
        const file = openSync(path, 'w')
        for (let at = 0; at < FILE; at += WINDOW) writeSync(file, from, at, WINDOW, at)
        fsyncSync(file)
        closeSync(file)
      })
      const read = timed(() => {
        const file = openSync(path, 'r')
        for (let at = 0; at < FILE; at += WINDOW) readSync(file, window, 0, WINDOW, at)
        closeSync(file)
      })
      rmSync(path)
      if (round === 0) continue
      rates.copy.push(MEMORY / (copy / 1000))
      rates.write.push(FILE / (write / 1000))
      rates.read.push(FILE / (read / 1000))
    }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
  const row = (what: Bandwidth['what'], raw: readonly number[]): Bandwidth => ({
    what,
    rate: spread(raw).median,
    raw,
  })
  return [row('memory copy', rates.copy), row('disk write', rates.write), row('disk read', rates.read)]
}
