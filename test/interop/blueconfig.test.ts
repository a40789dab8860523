import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { looksLikeBlueConfig, parseBlueConfig, sectionOf } from '../../src/interop/blueconfig.ts'

const parse = (text: string) => parseBlueConfig(text, 'BlueConfig')
const shown = (text: string) =>
  parse(text).sections.map(({ type, name, entries }) => [
    `${type} ${name}`,
    Object.fromEntries([...entries].map(([key, { value }]) => [key, value])),
  ])

describe('sections', () => {
  it('hold keys and values to the end of the line, in order', () => {
    const text = [
      '# a comment',
      'Run Default',
      '{',
      '    CircuitPath /some folder/with blanks   ',
      '\tnrnPath\t\tedges.h5:default   # trailing comment',
      '    Prefix',
      '',
      '}',
      'Connection ConnRemoved_0',
      '{',
      '  Source ConnRemoved_0_src',
      '  Weight 0.0',
      '}',
      'SomethingNew x-y_1',
      '{',
      '}',
    ].join('\n')
    const expected = [
      ['Run Default', { CircuitPath: '/some folder/with blanks', nrnPath: 'edges.h5:default', Prefix: '' }],
      ['Connection ConnRemoved_0', { Source: 'ConnRemoved_0_src', Weight: '0.0' }],
      ['SomethingNew x-y_1', {}],
    ]
    expect(shown(text)).toEqual(expected)
    expect(shown(text.replaceAll('\n', '\r\n'))).toEqual(expected)
  })

  it('may have the brace on the line of the header, or comments and blank lines before it', () => {
    expect(shown('Run R {\n a b\n}')).toEqual([['Run R', { a: 'b' }]])
    expect(shown('Run R # x\n\n# y\n{ # z\n a b\n}')).toEqual([['Run R', { a: 'b' }]])
  })

  it('of the same type and name: the first one counts', () => {
    expect(shown('Run R\n{\n a 1\n}\nStimulus R\n{\n}\nRun R\n{\n a 2\n}')).toEqual([
      ['Run R', { a: '1' }],
      ['Stimulus R', {}],
    ])
  })

  it('are found by type, the first one', () => {
    const config = parse('Stimulus A\n{\n}\nRun B\n{\n}\nRun C\n{\n}')
    expect(sectionOf(config, 'Run')?.name).toBe('B')
    expect(sectionOf(config, 'Report')).toBeUndefined()
  })

  it('of an empty file are none', () => expect(shown('# nothing\n')).toEqual([]))
})

describe('what is not a BlueConfig is refused with line and section', () => {
  it.each([
    ['Run\n{\n}', 'line 1: expected a section such as "Run Default", found "Run"', 'line 1'],
    ['Run A\nnrnPath x', 'line 2: expected "{" after Run A, found "nrnPath x"', 'line 2'],
    ['Run A', 'line 1: Run A has no body', 'line 1'],
    ['\nRun A\n{\n x y\n', 'line 2: Run A has no closing "}"', 'Run A'],
    ['Run A\n{\n x 1\n y 2\n x 3\n}', 'line 5: the key x occurs twice, first in line 3', 'Run A'],
    ['Run A\n{\n x 1\nRun B\n{\n}', 'line 5: expected a key and its value, found "{"', 'Run A'],
    ['Run A\n{\n}}\n', 'line 3: expected a key and its value, found "}}"', 'Run A'],
    ['}\n', 'line 1: expected a section such as "Run Default", found "}"', 'line 1'],
  ])('%j', (text, message, field) => {
    const attempt = (): unknown => parse(text)
    expect(attempt).toThrow(InputError)
    expect(attempt).toThrow(expect.objectContaining({ message, field, file: 'BlueConfig' }))
  })
})

describe('a BlueConfig is known by its content', () => {
  it.each([
    ['Run Default\n{\n}', true],
    ['# c\n\n Run Default {', true],
    ['Connection x\r\n{\r\n}', true],
    ['Target Cell\nA\n{', false],
    ['Target Cell A {', false],
    ['Target A {', false],
    ['Run Default', false],
    ['node_type_id ei\n100 e', false],
    ['1,2\n3,4', false],
    ['', false],
  ])('%j: %s', (text, expected) => expect(looksLikeBlueConfig(text)).toBe(expected))
})
