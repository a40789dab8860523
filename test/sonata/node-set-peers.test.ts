/** Generated sets and regular expressions on generated circuits: equal to both peers, or refused by name. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { parseJson } from '../../src/formats/json.ts'
import { NodeSets } from '../../src/sonata/node-sets.ts'
import { NodePopulation } from '../../src/sonata/nodes.ts'
import { PYTHON } from '../python.ts'

const CASES = Number(process.env.CONNPROOF_NODE_SETS ?? 500)
const CIRCUITS = 5

const classMember = fc.constantFrom(
  ...[
    'a',
    'b',
    '1',
    'a-c',
    '0-9',
    '\\d',
    '\\W',
    '\\S',
    '[:alpha:]',
    '[:punct:]',
    '[:cntrl:]',
    '_',
    '\\]',
    '[',
    '.',
    'é',
  ],
)
const bracket = fc
  .tuple(
    fc.constantFrom('', '^'),
    fc.array(classMember, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '-'),
  )
  .map(([not, members, dash]) => `[${not}${members.join('')}${dash}]`)
const plain = fc.constantFrom(
  ...[
    'a',
    'b',
    '1',
    'A',
    'L',
    '_',
    ' ',
    'é',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\D',
    '\\.',
    '\\-',
    '^',
    '$',
    '\\b',
    '\\B',
  ],
)
const suffix = fc.constantFrom('', '', '', '', '*', '+', '?', '{2}', '{0,1}', '*?', '??', '*+', '{')
// A group is not repeated: std::regex may take for ever over repetitions of repetitions.
const { regex } = fc.letrec<{ regex: string; group: string }>(tie => ({
  regex: fc
    .array(
      fc.array(
        fc.oneof(
          { depthSize: 'small' },
          { arbitrary: fc.tuple(fc.oneof(plain, bracket), suffix).map(pair => pair.join('')), weight: 4 },
          fc.constantFrom('\\1', '\\2'),
          tie('group'),
        ),
        { maxLength: 4 },
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map(branches => branches.map(terms => terms.join('')).join('|')),
  group: fc
    .tuple(fc.constantFrom('(', '(', '(?:', '(?=', '(?!', '(?<='), tie('regex'))
    .map(([open, inner]) => `${open}${inner})`),
}))
const clause = fc.oneof(
  { arbitrary: regex.map($regex => ({ name: { $regex } })), weight: 6 },
  { arbitrary: regex.map($regex => ({ kind: { $regex } })), weight: 1 },
  fc.constantFrom({ name: 'a' }, { name: ['é', 'ab'] }, { kind: ['EXC'] }, { layer: [1, 2] }, { layer: 3 }),
  fc.constantFrom({ x: { $gt: 0.5 } }, { half: { $lte: 1 } }, { layer: { $gte: 2 } }, { kind: { $lt: 2 } }),
  fc.constantFrom({ flag: 1 }, { fixed: 'a' }, { half: 1 }, { fixed: { $regex: 'a' } }, { flag: { $gt: 0 } }),
)
const set = fc.array(clause, { minLength: 1, maxLength: 2 }).map(all => Object.assign({}, ...all))

type Answer = number[] | { error: string }

describe.skipIf(PYTHON === undefined)('libsonata and bluepysnap', () => {
  it(`agree on ${CASES} generated sets, or they are refused by name`, async () => {
    const seed = Date.now() % 2 ** 31
    const each = Math.ceil(CASES / CIRCUITS)
    const texts = fc.sample(set, { numRuns: each * CIRCUITS, seed }).map(one => JSON.stringify({ k: one }))
    const cases = Array.from({ length: CIRCUITS }, (_, k) => texts.slice(k * each, (k + 1) * each))
    const folder = mkdtempSync(join(tmpdir(), 'connproof-sets-'))
    const output = execFileSync(
      PYTHON ?? '',
      [fileURLToPath(new URL('make_node_set_peers.py', import.meta.url))],
      {
        input: JSON.stringify({ folder, seed, cases }),
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    )
    const theirs = JSON.parse(output.trim().split('\n').at(-1) ?? '') as [Answer, Answer][][]
    let equal = 0
    for (const [k, list] of cases.entries()) {
      const h5 = await openHdf5(join(folder, `nodes${k}.h5`))
      const nodes = await NodePopulation.open(h5, 'A')
      for (const [i, text] of list.entries()) {
        const got = await NodeSets.parse(parseJson(text, 'case'), 'case')
          .evaluate('k', nodes)
          .then(
            ids => [...ids],
            error => (isInputError(error) ? undefined : Promise.reject(error)),
          )
        if (got === undefined) continue
        expect(theirs[k]?.[i], `seed ${seed}, circuit ${k}: ${text}`).toEqual([got, got])
        equal++
      }
      h5.close()
    }
    rmSync(folder, { recursive: true })
    expect(equal).toBeGreaterThan(CASES / 5)
  })
})
