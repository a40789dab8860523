/** Campaign files and lock files say the same however they are written. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { type Lock, readLock, writeLock } from '../../src/campaign/lock.ts'
import { VERSION } from '../../src/version.ts'
import { campaignFile } from './files.ts'

const home = mkdtempSync(join(tmpdir(), 'connproof-lock-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const count = fc.nat({ max: 1e6 })
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const amount = fc.oneof(
  fc.record({ count: fc.oneof(count, fc.array(count, { minLength: 1, maxLength: 4 })) }),
  fc.record({ fraction: fc.oneof(fraction, fc.array(fraction, { minLength: 1, maxLength: 4 })) }),
  fc.constant({ all: true as const }),
  fc.record({
    amounts: fc.array(fc.oneof(fc.record({ count }), fc.record({ fraction }), fc.constant('all' as const)), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
)
const gid = fc.integer({ min: 1, max: 2 ** 32 - 2 })
const list = fc.oneof(
  fc.constant({ list: 'pairs.csv' }),
  fc.constant({ from: 'reciprocal' as const }),
  fc.constant({ from: { source: 'Layer4', target: 'layer=5,6', within: 'column' } }),
  fc.record({ pairs: fc.array(fc.tuple(gid, gid), { maxLength: 5 }) }),
)
// A seed of the simulation that nothing uses is refused.
const seedMode = fc.oneof(
  fc.record({ seed_mode: fc.constantFrom('constant', 'add_sim_idx') }),
  fc.record({ seed_mode: fc.constant('add_sim_seed'), simulation_seed: fc.nat({ max: 2 ** 31 - 1 }) }),
)
const draw = fc.record({
  mode: fc.constantFrom('reciprocal', 'directed'),
  seed: fc.nat({ max: 2 ** 31 }),
  generator: fc.constantFrom('RandomState', 'default_rng'),
})
const manipulation = fc.tuple(list, amount, draw, seedMode).map(parts => Object.assign({}, ...parts))
const campaign = fc.array(manipulation, { minLength: 1, maxLength: 4 }).map(manipulations => ({
  circuit: 'circuit',
  output: 'out',
  nodes: { column: { node_set: 'mc2_Column', synapse_class: ['EXC', 'INH'] } },
  defaults: { nodes: 'column' },
  manipulations: manipulations.map((one, k) => ({ name: `m${k}`, ...one })),
}))

/** Paths differ from folder to folder. */
const comparable = async (file: string, text: string) =>
  JSON.stringify(await readCampaign(campaignFile(text, file)), (_, value) =>
    typeof value === 'string'
      ? value.replace(/^.*connproof-campaign-[^/]*\/\d+\//, '').replace(file, 'FILE')
      : value,
  )

describe('a campaign', () => {
  it('is the same as YAML and as JSON, and has a variant for each amount', async () => {
    await fc.assert(
      fc.asyncProperty(campaign, async value => {
        const yaml = await comparable('campaign.yaml', stringify(value))
        expect(yaml).toBe(await comparable('campaign.json', JSON.stringify(value)))
        const ids: string[] = JSON.parse(yaml).variants.map(({ id }: { id: string }) => id)
        const amounts = (one: Record<string, unknown>): number =>
          [one.count ?? one.fraction ?? one.amounts ?? one.all].flat().length
        expect(ids).toEqual(
          value.manipulations.flatMap(one =>
            Array.from({ length: amounts(one) }, (_, k) => `${one.name}-${k}`),
          ),
        )
      }),
      { numRuns: 25 },
    )
  })
})

const identity = fc.record({
  path: fc.string({ minLength: 1 }),
  bytes: fc.nat(),
  modified: fc.constant('2026-01-01T00:00:00.000Z'),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
})
const step = fc.record({
  tool: fc.constant(VERSION),
  at: fc.constant('2026-01-01T00:00:00.000Z'),
  parameters: fc.dictionary(fc.string(), fc.oneof(fc.nat(), fc.string(), fc.constant(null)), {
    noNullPrototype: true,
  }),
  inputs: fc.array(identity, { maxLength: 3 }),
  outputs: fc.array(identity, { maxLength: 3 }),
  result: fc.dictionary(fc.string(), fc.nat(), { noNullPrototype: true }),
})

describe('a lock file', () => {
  it('is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z-]+\/proof$/), step, { noNullPrototype: true }),
        async steps => {
          const lock: Lock = {
            schema: 1,
            tool: { name: 'connproof', version: VERSION },
            steps,
            registrations: { a: { url: 'https://example.org', at: '2026-01-01T00:00:00.000Z' } },
          }
          writeLock(home, lock)
          expect(await readLock(home)).toEqual(JSON.parse(JSON.stringify(lock)))
        },
      ),
      { numRuns: 25 },
    )
  })
})
