/** Everything that a circuit configuration says, key by key; also of keys that nothing here reads. */
import { isInputError } from '../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, readJsonFile } from '../formats/json.ts'
import { Manifest } from './manifest.ts'

export interface ConfigValue {
  /** The same for the same thing in another configuration: `edges/default/spine_morphologies_dir`. */
  readonly of: string
  /** As it is written. */
  readonly value: JsonValue
  /** What it is as a path: resolved, absolute or relative to the working directory as the configuration itself. */
  readonly path: string | undefined
  /** Whether it can be nothing but a path. */
  readonly mustBePath: boolean
}

/** Populations of entries that list none, by the path of their file. */
export type Unlisted = (side: 'nodes' | 'edges', file: string) => readonly string[]

/** Parts that are looked at one by one. `manifest` is what paths are resolved with, and nothing by itself. */
const PARTS: readonly string[] = ['manifest', 'networks', 'node_sets_file']
/** Entries of edges and nodes that name their files; those are compared by what is in them. */
const FILE_KEYS: Readonly<Record<string, string>> = { nodes: 'nodes_file', edges: 'edges_file' }
const DEFAULT_TYPES: Readonly<Record<string, string>> = { nodes: 'biophysical', edges: 'chemical' }
const PATH_KEY = /(_(dir|file|path)|vasculature_mesh|alternate_morphologies\/[^/]*)$/
const URL = /^[a-z][a-z0-9+.-]*:\/\//i

/**
 * The values by their names, `networks` by population. Empty texts, lists and objects are left out as libsonata leaves
 * them out, and so is `null`.
 *
 * @throws InputError if the file is no JSON
 */
export async function readConfigValues(file: string, unlisted: Unlisted): Promise<Map<string, ConfigValue>> {
  const config = await readJsonFile(file)
  const found = new Map<string, ConfigValue>()
  if (!isJsonObject(config)) return found
  const manifest = new Manifest(config.manifest, file)
  const resolve = (text: string): string | undefined => {
    try {
      return manifest.path(text, '')
    } catch (error) {
      // A variable that nobody defined: then it is the text that must be the same.
      if (isInputError(error)) return undefined
      throw error
    }
  }
  const add = (of: string, value: JsonValue | undefined): void => {
    if (value === undefined || value === null || value === '') return
    if (isJsonArray(value)) for (const [k, inner] of value.entries()) add(`${of}/${k}`, inner)
    else if (isJsonObject(value)) for (const [key, inner] of Object.entries(value)) add(`${of}/${key}`, inner)
    else {
      const text = typeof value === 'string' && !URL.test(value) ? value : undefined
      const mustBePath = text !== undefined && (PATH_KEY.test(of) || /^(\$|\.?\/)/.test(text))
      found.set(of, { of, value, path: text === undefined ? undefined : resolve(text), mustBePath })
    }
  }
  for (const [key, value] of Object.entries(config)) if (!PARTS.includes(key)) add(key, value)
  for (const side of ['nodes', 'edges'] as const)
    for (const entry of entriesOf(config, side)) {
      const shared = Object.entries(entry).filter(([key]) => key !== 'populations' && key !== FILE_KEYS[side])
      for (const [name, properties] of populationsOf(entry, side, resolve, unlisted)) {
        add(`${side}/${name}/type`, DEFAULT_TYPES[side])
        for (const [key, value] of shared) add(`${side}/${name}/${key}`, value)
        add(`${side}/${name}`, properties)
      }
    }
  return found
}

function entriesOf(config: JsonObject, side: string): JsonObject[] {
  const list = isJsonObject(config.networks) ? config.networks[side] : undefined
  return list !== undefined && isJsonArray(list) ? list.filter(isJsonObject) : []
}

function populationsOf(
  entry: JsonObject,
  side: 'nodes' | 'edges',
  resolve: (text: string) => string | undefined,
  unlisted: Unlisted,
): (readonly [string, JsonValue])[] {
  const named = isJsonObject(entry.populations) ? Object.entries(entry.populations) : []
  if (named.length > 0) return named
  const text = entry[FILE_KEYS[side] ?? '']
  const file = typeof text === 'string' ? resolve(text) : undefined
  return file === undefined ? [] : unlisted(side, file).map(name => [name, {}] as const)
}
