/** manip_config files of the variants: what connectome-manipulator is run with. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError, InternalError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import type { JsonObject } from '../formats/json.ts'
import type { PythonJson } from '../formats/python-json.ts'
import { emitManipConfig } from '../interop/manip-config/emit.ts'
import { requireMaskNodes } from '../interop/manip-config/mask-selection.ts'
import { parseManipConfig } from '../interop/manip-config/parse.ts'
import { openCircuit } from '../open-circuit.ts'
import { readMask } from '../selection/mask.ts'
import type { BaseCircuit } from './base.ts'
import { outputFolder } from './find-circuit.ts'
import { readLock } from './lock.ts'
import type { Work } from './run-steps.ts'
import { selectionKey, selectSteps } from './select-steps.ts'
import { reasons } from './steps.ts'
import type { Campaign, NodeChoice, Variant } from './types.ts'

/** Key of the step that writes a manip_config. */
export const configKey = ({ id }: Variant): string => `${id}/config`

/** The steps of `config`: one per variant. */
export function configSteps(campaign: Campaign, base: BaseCircuit): Work[] {
  const selections = new Map(selectSteps(campaign, base).map(step => [step.key, step]))
  return campaign.variants.map((variant): Work => {
    const { mask, config } = variant.paths
    const selection = selections.get(selectionKey(variant))
    return {
      key: configKey(variant),
      title: `manip_config of ${variant.id}`,
      parameters: configParameters(campaign, variant),
      inputs: [...base.files, ...(selection === undefined ? [] : [mask])],
      run: async () => {
        if (selection !== undefined) {
          const lock = await readLock(campaign.output)
          const record = lock.steps[selection.key]
          const [stale] = await reasons(selection, record, campaign.output, { thorough: true })
          if (stale !== undefined) throw staleSelection(campaign, variant, stale)
        }
        const text = await configOf(campaign, variant, base)
        if (selection !== undefined) await requireItsNodes(text, campaign, variant, base)
        writeFileAtomic(config, text)
        return { outputs: [config], result: {}, messages: [`Manipulation config written to "${config}"`] }
      },
    }
  })
}

/** A circuit must be neither made nor judged with a mask of other settings, or one that somebody edited. */
export const staleSelection = (campaign: Campaign, { paths }: Variant, why: string): InputError =>
  new InputError(`the selection is not up to date: ${why}`, {
    file: paths.mask,
    hint: `connproof select ${campaign.file}`,
  })

/** The text of a manip_config. InputError where the package would refuse it or take it in another sense. */
export async function configOf(campaign: Campaign, variant: Variant, base: BaseCircuit): Promise<string> {
  const { generation, circuitPath, circuitConfig, blueConfig, workflowTemplate, seed, splits } =
    campaign.config
  const { operation, list, source, target, arguments: more } = variant.manipulation
  const masked = list === undefined ? {} : { amount_pct: 100, conn_mask_file: variant.paths.mask }
  const sides = {
    sel_src: await selectionOf(source, () => base.select('source', source)),
    sel_dest: await selectionOf(target, () => base.select('target', target)),
  }
  const given = { ...sides, ...masked, ...more } as Record<string, PythonJson | undefined>
  return emitManipConfig({
    generation,
    circuitPath,
    circuitConfig,
    edgesPopulation: campaign.population,
    outputPath: outputFolder(campaign.config, variant.id),
    ...(generation === 'A' ? { blueConfig, workflowTemplate } : {}),
    seed,
    splits,
    name: variant.id,
    functions: [
      {
        source: operation,
        arguments: Object.fromEntries(
          Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
        ),
      },
    ],
  })
}

/** Ids of a file are written out, ascending: the package keeps any other order, and masks are made for this one. */
async function selectionOf(
  { expression, selection }: NodeChoice,
  select: () => Promise<NodeSelection>,
): Promise<PythonJson | undefined> {
  if (selection !== undefined) return selection as PythonJson
  return expression === undefined ? undefined : [...(await select()).ids]
}

/** The configuration's own selection gives the nodes that the mask was made for. */
async function requireItsNodes(
  text: string,
  campaign: Campaign,
  { paths, id }: Variant,
  base: BaseCircuit,
): Promise<void> {
  const { config } = parseManipConfig(text, paths.config)
  const { sourceIds, targetIds } = await readMask(paths.mask)
  if (config === undefined || sourceIds === undefined || targetIds === undefined)
    throw new InternalError(`nothing to compare the selection of ${id} with`)
  const nodes = { source: sourceIds.ids, target: targetIds.ids }
  const file = campaign.config.circuitConfig
  // The configuration may name the circuit as another machine sees it.
  const here = (await stat(file).catch(() => undefined)) !== undefined && resolve(file) !== base.circuit.file
  const circuit = here ? await openCircuit(file) : base.circuit
  try {
    await requireMaskNodes(config, circuit, nodes)
  } finally {
    if (here) circuit.close()
  }
}

/** All that decides a configuration, but for the files. */
export function configParameters(campaign: Campaign, { id, paths, manipulation }: Variant): JsonObject {
  const { operation, source, target, list, arguments: more } = manipulation
  const settings = Object.fromEntries(
    Object.entries(campaign.config).filter(([, value]) => value !== undefined),
  )
  return {
    ...settings,
    name: id,
    population: campaign.population ?? null,
    operation,
    arguments: more as JsonObject,
    mask: list === undefined ? null : paths.mask,
    source: (source.selection ?? source.expression ?? null) as JsonObject,
    target: (target.selection ?? target.expression ?? null) as JsonObject,
  }
}
