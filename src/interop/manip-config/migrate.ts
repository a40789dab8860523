/** Rewrite a manip_config.json for the other generation: nothing lost without a word, nothing written unchecked. */
import { posix } from 'node:path'
import { InputError } from '../../errors.ts'
import {
  dumpPythonJson,
  entriesOf,
  inOrder,
  isPythonList,
  isPythonObject,
  type PythonJson,
  type PythonObject,
  parsePythonJson,
} from '../../formats/python-json.ts'
import { describeValue, Findings, hasErrors } from './diagnostics.ts'
import { checkModels } from './model-rules.ts'
import { isSource, keysOf, OPERATIONS } from './operations.ts'
import { parseManipConfig } from './parse.ts'
import { flatArguments, generationOfEntry, nestedArguments, overridden } from './parse-call.ts'
import { before, DAYS, describeWindows, intersect, since } from './versions.ts'

export interface Migrated {
  /** As `json.dump(config, file, indent=2)` writes it; floats stay floats. */
  readonly text: string
  /** What was left out or means something else now; one sentence each. */
  readonly notes: readonly string[]
}

/**
 * @param text of a file of either generation, or of one that was migrated half ("kwargs" beside "model_config")
 * @throws InputError if the file says what the other generation cannot, or what nobody can
 */
export function migrateManipConfig(text: string, file: string, to: 'A' | 'B'): Migrated {
  const { value } = parsePythonJson(text, file)
  if (!isPythonObject(value) || !isPythonObject(value.manip) || !isPythonList(value.manip.fcts))
    throw new InputError('expected an object with "manip" and "fcts" in it', { file, field: 'manip.fcts' })
  const notes: string[] = []
  const fcts = value.manip.fcts.map((entry, k) =>
    migrateEntry(entry, `manip.fcts[${k}]`, { file, to, notes }),
  )
  const manip = rewritten(value.manip, (key, one) => [[key, key === 'fcts' ? fcts : one]])
  const top = rewritten(value, (key, one) => [[key, key === 'manip' ? manip : one]])
  const migrated = to === 'B' ? topB(top, notes) : topA(top, value.manip.name, notes)
  const result = dumpPythonJson(migrated, 2)
  const { config, diagnostics: read, document } = parseManipConfig(result, file)
  const findings = new Findings(document)
  for (const call of config?.functions ?? []) if (config !== undefined) checkModels(call, config, findings)
  const diagnostics = [...read, ...findings.all]
  const [error] = diagnostics.filter(({ severity }) => severity === 'error')
  if (hasErrors(diagnostics) && error !== undefined)
    throw new InputError(`cannot be migrated: ${error.message} [${error.code}]`, {
      file,
      field: error.path,
      hint: error.hint,
    })
  return { text: result, notes }
}

interface Job {
  readonly file: string
  readonly to: 'A' | 'B'
  readonly notes: string[]
}

/** What a key becomes: under another name, with others before or after it, or nothing. */
type Entries = readonly (readonly [key: string, value: PythonJson])[]

/** Every key in its place: what it becomes stands where it stood. */
const rewritten = (
  object: PythonObject,
  becomes: (key: string, value: PythonJson) => Entries,
): PythonObject => inOrder(entriesOf(object).flatMap(([key, value]) => becomes(key, value)))

function topB(top: PythonObject, notes: string[]): PythonObject {
  const { output_path, blue_config_to_update, workflow_template } = top
  if (typeof output_path === 'string')
    notes.push(`output_path is dropped; run it with --output-dir ${output_path}`)
  if (blue_config_to_update !== undefined)
    notes.push(
      'blue_config_to_update is dropped: versions since 2023-03-03 write circuit_config.json and no BlueConfig',
    )
  if (workflow_template !== undefined) notes.push('workflow_template is dropped: it came with the BlueConfig')
  const seeded = typeof top.N_split_nodes === 'number' && top.N_split_nodes > 1
  if (seeded)
    notes.push('random draws differ from those of the script: since 2023-03-15 every split has its own seed')
  return rewritten(top, (key, value) => {
    if (DEAD_IN_B.includes(key)) return []
    if (key !== 'population_name') return [[key, value]]
    return top.edges_popul_name === undefined ? [['edges_popul_name', value]] : []
  })
}

