/** Where the generated inputs lie, made when they are missing. The same seed makes the same bytes everywhere. */
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generateE1 } from './workloads/e1.ts'
import { generateS1 } from './workloads/s1.ts'
import { generateW1, W1_VERSIONS } from './workloads/w1.ts'
import { generateW2 } from './workloads/w2.ts'

const DATA = fileURLToPath(new URL('data', import.meta.url))

export interface E1Files {
  readonly original: string
  readonly manipulated: string
  readonly mask: string
}

/** About `rows` rows in the original. */
export async function e1Data(rows: number, say: (line: string) => void): Promise<E1Files> {
  const folder = `${DATA}/e1-${rows}`
  await make(folder, `E1, ${rows / 1e6} M rows`, say, () => generateE1(folder, rows))
  return { original: `${folder}/original`, manipulated: `${folder}/manipulated`, mask: `${folder}/mask.npz` }
}

/** The same edges twice: sorted by (target, source), and in random order. */
export async function w2Data(
  rows: number,
  say: (line: string) => void,
): Promise<{ sorted: E1Files; shuffled: E1Files }> {
  const folder = `${DATA}/w2-${rows}`
  await make(folder, `W2, ${rows / 1e6} M rows`, say, () => generateW2(folder, rows))
  const files = (order: string): E1Files => ({
    original: `${folder}/${order}/original`,
    manipulated: `${folder}/${order}/manipulated`,
    mask: `${folder}/sorted/mask.npz`,
  })
  return { sorted: files('sorted'), shuffled: files('shuffled') }
}

export interface S1Files {
  readonly sorted: E1Files
  readonly shuffled: E1Files
  /** Equals the edges file of the sorted original. */
  readonly copy: string
}

/** The circuits of E1 with all properties. */
export async function s1Data(rows: number, say: (line: string) => void): Promise<S1Files> {
  await e1Data(rows, say)
  const folder = `${DATA}/s1-${rows}`
  const e1 = `${DATA}/e1-${rows}`
  await make(folder, `S1, ${rows / 1e6} M rows`, say, () => generateS1(folder, e1))
  const files = (order: string): E1Files => ({
    original: `${folder}/${order}/original`,
    manipulated: `${folder}/${order}/manipulated`,
    mask: `${e1}/mask.npz`,
  })
  return { sorted: files('sorted'), shuffled: files('shuffled'), copy: `${folder}/copy.h5` }
}

export async function w1Data(
  scale: number,
  say: (line: string) => void,
): Promise<{ folder: string; versions: number }> {
  const folder = `${DATA}/w1-${scale}`
  await make(folder, `W1, scale ${scale}`, say, () => generateW1(folder, scale))
  return { folder, versions: W1_VERSIONS.length }
}

/** The generators write the file `done` last. */
async function make(
  folder: string,
  name: string,
  say: (line: string) => void,
  generate: () => void | Promise<void>,
): Promise<void> {
  if (existsSync(`${folder}/done`)) return
  rmSync(folder, { recursive: true, force: true })
  const started = performance.now()
  await generate()
  say(`generated ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}
