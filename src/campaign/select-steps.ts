/** Which connections each variant removes: drawn, checked, written with all that the notebook writes beside it. */
import { join } from 'node:path'
import type { PairList } from '../connectome/pairs.ts'
import { InternalError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { type FileContent, writeFileSet } from '../formats/file-set.ts'
import type { JsonObject } from '../formats/json.ts'
import { pairListOf, readPairList } from '../inputs/pair-list.ts'
import { encodeRemoval, REMOVAL_FILES } from '../interop/removal-files.ts'
import { encodeUserTargets } from '../interop/removal-targets.ts'
import { amountText } from '../selection/amount.ts'
import { drawConnections } from '../selection/draw.ts'
import { maskOfPairs } from '../selection/drawn-mask.ts'
import type { BaseCircuit } from './base.ts'
import type { Work } from './run-steps.ts'
import type { Campaign, Manipulation, Variant } from './types.ts'
import { userTarget } from './variants.ts'

export const selectionKey = ({ id }: Variant): string => `${id}/selection`
export const TARGETS_KEY = 'targets'

/** A selection in memory. */
export interface Selection {
  readonly files: readonly FileContent[]
  readonly result: JsonObject
  /** As the notebook prints them. */
  readonly messages: readonly string[]
}

/** The steps of `select`: one per variant with a list, and the file of all targets. */
export function selectSteps(campaign: Campaign, base: BaseCircuit): Work[] {
  const drawn = campaign.variants.filter(({ manipulation }) => manipulation.list !== undefined)
  const works = drawn.map((variant): Work => {
    const { list } = variant.manipulation
    return {
      key: selectionKey(variant),
      title: `selection of ${variant.id}`,
      parameters: selectionParameters(campaign, variant),
      inputs: [...base.files, ...(list?.kind === 'file' ? [list.file] : [])],
      run: async () => {
        const { files, result, messages } = await selectionOf(campaign, variant, base)
        // Stale or damaged: either way it is replaced as a whole.
        const written = writeFileSet(variant.paths.folder, files, { names: REMOVAL_FILES, force: true })
        return {
          outputs: written.filter(({ change }) => change !== 'removed').map(({ path }) => path),
          result,
          messages,
        }
      },
    }
  })
  return works.length === 0 ? [] : [...works, targetsStep(campaign, drawn)]
}

/** Draw and encode; nothing is written. InputError where the list does not fit the circuit. */
export async function selectionOf(
  campaign: Campaign,
  variant: Variant,
  base: BaseCircuit,
): Promise<Selection> {
  const { manipulation, amount = 'all', seed, index } = variant
  const { mode, generator } = manipulation
  const list = await listOf(campaign, manipulation, base)
  const drawn = drawConnections({ pairs: list, mode, amount, seed, generator })
  const source = await base.select('source', manipulation.source)
  const target = await base.select('target', manipulation.target)
  const { mask, distinct } = maskOfPairs(drawn, source, target)
  const files = await encodeRemoval({ pairs: drawn, masked: { mask, source, target } })
  const selected = drawn.source.length
  const flips = mode === 'reciprocal' ? ` (${drawn.flipped} directions flipped)` : ''
  const kind = mode === 'reciprocal' ? 'reciprocal connections' : 'connections'
  return {
    files,
    result: {
      listed: drawn.listed,
      selected,
      flipped: drawn.flipped,
      distinct,
      order: list.order,
      seed,
      generator,
      shape: [source.ids.length, target.ids.length],
    },
    messages: [
      `<SIM${index}> Randomly selected ${selected} of ${drawn.listed} ${kind}${flips} to be removed (amount=${amountText(amount, drawn.listed)}, seed=${seed})`,
      ...(distinct === selected ? [] : [`Only ${distinct} of ${selected} connections are unique`]),
      `Created <${mask.rows}x${mask.columns}> adjacency matrix in CSC format with ${mask.indices.length} elements`,
    ],
  }
}

async function listOf(campaign: Campaign, { list }: Manipulation, _base: BaseCircuit): Promise<PairList> {
  switch (list?.kind) {
    case 'file':
      return readPairList(list.file, { idBase: list.idBase })
    case 'pairs':
      return pairListOf(list.pairs, list.idBase, { file: campaign.file, field: 'pairs' })
    default:
      throw new InternalError('lists of the circuit are not there yet')
  }
}

/** All that decides a selection, but for the files. */
export function selectionParameters(campaign: Campaign, { manipulation, amount, seed }: Variant): JsonObject {
  const { list, mode, generator, source, target, allow } = manipulation
  const shown =
    list?.kind === 'between'
      ? [list.source, list.target, list.within].map(choice => choice?.expression ?? null)
      : list?.kind === 'pairs'
        ? list.pairs
        : (list?.kind ?? null)
  return {
    population: campaign.population ?? null,
    list: shown,
    id_base: list !== undefined && 'idBase' in list ? list.idBase : null,
    mode,
    amount: amount ?? null,
    seed,
    generator,
    source: source.expression ?? null,
    target: target.expression ?? null,
    allow: [...allow],
  }
}

/** From the written lists and not from memory: most of them need not be drawn again. */
function targetsStep(campaign: Campaign, drawn: readonly Variant[]): Work {
  const lists = drawn.map(({ paths }) => join(paths.folder, 'conns_removed.npy'))
  const file = userTarget(campaign.output)
  return {
    key: TARGETS_KEY,
    title: 'user.target',
    parameters: targetsParameters(drawn),
    inputs: lists,
    after: drawn.map(selectionKey),
    run: async () => {
      writeFileAtomic(file, await targetsOf(drawn))
      return { outputs: [file], result: {}, messages: [`${drawn.length} selections in ${file}`] }
    },
  }
}

export const targetsParameters = (drawn: readonly Variant[]): JsonObject => ({
  variants: drawn.map(({ id }) => id),
})

/** `user.target` of the lists that were written. */
export async function targetsOf(drawn: readonly Variant[]): Promise<string> {
  const variants = await Promise.all(
    drawn.map(async ({ id, paths }) => ({
      variant: id,
      pairs: await readPairList(join(paths.folder, 'conns_removed.npy'), { idBase: 1 }),
    })),
  )
  return encodeUserTargets(variants)
}
