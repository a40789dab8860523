/** Artifacts that are deleted or edited, and requests that change: nothing of it may pass for done or proven. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BaseCircuit } from '../../src/campaign/base.ts'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { checkCampaign } from '../../src/campaign/check.ts'
import { configSteps } from '../../src/campaign/config-steps.ts'
import { alone, readLock } from '../../src/campaign/lock.ts'
import { register } from '../../src/campaign/register.ts'
import { type Outcome, runSteps } from '../../src/campaign/run-steps.ts'
import { selectSteps } from '../../src/campaign/select-steps.ts'
import { campaignState } from '../../src/campaign/state.ts'
import { verifyCampaign } from '../../src/campaign/verify-steps.ts'
import { some } from '../counts.ts'
import { LEFT_OUT, manipulate, type Notebook, VARIANTS, writeNotebook } from './notebook.ts'

let notebook: Notebook
const campaign = () => readCampaign(notebook.campaign)

async function steps(of: typeof selectSteps, force = false): Promise<Outcome[]> {
  const read = await campaign()
  const base = await BaseCircuit.open(read)
  try {
    return await runSteps(read.output, of(read, base), { force })
  } finally {
    base.close()
  }
}

const states = (outcomes: readonly { state: string }[]): string[] => outcomes.map(({ state }) => state)
const verdicts = async (force = false) =>
  (await verifyCampaign(await campaign(), { force })).map(({ state, record }) =>
    state === 'proven' || state === 'unchanged' ? `${state} ${record?.result.verdict}` : state,
  )
const damages = async () => (await checkCampaign(await campaign())).damages.map(({ file }) => file)

beforeAll(async () => {
  notebook = await writeNotebook()
  await steps(selectSteps)
  await steps(configSteps)
  for (const id of VARIANTS) if (!LEFT_OUT.includes(id)) await manipulate(notebook, id)
  await verifyCampaign(await campaign())
}, 60_000)
afterAll(() => rmSync(notebook.folder, { recursive: true, force: true }))

/** Do something to a file, look, and put it back as it was. */
async function spoil<T>(file: string, how: (file: string) => void, look: () => Promise<T>): Promise<T> {
  const content = readFileSync(file)
  const { atime, mtime } = statSync(file)
  how(file)
  try {
    return await look()
  } finally {
    writeFileSync(file, content)
    utimesSync(file, atime, mtime)
  }
}

/** Same size, same time: only its content tells. */
function flipLast(file: string): void {
  const { atime, mtime } = statSync(file)
  const content = readFileSync(file)
  const last = content.length - 1
  content[last] = (content[last] ?? 0) ^ 1
  writeFileSync(file, content)
  utimesSync(file, atime, mtime)
}

describe('status --check', { timeout: 120_000 }, () => {
  it('finds nothing wrong at first', async () => {
    expect(await damages()).toEqual([])
  })

  it('names every artifact that is deleted or edited', async () => {
    const lock = await readLock(notebook.out)
    const artifacts = Object.values(lock.steps).flatMap(({ outputs }) => outputs.map(({ path }) => path))
    // 7 selections of 6 files, 7 configurations, 5 proofs, user.target.
    expect(artifacts).toHaveLength(7 * 6 + 7 + 5 + 1)
    const missed: string[] = []
    // Each neighbour of one that is left out is looked at with it.
    for (const [k, path] of some([...artifacts.entries()], 3)) {
      // One is edited and the next one deleted: each is both in turn.
      const next = artifacts[(k + 1) % artifacts.length] ?? ''
      const found = await spoil(join(notebook.out, path), flipLast, () =>
        spoil(join(notebook.out, next), rmSync, damages),
      )
      if (!found.includes(path)) missed.push(`${path} edited`)
      if (!found.includes(next)) missed.push(`${next} deleted`)
    }
    expect(missed).toEqual([])
  })

  it('names a mask that was edited together with its digest', async () => {
    const path = 'RecipRemoval_Unstruct/3/conns_removed_adjmat.npz'
    const mask = join(notebook.out, path)
    const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
    const before = digest(mask)
    const found = await spoil(mask, flipLast, () => {
      const forge = (file: string) =>
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(before, digest(mask)))
      return spoil(join(notebook.out, 'connproof.lock.json'), forge, async () =>
        checkCampaign(await campaign()),
      )
    })
    expect(found.damages).toEqual([{ file: path, message: 'drawn again, it is another one' }])
  })

  it('names a configuration that was edited together with its digest', async () => {
    const path = 'manip_config__RecipRemoval_Unstruct-3.json'
    const config = join(notebook.out, path)
    const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
    const before = digest(config)
    const found = await spoil(config, flipLast, () => {
      const forge = (file: string) =>
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(before, digest(config)))
      return spoil(join(notebook.out, 'connproof.lock.json'), forge, async () =>
        checkCampaign(await campaign()),
      )
    })
    expect(found.damages).toEqual([{ file: path, message: 'made again, it is another one' }])
  })

  it.each([
    ['a list', 'lists/spine5.npy'],
    ['the circuit', 'O1v5-SONATA/edges.h5'],
    ['a manipulated circuit', 'O1v5-SONATA__RecipRemoval_Unstruct-3/edges.h5'],
  ])('names %s that was edited', async (_, path) => {
    const found = await spoil(join(notebook.folder, path), flipLast, damages)
    expect(found).toContain(`../${path}`)
  })

  it('names artifacts that nobody remembers', async () => {
    const found = await spoil(join(notebook.out, 'connproof.lock.json'), rmSync, damages)
    expect(found).toContain('user.target')
    expect(found).toContain('RecipRemoval_Unstruct/3/proof.json')
  })
})

