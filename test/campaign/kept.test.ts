/** What a campaign keeps is not believed where it is of something else, was edited, or could not be written whole. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { checkCampaign } from '../../src/campaign/check.ts'
import { alone, readLock } from '../../src/campaign/lock.ts'
import { campaignState } from '../../src/campaign/state.ts'
import { verifyCampaign } from '../../src/campaign/verify-steps.ts'
import { campaignToText } from '../../src/campaign/verify-text.ts'
import { writeFileSet } from '../../src/formats/file-set.ts'
import { runTag } from '../../src/formats/run-tag.ts'
import { type CampaignFolder, campaignOfSeven } from '../cluster/campaign.ts'
import { expectRecord } from '../records.ts'

let kept: CampaignFolder
let yaml: string
let lock: string
const lockPath = () => join(kept.folder, 'out/connproof.lock.json')
const proofPath = () => join(kept.folder, 'out/Unstruct/0/proof.json')
const stateOf = async () => (await campaignState(await readCampaign(kept.file)))[0]?.proof

beforeAll(async () => {
  kept = await campaignOfSeven('  account: a\n')
  await verifyCampaign(await readCampaign(kept.file))
  yaml = readFileSync(kept.file, 'utf8')
  lock = readFileSync(lockPath(), 'utf8')
})
afterAll(() => kept.remove())
beforeEach(() => {
  writeFileSync(kept.file, yaml)
  writeFileSync(lockPath(), lock)
})

function editLock(edit: (proof: Record<string, Record<string, unknown>>) => void): void {
  const value = JSON.parse(lock)
  edit(value.steps['Unstruct-0/proof'])
  writeFileSync(lockPath(), JSON.stringify(value))
}

describe('a proof that was kept', () => {
  it('stands while nothing has changed, and is a record', async () => {
    expect(await stateOf()).toMatchObject({ state: 'done', verdict: 'verified' })
    expectRecord(JSON.parse(readFileSync(proofPath(), 'utf8')))
  })

  it.each([
    ['another circuit', 'circuits: { Unstruct-0: o__Unstruct-1 }\n', /circuit was /],
    ['another edge population', 'population: default\n', /population was null/],
  ])('is stale for %s', async (_, line, reason) => {
    const other = join(kept.folder, 'circuit__Unstruct-1')
    writeFileSync(kept.file, `${yaml}${line.replace('o__Unstruct-1', other)}`)
    const state = await stateOf()
    expect(state?.state).toBe('stale')
    expect(state?.reasons.join('; ')).toMatch(reason)
    const campaign = await readCampaign(kept.file)
    const { damages } = await checkCampaign(campaign)
    expect(damages.some(({ file }) => file.includes('Unstruct/0/'))).toBe(true)
  })

  it.each([
    ['the verdict', { verdict: 'differs' }],
    ['the level', { level: 'full' }],
    ['what was not checked', { not_checked: [] }],
    ['the count', { diff: -1 }],
  ])('is stale where %s was edited in the lock file', async (_, result) => {
    for (const signed of [true, false]) {
      editLock(proof => {
        Object.assign(proof.result ?? {}, result)
        if (!signed) delete proof.sha256
      })
      expect((await stateOf())?.state).toBe('stale')
      const [outcome] = await verifyCampaign(await readCampaign(kept.file), { dryRun: true })
      expect(outcome?.state).toBe('to do')
    }
  })

  it('is stale where what it is of was edited', async () => {
    editLock(proof => Object.assign(proof.parameters ?? {}, { allow: [], source: 'All' }))
    expect((await stateOf())?.reasons.join()).toMatch(/was edited/)
  })

  it('is stale where its record is newer than what is read here', async () => {
    const proof = readFileSync(proofPath(), 'utf8')
    writeFileSync(proofPath(), proof.replace('"schema": 1', '"schema": 2'))
    editLock(record => {
      delete record.sha256
      record.outputs = [] as never
    })
    expect((await stateOf())?.reasons.join()).toMatch(/has schema 2, and schema 1 is read here/)
    writeFileSync(proofPath(), proof)
  })

  it('of version 0.1.0, without a digest of its entry, is read', async () => {
    editLock(proof => {
      delete proof.sha256
    })
    expect(await stateOf()).toMatchObject({ state: 'done', verdict: 'verified' })
  })

  it('is stale where a file that links led to has changed', async () => {
    const linked = join(kept.folder, 'linked.h5')
    writeFileSync(linked, 'one')
    const facts = { path: linked, bytes: 3, modified: '2020-01-01T00:00:00.000Z' }
    editLock(proof => {
      delete proof.sha256
      proof.reads = [facts] as never
    })
    expect((await stateOf())?.reasons.join()).toMatch(/linked.h5 has changed/)
  })

  it('stands where the campaign names the circuit by its folder', async () => {
    const folder = join(kept.folder, 'circuit__Unstruct-0')
    writeFileSync(kept.file, `${yaml}circuits: { Unstruct-0: ${folder} }\n`)
    await verifyCampaign(await readCampaign(kept.file))
    expect(await stateOf()).toMatchObject({ state: 'done', verdict: 'verified' })
    const [again] = await verifyCampaign(await readCampaign(kept.file), { dryRun: true })
    expect(again?.state).toBe('unchanged')
    expect((await checkCampaign(await readCampaign(kept.file))).damages).toEqual([])
  })
})

describe('the lock', () => {
  const busy = () => `${lockPath()}.busy`

  it('of a newer connproof is refused by name', async () => {
    writeFileSync(lockPath(), lock.replace(/"schema": 1/, '"schema": 9'))
    await expect(readLock(join(kept.folder, 'out'))).rejects.toMatchObject({
      hint: /newer connproof/ as never,
    })
  })

  it('is refused while another one works, and free when that ends, also by hand', async () => {
    const out = join(kept.folder, 'out')
    await alone(out, 'a', async () => {
      await expect(alone(out, 'b', async () => 1)).rejects.toThrow(/another connproof works .*: a$/)
      rmSync(busy())
      await alone(out, 'c', async () => 1)
    })
    expect(existsSync(busy())).toBe(false)
  })

  it('that is empty, of a full disk, holds nobody up once it is old', async () => {
    writeFileSync(busy(), '')
    const out = join(kept.folder, 'out')
    await expect(alone(out, 'a', async () => 1)).rejects.toThrow(/another connproof/)
    utimesSync(busy(), 1, 1)
    expect(await alone(out, 'a', async () => 1)).toBe(1)
    expect(existsSync(busy())).toBe(false)
  })

  it.skipIf(!existsSync('/proc/self'))('of a run that was killed holds nobody up', async () => {
    const out = join(kept.folder, 'out')
    const [machine] = runTag().split('-')
    writeFileSync(busy(), `b\n${runTag()}\n`)
    await expect(alone(out, 'a', async () => 1)).rejects.toThrow(/another connproof works .*: b$/)
    writeFileSync(busy(), `b\n${machine}-${spawnSync('true').pid}\n`)
    expect(await alone(out, 'a', async () => 1)).toBe(1)
    expect(existsSync(busy())).toBe(false)
  })
})

it('what was not checked is told of the circuits it is true of', async () => {
  const outcomes = await verifyCampaign(await readCampaign(kept.file))
  const [first, second, third] = outcomes
  if (first?.record === undefined || second?.record === undefined || third?.record === undefined)
    throw new Error('not proven')
  const asIf = (outcome: typeof first, result: object) => ({
    ...outcome,
    record: { ...(outcome.record ?? first.record), result: { ...outcome.record?.result, ...result } },
  })
  const told = campaignToText(
    [
      first,
      asIf(second, { verdict: 'cannot_tell', level: null, not_checked: ['everything'] }),
      asIf(third, { level: 'connections', not_checked: ['properties'] }),
    ] as never,
    { show: 5 },
  )
  expect(told).not.toContain('everything')
  expect(told).toMatch(/^Unstruct-0: level synapses; not checked: /m)
  expect(told).toMatch(/^Unstruct-2: level connections; not checked: properties$/m)
})

it('two selections into one folder never replace each other', () => {
  const folder = join(kept.folder, 'both')
  const names = ['a', 'b']
  const files = (content: string) => names.map(name => ({ name, content }))
  writeFileSet(folder, files('one'), { names })
  // As if the other one had been written after this one had looked.
  expect(() => writeFileSet(folder, files('two'), { names })).toThrow(/exists already/)
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('one')
})
