/** Random node sets on the fixture, evaluated by libsonata itself. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { type JsonValue, parseJson } from '../../src/formats/json.ts'
import { NodeSets } from '../../src/sonata/node-sets.ts'
import { NodePopulation } from '../../src/sonata/nodes.ts'
import { PYTHON } from '../python.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/sonata/${name}`, import.meta.url))
const POPULATIONS = ['neurons', 'fibres']

/**
 * Without `flag` (booleans are integers to us, libsonata refuses them) and `null_text` (libsonata lets text
 * without data be compared with numbers).
 */
const COLUMNS = [
  ...[
    'layer',
    'layer_u8',
    'signed',
    'big',
    'unsigned',
    'x',
    'y',
    'half',
    'layer_text',
    'region',
    'ascii',
    'comma',
  ],
  ...['synapse_class', 'layer_library', 'too_high', 'null', 'short'],
  ...['node_id', 'population', 'nowhere', '@library'],
]
const scalar = fc.oneof(
  fc.integer({ min: -3, max: 8 }),
  fc.constantFrom<JsonValue>('1', '2', 'EXC', 'INH', 'A', 'a', 'neurons', 'fibres', 'one, two', 7, 2.5, 1e15),
  { arbitrary: fc.constantFrom<JsonValue>(null, true, [1], {}, 2.0), weight: 1 },
)
const wanted: fc.Arbitrary<JsonValue> = fc.oneof(
  { arbitrary: scalar, weight: 4 },
  { arbitrary: fc.array(fc.integer({ min: -1, max: 12 }), { maxLength: 4 }), weight: 2 },
  { arbitrary: fc.array(fc.constantFrom('1', '2', 'EXC', 'a', 'neurons'), { maxLength: 3 }), weight: 2 },
  { arbitrary: fc.array(scalar, { maxLength: 3 }), weight: 1 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom('$gt', '$lt', '$gte', '$lte', '$regex', '$in'), scalar)
      .map(([operator, operand]) => ({ [operator]: operand })),
    weight: 3,
  },
)
const basic = fc.dictionary(fc.constantFrom(...COLUMNS), wanted, { maxKeys: 3 })
const names = ['A', 'B', 'C', 'D', 'E', 'F']
const sets = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(
    { arbitrary: basic as fc.Arbitrary<JsonValue>, weight: 4 },
    {
      arbitrary: fc.array(fc.constantFrom(...names), { maxLength: 3 }) as fc.Arbitrary<JsonValue>,
      weight: 1,
    },
  ),
)

type Answer = number[] | { error: string }
type Answers = { error: string } | Record<string, Record<string, Answer>>

async function ours(text: string): Promise<Answers> {
  const parsed = NodeSets.parse(parseJson(text, 'case'), 'case')
  if (parsed.problem !== undefined) return { error: parsed.problem.message }
  const answers: Record<string, Record<string, Answer>> = {}
  const h5 = await openHdf5(fixture('nodes.h5'))
  for (const name of POPULATIONS) {
    const nodes = await NodePopulation.open(h5, name)
    const results: Record<string, Answer> = {}
    for (const set of parsed.names)
      results[set] = await parsed.evaluate(set, nodes).then(
        ids => [...ids],
        error => {
          if (error instanceof InputError) return { error: error.message }
          throw error
        },
      )
    answers[name] = results
  }
  h5.close()
  return answers
}

/** Only that something failed is compared, not how it is said. */
const plain = (answers: Answers): string =>
  JSON.stringify(answers, (_, value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    if ('error' in value) return 'error'
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })

describe.skipIf(PYTHON === undefined)('libsonata', () => {
  it('gives the same ids, and refuses the same files, for 1500 random node sets files', async () => {
    // `expected.json` of the fixture is one large case: the seed varies from run to run here.
    const seed = Date.now() % 2 ** 31
    const cases = fc.sample(sets, { numRuns: 1500, seed }).map(value => JSON.stringify(value))
    const output = execFileSync(PYTHON ?? '', [fixture('evaluate_node_sets.py')], {
      input: JSON.stringify({ nodes: fixture('nodes.h5'), populations: POPULATIONS, cases }),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const theirs = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Answers[]
    let evaluated = 0
    for (const [i, text] of cases.entries()) {
      const answers = await ours(text)
      expect(plain(answers), `seed ${seed}: ${text}`).toBe(plain(theirs[i] ?? { error: 'none' }))
      if (!('error' in answers)) evaluated++
    }
    expect(evaluated).toBeGreaterThan(200)
  })
})
