/** A campaign of seven manipulations of a small circuit, all carried out, one of them wrongly. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BaseCircuit } from '../../src/campaign/base.ts'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { runSteps } from '../../src/campaign/run-steps.ts'
import { selectSteps } from '../../src/campaign/select-steps.ts'
import { type Connection, EXC, nodesOfClass } from '../../src/demo/circuit.ts'
import { halfOfReciprocalPairs } from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { readMask } from '../../src/selection/mask.ts'

export interface CampaignFolder {
  readonly folder: string
  readonly file: string
  readonly remove: () => void
}

/** @param cluster lines of the section `cluster`, indented by two */
export async function campaignOfSeven(cluster: string): Promise<CampaignFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-cluster-'))
  const circuit = synthesize({ seed: 'cluster', neurons: 120, meanInDegree: 8 })
  await writeCircuit(join(folder, 'circuit'), circuit)
  const selected = nodesOfClass(circuit.nodes, EXC)
  const pairs = halfOfReciprocalPairs(circuit, selected, 20, seededRandom('pairs'))
  writeFileSync(join(folder, 'pairs.csv'), pairs.map(pair => `${pair.join()}\n`).join(''))
  const file = join(folder, 'campaign.yaml')
  writeFileSync(
    file,
    `circuit: circuit
name: demo
output: out
nodes: { exc: { synapse_class: EXC } }
manipulations:
  - name: Unstruct
    nodes: exc
    list: pairs.csv
    id_base: 0
    mode: directed
    seed: 1
    count: [2, 4, 6, 8, 10, 12, 14]
cluster:
${cluster}
`,
  )
  const campaign = await readCampaign(file)
  const base = await BaseCircuit.open(campaign)
  const outcomes = await runSteps(campaign.output, selectSteps(campaign, base))
  base.close()
  const wrong = outcomes.filter(({ state }) => state === 'failed')
  if (wrong.length > 0) throw new Error(JSON.stringify(wrong))
  for (const { id, paths } of campaign.variants) {
    const mask = await readMask(paths.mask)
    const gids = mask.sourceIds === undefined ? [] : await idsOf(mask.sourceIds.file)
    const asked = Array.from(
      mask.row,
      (row, k): Connection => [(gids[row] ?? 0) - 1, (gids[mask.column[k] ?? 0] ?? 0) - 1],
    )
    const done = id === 'Unstruct-3' ? asked.slice(1) : asked
    const edges = removeConnections(circuit.edges, done)
    await writeManipulated(join(folder, `circuit__${id}`), '../circuit', edges, circuit.nodes.count)
  }
  return { folder, file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

async function idsOf(file: string): Promise<number[]> {
  const { data } = await readNpy(file)
  return Array.from(data as ArrayLike<number | bigint>, Number)
}

/** The proofs that a campaign keeps, time and place aside. */
export const proofsOf = (folder: string): unknown[] =>
  Array.from({ length: 7 }, (_, k) => ({
    ...JSON.parse(readFileSync(join(folder, `out/Unstruct/${k}/proof.json`), 'utf8')),
    seconds: 0,
    made: undefined,
  }))
