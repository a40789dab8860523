/** Shards and their merge give what one run gives, to the byte; whatever is not a whole is refused by name. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { jsonLines, proofRecords } from '../../src/report/json.ts'
import { mergePartials, type PartialFile } from '../../src/shards/merge.ts'
import { type Partial, parsePartial, partialToText } from '../../src/shards/partial.ts'
import { runShard, type ShardOptions } from '../../src/shards/run-shard.ts'
import type { Proof } from '../../src/verification/proof.ts'
import { type VerifyOptions, verify } from '../../src/verify.ts'
import { seeded } from '../counts.ts'
import { edgesOf } from '../verification/synapses/tables.ts'
import { circuitAround, circuitOf, verification } from './circuits.ts'
import { synapseVerification } from './edge-tables.ts'

/** As `--json` prints it, times aside. */
const printed = (proofs: readonly Proof[]): string =>
  jsonLines(proofs.map(proof => ({ ...proof, seconds: 0 })).flatMap(proofRecords))

/** By way of the file. */
const kept = (partial: Partial): PartialFile => {
  const file = `partial-${partial.shard.index}.json`
  return { file, partial: parsePartial(partialToText(partial), file) }
}

async function shards(
  options: VerifyOptions,
  of: number,
  more: Omit<ShardOptions, 'shard' | keyof VerifyOptions> = {},
): Promise<PartialFile[]> {
  const partials: PartialFile[] = []
  for (let index = 1; index <= of; index++) {
    partials.push(kept(await runShard({ ...options, ...more, shard: { index, of } })))
  }
  return partials
}

/** Any number of shards, cut into blocks of any size, merged in any order. */
const division = fc.record({
  of: fc.integer({ min: 1, max: 9 }),
  keys: fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
  blockRows: fc.integer({ min: 5, max: 200 }),
  anyOrder: fc.boolean(),
})

/** Verdicts and findings that were met. */
async function expectSame(
  questions: fc.Arbitrary<VerifyOptions>,
  count: { numRuns: number; seed?: number },
): Promise<{ verdicts: Set<string>; codes: Set<string> }> {
  const verdicts = new Set<string>()
  const codes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(questions, division, async (options, { of, keys, blockRows, anyOrder }) => {
      const partials = await shards(options, of, { blockRows, anyOrder })
      const shuffled = partials
        .map((partial, k) => ({ partial, at: keys[k] ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ partial }) => partial)
      const whole = await verify(options)
      for (const { verdict, findings } of whole) {
        verdicts.add(verdict)
        for (const { code } of findings) codes.add(code)
      }
      expect(printed(mergePartials(shuffled))).toBe(printed(whole))
    }),
    count,
  )
  return { verdicts, codes }
}

/** One property. */
const KIND = { columns: { kind: { type: 'u8', bytes: 1 } } } as const

const withCounts = (edges: EdgeSource, nodes: number): EdgeSource => ({
  ...edges,
  sourceCount: nodes,
  targetCount: nodes,
})

describe('shards', () => {
  it('give the verdicts, counts and culprits of one run, in any number and order', async () => {
    const connections = verification.map(options => ({ ...options, level: 'connections' as const }))
    const { verdicts } = await expectSame(connections, seeded(80, 250))
    expect([...verdicts].toSorted()).toEqual(['cannot_tell', 'differs', 'verified'])
  })

  it('do so edge by edge, whatever is wrong with rows, values and columns', async () => {
    const { verdicts, codes } = await expectSame(synapseVerification, seeded(100, 300))
    expect([...verdicts].toSorted()).toEqual(['cannot_tell', 'differs', 'verified'])
    const looked = [...codes].filter(code => /^(synapse|property|edge_type)\./.test(code))
    expect(looked.toSorted()).toEqual([
      'edge_type.changed',
      'property.added',
      'property.changed',
      'property.missing',
      'property.type',
      'synapse.extra',
      'synapse.missing',
      'synapse.order',
    ])
  })

  it('count all edges that are missing, however many connections lost some and few culprits are kept', async () => {
    const row = (k: number) => ({ source: k % 7, target: Math.floor(k / 7), values: { kind: '01' } })
    const rows = Array.from({ length: 49 }, (_, k) => [row(k), row(k)]).flat()
    const original = circuitAround('original', edgesOf(rows, KIND))
    // One edge less of all connections but one.
    const manipulated = circuitAround(
      'changed',
      edgesOf(
        rows.slice(0, -1).filter((_, k) => k % 2 === 0 || k === 1),
        KIND,
      ),
    )
    for (const keep of [1, 10, 100]) {
      const options = { original, manipulated: [manipulated], keep }
      const [proof] = await verify(options)
      const missing = proof?.findings.find(({ code }) => code === 'synapse.missing')
      expect([missing?.count, missing?.edges?.length]).toEqual([48, Math.min(keep, 48)])
      expect(printed(mergePartials(await shards(options, 4)))).toBe(
        printed(proof === undefined ? [] : [proof]),
      )
    }
  })

  it('tell what one run does where there are more groups of targets than can be followed', async () => {
    const nodes = 5000
    const targets = Array.from({ length: nodes }, (_, k) => k)
    const edges = (order: readonly number[]) =>
      withCounts(
        edgesOf(
          order.map(target => ({ source: 0, target, values: { kind: '01' } })),
          KIND,
        ),
        nodes,
      )
    const original = circuitAround('original', edges(targets.map(k => (k * 7) % nodes)))
    const manipulated = [
      circuitAround('sorted', edges(targets)),
      circuitAround('same', edges(targets.map(k => (k * 7) % nodes))),
    ]
    const whole = await verify({ original, manipulated })
    expect(whole[0]?.notChecked.join()).toMatch(/too many groups of targets/)
    expect(printed(mergePartials(await shards({ original, manipulated }, 3)))).toBe(printed(whole))
  })

  it('share the rows among them', async () => {
    const rows = Array.from({ length: 90 }, (_, k) => [k % 14, Math.floor((k * k) / 700)] as const)
    const original = circuitOf('original', { rows, order: 'tgt,src' })
    const partials = await shards({ original, manipulated: [original] }, 3)
    const counts = partials.map(({ partial }) =>
      partial.blocks.reduce(
        (sum, { outcomes }) => sum + (outcomes[0]?.comparison?.allConnections.original ?? 0),
        0,
      ),
    )
    expect(counts.reduce((a, b) => a + b)).toBe(new Set(rows.map(row => row.join())).size)
    expect(Math.min(...counts)).toBeGreaterThan(10)
  })
})

