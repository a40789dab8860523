/** E1 by our algorithm without kernels, from files to verdict. usage: e1-plain ORIGINAL_FOLDER MANIPULATED_FOLDER mask.npz */
import { readFileSync } from 'node:fs'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { openEdgePopulation } from '../../src/sonata/edges.ts'
import { readStoredNpz } from '../workloads/numpy-files.ts'
import { plainVerify } from './plain-merge.ts'

const [original = '', manipulated = '', mask = ''] = process.argv.slice(2)

async function excitatory(folder: string): Promise<Uint8Array> {
  const h5 = await openHdf5(`${folder}/nodes.h5`)
  const [population] = (await h5.members('/nodes')) ?? []
  const names = await (await h5.dataset(`/nodes/${population}/0/@library/synapse_class`))?.strings()
  const classes = await h5.dataset(`/nodes/${population}/0/synapse_class`)
  const values = new Uint32Array(classes?.shape?.[0] ?? 0)
  await classes?.readInto(0, values.length, new Uint8Array(values.buffer))
  const wanted = names?.indexOf('EXC')
  return Uint8Array.from(values, value => (value === wanted ? 1 : 0))
}

async function edges(folder: string, nodes: number) {
  const h5 = await openHdf5(`${folder}/edges.h5`)
  const [population = ''] = (await h5.members('/edges')) ?? []
  return openEdgePopulation(h5, population, { sourceCount: nodes, targetCount: nodes })
}

function readAsked(ids: readonly number[]): { source: Uint32Array; target: Uint32Array } {
  const members = readStoredNpz(readFileSync(mask))
  const words = (name: string): Int32Array => new Int32Array(members.get(name)?.buffer ?? new ArrayBuffer(0))
  const [indptr, indices] = [words('indptr.npy'), words('indices.npy')]
  const source = Uint32Array.from(indices, rank => ids[rank] ?? 0)
  const target = new Uint32Array(source.length)
  ids.forEach((id, column) => {
    target.fill(id, indptr[column], indptr[column + 1])
  })
  return { source, target }
}

const member = await excitatory(original)
if (Buffer.compare(member, await excitatory(manipulated)) !== 0) throw new Error('other nodes')
const ids = Array.from(member.keys()).filter(node => member[node] === 1)
const sides = await Promise.all([original, manipulated].map(folder => edges(folder, member.length)))
const [o, m] = sides
if (o === undefined || m === undefined) throw new Error('two circuits')
const [answer] = plainVerify(o, [{ edges: m, asked: readAsked(ids) }], member)
console.log(JSON.stringify(answer))
process.exitCode = answer?.verified ? 0 : 1