describe('verify', { timeout: 60_000 }, () => {
  const asBefore = VARIANTS.map(id => (LEFT_OUT.includes(id) ? 'missing' : 'unchanged verified'))

  it('proves nothing twice', async () => {
    expect(await verdicts()).toEqual(asBefore)
  })

  it('does not judge by a mask that was edited', async () => {
    const mask = join(notebook.out, 'RecipRemoval_Unstruct/3/conns_removed_adjmat.npz')
    const now = await spoil(mask, flipLast, () => verdicts())
    expect(now).toEqual([...asBefore.slice(0, 6), 'failed'])
  })

  it('does not judge by a selection of another seed', async () => {
    const reseed = (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('9900', '9901'))
    const now = await spoil(notebook.campaign, reseed, () => verdicts())
    expect(now.filter(state => state === 'failed')).toHaveLength(5)
    expect(now.filter(state => state.includes('verified'))).toEqual([])
    const status = await spoil(notebook.campaign, reseed, async () => campaignState(await campaign()))
    expect(new Set(status.map(({ selection }) => selection.state))).toEqual(new Set(['stale']))
    expect(new Set(status.map(({ config }) => config.state))).toEqual(new Set(['stale']))
    expect(status[0]?.proof.state).toBe('stale')
  })

  it('compares again, and only, a circuit that is another one', async () => {
    const [id, other] = ['RecipRemoval_Unstruct-0', 'RecipRemoval_Unstruct-2'] as const
    await manipulate(notebook, other, id)
    const now = await verdicts()
    expect(now[VARIANTS.indexOf(id)]).toBe('proven differs')
    expect(now.filter(state => state.startsWith('proven'))).toHaveLength(1)
    // It stays so: what differs is not forgotten.
    expect((await verdicts())[VARIANTS.indexOf(id)]).toBe('unchanged differs')
    await manipulate(notebook, id)
    expect((await verdicts())[VARIANTS.indexOf(id)]).toBe('proven verified')
  })

  it('cannot tell of a circuit that cannot be read, each time', async () => {
    const edges = join(notebook.folder, 'O1v5-SONATA__RecipRemoval_Unstruct-3/edges.h5')
    const twice = async () => [(await verdicts())[6], (await verdicts())[6]]
    const empty = (file: string) => writeFileSync(file, '')
    expect(await spoil(edges, empty, twice)).toEqual(['proven cannot_tell', 'proven cannot_tell'])
    expect((await verdicts())[6]).toBe('proven verified')
  })

  it('proves again what is asked deeper, and not what was proven deeper', async () => {
    const at = async (level: 'connections' | 'synapses' | 'full') => {
      const outcomes = await verifyCampaign(await campaign(), { comparison: { level } })
      return [outcomes[0]?.state, outcomes[0]?.record?.parameters.level]
    }
    expect(await at('connections')).toEqual(['unchanged', 'synapses'])
    expect(await at('full')).toEqual(['proven', 'full'])
    expect(await at('synapses')).toEqual(['unchanged', 'full'])
  })

  it('proves all again when asked to', async () => {
    expect(await verdicts(true)).toEqual(asBefore.map(state => state.replace('unchanged', 'proven')))
  })
})

