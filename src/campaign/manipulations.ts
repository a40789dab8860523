/** Section `manipulations`, with what `defaults` add. */

import type { Amount } from '../selection/amount.ts'
import type { Path, TextDocument } from './document.ts'
import { requireFile } from './existing.ts'
import { nodeChoice } from './nodes.ts'
import type { RawCampaign, RawShared } from './raw.ts'
import type { ListSource, Manipulation } from './types.ts'
import { refuse } from './validate.ts'

const LIST_KEYS = ['list', 'from', 'pairs'] as const
const AMOUNT_KEYS = ['count', 'fraction', 'all', 'amounts'] as const
const NODE_KEYS = ['nodes', 'source', 'target'] as const

const DRAW_KEYS = ['seed', 'seed_mode', 'simulation_seed', 'generator', 'mode', 'id_base', 'allow'] as const

/** The one operation that takes a mask. */
export const REMOVAL = 'conn_removal'

export async function manipulationsOf(
  document: TextDocument,
  raw: RawCampaign,
  folder: string,
): Promise<Manipulation[]> {
  const list: Manipulation[] = []
  for (const position of raw.manipulations.keys()) {
    const reader = new Reader(document, raw, ['manipulations', position], folder)
    list.push(await reader.read())
  }
  const idle = DRAW_KEYS.find(key => raw.defaults?.[key] !== undefined)
  if (idle !== undefined && list.every(one => one.list === undefined))
    refuse(document, ['defaults', idle], `${idle} has no effect: no manipulation has a list to draw from`)
  return list
}

class Reader {
  readonly #document: TextDocument
  readonly #raw: RawCampaign
  readonly #own: RawShared & { readonly name: string }
  readonly #path: Path
  readonly #folder: string

  constructor(document: TextDocument, raw: RawCampaign, path: ['manipulations', number], folder: string) {
    this.#document = document
    this.#raw = raw
    this.#path = path
    this.#folder = folder
    this.#own = raw.manipulations[path[1]] ?? { name: '' }
  }

  async read(): Promise<Manipulation> {
    const operation = this.#get('operation') ?? REMOVAL
    const list = await this.#list()
    const amountKey = this.#only(AMOUNT_KEYS, 'amount')
    if (operation === REMOVAL && list === undefined && this.#get('arguments') === undefined)
      this.#refuse([], 'nothing says which connections', 'give a list:, pairs: or from: reciprocal')
    if (list !== undefined && operation !== REMOVAL)
      this.#refuse([], `${operation} takes no list of connections`, `${REMOVAL} does`)
    if (list === undefined) this.#refuseIdle()
    if (list === undefined && amountKey !== undefined)
      this.#refuse([amountKey], 'an amount of what? there is no list', 'give a list:, pairs: or from:')
    return {
      name: this.#own.name,
      operation,
      arguments: this.#get('arguments') ?? {},
      source: this.#side('source'),
      target: this.#side('target'),
      list,
      mode: list === undefined ? 'directed' : this.#mode(),
      amounts: list === undefined ? [] : this.#amounts(amountKey),
      ...this.#draw(list !== undefined),
      allow: this.#get('allow') ?? [],
    }
  }

  #get<K extends keyof RawShared>(key: K): RawShared[K] {
    return this.#own[key] ?? this.#raw.defaults?.[key]
  }

  /** Where a key is written. */
  #at(key: keyof RawShared): Path {
    return this.#own[key] === undefined && this.#raw.defaults?.[key] !== undefined
      ? ['defaults', key]
      : [...this.#path, key]
  }

  #refuse(keys: readonly (keyof RawShared)[], message: string, hint?: string): never {
    const [key] = keys
    return refuse(this.#document, key === undefined ? this.#path : this.#at(key), message, hint)
  }

  /** The one of these keys that is there; the manipulation's own ones stand for those of the defaults. */
  #only<K extends keyof RawShared>(keys: readonly K[], what: string): K | undefined {
    for (const level of [this.#own, this.#raw.defaults ?? {}] as RawShared[]) {
      const [first, second] = keys.filter(key => level[key] !== undefined)
      if (second !== undefined && first !== undefined)
        this.#refuse([second], `two kinds of ${what}: ${first} and ${second}`, 'keep one of them')
      if (first !== undefined) return first
    }
    return undefined
  }

