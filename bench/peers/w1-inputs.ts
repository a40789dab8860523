/** The files of W1 as the programs in TypeScript take them. */
import { readFileSync } from 'node:fs'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import type { Mask } from '../../src/connectome/mask.ts'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import type { NodeSelection } from '../../src/connectome/selection.ts'
import type { KernelMemory } from '../../src/kernels/memory.ts'
import { residentEdges } from '../../src/verification/resident-edges.ts'
import { readInt64Column, readStoredNpz } from '../workloads/numpy-files.ts'
import { W1_NODES } from '../workloads/w1.ts'

export interface W1Inputs {
  readonly selection: NodeSelection
  readonly original: EdgeSource
  readonly versions: readonly { readonly edges: EdgeSource; readonly mask: Mask }[]
}

/** With `memory`, ids are put into it: the kernels' own arrays, as those of NumPy are in its own. */
export function readW1(folder: string, versions: number, memory?: KernelMemory): W1Inputs {
  const ids = Uint32Array.from(readInt64Column(`${folder}/ids.npy`), Number)
  const edges = (name: string | number): EdgeSource => {
    const arrays = {
      source: readInt64Column(`${folder}/${name}_source.npy`),
      target: readInt64Column(`${folder}/${name}_target.npy`),
      sourceCount: W1_NODES,
      targetCount: W1_NODES,
      file: String(name),
    }
    return memory === undefined ? edgesFromArrays(arrays) : residentEdges(memory, arrays)
  }
  return {
    selection: { population: 'All', populationSize: W1_NODES, ids, expression: 'ids.npy' },
    original: edges('original'),
    versions: Array.from({ length: versions }, (_, k) => ({
      edges: edges(k),
      mask: readMask(`${folder}/${k}_mask.npz`, ids.length),
    })),
  }
}

function readMask(path: string, size: number): Mask {
  const members = readStoredNpz(readFileSync(path))
  const words = (name: string): Uint32Array =>
    new Uint32Array(members.get(name)?.buffer ?? new ArrayBuffer(0))
  return {
    rows: size,
    columns: size,
    indptr: words('indptr.npy'),
    indices: words('indices.npy'),
    label: path,
  }
}

/** Run and time `check` as often as asked, and print what `run.ts` reads. */
export async function timed(check: () => Promise<unknown> | unknown, runs: number): Promise<void> {
  const loadedMB = process.resourceUsage().maxRSS / 1024
  const milliseconds: number[] = []
  let answers: unknown
  for (let run = 0; run < runs; run++) {
    const started = performance.now()
    answers = await check()
    milliseconds.push(performance.now() - started)
  }
  const peakMB = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ milliseconds, answers, loadedMB, peakMB }))
}
