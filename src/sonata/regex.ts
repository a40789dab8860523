/**
 * `$regex` of node sets as libsonata reads it: `std::regex` in its ECMAScript grammar, over the bytes of the UTF-8
 * text, found anywhere in the value. JavaScript's dialect is a neighbour, not the same: what both read alike is
 * translated, what they read differently (or C++ libraries among each other) is refused by name.
 */
import { complement, ESCAPED_CLASSES, POSIX } from './regex-classes.ts'

/** Why a pattern is not taken, for the end of a sentence: what it holds, and what to write instead. */
export class RegexRefusal extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

const CONTROLS: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** libstdc++ copies the states of what is counted; far more than names need, and far below its limit of 100,000. */
const MOST_STATES = 10_000

const isAscii = (char: string): boolean => char.charCodeAt(0) < 128
const isPunctuation = (char: string): boolean => /^[!-/:-@[-`{-~]$/.test(char)
/** A character that stands for itself, in or outside a class. */
const literal = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`

/** UTF-8 bytes, a character each: what `std::regex` sees. */
const bytesOf = (text: string): string => (isAllAscii(text) ? text : Buffer.from(text).toString('latin1'))
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const isAllAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

/**
 * A test for values of an attribute.
 *
 * @throws RegexRefusal naming the construct that libsonata refuses, or that it would read otherwise than this does
 *
 * @example
 * compileRegex('^L[[:digit:]]_')('L4_PC') // true
 */
export function compileRegex(pattern: string): (value: string) => boolean {
  const compiled = new RegExp(new Translation(bytesOf(pattern)).whole())
  return value => compiled.test(bytesOf(value))
}

interface Group {
  /** It takes part in every match that gets past it, exactly once. */
  certain: boolean
  closed: boolean
}

/** What was read: its translation, and how many states it takes. */
interface Piece {
  readonly source: string
  readonly states: number
}

class Translation {
  readonly #pattern: string
  readonly #groups: Group[] = []
  #at = 0
  /** Look-aheads around the place that is read. */
  #ahead = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  whole(): string {
    const { source, states } = this.#alternatives()
    if (this.#at < this.#pattern.length) throw new RegexRefusal('a ")" closes no group', 'Write \\).')
    if (states > MOST_STATES) throw new RegexRefusal(`it counts to ${states} states`, 'Use smaller counts.')
    return source
  }

  get #next(): string {
    return this.#pattern[this.#at] ?? ''
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #alternatives(): Piece {
    const first = this.#groups.length
    const branches = [this.#sequence()]
    while (this.#take('|')) {
      this.#uncertain(first)
      branches.push(this.#sequence())
    }
    if (branches.length > 1) this.#uncertain(first)
    return {
      source: branches.map(({ source }) => source).join('|'),
      states: branches.reduce((sum, { states }) => sum + states + 1, 0),
    }
  }

  /** Groups from `first` on may be left out, or be met several times. */
  #uncertain(first: number): void {
    for (const group of this.#groups.slice(first)) group.certain = false
  }

  #sequence(): Piece {
    let source = ''
    let states = 0
    while (this.#at < this.#pattern.length && this.#next !== '|' && this.#next !== ')') {
      const first = this.#groups.length
      const term = this.#assertion() ?? this.#quantified(this.#atom(), first)
      source += term.source
      states += term.states
    }
    return { source, states }
  }

  /** What takes no text; none of it can be repeated. */
  #assertion(): Piece | undefined {
    const found = ['^', '$', '\\b', '\\B'].find(one => this.#take(one))
    const first = this.#groups.length
    if (found === undefined && !this.#pattern.startsWith('(?=', this.#at)) {
      if (!this.#pattern.startsWith('(?!', this.#at)) return undefined
    }
    // libstdc++ looks ahead as if the text began there.
    if (found !== undefined && found !== '$' && this.#ahead > 0)
      throw new RegexRefusal(`"${found}" inside a look-ahead, which dialects read differently`)
    const piece = found === undefined ? this.#lookahead(first) : { source: found, states: 1 }
    if (/^[*+?{]/.test(this.#next)) throw new RegexRefusal(`"${this.#next}" repeats what takes no text`)
    return piece
  }

  #lookahead(first: number): Piece {
    const open = this.#pattern.slice(this.#at, this.#at + 3)
    this.#at += 3
    this.#ahead++
    const { source, states } = this.#alternatives()
    this.#ahead--
    this.#close()
    this.#uncertain(first)
    return { source: `${open}${source})`, states: states + 2 }
  }

  #close(): void {
    if (!this.#take(')')) throw new RegexRefusal('a group is not closed')
  }

  #atom(): Piece {
    const char = this.#next
    if (/[*+?]/.test(char)) throw new RegexRefusal(`"${char}" repeats nothing`, `Write \\${char}.`)
    if (/[{}\]]/.test(char))
      throw new RegexRefusal(`a "${char}" that belongs to nothing`, `Write \\${char} for the character.`)
    if (char === '(') return this.#group()
    this.#at++
    if (char === '[') return { source: this.#class(), states: 1 }
    if (char === '\\') return this.#escape()
    // As JavaScript's, without its line separators, which are no bytes.
    if (char === '.') return { source: '[^\\n\\r]', states: 1 }
    return { source: literal(char), states: 1 }
  }

  #group(): Piece {
    this.#at++
    const group: Group = { certain: true, closed: false }
    const captures = !this.#take('?:')
    if (captures && this.#next === '?') throw this.#extension()
    if (captures) this.#groups.push(group)
    const { source, states } = this.#alternatives()
    this.#close()
    group.closed = true
    return { source: `${captures ? '(' : '(?:'}${source})`, states: states + 2 }
  }

  #extension(): RegexRefusal {
    const text = this.#pattern.slice(this.#at - 1)
    if (/^\(\?<[=!]/.test(text)) return new RegexRefusal('look-behind, which C++ does not have')
    if (/^\(\?P?[<']/.test(text))
      return new RegexRefusal('a named group, which C++ does not have', 'Use (...).')
    return new RegexRefusal(`"${text.slice(0, 3)}", which C++ does not have`)
  }

  #quantified({ source, states }: Piece, firstGroup: number): Piece {
    const from = this.#at
    const copies = this.#count()
    if (copies === undefined) return { source, states }
    this.#uncertain(firstGroup)
    // One non-ASCII character is several bytes, of which the last alone is repeated: not what anybody means.
    if (/^\\x[89a-f]/.test(source))
      throw new RegexRefusal('a non-ASCII character that is repeated', 'Put it in a group: (?:...).')
    this.#take('?')
    if (/^[*+?{]/.test(this.#next))
      throw new RegexRefusal(
        `"${this.#pattern.slice(from, this.#at + 1)}", repeated twice`,
        'Possessive quantifiers are not of C++; put what is repeated in a group.',
      )
    return { source: source + this.#pattern.slice(from, this.#at), states: 1 + states * copies }
  }

  /** How many copies of the states a quantifier makes; `undefined` where there is none. */
  #count(): number | undefined {
    if (this.#take('*') || this.#take('+') || this.#take('?')) return 1
    if (this.#next !== '{') return undefined
    const [text, low, comma, high] = /^\{(\d+)(,?)(\d*)\}/.exec(this.#pattern.slice(this.#at)) ?? []
    if (text === undefined || low === undefined || (comma === '' && high !== ''))
      throw new RegexRefusal('a "{" that begins no count', 'Write \\{ for the character.')
    this.#at += text.length
    const [least, most] = [Number(low), high ? Number(high) : Number(low)]
    if (most < least) throw new RegexRefusal(`the count ${text} is upside down`)
    return Math.max(most, 1)
  }

  #escape(): Piece {
    const char = this.#next
    if (char === '') throw new RegexRefusal('a "\\" at its end', 'Write \\\\.')
    if (/[1-9]/.test(char)) return this.#backReference()
    this.#at++
    const members = ESCAPED_CLASSES[char.toLowerCase()]
    if (members !== undefined)
      return { source: `[${char === char.toLowerCase() ? '' : '^'}${members}]`, states: 1 }
    return { source: literal(this.#escapedCharacter(char)), states: 1 }
  }

  /** After `\` and `char`, in or outside a class. */
  #escapedCharacter(char: string): string {
    if (CONTROLS[char] !== undefined) return CONTROLS[char]
    if (isPunctuation(char)) return char
    const hex = char === 'x' ? /^[0-9a-fA-F]{2}/.exec(this.#pattern.slice(this.#at))?.[0] : undefined
    if (hex !== undefined && Number.parseInt(hex, 16) < 128) {
      this.#at += 2
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    throw new RegexRefusal(`the escape "\\${isAscii(char) ? char : '...'}", which dialects read differently`)
  }

  /** JavaScript finds an empty text where the group took no part, C++ nothing. */
  #backReference(): Piece {
    const digits = /^\d+/.exec(this.#pattern.slice(this.#at))?.[0] ?? ''
    this.#at += digits.length
    const group = this.#groups[Number(digits) - 1]
    if (group?.closed !== true)
      throw new RegexRefusal(`the back-reference \\${digits} to a group that is not there yet`)
    if (!group.certain)
      throw new RegexRefusal(
        `the back-reference \\${digits} to a group that may take no part`,
        'Dialects read that differently: write the alternatives out.',
      )
    // A digit that follows must not be read as part of the number.
    return { source: `(?:\\${digits})`, states: 1 }
  }

  /** `[...]`, after its bracket. */
  #class(): string {
    const negated = this.#take('^')
    let members = ''
    let empty = true
    while (!this.#take(']')) {
      if (this.#at >= this.#pattern.length) throw new RegexRefusal('a "[" is not closed', 'Write \\[.')
      members += this.#member(empty)
      empty = false
    }
    if (empty) throw new RegexRefusal(`the empty class ${negated ? '[^]' : '[]'}`)
    return `[${negated ? '^' : ''}${members}]`
  }

  #member(first: boolean): string {
    const bracketed = /^\[([:=.])(.*?)\1\]/.exec(this.#pattern.slice(this.#at))
    if (bracketed !== null) {
      this.#at += bracketed[0].length
      const members = bracketed[1] === ':' ? POSIX[bracketed[2] ?? ''] : undefined
      if (members === undefined)
        throw new RegexRefusal(`${bracketed[0]} in a class`, `Classes are ${Object.keys(POSIX).join(', ')}.`)
      this.#refuseRange(bracketed[0])
      return members
    }
    const low = this.#classCharacter(first)
    if (low.length > 1) {
      this.#refuseRange(low)
      return low
    }
    if (this.#next !== '-' || this.#pattern[this.#at + 1] === ']') return literal(low)
    this.#at++
    const high = this.#classCharacter(true)
    if (high.length > 1)
      throw new RegexRefusal(`a class as the end of a range in [...]`, 'Write \\- for "-".')
    if (high < low) throw new RegexRefusal(`the range ${low}-${high} is upside down`)
    return `${literal(low)}-${literal(high)}`
  }

  #refuseRange(what: string): void {
    if (this.#next === '-' && this.#pattern[this.#at + 1] !== ']')
      throw new RegexRefusal(
        `${what.startsWith('[') ? what : 'a class'} as the start of a range in [...]`,
        'Write \\- for "-".',
      )
  }

  /** One character, or the source of an escaped class. `dash`: an unescaped "-" may stand here. */
  #classCharacter(dash: boolean): string {
    const char = this.#next
    this.#at++
    if (!isAscii(char))
      throw new RegexRefusal(
        'a non-ASCII character in [...], of which libsonata sees single bytes',
        'Write (?:a|b).',
      )
    if (char === '[' && /[:=.]/.test(this.#next)) throw new RegexRefusal(`"[${this.#next}" is not closed`)
    if (char === '-' && !dash && this.#next !== ']')
      throw new RegexRefusal('a "-" in the middle of [...]', 'Write \\-.')
    if (char !== '\\') return char
    const escaped = this.#next
    this.#at++
    const members = ESCAPED_CLASSES[escaped.toLowerCase()]
    if (members === undefined) return this.#escapedCharacter(escaped)
    return escaped === escaped.toLowerCase() ? members : complement(escaped)
  }
}
