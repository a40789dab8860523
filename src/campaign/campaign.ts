/** The campaign file: read, checked, its defaults filled in. */
import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, resolve } from 'node:path'
import type { TextDocument } from './document.ts'
import { readDocument } from './document.ts'
import { requireFile } from './existing.ts'
import { manipulationsOf } from './manipulations.ts'
import type { RawCampaign } from './raw.ts'
import { CAMPAIGN_SCHEMA } from './schema.ts'
import type { Campaign, ConfigSettings } from './types.ts'
import { validate } from './validate.ts'
import { expand } from './variants.ts'

/**
 * Read a campaign file, YAML or JSON.
 *
 * @throws InputError naming file, line and key: not to be parsed, unknown key, wrong type, a file that is not there,
 *   two variants that would write to one path
 */
export async function readCampaign(path: string): Promise<Campaign> {
  const document = await readDocument(path)
  await validate(document, CAMPAIGN_SCHEMA)
  // The schema has just said that it is one.
  const raw = document.value as unknown as RawCampaign
  const folder = dirname(resolve(path))
  const circuit = await requireFile(document, ['circuit'], folder, 'file or folder')
  const config = await configSettings(document, raw, circuit, folder)
  const common = {
    file: resolve(path),
    circuit,
    name: raw.name ?? basename(config.circuitPath),
    population: raw.population,
    manipulatedPopulation: raw.manipulated_population,
    populationLine: document.lineOf([
      raw.population !== undefined
        ? 'population'
        : raw.manipulated_population !== undefined
          ? 'manipulated_population'
          : 'circuit',
    ]),
    output: resolve(folder, raw.output),
    manipulations: await manipulationsOf(document, raw, folder),
    config,
    cluster: raw.cluster ?? {},
    registrations: new Map(Object.entries(raw.registrations ?? {})),
  }
  return { ...common, variants: expand(document, raw, common, folder) }
}

async function configSettings(
  document: TextDocument,
  { config = {}, output, name }: RawCampaign,
  circuit: string,
  folder: string,
): Promise<ConfigSettings> {
  const isFolder = (await stat(circuit)).isDirectory()
  const circuitPath = config.circuit_path ?? (isFolder ? circuit : dirname(circuit))
  const absolute = isAbsolute(circuitPath) ? circuitPath : resolve(folder, circuitPath)
  const template = config.workflow_template
  // Jobs start in the output folder, and the package looks for it there.
  const beside = template !== undefined && (await isFile(resolve(folder, output, template)))
  if (template !== undefined && !isAbsolute(template) && !beside)
    await requireFile(document, ['config', 'workflow_template'], folder, 'file')
  return {
    generation: config.generation ?? 'B',
    circuitPath: absolute,
    circuitConfig: config.circuit_config
      ? resolve(absolute, config.circuit_config)
      : isFolder
        ? resolve(circuit, 'circuit_config.json')
        : circuit,
    outputPath: config.output_path
      ? resolve(folder, config.output_path)
      : `${config.circuit_path === undefined ? wholeCircuit(absolute, name) : absolute}__{name}`,
    blueConfig: config.blue_config,
    workflowTemplate: template,
    seed: config.seed ?? 0,
    splits: config.splits ?? 1,
  }
}

/**
 * The folder of a circuit of which one knows that of its configuration: results lie beside the original, not inside.
 * Circuits of BBP have the configuration in a folder `sonata`; of others the campaign may say the name.
 */
function wholeCircuit(folder: string, name: string | undefined): string {
  const above = dirname(folder)
  if (basename(folder) === name || above === folder) return folder
  return basename(folder) === 'sonata' || basename(above) === name ? above : folder
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() === true
