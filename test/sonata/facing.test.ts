import { describe, expect, it } from 'vitest'
import type { EdgePopulationFacts } from '../../src/connectome/circuit.ts'
import { InputError } from '../../src/errors.ts'
import { onlyPopulation } from '../../src/sonata/choose-population.ts'
import { type Facing, face } from '../../src/sonata/facing.ts'

const GONE = new InputError('no such file', { file: 'gone.h5' })

/** `name: A -> B`; `name!`: cannot be read; `!`: a file that cannot be listed. */
function population(text: string, file = 'edges.h5'): EdgePopulationFacts {
  const [, name, broken, source, target] = /^([^:!]*)(!?)(?:: (\w+) -> (\w+))?$/.exec(text) ?? []
  return {
    population: name === '' ? undefined : name,
    file,
    type: 'chemical',
    ends:
      source === undefined || target === undefined
        ? undefined
        : { sourcePopulation: source, targetPopulation: target },
    problem: broken === '!' ? GONE : undefined,
    listed: true,
  }
}

const all = (texts: readonly string[], file?: string) => texts.map(text => population(text, file))

const faced = (original: string[], compared: string, manipulated: string[], named?: string): Facing =>
  face({
    original: all(original),
    compared,
    manipulated: all(manipulated, 'new.h5'),
    named,
    files: { original: 'o.json', manipulated: 'm.json' },
  })

const names = ({ compared, others, lost, added, unlisted }: Facing) => ({
  pair: compared.manipulated.population,
  others: others.map(pair => pair.original.population),
  lost: lost.map(info => info.population),
  added: added.map(info => info.population),
  unlisted: unlisted.manipulated.map(info => info.file),
})

function refusal(run: () => unknown): InputError {
  try {
    run()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the counterpart', () => {
  it.each<[what: string, original: string[], compared: string, manipulated: string[], expected: string]>([
    ['has its name and ends', ['a: A -> A', 'b: A -> A'], 'b', ['a: A -> A', 'b: A -> A'], 'b'],
    [
      'or the name that the package gives',
      ['a: A -> A', 'b: A -> A'],
      'b',
      ['a: A -> A', 'A__A__chemical: A -> A'],
      'A__A__chemical',
    ],
    [
      'that it may have had before',
      ['A__A__chemical: A -> A', 'b: A -> A'],
      'A__A__chemical',
      ['A__A__chemical: A -> A', 'b: A -> A'],
      'A__A__chemical',
    ],
    ['its own first', ['a: A -> A'], 'a', ['A__A__chemical: A -> A', 'a: A -> A'], 'a'],
    [
      'or is the only one that is left',
      ['a: A -> A', 'b: A -> A', 'c: A -> B'],
      'b',
      ['c: A -> B', 'x: A -> A', 'a: A -> A'],
      'x',
    ],
    ['of these ends', ['a: A -> A'], 'a', ['a: A -> B', 'x: A -> A', 'y: B -> A'], 'x'],
    [
      'of a population whose name the result took',
      ['a: A -> A', 'A__A__chemical: A -> A'],
      'a',
      ['A__A__chemical: A -> A'],
      'A__A__chemical',
    ],
    [
      'whatever else cannot be read, under a name that is known',
      ['a: A -> A', 'b!'],
      'a',
      ['b!', 'x: A -> A'],
      'x',
    ],
    ['of a list of connections', ['default'], 'default', ['x: A -> B'], 'x'],
    ['which is a list of connections', ['default: A -> A', 'b: A -> A'], 'b', ['default'], 'default'],
  ])('%s', (_, original, compared, manipulated, expected) => {
    expect(names(faced(original, compared, manipulated)).pair).toBe(expected)
  })

  it('is not one of the original that is called like a result, in the same file as before', () => {
    const [old, fresh] = all(['A__A__chemical: A -> A', 'x: A -> A'], 'same.h5')
    const original = [population('a: A -> A'), population('A__A__chemical: A -> A', 'same.h5')]
    const files = { original: 'o.json', manipulated: 'm.json' }
    const manipulated = [old, fresh].filter(info => info !== undefined)
    expect(names(face({ original, compared: 'a', manipulated, files }))).toMatchObject({
      pair: 'x',
      others: ['A__A__chemical'],
      lost: [],
    })
  })

  it('is the one that is named', () => {
    const { compared } = faced(['a: A -> A'], 'a', ['a: A -> A', 'x: A -> A'], 'x')
    expect(compared.manipulated.population).toBe('x')
    expect(refusal(() => faced(['a: A -> A'], 'a', ['x: A -> B'], 'x')).message).toBe(
      'x (A -> B) does not connect the nodes of a (A -> A)',
    )
    expect(refusal(() => faced(['a: A -> A'], 'a', ['name: A -> A'], 'nam')).hint).toBe(
      'Did you mean "name"?',
    )
  })

  it.each<[what: string, original: string[], manipulated: string[], pairs: string[]]>([
    ['of two new names', ['a: A -> A'], ['x: A -> A', 'y: A -> A'], ['x', 'y']],
    [
      'where a name of the package may be old or new',
      ['a: A -> A', 'A__A__chemical: A -> A'],
      ['A__A__chemical: A -> A', 'x: A -> A'],
      ['A__A__chemical', 'x'],
    ],
    ['beside one that cannot be read', ['a: A -> A'], ['x: A -> A', 'y!'], ['x']],
    [
      'beside a file that cannot be listed',
      ['a: A -> A'],
      ['A__A__chemical: A -> A', '!'],
      ['A__A__chemical'],
    ],
    ['where all that is there is something else already', ['a: A -> A', 'b: A -> A'], ['b: A -> A'], ['b']],
  ])('is not guessed %s, and every pair has what settles it', (_, original, manipulated, pairs) => {
    const error = refusal(() => faced(original, 'a', manipulated))
    expect(error.file).toBe('m.json')
    const flags = pairs.map(name => `--population a --manipulated-population ${name}`)
    expect(error.hint).toBe(flags.join(', or '))
    for (const name of pairs)
      expect(names(faced(original, 'a', manipulated, name)).pair, 'the message settles it').toBe(name)
  })

  it('is not another one where its own cannot be read', () => {
    expect(refusal(() => faced(['a: A -> A'], 'a', ['a!', 'A__A__chemical: A -> A']))).toBe(GONE)
    expect(refusal(() => faced(['a!'], 'a', ['a: A -> A']))).toBe(GONE)
    expect(refusal(() => faced(['a: A -> A'], 'a', ['!']))).toBe(GONE)
  })
})

