/** How records are written down: when and by which command, with which paths. */
import { isAbsolute, relative, sep } from 'node:path'

/** When, where and by which command a record was made. Outside of what two runs have in common. */
export interface Made {
  /** ISO 8601 with `+00:00`, to the second. */
  readonly at: string
  /** As it was called: the program and its arguments. */
  readonly command: readonly string[]
  /** Version of Node. */
  readonly node: string
  readonly platform: { readonly os: string; readonly architecture: string }
  /** Threads that the machine, or the job, gives. */
  readonly cpu_threads: number
  /** Of Slurm: `1234`, of an array `1230_4`. */
  readonly slurm_job?: string | undefined
}

/** What the caller wants of records. */
export interface RecordForm {
  readonly made?: Made | undefined
  /** Without `made` and `seconds`: the same command over the same files gives the same bytes. */
  readonly reproducible?: boolean | undefined
  /** An absolute folder: files are named relative to it. */
  readonly relativeTo?: string | undefined
}

/** Every record says what it is. */
export interface AnyRecord {
  readonly type: string
  readonly [key: string]: unknown
}

/** Version of the records, of all types. */
export const RECORD_SCHEMA = 1

/** Records about a comparison that was made. */
const COMPARISONS: ReadonlySet<string> = new Set(['proof', 'diff'])

/** A record as it is written: `type` and `schema` first. */
export function formed<T extends AnyRecord>(record: T, form: RecordForm = {}): T {
  const { type, ...rest } = record
  const told = { type, schema: RECORD_SCHEMA, ...rest, ...madeOf(record, form) } as unknown as T
  const { relativeTo } = form
  return relativeTo === undefined ? told : new Relative(relativeTo, told).of(told)
}

/** A proof that was kept has been made before. */
function madeOf(record: AnyRecord, { made, reproducible }: RecordForm): object {
  if (reproducible) return { made: undefined, ...('seconds' in record ? { seconds: undefined } : {}) }
  return COMPARISONS.has(record.type) && record.made === undefined && made !== undefined ? { made } : {}
}

/** Keys whose text is the path of a file. Others may hold one in a sentence. */
const PATHS: ReadonlySet<string> = new Set([
  'file',
  'files',
  'original',
  'config',
  'circuit',
  'looked',
  'path',
  'mask',
  'output',
  'from',
])

/** Places inside of files look like paths of files. */
const PLACES: ReadonlySet<string> = new Set(['field', 'property', 'population'])

class Relative {
  readonly #folder: string
  /** Exact paths, the longest first; then whatever begins as one of them does: `/home/...`. */
  readonly #paths: RegExp

  constructor(folder: string, record: AnyRecord) {
    this.#folder = folder
    const known = [...new Set([folder, ...pathsIn(record)])].sort((a, b) => b.length - a.length)
    const roots = new Set(known.map(path => path.split(sep)[1] ?? '').filter(root => root !== ''))
    const exact = known.map(path => `${escaped(path)}(?![\\w./-])`)
    const others = [...roots].map(root => `/${escaped(root)}(?![\\w-])(?:/[^\\s"'\`,;:()]*)?`)
    this.#paths = new RegExp(`(?<![\\w./])(?:${[...exact, ...others].join('|')})`, 'g')
  }

  of<T>(value: T, key = ''): T {
    if (typeof value === 'string') return (PLACES.has(key) ? value : this.#text(value)) as T
    if (Array.isArray(value)) return value.map(one => this.of(one as unknown, key)) as T
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.of(one, name)])) as T
  }

  #text(text: string): string {
    return text.replace(this.#paths, path => this.#path(path))
  }

  #path(path: string): string {
    return relative(this.#folder, path) || '.'
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function pathsIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return PATHS.has(key) && isAbsolute(value) ? [value] : []
  if (Array.isArray(value)) return value.flatMap(one => pathsIn(one, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => pathsIn(one, name))
}
