/** The notebook's seven manipulations on a small circuit, and what the pipeline would make of them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import type { Pairs } from '../../src/connectome/pairs.ts'
import { EXC, nodesOfClass, type SyntheticCircuit } from '../../src/demo/circuit.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { readPairList } from '../../src/inputs/pair-list.ts'
import { prepareList } from '../../src/select.ts'

export const VARIANTS = [
  'RecipRemoval_StructDim56-0',
  'RecipRemoval_StructDim56_456-0',
  'RecipRemoval_StructDim456-0',
  'RecipRemoval_Unstruct-0',
  'RecipRemoval_Unstruct-1',
  'RecipRemoval_Unstruct-2',
  'RecipRemoval_Unstruct-3',
] as const

/** As in the notebook: not made yet. */
export const LEFT_OUT: readonly string[] = ['RecipRemoval_StructDim56_456-0', 'RecipRemoval_Unstruct-1']

export interface Notebook {
  readonly folder: string
  readonly campaign: string
  readonly out: string
  readonly circuit: SyntheticCircuit
  /** Sizes of the three lists and of all reciprocal pairs. */
  readonly sizes: readonly number[]
}

/** A circuit, three lists of reciprocal pairs, each part of the next, and the campaign file. */
export async function writeNotebook(generation: 'A' | 'B' = 'B'): Promise<Notebook> {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-notebook-'))
  const circuit = synthesize({ seed: 'notebook', neurons: 120, meanInDegree: 12 })
  await writeCircuit(join(folder, 'O1v5-SONATA'), circuit)
  const all = await reciprocalPairs(circuit)
  const total = all.source.length
  const sizes = [Math.floor(total / 8), Math.floor(total / 4), Math.floor(total / 2), total]
  mkdirSync(join(folder, 'lists'))
  for (const [k, name] of ['spine5', 'spine45_half', 'spine4'].entries())
    writeFileSync(join(folder, 'lists', `${name}.npy`), encodeList(all, sizes[k] ?? 0))
  const campaign = join(folder, 'campaign.yaml')
  writeFileSync(campaign, campaignText(sizes, generation))
  return { folder, campaign, out: join(folder, 'configs'), circuit, sizes }
}

const campaignText = ([, , , all = 0]: readonly number[], generation: 'A' | 'B'): string => `
circuit: O1v5-SONATA
output: configs
nodes:
  column_exc: { node_set: All, synapse_class: EXC }
defaults: { nodes: column_exc, mode: reciprocal, seed: 9900 }
manipulations:
  - { name: RecipRemoval_StructDim56, list: lists/spine5.npy, all: true }
  - { name: RecipRemoval_StructDim56_456, list: lists/spine45_half.npy, all: true }
  - { name: RecipRemoval_StructDim456, list: lists/spine4.npy, all: true }
  - name: RecipRemoval_Unstruct
    from: reciprocal
    amounts: [{ count: ${Math.floor(all / 8)} }, { fraction: 0.25 }, { count: ${Math.floor(all / 2)} }, all]
config: { generation: ${generation} }
`

async function reciprocalPairs({ edges, nodes }: SyntheticCircuit): Promise<Pairs> {
  const ids = nodesOfClass(nodes, EXC)
  const selection = { population: 'All', populationSize: nodes.count, ids, expression: 'EXC' }
  const source = edgesFromArrays({
    source: edges.source,
    target: edges.target,
    sourceCount: nodes.count,
    targetCount: nodes.count,
    population: 'default',
    file: 'memory',
  })
  const circuit = { edges: source, source: selection, target: selection }
  return (await prepareList({ from: 'reciprocal' }, { mode: 'reciprocal', circuit })).list
}

/** GIDs, shape (2, N), as the study's lists. */
function encodeList({ source, target }: Pairs, size: number): Uint8Array {
  const gids = [...source.slice(0, size), ...target.slice(0, size)].map(id => BigInt(id + 1))
  return encodeNpy({ shape: [2, size], data: BigInt64Array.from(gids) })
}

/**
 * Remove what was selected for a variant, as the pipeline would, and write it where the rule looks for it, or in the
 * place of another variant.
 */
export async function manipulate(notebook: Notebook, id: string, place = id): Promise<void> {
  const { folder, out, circuit } = notebook
  const dash = id.lastIndexOf('-')
  const list = join(out, id.slice(0, dash), id.slice(dash + 1), 'conns_removed.npy')
  const { source, target } = await readPairList(list, { idBase: 1 })
  const asked = Array.from(source, (from, k) => [from, target[k] ?? 0] as const)
  const edges = removeConnections(circuit.edges, asked)
  await writeManipulated(join(folder, `O1v5-SONATA__${place}`), '../O1v5-SONATA', edges, circuit.nodes.count)
}
