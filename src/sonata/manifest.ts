/** Path variables of SONATA configurations: `$NAME` and `${NAME}`, values may refer to other variables. */
import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { InputError, nearestName } from '../errors.ts'
import { isJsonObject, type JsonValue, jsonKind } from '../formats/json.ts'

/** Expanded paths above this are refused: a few nested variables could otherwise grow without bound. */
const MAX_PATH_LENGTH = 32_768
/** Real manifests have a handful; a chain of very many would exhaust the stack. */
const MAX_VARIABLES = 1_000

/**
 * The manifest of one configuration file. Rules: libsonata's plain substring replacement, but the longest
 * name that fits wins (so `$NETWORK` does not hit inside `$NETWORK_DIR`); bmtk's and bluepysnap's `${NAME}`,
 * `${configdir}` and `${configfname}` too. Results that are not absolute are relative to the folder of the
 * configuration file, never to the working directory; normalised as text, links not followed.
 */
export class Manifest {
  /** The configuration file, for messages. */
  readonly file: string
  /** Value by bare name (no `$`, no braces). */
  readonly #raw: Map<string, string>
  readonly #expanded = new Map<string, string>()
  readonly #longestFirst: readonly string[]
  readonly #acyclic = new Set<string>()

  /** @throws InputError for a malformed manifest or variables that refer to themselves in a circle. */
  constructor(manifest: JsonValue | undefined, file: string) {
    this.file = file
    // '.', not the folder itself: every relative result is joined to the folder of the file anyway.
    this.#raw = new Map([
      ['configdir', '.'],
      ['configfname', basename(file)],
    ])
    const builtIn = new Set(this.#raw.keys())
    for (const [name, value] of parseManifest(manifest, file)) {
      this.#raw.set(name, value)
      builtIn.delete(name)
    }
    // The built-ins need their braces: `$configdir` is no variable of any reader.
    this.#longestFirst = [...this.#raw.keys()]
      .filter(name => !builtIn.has(name))
      .sort((a, b) => b.length - a.length)
    for (const name of this.#raw.keys()) this.#refuseCycle(name, [])
  }

  /** A path of the configuration, expanded and joined to its folder. `field` names it in errors. */
  path(text: string, field: string): string {
    const expanded = this.#expand(text, field)
    if (expanded.includes('\0')) throw this.#error(`the path at ${field} holds a NUL character`, field)
    return isAbsolute(expanded) ? normalize(expanded) : join(dirname(this.file), expanded)
  }

  #expand(text: string, field: string): string {
    let result = ''
    for (const part of this.#split(text)) {
      if (typeof part === 'string') result += part
      else if (this.#raw.has(part.name)) result += this.#value(part.name, field)
      else throw this.#unknown(part.written, part.name, field)
      if (result.length > MAX_PATH_LENGTH)
        throw this.#error(`the path at ${field} expands to more than ${MAX_PATH_LENGTH} characters`, field)
    }
    return result
  }

  #value(name: string, field: string): string {
    const known = this.#expanded.get(name)
    if (known !== undefined) return known
    const value = this.#expand(this.#raw.get(name) ?? '', field)
    this.#expanded.set(name, value)
    return value
  }

  /** Literal text and variables, in order. A `$` that starts no name stays as it is. */
  #split(text: string): (string | { name: string; written: string })[] {
    const parts: (string | { name: string; written: string })[] = []
    let at = 0
    while (at < text.length) {
      const dollar = text.indexOf('$', at)
      if (dollar < 0) break
      parts.push(text.slice(at, dollar))
      const written = /^\$(?:\{[^}]*\}|\w*)/.exec(text.slice(dollar))?.[0] ?? '$'
      const known = written.startsWith('${')
        ? written.slice(2, -1)
        : this.#longestFirst.find(name => written.startsWith(`$${name}`))
      const used = written.startsWith('${') || known === undefined ? written : `$${known}`
      if (used === '$') parts.push('$')
      else parts.push({ name: known ?? written.slice(1), written: used })
      at = dollar + used.length
    }
    parts.push(text.slice(at))
    return parts
  }

  #refuseCycle(name: string, path: readonly string[]): void {
    const start = path.indexOf(name)
    if (start >= 0) {
      const circle = [...path.slice(start), name].map(n => `$${n}`).join(' -> ')
      throw this.#error(
        `the manifest variables refer to themselves: ${circle}`,
        'manifest',
        'Give one of them a path.',
      )
    }
    if (this.#acyclic.has(name)) return
    for (const part of this.#split(this.#raw.get(name) ?? ''))
      if (typeof part !== 'string') this.#refuseCycle(part.name, [...path, name])
    this.#acyclic.add(name)
  }

  #unknown(written: string, name: string, field: string): InputError {
    const nearest = nearestName(name, this.#raw.keys())
    const names = this.#longestFirst.map(n => `$${n}`).sort()
    return this.#error(
      `${written} at ${field} is not a variable of the manifest`,
      field,
      nearest === undefined
        ? `The manifest has ${names.length > 0 ? names.join(', ') : 'no variables'}.`
        : `Did you mean $${nearest}?`,
    )
  }

  #error(message: string, field: string, hint?: string): InputError {
    return new InputError(message, { file: this.file, field, hint })
  }
}

function parseManifest(manifest: JsonValue | undefined, file: string): [string, string][] {
  if (manifest === undefined || manifest === null) return []
  if (!isJsonObject(manifest))
    throw new InputError(`expected an object "manifest", found ${jsonKind(manifest)}`, {
      file,
      field: 'manifest',
    })
  const entries = Object.entries(manifest)
  if (entries.length > MAX_VARIABLES)
    throw new InputError(`${entries.length} manifest variables; at most ${MAX_VARIABLES} are read`, {
      file,
      field: 'manifest',
    })
  return entries.map(([key, value]) => {
    const name = /^\$(?:\{(\w+)\}|(\w+))$/.exec(key)
    const field = `manifest.${key}`
    if (!name)
      throw new InputError(`expected manifest names like "$BASE_DIR", found "${key}"`, {
        file,
        field,
      })
    if (typeof value !== 'string')
      throw new InputError(`expected a path at ${field}, found ${jsonKind(value)}`, { file, field })
    return [name[1] ?? name[2] ?? '', value]
  })
}
