import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LintCircuit, type LintCode, type LintOptions, lintList } from '../../src/selection/lint.ts'

type Pair = readonly [source: number, target: number]

const listOf = (pairs: readonly Pair[]) => ({
  source: Uint32Array.from(pairs, ([source]) => source),
  target: Uint32Array.from(pairs, ([, target]) => target),
  label: 'list.npy',
  order: 'as listed',
})
const select = (...ids: number[]) => ({
  population: 'A',
  populationSize: 50,
  ids: Uint32Array.from(ids),
  expression: 'test',
})
const circuitOf = (pairs: readonly Pair[], connections: readonly Pair[]): LintCircuit => {
  const there = new Set(connections.map(one => one.join()))
  return {
    source: select(1, 2, 3, 4),
    target: select(1, 2, 3, 4, 5),
    forward: Uint8Array.from(pairs, ([s, t]) => (there.has(`${s},${t}`) ? 1 : 0)),
    reverse: Uint8Array.from(pairs, ([s, t]) => (there.has(`${t},${s}`) ? 1 : 0)),
  }
}
const found = (pairs: readonly Pair[], options: LintOptions) =>
  Object.fromEntries(
    lintList(listOf(pairs), options).map(({ code, count, first }) => [
      code,
      [count, ...first.map(({ row }) => row)],
    ]),
  )

const pairs: Pair[] = [
  [1, 2],
  [2, 1],
  [1, 2],
  [3, 3],
  [1, 5],
  [9, 1],
  [3, 4],
]
const circuit = circuitOf(pairs, [
  [1, 2],
  [2, 1],
  [1, 5],
  [3, 3],
])

describe('lint of a list', () => {
  it('of reciprocal pairs finds every fault, by row', () => {
    expect(found(pairs, { mode: 'reciprocal', circuit })).toEqual({
      'list.repeats': [1, 2],
      'list.both-directions': [2, 1, 2],
      'list.no-reverse': [2, 4, 6],
      'list.autapse': [1, 3],
      'list.outside': [1, 5],
      'list.absent': [1, 6],
    })
  })

  it('of directed connections does not ask for reverses', () => {
    expect(Object.keys(found(pairs, { mode: 'directed', circuit }))).toEqual([
      'list.repeats',
      'list.autapse',
      'list.outside',
      'list.absent',
    ])
  })

  it('without a circuit looks at the list alone', () => {
    expect(Object.keys(found(pairs, { mode: 'reciprocal' }))).toEqual([
      'list.repeats',
      'list.both-directions',
      'list.autapse',
    ])
  })

  it('knows no autapses between two populations', () => {
    expect(found([[3, 3]], { mode: 'directed', recurrent: false })).toEqual({})
  })

  it('warns of what the notebook warns of, and refuses the rest unless allowed', () => {
    const allow: LintCode[] = ['list.absent', 'list.outside']
    const severities = lintList(listOf(pairs), { mode: 'reciprocal', circuit, allow }).map(
      ({ code, severity }) => `${code} ${severity}`,
    )
    expect(severities).toEqual([
      'list.repeats warning',
      'list.both-directions warning',
      'list.no-reverse error',
      'list.autapse error',
      'list.outside allowed',
      'list.absent allowed',
    ])
  })

  it('names the first rows only, and counts all', () => {
    const many = Array.from({ length: 20 }, (_, k) => [k, k] as const)
    const [finding] = lintList(listOf(many), { mode: 'directed', show: 2 })
    expect(finding).toEqual({
      code: 'list.autapse',
      severity: 'error',
      count: 20,
      first: [
        { row: 0, source: 0, target: 0 },
        { row: 1, source: 1, target: 1 },
      ],
    })
  })

  it('counts repeats and twins of any list', () => {
    const orders: ((a: Pair, b: Pair) => number)[] = [
      () => 0,
      (a, b) => a[0] - b[0] || a[1] - b[1],
      (a, b) => a[1] - b[1] || a[0] - b[0],
    ]
    const lists = fc.array(fc.tuple(fc.nat(4), fc.nat(4)) as fc.Arbitrary<Pair>, { maxLength: 12 })
    fc.assert(
      fc.property(lists, fc.constantFrom(...orders), (unordered, order) => {
        const rows = [...unordered].sort(order)
        const earlier = (k: number, wanted: string): boolean =>
          rows.slice(0, k).some(one => one.join() === wanted)
        const repeats = rows.filter(([s, t], k) => earlier(k, `${s},${t}`)).length
        const twins = rows.filter(([s, t], k) => s !== t && earlier(k, `${t},${s}`)).length
        const findings = lintList(listOf(rows), { mode: 'reciprocal' })
        const count = (code: LintCode): number => findings.find(one => one.code === code)?.count ?? 0
        expect([count('list.repeats'), count('list.both-directions')]).toEqual([repeats, twins])
      }),
    )
  })
})
