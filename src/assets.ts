/**
 * What lies beside the code and is not code that imports can reach. Builds that carry these things inside themselves
 * replace this file as a whole (`scripts/assets.ts`), so nothing else may look for files of ours.
 */
import { readFileSync } from 'node:fs'

/** Bytes of a build of the kernels, by the name of its file in `build/`. */
export const kernelBytes = (file: string): Uint8Array =>
  readFileSync(new URL(`../build/${file}`, import.meta.url))

/** The program of a worker thread: `src/parallel/worker.ts` as it was built. */
export const workerProgram = (): URL => new URL('../dist/parallel/worker.js', import.meta.url)