const DEAD_IN_B: readonly string[] = ['output_path', 'blue_config_to_update', 'workflow_template']

function topA(top: PythonObject, name: PythonJson | undefined, notes: string[]): PythonObject {
  const { circuit_path, circuit_config, output_path } = top
  for (const key of ['src_node_popul_name', 'tgt_node_popul_name'])
    if (top[key] !== undefined) notes.push(`${key} is dropped: versions up to 0.0.4 do not check it`)
  const config = typeof circuit_config === 'string' ? circuit_config : ''
  const path = typeof circuit_path === 'string' ? circuit_path : posix.dirname(config)
  const output = output_path ?? `${path}__${String(name)}`
  if (output_path === undefined) notes.push(`output_path is ${String(output)}: circuit_path and the name`)
  return rewritten(top, (key, value) => {
    switch (key) {
      case 'circuit_config': {
        const folder: Entries = circuit_path === undefined ? [['circuit_path', path]] : []
        const file = circuit_path === undefined ? posix.basename(config) : value
        return [...folder, [key, file], ...(output_path === undefined ? ([[OUTPUT, output]] as const) : [])]
      }
      case 'edges_popul_name':
        return [['population_name', value]]
      case 'src_node_popul_name':
      case 'tgt_node_popul_name':
        return []
      case 'population_name':
        return top.edges_popul_name === undefined ? [[key, value]] : []
      default:
        return [[key, value]]
    }
  })
}

const OUTPUT = 'output_path'

function migrateEntry(entry: PythonJson, path: string, job: Job): PythonJson {
  if (!isPythonObject(entry))
    throw new InputError(`expected an object, found ${describeValue(entry)}`, { file: job.file, field: path })
  const given = argumentsOf(entry, path, job)
  const source = job.to === 'B' && entry.source === 'no_manipulation' ? 'null_manipulation' : entry.source
  return job.to === 'B'
    ? entryB(source ?? null, entry, given, job.notes)
    : entryA(source ?? null, entry, given, path, job)
}

/** Whatever generation they stand in. Nested ones of a file that was migrated half are meant, not ignored. */
function argumentsOf(entry: PythonObject, path: string, job: Job): Map<string, PythonJson> {
  const values = (from: ReadonlyMap<string, { value: PythonJson }>): Map<string, PythonJson> =>
    new Map([...from].map(([name, { value }]) => [name, value]))
  for (const { name, same } of job.to === 'A' || generationOfEntry(entry) !== 'A' ? overridden(entry) : [])
    if (!same)
      throw new InputError(`"${name}" says one thing in "model_config" and another beside it`, {
        file: job.file,
        field: `${path}.${name}`,
        hint: 'Keep the one that is meant; the package takes the one in "model_config".',
      })
  const nested = values(nestedArguments(entry, path))
  const flat = values(flatArguments(entry, path))
  if (generationOfEntry(entry) === 'A') return nested
  for (const [name, value] of nested) {
    const other = flat.get(name)
    if (other !== undefined && dumpPythonJson(other, 0) !== dumpPythonJson(value, 0))
      throw new InputError(`"${name}" says one thing in "kwargs" and another beside it`, {
        file: job.file,
        field: `${path}.${name}`,
        hint: 'Keep the one that is meant.',
      })
  }
  return new Map([...nested, ...flat])
}

const NEW_METHODS: Readonly<Record<string, string>> = {
  duplicate_sample: 'sample',
  duplicate_randomize: 'randomize',
}
const OLD_METHODS = Object.fromEntries(Object.entries(NEW_METHODS).map(([a, b]) => [b, a]))