  async #list(): Promise<ListSource | undefined> {
    const idBase = this.#get('id_base') ?? 1
    switch (this.#only(LIST_KEYS, 'list')) {
      case 'list': {
        const file = await requireFile(this.#document, this.#at('list'), this.#folder, 'file')
        return { kind: 'file', file, idBase }
      }
      case 'pairs':
        return { kind: 'pairs', pairs: this.#get('pairs') ?? [], idBase }
      case 'from': {
        const from = this.#get('from')
        if (typeof from !== 'object') return { kind: 'reciprocal' }
        const choice = (key: 'source' | 'target' | 'within') =>
          nodeChoice(
            this.#document,
            [...this.#at('from'), key],
            from[key],
            this.#raw.nodes ?? {},
            this.#folder,
          )
        return {
          kind: 'between',
          source: choice('source'),
          target: choice('target'),
          within: from.within === undefined ? undefined : choice('within'),
        }
      }
      default:
        return undefined
    }
  }

  #side(side: 'source' | 'target') {
    const levels: RawShared[] = [this.#own, this.#raw.defaults ?? {}]
    const level = levels.find(one => NODE_KEYS.some(key => one[key] !== undefined)) ?? {}
    if (level.nodes !== undefined && (level.source ?? level.target) !== undefined)
      this.#refuse(['nodes'], 'nodes: stands for source: and target:', 'give nodes: or the other two')
    const key = level[side] === undefined ? 'nodes' : side
    return nodeChoice(this.#document, this.#at(key), level[key], this.#raw.nodes ?? {}, this.#folder)
  }

  /** Keys of a draw, where nothing is drawn: that nothing comes of them must not be found out by the results. */
  #refuseIdle(): void {
    const key = DRAW_KEYS.find(one => this.#own[one] !== undefined)
    if (key === undefined) return
    const seeds = key === 'seed' || key === 'seed_mode' || key === 'simulation_seed'
    this.#refuse(
      [key],
      `${key} has no effect: there is no list to draw from`,
      seeds ? 'the run itself takes the seed of the section config' : 'remove it, or give a list:',
    )
  }

  #mode(): 'reciprocal' | 'directed' {
    return this.#get('mode') ?? this.#refuse([], 'the key "mode" is missing', 'mode: reciprocal or directed')
  }

  #amounts(key: (typeof AMOUNT_KEYS)[number] | undefined): Amount[] {
    switch (key) {
      case 'count':
        return [this.#get('count') ?? []].flat().map(count => ({ count }))
      case 'fraction':
        return [this.#get('fraction') ?? []].flat().map(fraction => ({ fraction }))
      case 'amounts':
        return (this.#get('amounts') ?? []).map(one => {
          if (one === 'all') return one
          return one.count === undefined ? { fraction: one.fraction ?? 0 } : { count: one.count }
        })
      case 'all':
        return ['all']
      default:
        return this.#refuse([], 'nothing says how many connections', 'count: 100, fraction: 0.1 or all: true')
    }
  }

  #draw(needed: boolean): Pick<Manipulation, 'seed' | 'seedMode' | 'simulationSeed' | 'generator'> {
    const seed = this.#get('seed')
    if (needed && seed === undefined) this.#refuse([], 'the key "seed" is missing', 'seed: 9900')
    const seedMode = this.#get('seed_mode') ?? 'constant'
    const simulationSeed = this.#get('simulation_seed')
    if (this.#own.simulation_seed !== undefined && seedMode !== 'add_sim_seed')
      this.#refuse(
        ['simulation_seed'],
        `simulation_seed has no effect: seed_mode is ${seedMode}`,
        'seed_mode: add_sim_seed',
      )
    if (seedMode === 'add_sim_seed' && simulationSeed === undefined)
      this.#refuse(['seed_mode'], 'add_sim_seed needs the seed of the simulation', 'give simulation_seed:')
    return { seed: seed ?? 0, seedMode, simulationSeed, generator: this.#get('generator') ?? 'RandomState' }
  }
}