describe('select and config', { timeout: 60_000 }, () => {
  it('do again what is damaged, and what builds on it', async () => {
    const file = join(notebook.out, 'RecipRemoval_Unstruct/1/conns_removed.npy')
    const { mtimeMs } = statSync(file)
    flipLast(file)
    // Same size and time: only a thorough look tells, which --check and verify have.
    writeFileSync(file, readFileSync(file))
    const outcomes = await steps(selectSteps)
    expect(states(outcomes)).toEqual(
      VARIANTS.map(id => (id === 'RecipRemoval_Unstruct-1' ? 'done' : 'unchanged')).concat('unchanged'),
    )
    expect(outcomes[4]?.reasons).toEqual([
      'RecipRemoval_Unstruct/1/conns_removed.npy is not what was written',
    ])
    expect(statSync(file).mtimeMs).toBeGreaterThan(mtimeMs)
    expect(await damages()).toEqual([])
  })

  it('do again what is asked otherwise', async () => {
    const fewer = (file: string) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('fraction: 0.25', 'fraction: 0.5'))
    const outcomes = await spoil(notebook.campaign, fewer, () => steps(selectSteps))
    expect(
      outcomes.filter(({ state }) => state === 'done').map(({ key, reasons }) => [key, reasons]),
    ).toEqual([
      ['RecipRemoval_Unstruct-1/selection', ['amount was {"fraction":0.25}, is {"fraction":0.5}']],
      ['targets', ['RecipRemoval_Unstruct/1/conns_removed.npy has changed']],
    ])
    expect(states(await steps(selectSteps)).filter(state => state === 'done')).toHaveLength(2)
    expect(await damages()).toEqual([])
  })

  it('write no configuration for a mask that is not up to date', async () => {
    const reseed = (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('9900', '9901'))
    const outcomes = await spoil(notebook.campaign, reseed, () => steps(configSteps, true))
    expect(new Set(states(outcomes))).toEqual(new Set(['failed']))
    expect(outcomes[0]?.trouble?.message).toBe('the selection is not up to date: seed was 9900, is 9901')
  })

  it('go on after a list that does not fit, and say so', async () => {
    const autapse = (file: string) =>
      writeFileSync(
        file,
        `${readFileSync(file, 'utf8').replace('list: lists/spine5.npy', 'pairs: [[1, 1]]')}`,
      )
    const outcomes = await spoil(notebook.campaign, autapse, () => steps(selectSteps, true))
    expect(states(outcomes)).toEqual(['failed', ...Array(6).fill('done'), 'done'])
    expect(outcomes[0]?.trouble).toMatchObject({
      field: 'list.autapse',
      message: expect.stringMatching(/^1 row connects a node to itself/),
    })
    await steps(selectSteps)
  })
})

describe('the lock file', () => {
  it('is not written by two at once', async () => {
    const read = await campaign()
    const second = alone(notebook.out, 'the first', () =>
      register(read, VARIANTS[0], 'https://example.org/a'),
    )
    await expect(second).rejects.toThrow('another connproof works on this campaign: the first')
    expect(existsSync(join(notebook.out, 'connproof.lock.json.busy'))).toBe(false)
  })

  it.each([
    ['no JSON', '{', /not valid JSON/],
    ['another schema', '{"schema": 2}', /found schema 2/],
    ['something else', '{"schema": 1, "steps": [], "registrations": {}}', /found \/steps: must be object/],
  ])('is refused when it is %s', async (_, text, message) => {
    const lock = join(notebook.out, 'connproof.lock.json')
    const damage = (file: string) => writeFileSync(file, text)
    await expect(spoil(lock, damage, async () => campaignState(await campaign()))).rejects.toThrow(message)
  })
})

describe('register', () => {
  const [id] = VARIANTS
  const at = async (name: string, url: string, force = false) =>
    register(await campaign(), name, url, { force })

  it('takes the name with and without its circuit, and keeps the URL', async () => {
    expect(await at(id, 'https://example.org/1')).toBe(`O1v5-SONATA_${id}`)
    expect(await at(`O1v5-SONATA_${id}`, 'https://example.org/1')).toBe(`O1v5-SONATA_${id}`)
    expect((await campaignState(await campaign()))[0]?.registered).toBe('https://example.org/1')
  })

  it('does not replace a URL unless forced', async () => {
    await expect(at(id, 'https://example.org/2')).rejects.toThrow('is registered as https://example.org/1')
    await at(id, 'https://example.org/2', true)
    expect((await campaignState(await campaign()))[0]?.registered).toBe('https://example.org/2')
  })

  it('suggests a name, and refuses what is no URL', async () => {
    await expect(at('RecipRemoval_Unstrct-0', 'https://example.org/')).rejects.toMatchObject({
      hint: 'did you mean "RecipRemoval_Unstruct-0"?',
    })
    await expect(at(id, 'example.org')).rejects.toThrow('expected a URL')
    await expect(at(id, 'javascript:1')).rejects.toThrow('expected a URL')
  })
})
