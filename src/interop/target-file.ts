/**
 * `.target` files: named groups of cells, by GID (from 1) or by the names of other targets.
 *
 * ```
 * Target Cell Excitatory
 * {
 *     a1 a2 L5_Pyramidal
 * }
 * ```
 * Rules: bluepy (targets of all files share their names, a name may occur once), Brion (`#` comments).
 */
import { InputError } from '../errors.ts'
import { readTextFile } from '../formats/json.ts'

export interface Target {
  readonly name: string
  readonly kind: 'Cell' | 'Compartment' | 'Section'
  readonly file: string
  /** Of its name, from 1. */
  readonly line: number
  /** 1-based, as written: any order, with duplicates. */
  readonly gids: readonly number[]
  /** Names of other targets; parts of a cell (`soma`, `axon`, ...) are left out. */
  readonly members: readonly string[]
}

const KINDS: readonly string[] = ['Cell', 'Compartment', 'Section'] satisfies Target['kind'][]

/** Say which part of the cells is meant; they choose no cells. */
const SECTION_WORDS: ReadonlySet<string> = new Set(['soma', 'axon', 'dend', 'apic'])

/** GIDs and node ids are 32-bit in this tool. */
const MAX_GID = 0xffff_ffff

/** @throws InputError naming file and line */
export const readTargetFile = async (file: string): Promise<Target[]> =>
  parseTargetFile(await readTextFile(file), file)

/**
 * Targets in the order of the file. Blanks and line breaks separate alike, braces may share lines with anything.
 *
 * @throws InputError naming the line: text outside targets, an unknown kind, a body that does not end, a target
 *   named like a cell (`a12`)
 */
export function parseTargetFile(text: string, file: string): Target[] {
  const tokens = tokenize(text)
  const fail = (message: string, at: number): InputError => {
    const line = text.slice(0, at).split('\n').length
    return new InputError(`line ${line}: ${message}`, { file, field: `line ${line}` })
  }
  let line = 1
  let counted = 0
  const lineAt = (at: number): number => {
    for (let k = text.indexOf('\n', counted); k >= 0 && k < at; k = text.indexOf('\n', counted)) {
      line++
      counted = k + 1
    }
    return line
  }
  const next = (expected: string): Token => {
    const token = tokens.next().value
    if (token === undefined) throw fail(`expected ${expected}, found the end of the file`, text.length)
    return token
  }
  const targets: Target[] = []
  for (let token = tokens.next().value; token !== undefined; token = tokens.next().value) {
    if (token.text !== 'Target') throw fail(`expected "Target", found "${clip(token.text)}"`, token.at)
    const kind = next('Cell, Compartment or Section')
    if (!isKind(kind.text))
      throw fail(`expected Cell, Compartment or Section, found "${clip(kind.text)}"`, kind.at)
    const name = next('the name of a target')
    if (/^([{}]|a\d+)$/.test(name.text))
      throw fail(`expected the name of a target, found "${name.text}"`, name.at)
    const brace = next(`"{" of target ${name.text}`)
    if (brace.text !== '{')
      throw fail(`expected "{" of target ${clip(name.text)}, found "${clip(brace.text)}"`, brace.at)
    const gids: number[] = []
    const members: string[] = []
    for (
      let item = next(`"}" of target ${name.text}`);
      item.text !== '}';
      item = next(`"}" of target ${name.text}`)
    ) {
      if (item.text === '{') throw fail(`expected "}" of target ${clip(name.text)}, found "{"`, item.at)
      if (/^a\d+$/.test(item.text)) {
        const gid = Number(item.text.slice(1))
        if (gid > MAX_GID) throw fail(`the GID ${clip(item.text)} is too large`, item.at)
        gids.push(gid)
      } else if (!SECTION_WORDS.has(item.text)) members.push(item.text)
    }
    targets.push({ name: name.text, kind: kind.text, file, line: lineAt(name.at), gids, members })
  }
  return targets
}

interface Token {
  readonly text: string
  readonly at: number
}

/** Braces are tokens of their own; a comment lasts to the end of its line. */
function* tokenize(text: string): Generator<Token, undefined> {
  const pattern = /#[^\n]*|[{}]|[^\s{}#]+/g
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
    if (!match[0].startsWith('#')) yield { text: match[0], at: match.index }
  return undefined
}

const isKind = (text: string): text is Target['kind'] => KINDS.includes(text)
const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text)
