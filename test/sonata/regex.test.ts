import { describe, expect, it } from 'vitest'
import { compileRegex, RegexRefusal } from '../../src/sonata/regex.ts'

const matches = (pattern: string, ...values: string[]): string[] => values.filter(compileRegex(pattern))

describe('$regex as std::regex reads it', () => {
  it('is found anywhere in the text', () => {
    expect(matches('L4|PC$', 'L4_PC', 'xL4', 'L5_PC', 'PCx')).toEqual(['L4_PC', 'xL4', 'L5_PC'])
  })

  it('has POSIX classes, ASCII only', () => {
    expect(matches('^[[:digit:][:lower:]]+$', 'a1', 'A1', 'é', '')).toEqual(['a1'])
    expect(matches('[^[:alnum:]_]', 'L4_PC', 'L5:A', 'é')).toEqual(['L5:A', 'é'])
    expect(matches('[[:w:]-]', '-', '_', ' ')).toEqual(['-', '_'])
  })

  it('sees bytes: a non-ASCII character is as many "." as it has', () => {
    expect(matches('^.$', 'a', 'é')).toEqual(['a'])
    expect(matches('^..$', 'ab', 'é', '漢')).toEqual(['ab', 'é'])
    expect(matches('^(?:é)+$', 'éé', 'e')).toEqual(['éé'])
  })

  it('does not take a no-break space for white space, nor a line separator for the end of a line', () => {
    expect(matches('\\s', '\u00a0', ' ', '\v')).toEqual([' ', '\v'])
    expect(matches('^\\S\\S$', '\u00a0')).toEqual(['\u00a0'])
    expect(matches('^...$', '\u2028')).toEqual(['\u2028'])
  })

  it('has back-references to groups that always take part', () => {
    expect(matches('(a|b)\\1', 'aa', 'ab', 'bb')).toEqual(['aa', 'bb'])
  })

  it.each([
    ['(?<=L4)_PC', 'look-behind'],
    ['(?<!L4)_T', 'look-behind'],
    ['(?<n>L4)', 'named group'],
    ['(?P<n>L4)', 'named group'],
    ['(?i)a', 'C++ does not have'],
    ['(?>a)', 'C++ does not have'],
    ['(a)?b\\1', 'may take no part'],
    ['(a)|b\\1', 'may take no part'],
    ['(?!(a))\\1', 'may take no part'],
    ['(?:(a)|b)\\1', 'may take no part'],
    ['(a\\1)', 'not there yet'],
    ['\\1(a)', 'not there yet'],
    ['a*+', 'repeated twice'],
    ['a++', 'repeated twice'],
    ['a{2}{3}', 'repeated twice'],
    ['x{1', 'begins no count'],
    ['a{,2}', 'begins no count'],
    ['a{2,1}', 'upside down'],
    ['(?:a{200}){200}', 'states'],
    ['[4-\\d]', 'end of a range'],
    ['[\\d-z]', 'start of a range'],
    ['[[:digit:]-z]', 'start of a range'],
    ['[z-a]', 'upside down'],
    ['[a-c-e]', '"-" in the middle'],
    ['[[=a=]]', '[=a=]'],
    ['[[.a.]]', '[.a.]'],
    ['[[:foo:]]', '[:foo:]'],
    ['[é]', 'non-ASCII character in [...]'],
    ['é*', 'non-ASCII character that is repeated'],
    ['[]a]', 'empty class'],
    ['[^]', 'empty class'],
    ['[a', 'not closed'],
    ['(a', 'not closed'],
    ['a)', 'closes no group'],
    ['*a', 'repeats nothing'],
    ['^*', 'takes no text'],
    ['(?=a)*', 'takes no text'],
    ['(?=^)a', 'inside a look-ahead'],
    ['a(?!\\B)', 'inside a look-ahead'],
    ['a}', 'belongs to nothing'],
    ['a]', 'belongs to nothing'],
    ['\\z', 'escape "\\z"'],
    ['\\ca', 'escape "\\c"'],
    ['\\u0041', 'escape "\\u"'],
    ['\\xe9', 'escape "\\x"'],
    ['\\0', 'escape "\\0"'],
    ['[\\b]', 'escape "\\b"'],
    ['a\\', 'at its end'],
  ])('%s is refused by name', (pattern, reason) => {
    expect(() => compileRegex(pattern)).toThrow(RegexRefusal)
    expect(() => compileRegex(pattern)).toThrow(reason)
  })
})
