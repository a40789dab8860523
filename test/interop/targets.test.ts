import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { parseTargetFile } from '../../src/interop/target-file.ts'
import { Targets } from '../../src/interop/targets.ts'
import { CountedNodes } from '../../src/sonata/nodes.ts'

const parse = (text: string) => parseTargetFile(text, 't.target')
const shown = (text: string) =>
  parse(text).map(({ kind, name, gids, members }) => [kind, name, [...gids], [...members]])
const targets = (text: string, circuitTarget?: string) =>
  Targets.of(parse(text), { file: 'CircuitConfig', circuitTarget })
const cells = (size: number, population = 'default') => new CountedNodes(population, size, 'nodes.h5')
const evaluate = async (text: string, name: string, size = 10, population = 'default') => [
  ...(await targets(text).evaluate(name, cells(size, population))),
]
const failure = async (attempt: Promise<unknown>): Promise<InputError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof InputError) return error
  throw new Error(`expected an InputError, got ${String(error)}`)
}

/** Layouts that bluepy's tests have, too: names on lines of their own, empty bodies, prefixes, section words. */
describe('target files', () => {
  it.each([
    [
      'Target Cell Left {\n  a8 a9 Right\n}\n\nTarget Compartment Nil {\n}\n',
      [
        ['Cell', 'Left', [8, 9], ['Right']],
        ['Compartment', 'Nil', [], []],
      ],
    ],
    ['Target\n\tCompartment\nBoth\n{\n  Left Right\n}\n', [['Compartment', 'Both', [], ['Left', 'Right']]]],
    ['Target Cell\nAll:L\n{\n  a5 a7\n}\n', [['Cell', 'All:L', [5, 7], []]]],
    [
      'Target Section s\n{\na1 axon\n}\nTarget Section soma { soma m apic dend }',
      [
        ['Section', 's', [1], []],
        ['Section', 'soma', [], ['m']],
      ],
    ],
    [
      'Target Cell A{a1 a1\ta2}Target Cell B{A}',
      [
        ['Cell', 'A', [1, 1, 2], []],
        ['Cell', 'B', [], ['A']],
      ],
    ],
    [
      '# Target Cell C { a1 }\r\nTarget Cell A # {\r\n{\r\na1 # a2\r\na3#a4\r\n}\r\n',
      [['Cell', 'A', [1, 3], []]],
    ],
    ['Target Cell ab12 { a0 a4294967295 a12b }', [['Cell', 'ab12', [0, 4294967295], ['a12b']]]],
    ['', []],
  ])('%j', (text, expected) => expect(shown(text)).toEqual(expected))

  it('know the line of each target', () => {
    expect(parse('\nTarget Cell A\n{\n}\nTarget\nCell\nB { }').map(({ line }) => line)).toEqual([2, 7])
  })

  it.each([
    ['Taget Cell A { }', 'line 1: expected "Target", found "Taget"'],
    ['Target Cells A { }', 'line 1: expected Cell, Compartment or Section, found "Cells"'],
    ['Target Cell { a1 }', 'line 1: expected the name of a target, found "{"'],
    ['\nTarget Cell a12 { a1 }', 'line 2: expected the name of a target, found "a12"'],
    ['Target Cell A a1 }', 'line 1: expected "{" of target A, found "a1"'],
    ['Target Cell A {\na1\nTarget Cell B {', 'line 3: expected "}" of target A, found "{"'],
    ['Target Cell A {\na1\n', 'line 3: expected "}" of target A, found the end of the file'],
    ['Target Cell A {\na4294967296\n}', 'line 2: the GID a4294967296 is too large'],
    ['Target', 'line 1: expected Cell, Compartment or Section, found the end of the file'],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ name: 'InputError', message, file: 't.target' }),
    )
  })
})