describe('an interrupted shard', () => {
  const rows = Array.from({ length: 100 }, (_, k) => [(k * 3) % 14, Math.floor(k / 8)] as const)
  const original = circuitOf('original', { rows, order: 'tgt,src' })
  const changed = circuitOf('changed', { rows: rows.slice(1), order: 'tgt,src' })
  const options = { original, manipulated: [changed], shard: { index: 1, of: 2 }, blockRows: 25 }

  it('goes on after the last finished block', async () => {
    const states: Partial[] = []
    const complete = await runShard({ ...options, onPartial: partial => states.push(partial) })
    expect(states.map(({ complete, blocks }) => [complete, blocks.length])).toEqual([
      [false, 0],
      [false, 1],
      [false, 2],
      [false, 3],
      [false, 4],
      [true, 4],
    ])
    const again: Partial[] = []
    const earlier = kept(states[2] as Partial).partial
    const resumed = await runShard({ ...options, earlier, onPartial: partial => again.push(partial) })
    expect(again.map(({ blocks }) => blocks.length)).toEqual([2, 3, 4, 4])
    expect({ ...resumed, seconds: 0 }).toEqual({ ...complete, seconds: 0 })
  })

  it('has no block whose edges were not compared, and goes on with it', async () => {
    const rows = Array.from({ length: 60 }, (_, k) => ({
      source: (k * 3) % 7,
      target: Math.floor(k / 9),
      values: { kind: '01' },
    }))
    const stop = new AbortController()
    let reads = 0
    const edges = edgesOf(rows, KIND)
    const watched = {
      ...edges,
      table: async () => {
        const table = await (edges.table?.() ?? Promise.reject(new Error('no table')))
        const columns = table.columns.map(column => ({
          ...column,
          readInto: (first: number, count: number, into: Uint8Array) => {
            // The signal comes while values of the second block are read.
            if (first >= 10 && reads++ === 0) stop.abort(new Error('told to stop'))
            return column.readInto(first, count, into)
          },
        }))
        return { ...table, columns }
      },
    }
    const one = circuitAround('original', watched)
    const question = { original: one, manipulated: [one], shard: { index: 1, of: 1 }, blockRows: 40 }
    const states: Partial[] = []
    const stopped = { ...question, signal: stop.signal, onPartial: (now: Partial) => states.push(now) }
    await expect(runShard(stopped)).rejects.toThrow('told to stop')
    const left = states.at(-1)
    expect([left?.complete, left?.blocks.length]).toEqual([false, 1])
    const again = await runShard({ ...question, earlier: kept(left as Partial).partial })
    expect(again.blocks.length).toBeGreaterThan(2)
    const whole = await verify({ original: one, manipulated: [one] })
    expect(whole[0]?.level).toBe('synapses')
    expect(printed(mergePartials([kept(again)]))).toBe(printed(whole))
  })

  it('is not taken up by another question', async () => {
    const first: Partial[] = []
    await runShard({ ...options, onPartial: partial => first.push(partial) })
    const again: Partial[] = []
    const other = { ...options, keep: 3, earlier: first[3] as Partial }
    await expect(runShard(other)).rejects.toThrow('is of something else: not the same culprits to keep')
    await runShard({ ...other, replace: true, onPartial: partial => again.push(partial) })
    expect(again[0]?.blocks).toEqual([])
  })

  it('is not merged', async () => {
    const states: Partial[] = []
    await runShard({ ...options, onPartial: partial => states.push(partial) })
    const rest = kept(await runShard({ ...options, shard: { index: 2, of: 2 } }))
    for (const state of states.slice(0, -1)) {
      expect(() => mergePartials([kept(state), rest])).toThrow(/shard 1\/2 was interrupted/)
    }
  })
})

