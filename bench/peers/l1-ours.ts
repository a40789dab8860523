/**
 * Ours on L1: connections of W1's circuit drawn, masked and written, lint included. usage: l1-ours FOLDER LIST RUNS
 *
 * LIST: `pairs`, a list of all reciprocal pairs; `connections`, 81,540 of all connections, listed from the circuit.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { type ListSource, prepareList, selectFrom, writeSelection } from '../../src/select.ts'
import { readInt64Column } from '../workloads/numpy-files.ts'
import { W1_NODES } from '../workloads/w1.ts'
import { timed } from './w1-inputs.ts'

const DRAWN = 81_540

const [folder = '', which = 'pairs', runs = '1'] = process.argv.slice(2)
const ids = new Uint32Array(W1_NODES)
ids.forEach((_, id) => {
  ids[id] = id
})
const all = { population: 'All', populationSize: W1_NODES, ids, expression: 'all nodes' }
const edges = edgesFromArrays({
  source: readInt64Column(`${folder}/original_source.npy`),
  target: readInt64Column(`${folder}/original_target.npy`),
  sourceCount: W1_NODES,
  targetCount: W1_NODES,
  sourcePopulation: 'All',
  targetPopulation: 'All',
  file: 'W1',
})
const circuit = { edges, source: all, target: all }
const mode = which === 'pairs' ? 'reciprocal' : 'directed'
const list: ListSource =
  which === 'pairs'
    ? (await prepareList({ from: 'reciprocal' }, { mode, circuit })).list
    : { from: 'connections', source: all, target: all }

await timed(async () => {
  const into = mkdtempSync(join(tmpdir(), 'connproof-l1-'))
  try {
    const prepared = await prepareList(list, { mode, circuit })
    const selection = selectFrom(prepared, { amount: { count: DRAWN }, seed: 9900 })
    await writeSelection(into, selection)
    const { drawn, masked } = selection
    const sound = prepared.findings.length === 0 && masked?.outside.length === 0
    const removed = masked?.mask.indices.length
    return [{ verified: sound, original: drawn.listed, manipulated: drawn.flipped, removed }]
  } finally {
    rmSync(into, { recursive: true })
  }
}, Number(runs))
