/** Variants that no mask describes are judged by the configuration they were made with. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BaseCircuit } from '../../src/campaign/base.ts'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { configSteps } from '../../src/campaign/config-steps.ts'
import { runSteps } from '../../src/campaign/run-steps.ts'
import { verifyCampaign } from '../../src/campaign/verify-steps.ts'
import { connectionsOf } from '../../src/demo/circuit.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeManipulated } from '../../src/demo/write.ts'
import { type Notebook, writeNotebook } from './notebook.ts'

let notebook: Notebook
const file = () => join(notebook.folder, 'other.yaml')

beforeAll(async () => {
  notebook = await writeNotebook()
  writeFileSync(
    file(),
    `circuit: O1v5-SONATA
output: other
manipulations:
  - { name: Same, operation: null_manipulation }
  - { name: Lost, operation: null_manipulation }
  - { name: Some, operation: conn_removal, nodes: Excitatory, arguments: { amount_pct: 25 } }
`,
  )
  const { circuit, folder } = notebook
  const [first] = connectionsOf(circuit.edges)
  const lost = removeConnections(circuit.edges, first === undefined ? [] : [first.connection])
  for (const [id, edges] of [
    ['Same-0', circuit.edges],
    ['Lost-0', lost],
    // Nothing was removed, though a quarter was asked for.
    ['Some-0', circuit.edges],
  ] as const)
    await writeManipulated(join(folder, `O1v5-SONATA__${id}`), '../O1v5-SONATA', edges, circuit.nodes.count)
}, 60_000)
afterAll(() => rmSync(notebook.folder, { recursive: true, force: true }))

const verdicts = async () =>
  (await verifyCampaign(await readCampaign(file()))).map(
    ({ state, record, trouble }) => `${state}: ${trouble?.message ?? record?.result.verdict}`,
  )

it('nothing is judged by a configuration that is not there', async () => {
  expect(await verdicts()).toEqual(Array(3).fill('failed: the configuration is not up to date: not done yet'))
})

it('each is judged by its own', { timeout: 60_000 }, async () => {
  const campaign = await readCampaign(file())
  const base = await BaseCircuit.open(campaign)
  await runSteps(campaign.output, configSteps(campaign, base))
  base.close()
  expect(await verdicts()).toEqual(['proven: verified', 'proven: differs', 'proven: differs'])
  expect(await verdicts()).toEqual(['unchanged: verified', 'unchanged: differs', 'unchanged: differs'])
  const proof = JSON.parse(readFileSync(campaign.variants[0]?.paths.proof ?? '', 'utf8'))
  expect(proof.circuit).toBe('Same-0')
})

it('not by one that was edited', async () => {
  const campaign = await readCampaign(file())
  const config = campaign.variants[2]?.paths.config ?? ''
  writeFileSync(config, readFileSync(config, 'utf8').replace('25.0', '0.0').replace('25', '0.0'))
  expect((await verdicts())[2]).toMatch(
    /^failed: the configuration is not up to date: .* is not what was written$/,
  )
})
