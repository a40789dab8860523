/** Circuits of both generations, in the places where the package or the campaign file puts them. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BaseCircuit } from '../../src/campaign/base.ts'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { configOf, configSteps } from '../../src/campaign/config-steps.ts'
import { runSteps } from '../../src/campaign/run-steps.ts'
import { selectSteps } from '../../src/campaign/select-steps.ts'
import { verifyCampaign } from '../../src/campaign/verify-steps.ts'
import { manipulate, type Notebook, VARIANTS, writeNotebook } from './notebook.ts'

let notebook: Notebook
const LAST = VARIANTS.length - 1
const ID = VARIANTS[LAST] ?? ''
const made = () => join(notebook.folder, `O1v5-SONATA__${ID}`)

beforeAll(async () => {
  notebook = await writeNotebook('A')
  const campaign = await readCampaign(notebook.campaign)
  const base = await BaseCircuit.open(campaign)
  await runSteps(campaign.output, selectSteps(campaign, base))
  base.close()
}, 60_000)
afterAll(() => rmSync(notebook.folder, { recursive: true, force: true }))

async function outcome(extra = '') {
  writeFileSync(
    notebook.campaign,
    `${readFileSync(notebook.campaign, 'utf8').split('# more')[0]}# more\n${extra}`,
  )
  return (await verifyCampaign(await readCampaign(notebook.campaign)))[LAST]
}

describe('the circuit of a variant', { timeout: 60_000 }, () => {
  it('is found under its new name (generation A)', async () => {
    await manipulate(notebook, ID)
    renameSync(join(made(), 'circuit_config.json'), join(made(), `circuit_config_${ID}.json`))
    const found = await outcome()
    expect(found?.file).toBe(join(made(), `circuit_config_${ID}.json`))
    expect(found?.record?.result.verdict).toBe('verified')
  })

  it('is found where the campaign file says, and only there', async () => {
    const elsewhere = join(notebook.folder, 'elsewhere')
    expect(await outcome(`circuits: { ${ID}: elsewhere }\n`)).toMatchObject({
      state: 'missing',
      looked: [elsewhere],
    })
    mkdirSync(elsewhere)
    expect((await outcome(`circuits: { ${ID}: elsewhere }\n`))?.state).toBe('missing')
    cpSync(made(), elsewhere, { recursive: true })
    renameSync(join(elsewhere, `circuit_config_${ID}.json`), join(elsewhere, 'circuit_config.json'))
    const found = await outcome(`circuits: { ${ID}: elsewhere }\n`)
    expect([found?.file, found?.record?.result.verdict]).toEqual([elsewhere, 'verified'])
  })

  it('is NOT FOUND when nothing is there, with the places that were looked at', async () => {
    rmSync(made(), { recursive: true })
    const missing = await outcome()
    expect(missing?.state).toBe('missing')
    expect(missing?.looked[0]).toBe(join(made(), `circuit_config_${ID}.json`))
  })
})

describe('configurations', () => {
  it('of generation A are those of the notebook', async () => {
    writeFileSync(join(notebook.folder, 'template.cfg'), '')
    writeFileSync(join(notebook.folder, 'O1v5-SONATA', 'CircuitConfig_TC'), '')
    const text = readFileSync(notebook.campaign, 'utf8').replace(
      'config: { generation: A }',
      'config: { generation: A, blue_config: CircuitConfig_TC, workflow_template: template.cfg }',
    )
    writeFileSync(notebook.campaign, text)
    const campaign = await readCampaign(notebook.campaign)
    const base = await BaseCircuit.open(campaign)
    const [variant] = campaign.variants
    if (variant === undefined) throw new Error('no variant')
    const circuit = join(notebook.folder, 'O1v5-SONATA')
    expect(await configOf(campaign, variant, base)).toBe(`{
  "circuit_path": "${circuit}",
  "circuit_config": "circuit_config.json",
  "output_path": "${circuit}__RecipRemoval_StructDim56-0",
  "blue_config_to_update": "CircuitConfig_TC",
  "workflow_template": "template.cfg",
  "seed": 0,
  "N_split_nodes": 1,
  "manip": {
    "name": "RecipRemoval_StructDim56-0",
    "fcts": [
      {
        "source": "conn_removal",
        "kwargs": {
          "sel_src": {
            "node_set": "All",
            "synapse_class": "EXC"
          },
          "sel_dest": {
            "node_set": "All",
            "synapse_class": "EXC"
          },
          "amount_pct": 100.0,
          "conn_mask_file": "${notebook.out}/RecipRemoval_StructDim56/0/conns_removed_adjmat.npz"
        }
      }
    ]
  }
}`)
    base.close()
  })

  it('of other operations need no list; a misspelt argument is refused', async () => {
    const file = join(notebook.folder, 'other.yaml')
    writeFileSync(
      file,
      `circuit: O1v5-SONATA
output: other
manipulations:
  - { name: Nothing, operation: null_manipulation }
  - { name: Some, operation: conn_removal, nodes: Excitatory, arguments: { amount_pct: 25 } }
  - { name: Wrong, operation: conn_removal, nodes: Excitatory, arguments: { amount: 25 } }
  - { name: Unknown, operation: conn_remvoal, arguments: {} }
`,
    )
    const campaign = await readCampaign(file)
    const base = await BaseCircuit.open(campaign)
    const outcomes = await runSteps(campaign.output, configSteps(campaign, base))
    base.close()
    expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done', 'failed', 'failed'])
    const [fct] = JSON.parse(readFileSync(campaign.variants[1]?.paths.config ?? '', 'utf8')).manip.fcts
    expect(fct).toEqual({
      source: 'conn_removal',
      sel_src: 'Excitatory',
      sel_dest: 'Excitatory',
      amount_pct: 25,
      model_config: {},
    })
  })
})
