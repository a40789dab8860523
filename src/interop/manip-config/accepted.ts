/** Which versions take a configuration, and which of its keys say so. */
import {
  isPythonList,
  isPythonObject,
  type PythonJson,
  type PythonObject,
} from '../../formats/python-json.ts'
import { isSource, keysOf, OPERATIONS, RETIRED, type Source } from './operations.ts'
import {
  type Argument,
  flatArguments,
  generationOfEntry,
  lostArguments,
  nestedArguments,
} from './parse-call.ts'
import { ALWAYS, before, DAYS, intersect, since, type Window } from './versions.ts'

/** One key, or one value of it, that not all versions have. */
export interface Limit {
  readonly path: string
  /** `conn_mask_file`, `gen_method: randomize`, `kwargs`. */
  readonly what: string
  readonly windows: readonly Window[]
  /** Versions outside stop at it; else they only ignore it. */
  readonly stops: boolean
}

export interface Acceptance {
  /** Run it to its end. */
  readonly runs: readonly Window[]
  /** And do everything that it says: no key is dead in them. */
  readonly honours: readonly Window[]
  readonly limits: readonly Limit[]
}

/** Keys outside the functions. */
const TOP_LEVEL: readonly Omit<Limit, 'path'>[] = [
  { what: 'output_path', windows: before(DAYS.commandLine), stops: false },
  { what: 'blue_config_to_update', windows: before(DAYS.noBlueConfig), stops: false },
  { what: 'workflow_template', windows: before(DAYS.noBlueConfig), stops: false },
  {
    what: 'population_name',
    windows: [{ from: DAYS.populationName, until: DAYS.commandLine }],
    stops: false,
  },
  { what: 'edges_popul_name', windows: since(DAYS.edgesPopulation), stops: false },
  { what: 'src_node_popul_name', windows: since(DAYS.nodePopulations), stops: false },
  { what: 'tgt_node_popul_name', windows: since(DAYS.nodePopulations), stops: false },
]

/** Of a file as it stands, with or without errors in it. */
export function acceptance(root: PythonJson): Acceptance {
  const limits = isPythonObject(root) ? [...topLimits(root), ...functionLimits(root.manip)] : []
  const over = (chosen: readonly Limit[]): readonly Window[] =>
    chosen.reduce<readonly Window[]>((windows, limit) => intersect(windows, limit.windows), ALWAYS)
  return { runs: over(limits.filter(({ stops }) => stops)), honours: over(limits), limits }
}

function topLimits(root: PythonObject): Limit[] {
  const present = TOP_LEVEL.filter(({ what }) => root[what] !== undefined && root[what] !== null)
  const limits = present.map(limit => ({ ...limit, path: limit.what }))
  if (root.circuit_path !== undefined) return limits
  // The script needs it; the command line does not.
  const what = 'no circuit_path'
  return [...limits, { path: 'circuit_path', what, windows: since(DAYS.commandLine), stops: true }]
}

function functionLimits(manip: PythonJson | undefined): Limit[] {
  const entries = isPythonObject(manip) && isPythonList(manip.fcts) ? manip.fcts : []
  return entries.flatMap((entry, k) => (isPythonObject(entry) ? entryLimits(entry, `manip.fcts[${k}]`) : []))
}

function entryLimits(entry: PythonObject, path: string): Limit[] {
  const limits = [frameLimit(entry, path), operationLimit(entry.source, `${path}.source`)]
  const known = typeof entry.source === 'string' && isSource(entry.source) ? entry.source : undefined
  if (known !== undefined) {
    const nested = generationOfEntry(entry) === 'A'
    const given = nested ? nestedArguments(entry, path) : flatArguments(entry, path)
    for (const [name, argument] of given) limits.push(...argumentLimits(known, name, argument, nested))
  }
  return limits.filter(limit => limit !== undefined)
}

function frameLimit(entry: PythonObject, path: string): Limit | undefined {
  switch (generationOfEntry(entry)) {
    case 'A':
      return { path: `${path}.kwargs`, what: 'kwargs', windows: before(DAYS.flatKeys), stops: true }
    case 'B':
      return {
        path: `${path}.model_config`,
        what: 'model_config without kwargs',
        windows: since(DAYS.flatKeys),
        stops: true,
      }
    case 'none':
      return { path, what: 'neither kwargs nor model_config', windows: [], stops: true }
    case 'dual':
      if (lostArguments(entry).length === 0) return undefined
      return { path: `${path}.kwargs`, what: 'kwargs', windows: before(DAYS.flatKeys), stops: false }
  }
}

function operationLimit(source: PythonJson | undefined, path: string): Limit | undefined {
  if (typeof source !== 'string') return { path, what: 'no operation', windows: [], stops: true }
  const retired = Object.hasOwn(RETIRED, source) ? RETIRED[source]?.windows : undefined
  const windows = isSource(source) ? OPERATIONS[source].windows : (retired ?? [])
  return windows === ALWAYS ? undefined : { path, what: source, windows, stops: true }
}

function argumentLimits(source: Source, name: string, { path, value }: Argument, nested: boolean): Limit[] {
  const found = keysOf(source).find(([, key]) => key.name === name || (nested && key.oldName === name))
  if (found === undefined) return []
  const [, key] = found
  if (value === null) return []
  const limits: Limit[] = []
  if (key.oldName === name) limits.push({ path, what: name, windows: before(DAYS.modelSpecs), stops: true })
  else if (key.model && nested)
    limits.push({ path, what: `${name} in kwargs`, windows: MODELS_IN_KWARGS, stops: true })
  else if (key.windows !== undefined) limits.push({ path, what: name, windows: key.windows, stops: true })
  if (key.model && isPythonObject(value) && value.delay_mean_coefs !== undefined)
    limits.push({
      path: `${path}.delay_mean_coefs`,
      what: 'delay_mean_coefs',
      windows: before(DAYS.flatKeys),
      stops: false,
    })
  const chosen = isPythonObject(value) ? value.mode : value
  const windows = typeof chosen === 'string' ? key.values?.[chosen] : undefined
  if (windows !== undefined) limits.push({ path, what: `${name}: ${chosen}`, windows, stops: true })
  return limits
}

/** Classes had taken the place of functions, and arguments were still in `kwargs`. */
const MODELS_IN_KWARGS: readonly Window[] = [{ from: DAYS.modelSpecs, until: DAYS.flatKeys }]

/** Limits without which more versions would run it: the keys to change. */
export const decisive = ({ limits, runs }: Acceptance): readonly Limit[] => {
  const stopping = limits.filter(({ stops }) => stops)
  return stopping.filter(limit => {
    const others = stopping.filter(other => !sameWindows(other, limit))
    const without = others.reduce<readonly Window[]>((all, other) => intersect(all, other.windows), ALWAYS)
    return JSON.stringify(without) !== JSON.stringify(runs)
  })
}

const sameWindows = (a: Limit, b: Limit): boolean => JSON.stringify(a.windows) === JSON.stringify(b.windows)
