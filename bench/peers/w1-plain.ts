/** W1 by our algorithm without kernels. usage: w1-plain FOLDER VERSIONS RUNS */
import { askedConnections } from '../../src/verification/asked.ts'
import { plainVerify } from './plain-merge.ts'
import { readW1, timed } from './w1-inputs.ts'

const [folder = '', versions = '7', runs = '3'] = process.argv.slice(2)
const inputs = readW1(folder, Number(versions))
const { selection, original } = inputs

await timed(() => {
  const member = new Uint8Array(selection.populationSize)
  for (const id of selection.ids) member[id] = 1
  const questions = inputs.versions.map(({ edges, mask }) => ({
    edges,
    asked: askedConnections(selection, selection, mask, undefined),
  }))
  return plainVerify(original, questions, member)
}, Number(runs))
