/** Node selections of a campaign file: names, expressions of the command line, objects of manip_config. */
import { extname, resolve } from 'node:path'
import { nearestName } from '../errors.ts'
import { ID_FILE_EXTENSIONS } from '../sonata/id-file.ts'
import type { Path, TextDocument } from './document.ts'
import type { NodeChoice, NodeSelectionSpec } from './types.ts'
import { refuse, written } from './validate.ts'

/** No selection: all nodes. */
export const ALL_NODES: NodeChoice = { expression: undefined, selection: undefined }

/**
 * The choice that `spec` makes: a name of the section `nodes`, an expression (`Set`, `attribute=value`, several
 * joined by `&`, a file of ids), or an object with `node_set` and attributes.
 *
 * @throws InputError where it cannot be said as one of the others
 */
export function nodeChoice(
  document: TextDocument,
  path: Path,
  spec: NodeSelectionSpec | undefined,
  named: Readonly<Record<string, NodeSelectionSpec>>,
  folder: string,
): NodeChoice {
  if (spec === undefined) return ALL_NODES
  const key = written(path)
  if (typeof spec !== 'string') return { ...fromObject(document, path, spec), key }
  const definition = Object.hasOwn(named, spec) ? named[spec] : undefined
  if (definition !== undefined) return nodeChoice(document, ['nodes', spec], definition, {}, folder)
  const near = nearestName(spec, Object.keys(named))
  const instead = near === undefined ? '' : ` (the section nodes has ${near})`
  return { ...fromExpression(document, path, spec, folder), key: `${key}: ${spec}${instead}` }
}

function fromObject(
  document: TextDocument,
  path: Path,
  spec: Exclude<NodeSelectionSpec, string>,
): NodeChoice {
  const terms = Object.entries(spec).map(([key, value]) => {
    const values = [value].flat()
    const odd = values.find(
      one => /[&]/.test(String(one)) || (values.length > 1 && String(one).includes(',')),
    )
    if (odd !== undefined)
      refuse(document, [...path, key], `"${odd}" cannot be part of a selection`, 'make a node set of it')
    return key === 'node_set' ? String(value) : `${key}=${values.join(',')}`
  })
  const keys = Object.keys(spec)
  const [set] = keys.length === 1 && keys[0] === 'node_set' ? [spec.node_set] : []
  // An object of nothing but a node set ends some versions with an error; its name alone means the same.
  return { expression: terms.join('&'), selection: typeof set === 'string' ? set : spec }
}

function fromExpression(document: TextDocument, path: Path, spec: string, folder: string): NodeChoice {
  // A file of ids, which manip_config cannot name.
  if (ID_FILE_EXTENSIONS.includes(extname(spec).toLowerCase()))
    return { expression: resolve(folder, spec), selection: undefined }
  const terms = spec.split('&').map(term => term.trim())
  if (terms.length === 1 && !spec.includes('=')) return { expression: spec, selection: spec.trim() }
  const selection: Record<string, string | number | (string | number)[]> = {}
  for (const term of terms) {
    const [key = '', value] = split(term)
    const name = value === undefined ? 'node_set' : key
    if (Object.hasOwn(selection, name))
      return refuse(document, path, `two terms for "${name}" in "${spec}"`, 'make one node set of them')
    const values = value?.split(',').map(part => number(part.trim())) ?? [key]
    selection[name] = values.length === 1 ? (values[0] ?? key) : values
  }
  return { expression: spec, selection }
}

function split(term: string): [string, string | undefined] {
  const equals = term.indexOf('=')
  return equals < 0 ? [term, undefined] : [term.slice(0, equals).trim(), term.slice(equals + 1).trim()]
}

/** `layer=4` is written as the number that JSON has. */
const number = (text: string): string | number => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text)
