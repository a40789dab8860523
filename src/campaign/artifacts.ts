/** Every file that a campaign may write, whether it is there or not, and what it reads. */
import { join } from 'node:path'
import { REMOVAL_FILES } from '../interop/removal-files.ts'
import { findManipulated } from './find-circuit.ts'
import { jobScript } from './job-steps.ts'
import { lockFile } from './lock-file.ts'
import type { Campaign } from './types.ts'
import { userTarget } from './variants.ts'

/** Of each variant, and of all: absolute paths. */
export const artifactsOf = ({ variants, output }: Campaign): string[] => [
  userTarget(output),
  ...variants.flatMap(({ paths }) => [
    paths.config,
    paths.proof,
    ...['npy', 'csv', 'target'].map(extension => join(paths.folder, `conns_removed.${extension}`)),
    paths.mask,
  ]),
]

/** All that the verbs of a campaign may write besides. */
export const outputsOf = (campaign: Campaign): string[] => [
  ...artifactsOf(campaign),
  lockFile(campaign.output),
  ...campaign.variants.flatMap(variant => [
    jobScript(campaign.output, variant),
    ...REMOVAL_FILES.map(name => join(variant.paths.folder, name)),
  ]),
]

/** What it names and what was made of it: circuits, as they were found, and lists. */
export async function readBy(campaign: Campaign): Promise<string[]> {
  const found = await Promise.all(campaign.variants.map(variant => findManipulated(campaign, variant)))
  const lists = campaign.manipulations.flatMap(({ list }) => (list?.kind === 'file' ? [list.file] : []))
  const sets = campaign.manipulations.flatMap(({ source, target }) => [source.expression, target.expression])
  return [
    campaign.file,
    campaign.circuit,
    campaign.config.circuitConfig,
    ...found.flatMap(({ file }) => file ?? []),
    ...lists,
    ...sets.flatMap(expression => expression ?? []),
  ]
}
