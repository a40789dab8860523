/** Which connections each variant removes: drawn, checked, written with all that the notebook writes beside it. */
import { join } from 'node:path'
import { InputError, nearestName } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { type FileContent, writeFileSet } from '../formats/file-set.ts'
import type { JsonObject } from '../formats/json.ts'
import { refuseChanged } from '../identify.ts'
import { pairListOf, readPairList } from '../inputs/pair-list.ts'
import { encodeRemoval, REMOVAL_FILES } from '../interop/removal-files.ts'
import { encodeUserTargets } from '../interop/removal-targets.ts'
import {
  leftOutSentence,
  lintSentence,
  refusalOf,
  selectionLines,
  selectionRecord,
} from '../report/selection.ts'
import { heldTo, type ListSource, type PreparedList, prepareList, selectFrom } from '../select.ts'
import { LINT_CODES, type LintCode } from '../selection/lint.ts'
import { intersectIds } from '../sonata/id-sets.ts'
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
  /** As the notebook prints them, and what was found in the list. */
  readonly messages: readonly string[]
}

/** The steps of `select`: one per variant with a list, and the file of all targets. */
export function selectSteps(campaign: Campaign, base: BaseCircuit): Work[] {
  const drawn = campaign.variants.filter(({ manipulation }) => manipulation.list !== undefined)
  const lists = new Lists(campaign, base)
  const works = drawn.map((variant): Work => {
    const { list } = variant.manipulation
    return {
      key: selectionKey(variant),
      title: `selection of ${variant.id}`,
      parameters: selectionParameters(campaign, variant),
      inputs: [...base.files, ...(list?.kind === 'file' ? [list.file] : [])],
      run: async () => {
        const { files, result, messages } = await selectionOf(variant, lists)
        await refuseChanged(base.circuit.filesRead())
        // Stale or damaged: either way it is replaced as a whole.
        const written = writeFileSet(variant.paths.folder, files, { names: REMOVAL_FILES, force: true })
        const outputs = written.filter(({ change }) => change !== 'removed').map(({ path }) => path)
        return { outputs, result, messages }
      },
    }
  })
  return works.length === 0 ? [] : [...works, targetsStep(campaign, drawn)]
}

/** Draw and encode; nothing is written. InputError where the list does not fit the circuit. */
export async function selectionOf(variant: Variant, lists: Lists): Promise<Selection> {
  const { manipulation, amount = 'all', seed, index, paths } = variant
  const prepared = heldTo(await lists.prepared(manipulation), amount)
  const refusal = refusalOf(prepared, 'keys')
  if (refusal !== undefined) throw refusal
  const selection = selectFrom(prepared, { amount, seed, generator: manipulation.generator })
  const { circuit, findings } = prepared
  const { drawn, masked } = selection
  return {
    // What `selection.json` would say is in the lock file.
    files: await encodeRemoval({
      pairs: drawn,
      masked: circuit && masked && { ...circuit, mask: masked.mask },
    }),
    result: JSON.parse(JSON.stringify(selectionRecord(selection))) as JsonObject,
    messages: [
      ...[leftOutSentence(prepared)].filter(sentence => sentence !== undefined),
      ...findings.map(finding => `${finding.severity}: ${lintSentence(finding)}`),
      ...selectionLines(selection, { index, mask: paths.mask }),
    ],
  }
}

/** Lists of a campaign, each read and held against the circuit once however many variants draw from it. */
export class Lists {
  readonly #campaign: Campaign
  readonly #base: BaseCircuit
  readonly #prepared = new Map<string, Promise<PreparedList>>()

  constructor(campaign: Campaign, base: BaseCircuit) {
    this.#campaign = campaign
    this.#base = base
  }

  prepared(manipulation: Manipulation): Promise<PreparedList> {
    const { list, mode, source, target, allow } = manipulation
    const key = JSON.stringify([list, mode, source.expression, target.expression, allow], (name, value) =>
      // Where it is said is no part of what is.
      name === 'key' ? undefined : value,
    )
    const prepared = this.#prepared.get(key) ?? this.#prepare(manipulation)
    this.#prepared.set(key, prepared)
    return prepared
  }

  async #prepare(manipulation: Manipulation): Promise<PreparedList> {
    const { mode, allow } = manipulation
    const source = await this.#base.select('source', manipulation.source)
    const target = await this.#base.select('target', manipulation.target)
    const circuit = { edges: this.#base.edges, source, target }
    return prepareList(await this.#list(manipulation), { mode, circuit, allow: codes(allow, this.#campaign) })
  }

  async #list({ list, name }: Manipulation): Promise<ListSource> {
    const base = this.#base
    switch (list?.kind) {
      case 'file':
        return readPairList(list.file, { idBase: list.idBase })
      case 'pairs':
        return pairListOf(list.pairs, list.idBase, { file: this.#campaign.file, field: `pairs of ${name}` })
      case 'between': {
        const source = await base.select('source', list.source)
        const target = await base.select('target', list.target)
        if (list.within === undefined) return { from: 'connections', source, target }
        const within = {
          source: (await base.select('source', list.within)).ids,
          target: (await base.select('target', list.within)).ids,
        }
        return {
          from: 'connections',
          source: { ...source, ids: intersectIds(source.ids, within.source) },
          target: { ...target, ids: intersectIds(target.ids, within.target) },
        }
      }
      default:
        return { from: 'reciprocal' }
    }
  }
}

function codes(allow: readonly string[], { file }: Campaign): LintCode[] {
  return allow.map(code => {
    const known = LINT_CODES.find(one => one === code)
    if (known !== undefined) return known
    const near = nearestName(code, LINT_CODES)
    const hint = near === undefined ? `there are ${LINT_CODES.join(', ')}` : `did you mean "${near}"?`
    throw new InputError(`unknown code "${code}"`, { file, field: 'allow', hint })
  })
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