function entryB(
  source: PythonJson,
  entry: PythonObject,
  given: ReadonlyMap<string, PythonJson>,
  notes: string[],
): PythonObject {
  const flat: [string, PythonJson][] = []
  const models: [string, PythonJson][] = []
  for (const [name, value] of given) {
    const [, key] = keyOf(source, name) ?? []
    if (key?.model)
      models.push([
        key.name,
        modelB(key.oldName === name && !isPythonObject(value) ? { file: value } : value, name, notes),
      ])
    else if (name === 'reuse_pos') flat.push(['syn_pos_mode', value === false ? 'random' : 'reuse'])
    else if (name === 'gen_method' && typeof value === 'string')
      flat.push([name, NEW_METHODS[value] ?? value])
    else if (/^sel_(src|dest)$/.test(name)) flat.push([name, selectionB(value, generationOfEntry(entry))])
    else flat.push([name, value])
  }
  const pathways = entry.model_pathways
  const kept: Entries = pathways === undefined ? [] : [['model_pathways', pathways]]
  return framed(entry, source, [...flat, ...kept, ['model_config', inOrder(models)]])
}

/** `source` stands before or after the arguments, as it did. */
function framed(entry: PythonObject, source: PythonJson, rest: Entries): PythonObject {
  const [first] = entriesOf(entry)[0] ?? []
  const own = ['source', source] as const
  return inOrder(first === undefined || first === 'source' ? [own, ...rest] : [...rest, own])
}

/** Parameters of inline models that have other names now. */
function modelB(spec: PythonJson, name: string, notes: string[]): PythonJson {
  if (!isPythonObject(spec) || !isPythonList(spec.delay_mean_coefs)) return spec
  const [offset, slope, more] = spec.delay_mean_coefs
  const known = offset !== undefined && slope !== undefined && more === undefined
  if (!known || spec.delay_mean_coeff_a !== undefined || spec.delay_mean_coeff_b !== undefined) return spec
  notes.push(
    `${name}: delay_mean_coefs [a, b] is written as delay_mean_coeff_a and delay_mean_coeff_b, as it is called from 0.0.5 on`,
  )
  return rewritten(spec, (key, value) =>
    key === 'delay_mean_coefs'
      ? [
          ['delay_mean_coeff_a', offset],
          ['delay_mean_coeff_b', slope],
        ]
      : [[key, value]],
  )
}

/** `{}` meant all nodes in generation A. */
const selectionB = (value: PythonJson, from: string): PythonJson =>
  from === 'A' && isPythonObject(value) && Object.keys(value).length === 0 ? null : value

/** The newest versions of generation A. */
const LAST_A = intersect(before(DAYS.flatKeys), since(DAYS.mask))

function entryA(
  source: PythonJson,
  entry: PythonObject,
  given: ReadonlyMap<string, PythonJson>,
  path: string,
  job: Job,
): PythonObject {
  const refuse = (what: string, hint?: string): InputError =>
    new InputError(`${what}: no version up to 0.0.4 has it`, { file: job.file, field: path, hint })
  if (typeof source === 'string' && isSource(source)) {
    const { windows } = OPERATIONS[source]
    if (source === 'null_manipulation')
      job.notes.push('null_manipulation is no_manipulation before 2023-03-29')
    else if (intersect(windows, LAST_A).length === 0)
      throw refuse(`operation ${source}`, describeWindows(windows))
  }
  if (entry.model_pathways !== undefined) throw refuse('model_pathways')
  const kwargs: [string, PythonJson][] = []
  for (const [name, value] of given) {
    const [, key] = keyOf(source, name) ?? []
    if (key?.windows !== undefined && intersect(key.windows, LAST_A).length === 0) throw refuse(name)
    if (key?.model && key.oldName === undefined) throw refuse(name)
    if (key?.model && name === key.name) {
      if (!isPythonObject(value) || typeof value.file !== 'string') throw refuse(`${name} that is no file`)
      kwargs.push([key.oldName ?? name, value.file])
    } else if (name === 'gen_method' && typeof value === 'string')
      kwargs.push([name, OLD_METHODS[value] ?? value])
    else kwargs.push([name, value])
  }
  return framed(entry, source, [['kwargs', inOrder(kwargs)]])
}

const keyOf = (source: PythonJson, name: string) =>
  typeof source === 'string' && isSource(source)
    ? keysOf(source).find(([, key]) => key.name === name || key.oldName === name)
    : undefined
