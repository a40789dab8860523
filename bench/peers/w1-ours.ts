/** Ours on W1: arrays in memory -> one comparison per version. usage: w1-ours FOLDER VERSIONS RUNS */

import { KernelMemory } from '../../src/kernels/memory.ts'
import { askedConnections } from '../../src/verification/asked.ts'
import { compareEdges } from '../../src/verification/compare.ts'
import { DIFFERENCE_CLASSES } from '../../src/verification/comparison.ts'
import { readW1, timed } from './w1-inputs.ts'

/** Nothing is copied, so that windows need not fit into a cache. */
const WINDOW_ROWS = 65_536
const [folder = '', versions = '7', runs = '3'] = process.argv.slice(2)
const kernelMemory = new KernelMemory()
const inputs = readW1(folder, Number(versions), kernelMemory)
const { selection, original } = inputs

await timed(async () => {
  const questions = inputs.versions.map(({ edges, mask }) => ({
    edges,
    asked: askedConnections(selection, selection, mask, undefined),
  }))
  const outcomes = await compareEdges(original, questions, selection, selection, {
    keep: 10,
    kernelMemory,
    windowRows: WINDOW_ROWS,
  })
  return outcomes.map(({ comparison, error }) => {
    if (comparison === undefined) throw error ?? new Error('no comparison')
    const { classes, connections } = comparison
    const wrong = DIFFERENCE_CLASSES.filter(name => name !== 'removed_as_asked' && classes[name] > 0)
    return { verified: wrong.length === 0, ...connections, removed: classes.removed_as_asked }
  })
}, Number(runs))
