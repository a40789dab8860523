/** Whether the configuration of a manipulated circuit says what that of the original says, key by key. */
import { stat } from 'node:fs/promises'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { type ConfigValue, readConfigValues, type Unlisted } from '../sonata/config-values.ts'
import type { FullFinding, Looked, ReadsOfBoth } from './full-checks.ts'
import { canonical, comparePaths, type PathComparison } from './same-path.ts'

/** Names of the edge population that was compared edge by edge. */
export interface Replaced {
  readonly original: string
  readonly manipulated: string
}

const TYPES = /^(nodes|edges)\/.*\/(node|edge)_types_file$/s
/** All that connectome-manipulator writes beside `networks`; it drops the rest. */
const WRITTEN: readonly string[] = ['version', 'components']

/**
 * Keys that are gone, new, or say something else; paths by what they lead to. What the pipeline always drops is named in
 * `notes`: keys beside those it writes, and those of the population that it replaces but for its type.
 */
export async function compareConfigs(
  original: SonataCircuit,
  manipulated: SonataCircuit,
  replaced: Replaced,
  reads: ReadsOfBoth,
): Promise<Looked> {
  const before = await readConfigValues(original.config.file, await unlistedOf(original))
  const after = renamed(
    await readConfigValues(manipulated.config.file, await unlistedOf(manipulated)),
    replaced,
  )
  return new ConfigWalk(before, after, replaced.original, reads).compare(
    original.config.nodeSetsFile,
    manipulated.config.nodeSetsFile,
  )
}

async function unlistedOf(circuit: SonataCircuit): Promise<Unlisted> {
  const infos = {
    nodes: await circuit.nodePopulations(),
    edges: (await circuit.edgePopulations()) as readonly {
      file: string
      listed: boolean
      population: string | undefined
    }[],
  }
  return (side, file) =>
    infos[side].flatMap(info => (info.file === file && !info.listed ? (info.population ?? []) : []))
}

/** The population that was replaced, under the name that it had. */
function renamed(values: Map<string, ConfigValue>, replaced: Replaced): Map<string, ConfigValue> {
  const [from, to] = [`edges/${replaced.manipulated}/`, `edges/${replaced.original}/`]
  return new Map(
    [...values].map(([of, value]) => [of.startsWith(from) ? to + of.slice(from.length) : of, value]),
  )
}

class ConfigWalk {
  readonly #before: ReadonlyMap<string, ConfigValue>
  readonly #after: ReadonlyMap<string, ConfigValue>
  readonly #replaced: string
  readonly #reads: ReadsOfBoth
  readonly #findings: FullFinding[] = []
  readonly #unchecked: string[] = []
  readonly #dropped: string[] = []

  constructor(
    before: ReadonlyMap<string, ConfigValue>,
    after: ReadonlyMap<string, ConfigValue>,
    replaced: string,
    reads: ReadsOfBoth,
  ) {
    this.#before = before
    this.#after = after
    this.#reads = reads
    this.#replaced = `edges/${replaced}/`
  }

  async compare(nodeSets: string | undefined, nodeSetsAfter: string | undefined): Promise<Looked> {
    const sets = 'node_sets_file'
    if (nodeSets !== undefined && nodeSetsAfter !== undefined)
      this.#led(sets, nodeSets, nodeSetsAfter, await comparePaths(nodeSets, nodeSetsAfter, this.#reads))
    else if (nodeSets !== undefined) this.#tell('config.lost', `${sets}: ${nodeSets}`, 'nothing')
    else if (nodeSetsAfter !== undefined) this.#tell('config.added', `no ${sets}`, nodeSetsAfter)
    for (const of of new Set([...this.#before.keys(), ...this.#after.keys()])) {
      // Populations that one side alone has are told as such; types are compared by what they say of each row.
      if (!this.#isOfBoth(of) || TYPES.test(of)) continue
      await this.#compareOne(of, inherited(this.#before, of), inherited(this.#after, of))
    }
    const dropped = this.#dropped.join(', ')
    return {
      findings: this.#findings,
      unchecked: this.#unchecked,
      notes: dropped === '' ? [] : [`keys of the configuration that the pipeline drops (${dropped})`],
    }
  }

  async #compareOne(
    of: string,
    before: ConfigValue | undefined,
    after: ConfigValue | undefined,
  ): Promise<void> {
    if (of === 'version') {
      const [was, is] = [before, after].map(one => Number(one?.value ?? 1))
      if (was !== is) this.#tell('config.changed', `version ${was}`, `version ${is}`)
    } else if (before === undefined) this.#tell('config.added', `no ${of}`, written(after))
    else if (after === undefined) {
      if (this.#isDropped(of)) this.#dropped.push(of)
      else this.#tell('config.lost', `${of}: ${written(before)}`, 'nothing')
    } else if (await arePaths(before, after)) {
      const [from, to] = [before.path ?? '', after.path ?? '']
      this.#led(of, from, to, await comparePaths(from, to, this.#reads))
    } else if (canonical(before.value) !== canonical(after.value))
      this.#tell('config.changed', `${of}: ${written(before)}`, written(after))
  }

  #isOfBoth(of: string): boolean {
    const match = /^(?:nodes|edges)\/.*?\//s.exec(of)
    if (match === null) return true
    const type = `${match[0]}type`
    return this.#before.has(type) && this.#after.has(type)
  }

  #isDropped(of: string): boolean {
    const [part = ''] = of.split('/')
    return of.startsWith(this.#replaced) || !['nodes', 'edges', ...WRITTEN].includes(part)
  }

  #led(of: string, from: string, to: string, compared: PathComparison): void {
    if (compared.result === 'differs') this.#tell('config.moved', `${of}: ${from}`, compared.what)
    if (compared.result === 'unknown') this.#unchecked.push(`${of}: ${to} (${compared.what})`)
  }

  #tell(code: FullFinding['code'], expected: string, found: string): void {
    this.#findings.push({ code, check: 'config.sound', count: 1, expected, found })
  }
}

/** What a population does not say itself, the components say for all. */
function inherited(values: ReadonlyMap<string, ConfigValue>, of: string): ConfigValue | undefined {
  const match = /^(?:nodes|edges)\/.*?\/(.*)$/s.exec(of)
  return values.get(of) ?? (match === null ? undefined : values.get(`components/${match[1]}`))
}

/** What only may be a path is one where something is there. */
async function arePaths(before: ConfigValue, after: ConfigValue): Promise<boolean> {
  if (before.path === undefined || after.path === undefined) return false
  if (before.mustBePath || after.mustBePath) return true
  for (const path of [before.path, after.path])
    if ((await stat(path).catch(() => undefined)) !== undefined) return true
  return false
}

const written = (value: ConfigValue | undefined): string =>
  value?.mustBePath ? (value.path ?? String(value.value)) : String(value?.value ?? '')