it('every other population faces the one of its name and ends', () => {
  expect(
    names(
      faced(['a: A -> A', 'b: A -> A', 'c: A -> B', 'd: A -> A', 'e!', 'f: B -> B'], 'a', [
        'A__A__chemical: A -> A',
        'b: A -> A',
        'c: A -> A',
        'e: A -> A',
        'f!',
        'g: B -> B',
      ]),
    ),
  ).toEqual({
    pair: 'A__A__chemical',
    others: ['b', 'e', 'f'],
    lost: ['c', 'd'],
    added: ['c', 'g'],
    unlisted: [],
  })
})

describe('the population of the original that nobody named', () => {
  const only = (texts: string[], source?: string, target?: string) =>
    onlyPopulation(all(texts), { source, target }, 'o.json')

  it('is the only one between the nodes in question', () => {
    expect(only(['a: A -> A']).population).toBe('a')
    expect(only(['a: A -> A', 'b: B -> A', 'c: B -> B'], 'B', 'A').population).toBe('b')
    expect(only(['a: A -> A', 'b: B -> A'], 'B').population).toBe('b')
  })

  it('is not guessed, nor is one passed over that cannot be read', () => {
    expect(refusal(() => only(['a: A -> A', "it's: B -> A"])).hint).toBe(
      "--population a, or --population 'it'\\''s'",
    )
    expect(refusal(() => only(['a: A -> A', 'b!'], 'A', 'A')).message).toBe(
      '2 edge populations from "A" to "A"; say which: a (A -> A), b (not readable: no such file)',
    )
    expect(refusal(() => only(['b!']))).toBe(GONE)
    expect(refusal(() => only([])).message).toBe('the circuit has no edge populations')
    expect(refusal(() => only(['a: A -> A'], 'B')).message).toBe(
      'no edge population from "B" to "any"; found a (A -> A)',
    )
  })
})