describe('targets', () => {
  const TEXT = `
    Target Cell A { a1 a3 a3 }
    Target Cell B { a2 A }
    Target Compartment C { B A B a10 }
    Target Cell Empty { }
    Target Cell default:P { a4 }
    Target Cell Lost { A Nobody }
    Target Cell Zero { a0 }
    Target Cell Fibres { a1 a11 }
    Target Cell Prefixed { default:A }`

  it.each([
    ['A', [0, 2]],
    ['B', [0, 1, 2]],
    ['C', [0, 1, 2, 9]],
    ['Empty', []],
    ['default:P', [3]],
    ['default:A', [0, 2]],
    ['Prefixed', [0, 2]],
  ])('%s: GIDs from 1 become node ids from 0, each once', async (name, ids) =>
    expect(await evaluate(TEXT, name)).toEqual(ids),
  )

  it.each([
    ['Lost', 'no target "Nobody", a member of target Lost (line 7)'],
    ['Zero', 'the target Zero has the GID 0, but the cells of population "default" are 1 to 10'],
    ['Fibres', 'the target Fibres has the GID 11, but the cells of population "default" are 1 to 10'],
    ['Emty', 'no target "Emty"'],
    ['other:A', 'the target "other:A" is one of population "other", not of "default"'],
  ])('%s: %s', async (name, message) => expect((await failure(evaluate(TEXT, name))).message).toBe(message))

  it('suggest the nearest name', async () => {
    expect((await failure(evaluate(TEXT, 'Emty'))).hint).toBe('Did you mean "Empty"?')
  })

  it('are found with and without the prefix of a population', () => {
    const all = targets(TEXT)
    expect(['A', 'default:A', 'default:P', 'P', 'X', 'x:y'].map(name => all.has(name))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('that occur twice are refused, with both places', () => {
    const twice = [...parse('Target Cell X { a1 }'), ...parseTargetFile('\nTarget Cell X { a4 }', 'b.target')]
    const attempt = (): unknown => Targets.of(twice, { file: 'CircuitConfig' })
    expect(attempt).toThrow('the target X occurs twice: in line 1 of t.target and in line 2')
    expect(attempt).toThrow(expect.objectContaining({ file: 'b.target', field: 'X' }))
  })

  it.each([
    ['Target Cell A { A }', 'the target A contains itself: A -> A'],
    [
      'Target Cell A { B } Target Cell B { a1 C } Target Cell C { B }',
      'the target B contains itself: B -> C -> B',
    ],
  ])('%s', async (text, message) => expect((await failure(evaluate(text, 'A'))).message).toBe(message))

  it('may be nested 100,000 deep, and as a ladder of 2^60 paths', async () => {
    const chain = Array.from({ length: 100_000 }, (_, k) => `Target Cell t${k} { t${k + 1} }`)
    expect(await evaluate(`${chain.join('\n')} Target Cell t100000 { a7 }`, 't0')).toEqual([6])
    const ladder = Array.from(
      { length: 60 },
      (_, k) => `Target Cell t${k} { t${k + 1} t${k + 1} u${k} }
      Target Cell u${k} { t${k + 1} }`,
    )
    expect(await evaluate(`${ladder.join('\n')} Target Cell t60 { a7 }`, 't0')).toEqual([6])
  })

  it('have the CircuitTarget under that name, unless a target is called so', async () => {
    const all = targets(TEXT, 'default:B')
    expect(all.names.at(-1)).toBe('CircuitTarget')
    expect([...(await all.evaluate('CircuitTarget', cells(10)))]).toEqual([0, 1, 2])
    expect(targets(TEXT).has('CircuitTarget')).toBe(false)
    const named = targets('Target Cell CircuitTarget { a5 } Target Cell B { a1 }', 'B')
    expect([...(await named.evaluate('CircuitTarget', cells(10)))]).toEqual([4])
    expect(named.names).toEqual(['CircuitTarget', 'B'])
  })

  it('of any nesting give the cells that a recursive reader gives', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ gids: fc.array(fc.integer({ min: 1, max: 30 })), below: fc.array(fc.nat(50)) }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        async groups => {
          // Members are later targets only: no circles.
          const members = groups.map(({ below }, k) => below.filter(j => j > k && j < groups.length))
          const text = groups.map(({ gids }, k) => {
            const items = [...gids.map(gid => `a${gid}`), ...(members[k] ?? []).map(j => `t${j}`)]
            return `Target Cell t${k} { ${items.join(' ')} }`
          })
          const collect = (k: number): number[] => [
            ...(groups[k]?.gids ?? []).map(gid => gid - 1),
            ...(members[k] ?? []).flatMap(collect),
          ]
          const expected = [...new Set(collect(0))].sort((a, b) => a - b)
          expect(await evaluate(text.reverse().join('\n'), 't0', 30)).toEqual(expected)
        },
      ),
    ))
})
