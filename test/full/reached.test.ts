/** A level that was asked for and not reached: no verdict, unless that is allowed; the same for masks and merged shards. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparePaths } from '../../src/full/same-path.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { mergePartials } from '../../src/shards/merge.ts'
import { runShard } from '../../src/shards/run-shard.ts'
import { reached } from '../../src/verification/level-reached.ts'
import type { CheckResult, FindingCode, Level } from '../../src/verification/proof.ts'
import { verify } from '../../src/verify.ts'
import { circuit, writeModel } from './model.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-reached-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const before = join(folder, 'o')
const after = join(folder, 'm')
beforeAll(() => {
  writeModel(before, circuit())
  const changed = circuit()
  const edges = changed.h5['edges.h5'] ?? {}
  for (const path of Object.keys(edges)) if (path.includes('/indices/')) delete edges[path]
  writeModel(after, changed)
})

async function prove(level: Level | undefined, allow: readonly FindingCode[] = []) {
  const original = await openCircuit(before)
  try {
    const question = { original, manipulated: [after], level, allow, population: 'edges' }
    const partial = await runShard({ ...question, shard: { index: 1, of: 1 } })
    const files = [{ file: 'part.json', partial }]
    if (allow.length === 0 && level === 'full')
      // What the message says can be said to the merge too, not to the shards alone.
      expect(mergePartials(files, { lower: true })).toMatchObject([
        { verdict: 'verified', level: 'synapses' },
      ])
    return [...(await verify(question)), ...mergePartials(files)]
  } finally {
    original.close()
  }
}

describe('level full of edges without indices', () => {
  it('is cannot tell, with what was proven', async () => {
    for (const proof of await prove('full')) {
      expect(proof).toMatchObject({ verdict: 'cannot_tell', level: 'synapses', findings: [] })
      expect(proof.trouble?.message).toContain('indices.consistent')
      expect(proof.trouble?.hint).toContain('--allow level.lower')
    }
  })

  it('is verified where that is allowed, and says so', async () => {
    for (const proof of await prove('full', ['level.lower'])) {
      expect(proof).toMatchObject({ verdict: 'verified', level: 'synapses' })
      expect(proof.findings).toMatchObject([{ code: 'level.lower', severity: 'warning', expected: 'full' }])
    }
  })

  it('is no trouble where nobody asked for it', async () => {
    for (const level of [undefined, 'synapses'] as const)
      for (const proof of await prove(level))
        expect(proof).toMatchObject({ verdict: 'verified', level: 'synapses', findings: [] })
  })
})

it('lower is what proves less than was asked', () => {
  const checks: CheckResult[] = [
    { id: 'synapses.same', level: 'synapses', status: 'not_checked', reason: 'a list' },
  ]
  expect(reached('connections', 'connections', checks, [])).toEqual({ findings: [] })
  expect(reached('connections', 'full', checks, [])).toEqual({ findings: [] })
  expect(reached('synapses', 'connections', checks, []).trouble?.message).toContain('synapses.same (a list)')
})

describe('paths', () => {
  const at = (name: string) => join(folder, 'paths', name)
  beforeAll(() => {
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(at(`${name}/deep`), { recursive: true })
      writeFileSync(at(`${name}/deep/x`), name === 'c' ? 'other' : 'equal')
      symlinkSync(at(name), at(`${name}/deep/back`))
    }
    writeFileSync(at('one.json'), '{"a": 1, "b": [2]}')
    writeFileSync(at('two.json'), '{"b":[2],"a":1}')
  })

  it.each([
    ['a', 'a', 'same'],
    ['a', 'b', 'same'],
    ['a', 'c', 'differs'],
    ['a', 'one.json', 'differs'],
    ['one.json', 'two.json', 'same'],
    ['a', 'gone', 'differs'],
    ['gone', 'a', 'unknown'],
    ['gone', 'lost', 'unknown'],
    ['gone', 'gone', 'same'],
  ])('%s and %s: %s', async (one, other, result) => {
    expect(await comparePaths(at(one), at(other))).toMatchObject({ result })
  })
})
