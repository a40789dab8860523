/** What runs a manipulation elsewhere and registers its result: job scripts and registration workflows. */

import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { type JsonObject, readTextFile } from '../formats/json.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { candidates } from '../interop/manip-config/find-result.ts'
import { type ManipulationJob, manipulationScript } from '../interop/manip-config/job-script.ts'
import {
  type Registration,
  registrationCommand,
  workflowConfig,
} from '../interop/manip-config/registration.ts'
import { configKey } from './config-steps.ts'
import { outputFolder } from './find-circuit.ts'
import type { Work } from './run-steps.ts'
import type { Campaign, Variant } from './types.ts'

export const jobKey = ({ id }: Variant): string => `${id}/job`

/** `<out>/manip_job__<name>-<index>.sh`, beside the manip_config. */
export const jobScript = (output: string, { id }: Variant): string => join(output, `manip_job__${id}.sh`)

/** Log files of the jobs: must be there before a job is submitted. */
const logFolder = (output: string): string => join(output, 'logs')

/**
 * One step per variant: a job script where the campaign file has `cluster`, a registration workflow where its template
 * is there (beside the campaign file, or in the output folder). None where there is neither.
 */
export async function jobSteps(campaign: Campaign): Promise<Work[]> {
  const template = await templateFile(campaign)
  const scripted = Object.keys(campaign.cluster).length > 0
  if (!scripted && template === undefined) return []
  return campaign.variants.map((variant): Work => {
    const job = scripted ? jobOf(campaign, variant) : undefined
    const registration = template === undefined ? undefined : registrationOf(campaign, variant, template)
    return {
      key: jobKey(variant),
      title: `job of ${variant.id}`,
      parameters: asJson({ job: job ?? null, registration: registration ?? null }),
      inputs: template === undefined ? [] : [template],
      after: [configKey(variant)],
      run: async () => {
        const written = [
          ...(job === undefined ? [] : [writeJob(campaign, variant, job)]),
          ...(registration === undefined || template === undefined
            ? []
            : [await writeWorkflow(campaign, registration, template)]),
        ]
        return {
          outputs: written.map(({ file }) => file),
          result: Object.fromEntries(written.map(({ key, command }) => [key, command])),
          messages: written.map(({ command }) => command),
        }
      },
    }
  })
}

/** Without what is undefined. */
const asJson = (parameters: object): JsonObject => JSON.parse(JSON.stringify(parameters)) as JsonObject

interface Written {
  readonly file: string
  readonly key: 'submit' | 'register'
  readonly command: string
}

function writeJob({ output }: Campaign, variant: Variant, job: ManipulationJob): Written {
  const script = manipulationScript(job)
  makeFolders(logFolder(output))
  const file = jobScript(output, variant)
  writeFileAtomic(file, script)
  return { file, key: 'submit', command: `sbatch ${file}` }
}

async function writeWorkflow(
  { output }: Campaign,
  registration: Omit<Registration, 'date'>,
  template: string,
): Promise<Written> {
  const date = new Date().toISOString().slice(0, 19).replace('T', ' ')
  const { path, text } = workflowConfig(await readTextFile(template), { ...registration, date })
  const file = join(output, path)
  makeFolders(dirname(file))
  writeFileAtomic(file, text)
  return { file, key: 'register', command: `cd ${output} && ${registrationCommand(registration)}` }
}

/** As the package finds it, relative to where the job is started, and as the author of the campaign file sees it. */
async function templateFile({ file, output, config }: Campaign): Promise<string | undefined> {
  if (config.workflowTemplate === undefined) return undefined
  for (const folder of [dirname(file), output]) {
    const path = resolve(folder, config.workflowTemplate)
    if ((await stat(path).catch(() => undefined))?.isFile()) return path
  }
  return undefined
}

function jobOf({ config, cluster, output }: Campaign, { id, paths }: Variant): ManipulationJob {
  const { account, partition, time, memory, constraint, nodes, tasks, cpus, exclusive } = cluster
  const b = config.generation === 'B'
  return {
    generation: config.generation,
    config: paths.config,
    name: id,
    ...(b ? { outputFolder: outputFolder(config, id), circuitFolder: config.circuitPath } : {}),
    parallel: b && tasks !== undefined && tasks > 1,
    logFolder: logFolder(output),
    flags: {
      profile: cluster.profile ?? false,
      resume: cluster.resume ?? false,
      keepParquet: cluster.keep_parquet ?? false,
    },
    slurm: { account, partition, time, memory, constraint, nodes, tasks, cpus, exclusive },
    setup: cluster.setup ?? [],
  }
}

function registrationOf({ config }: Campaign, { id }: Variant, template: string): Omit<Registration, 'date'> {
  const { generation, circuitPath, circuitConfig, blueConfig } = config
  const within = (path: string): string => relative(circuitPath, resolve(circuitPath, path))
  const [result] = candidates({
    generation,
    outputFolder: outputFolder(config, id),
    name: id,
    blueConfig: blueConfig === undefined ? undefined : within(blueConfig),
    circuitConfig: within(circuitConfig),
  })
  return { circuitPath, name: id, circuitConfig: result?.path ?? '', template }
}