describe('merge refuses', () => {
  const rows = Array.from({ length: 100 }, (_, k) => [(k * 3) % 14, Math.floor(k / 8)] as const)
  const original = circuitOf('original', { rows, order: 'tgt,src' })
  const changed = circuitOf('changed', { rows: rows.slice(1), order: 'tgt,src' })
  const options = { original, manipulated: [changed] }

  it('what is missing, by name', async () => {
    const [first, , third, fourth] = await shards(options, 4)
    expect(() => mergePartials([first, fourth] as PartialFile[])).toThrow('shards 2/4, 3/4 are missing')
    expect(() => mergePartials([first, third, fourth] as PartialFile[])).toThrow('shard 2/4 is missing')
    expect(() => mergePartials([])).toThrow('no partial results')
  })

  it('what is there twice', async () => {
    const [first, second] = await shards(options, 2)
    const twice = [first, second, { ...second, file: 'copy.json' }] as PartialFile[]
    expect(() => mergePartials(twice)).toThrow('is shard 2/2, and so is partial-2.json')
  })

  it('shards of another verification, and says in what', async () => {
    const [first] = await shards(options, 2)
    const foreign = [
      [await shards({ ...options, keep: 3 }, 2), 'culprits to keep'],
      [await shards(options, 3), 'number of shards'],
      [await shards({ original, manipulated: [original] }, 2), 'circuit 1'],
      [await shards({ ...options, source: '0,1', target: '0,1' }, 2), 'node selection'],
    ] as const
    for (const [[, second], what] of foreign) {
      expect(() => mergePartials([first, second] as PartialFile[])).toThrow(what)
    }
  })

  it('blocks that overlap or leave targets out', async () => {
    const [first, second] = (await shards(options, 2)) as [PartialFile, PartialFile]
    const moved = (by: number): PartialFile => {
      const { range, blocks } = second.partial
      if (range === null) throw new Error('no range')
      const shift = <T extends { from: number }>(one: T): T => ({ ...one, from: one.from + by })
      return { ...second, partial: { ...second.partial, range: shift(range), blocks: blocks.map(shift) } }
    }
    expect(() => mergePartials([first, moved(-1)])).toThrow('shard 2/2 overlaps with shard 1/2')
    expect(() => mergePartials([first, moved(1)])).toThrow(
      'there are targets between shard 1/2 and shard 2/2',
    )
    const empty = { ...second, partial: { ...second.partial, blocks: [] } }
    expect(() => mergePartials([first, empty])).toThrow('shard 2/2 lacks blocks')
    const short = { ...second, partial: { ...second.partial, range: null, blocks: [] } }
    expect(() => mergePartials([first, short])).toThrow('are in no shard')
  })

  it('checks of nodes that nobody made', async () => {
    const [first, second] = (await shards(options, 2)) as [PartialFile, PartialFile]
    const without = { ...first, partial: { ...first.partial, globals: false } }
    expect(() => mergePartials([without, second])).toThrow('no shard made the checks of nodes')
  })

  it('files of another version, damaged ones and others', async () => {
    const [first] = (await shards(options, 1)) as [PartialFile]
    const text = partialToText(first.partial)
    expect(() => parsePartial(text.replace('"complete":true', '"complete":false'), 'p')).toThrow('was edited')
    expect(() => parsePartial(text.replace(/"tool":"[^"]+"/, '"tool":"0.0.1"'), 'p')).toThrow(
      'was made by connproof 0.0.1',
    )
    expect(() => parsePartial(text.slice(0, -20), 'p')).toThrow('not valid JSON')
    expect(() => parsePartial('{}', 'p')).toThrow('is not a partial result')
    expect(() => parsePartial('[]', 'p')).toThrow('is not a partial result')
  })

  it('rows whose order only some shards found broken', async () => {
    // One row out of place, between those that are looked at beforehand.
    const many = Array.from({ length: 5000 }, (_, k) => [k % 14, Math.floor(k / 400)] as const)
    const swapped = [...many]
    ;[swapped[398], swapped[402]] = [swapped[402] ?? [0, 0], swapped[398] ?? [0, 0]]
    const sound = circuitOf('sound', { rows: many, order: 'tgt,src' })
    const astray = circuitOf('astray', { rows: swapped, order: 'as given' })
    const two = await shards({ original: sound, manipulated: [astray] }, 2)
    expect(() => mergePartials(two)).toThrow('order of its rows that others found broken')
    const any = await shards({ original: sound, manipulated: [astray] }, 2, { anyOrder: true })
    expect(mergePartials(any)[0]?.verdict).toBe('verified')
  })
})
