/** Every path that a circuit configuration holds, with what it belongs to; also of keys that nothing here reads. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, readJsonFile } from '../formats/json.ts'
import { Manifest } from './manifest.ts'

export interface ConfigPath {
  /** The same for the same thing in another configuration: `edges/default/spine_morphologies_dir`. */
  readonly of: string
  /** Where it stands: `networks.edges[1].populations.default.spine_morphologies_dir`. */
  readonly field: string
  /** Resolved, absolute or relative to the working directory as the configuration itself. */
  readonly path: string
}

/** Entries of edges and nodes that name their files; those are compared by what is in them. */
const FILE_KEYS: readonly string[] = ['nodes_file', 'edges_file', 'node_types_file', 'edge_types_file']
const PATH_KEY = /_(dir|file|path)$/

/** @throws InputError if the file is no JSON object, or a variable of its manifest is not known */
export async function readConfigPaths(file: string): Promise<ConfigPath[]> {
  const config = await readJsonFile(file)
  if (!isJsonObject(config)) return []
  const manifest = new Manifest(config.manifest, file)
  const found: ConfigPath[] = []
  const add = (of: string, field: string, value: JsonValue | undefined): void => {
    if (typeof value === 'string') {
      if (value !== '' && (PATH_KEY.test(of) || value.startsWith('$') || value.includes('/')))
        found.push({ of, field, path: manifest.path(value, field) })
    } else if (isJsonObject(value))
      for (const [key, inner] of Object.entries(value)) add(`${of}/${key}`, `${field}.${key}`, inner)
  }
  add('node_sets_file', 'node_sets_file', config.node_sets_file)
  add('components', 'components', config.components)
  for (const side of ['nodes', 'edges']) {
    for (const { field, entry } of entriesOf(config, side)) {
      const populations = isJsonObject(entry.populations) ? Object.entries(entry.populations) : []
      for (const [name, properties] of populations) {
        for (const [key, value] of Object.entries(entry))
          if (key !== 'populations' && !FILE_KEYS.includes(key))
            add(`${side}/${name}/${key}`, `${field}.${key}`, value)
        add(`${side}/${name}`, `${field}.populations.${name}`, properties)
      }
    }
  }
  return found
}

function entriesOf(config: JsonObject, side: string): { field: string; entry: JsonObject }[] {
  const list = isJsonObject(config.networks) ? config.networks[side] : undefined
  if (list === undefined || !isJsonArray(list)) return []
  return list.flatMap((entry, k) => (isJsonObject(entry) ? [{ field: `networks.${side}[${k}]`, entry }] : []))
}
