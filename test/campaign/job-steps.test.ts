import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { jobSteps } from '../../src/campaign/job-steps.ts'
import { readLock } from '../../src/campaign/lock.ts'
import { runSteps } from '../../src/campaign/run-steps.ts'
import type { Campaign } from '../../src/campaign/types.ts'
import { campaignFile } from './files.ts'

async function campaign(rest: string, template?: string): Promise<Campaign> {
  const file = campaignFile('')
  if (template !== undefined) writeFileSync(join(dirname(file), 'register.cfg'), template)
  writeFileSync(
    file,
    `circuit: circuit
name: C
output: .
nodes:
  some: { node_set: S }
defaults: { nodes: some, mode: directed, seed: 1 }
manipulations:
  - { name: X, list: pairs.csv, count: [1, 2] }
${rest}`,
  )
  return readCampaign(file)
}

/** The steps after those that write the configurations, which are not under test here. */
const steps = async (of: Campaign) => (await jobSteps(of)).map(step => ({ ...step, after: [] }))

describe('the jobs of a campaign', () => {
  it('are not written where nobody asks for them', async () => {
    expect(await jobSteps(await campaign(''))).toEqual([])
  })

  it('are one script per variant, with a folder for the logs', async () => {
    const of = await campaign('cluster: { account: proj9, keep_parquet: true, setup: [module load x] }\n')
    const outcomes = await runSteps(of.output, await steps(of))
    expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done'])
    const script = join(of.output, 'manip_job__X-1.sh')
    const text = readFileSync(script, 'utf8')
    expect(text).toContain('#SBATCH --account=proj9\n')
    expect(text).toContain(`#SBATCH --output=${join(of.output, 'logs')}/X-1_%j.log\n`)
    expect(text).toContain('module load x\nconnectome-manipulator -v manipulate-connectome')
    expect(text).toContain('--convert-to-sonata --keep-parquet\n')
    expect(text).toContain(of.variants[1]?.paths.config)
    expect(existsSync(join(of.output, 'logs'))).toBe(true)
    expect((await readLock(of.output)).steps['X-1/job']?.result).toEqual({ submit: `sbatch ${script}` })
    const again = await runSteps(of.output, await steps(of))
    expect(again.map(({ state }) => state)).toEqual(['unchanged', 'unchanged'])
  })

  it('of generation A have the three flags', async () => {
    const of = await campaign('config: { generation: A }\ncluster: { profile: true, keep_parquet: true }\n')
    await runSteps(of.output, await steps(of))
    expect(readFileSync(join(of.output, 'manip_job__X-0.sh'), 'utf8')).toMatch(
      /connectome_manipulation \S+manip_config__X-0\.json 1 0 1\n$/,
    )
  })

  it('register what they make, by a template', async () => {
    const of = await campaign('config: { workflow_template: register.cfg }\n', 'path: $CIRCUIT_CONFIG\n')
    await runSteps(of.output, await steps(of))
    const file = join(of.output, 'workflows', 'register_X-0.cfg')
    expect(readFileSync(file, 'utf8')).toBe(`path: ${of.config.circuitPath}__X-0/circuit_config.json`)
    expect((await readLock(of.output)).steps['X-0/job']?.result).toEqual({
      register: `cd ${of.output} && bbp-workflow launch --follow --config workflows/register_X-0.cfg bbp_workflow.circuit.task RegisterDetailedCircuit`,
    })
    // Another template is another workflow.
    writeFileSync(join(dirname(of.file), 'register.cfg'), 'new: $FILE_NAME\n')
    const [again] = await runSteps(of.output, await steps(of))
    expect(again).toMatchObject({ state: 'done', reasons: [expect.stringContaining('register.cfg')] })
  })
})
