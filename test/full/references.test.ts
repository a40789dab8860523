/** References to rows of the manipulated population: followed at level full, named below it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openCircuit } from '../../src/open-circuit.ts'
import { proofToText } from '../../src/report/text.ts'
import type { MaskFile } from '../../src/selection/mask.ts'
import type { Level } from '../../src/verification/proof.ts'
import { type VerifyOptions, verify } from '../../src/verify.ts'
import { type Contact, NEURONS, type Referring, type Synapse, writeReferring } from './referring.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-references-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Two synapses of each connection, by target. */
const SYNAPSES: Synapse[] = Array.from({ length: 60 }, (_, k) => ({
  source: (7 * Math.floor(k / 2)) % NEURONS,
  target: Math.floor(k / 5),
  weight: k,
})).sort((a, b) => a.target - b.target || a.source - b.source || a.weight - b.weight)
const CONTACTS: Contact[] = SYNAPSES.flatMap(({ target }, synapse) =>
  synapse % 3 === 0 ? [{ astrocyte: synapse % 4, target, synapse, section: 100 + synapse }] : [],
)
const GONE = [SYNAPSES[9], SYNAPSES[30], SYNAPSES[48]].map(
  one => [one?.source ?? 0, one?.target ?? 0] as const,
)
const isGone = ({ source, target }: Synapse): boolean => GONE.some(([s, t]) => s === source && t === target)
const MASK: MaskFile = {
  file: 'mask.npz',
  rows: NEURONS,
  columns: NEURONS,
  row: Uint32Array.from(GONE, ([source]) => source),
  column: Uint32Array.from(GONE, ([, target]) => target),
  sourceIds: undefined,
  targetIds: undefined,
}

/** As the splits of the package leave rows that are in another order: block by block of targets. */
const regrouped = (rows: readonly Synapse[]): Synapse[] => [
  ...rows.filter(({ target }) => target < 6),
  ...rows.filter(({ target }) => target >= 6),
]
const BY_SOURCE = [...SYNAPSES].sort((a, b) => a.source - b.source || a.target - b.target)
const KEPT = SYNAPSES.filter(one => !isGone(one))
/** Row of each synapse among others, by what it is. */
const renumber = (contacts: readonly Contact[], rows: readonly Synapse[], from = SYNAPSES): Contact[] =>
  contacts.flatMap(contact => {
    const weight = from[Number(contact.synapse)]?.weight
    const synapse = rows.findIndex(row => row.weight === weight)
    return synapse < 0 ? [] : [{ ...contact, synapse }]
  })
const RIGHT = renumber(CONTACTS, KEPT)

let made = 0
const write = (circuit: Referring): string => writeReferring(join(folder, `c${made++}`), circuit)

async function prove(
  original: Referring,
  manipulated: Referring,
  options: Partial<VerifyOptions> = {},
  level: Level = 'full',
) {
  const circuit = await openCircuit(write(original), { edges: original.chem ?? 'chem' })
  try {
    const asked = { removed: MASK, level, ...options }
    const [proof] = await verify({ original: circuit, manipulated: [write(manipulated)], ...asked })
    if (proof === undefined) throw new Error('no proof')
    const check = proof.checks.find(({ id }) => id === 'references.sound')
    const status = check?.status
    return { ...proof, status, reason: check?.reason, codes: proof.findings.map(({ code }) => code) }
  } finally {
    circuit.close()
  }
}

const ORIGINAL: Referring = { synapses: SYNAPSES, contacts: CONTACTS }

describe('references to rows of the manipulated population', () => {
  it('are told to be stale, with count and culprits, where the file was taken over as it was', async () => {
    const proof = await prove(ORIGINAL, { synapses: KEPT, contacts: CONTACTS })
    const right = new Map(RIGHT.map(({ section, synapse }) => [section, synapse]))
    const wrong = CONTACTS.filter(({ section, synapse }) => right.get(section) !== synapse)
    expect(wrong.length).toBeGreaterThan(5)
    expect(proof).toMatchObject({ verdict: 'differs', status: 'failed', codes: ['reference.stale'] })
    expect(proof.findings[0]).toMatchObject({ count: wrong.length, property: 'synapse_id' })
    expect(proof.findings[0]?.edges).toHaveLength(10)
    expect(proof.findings[0]?.edges?.[0]).toMatchObject({
      originalEdge: CONTACTS.indexOf(wrong[0] as Contact),
      before: wrong[0]?.synapse,
      after: wrong[0]?.synapse,
    })
    const text = proofToText(proof, { show: 1 })
    expect(text).toContain('--write-edge-map')
    expect(text).not.toContain('files of the original')
  })

  it('are no difference where they were rightly renumbered, and edges of gone synapses dropped', async () => {
    for (const type of ['u64', 'i64', 'u32'] as const) {
      const proof = await prove(ORIGINAL, { synapses: KEPT, contacts: RIGHT, type })
      expect(proof).toMatchObject({ verdict: 'verified', status: 'passed', codes: [] })
    }
    // Through a temporary file as well, and of rows that splits have regrouped.
    const original = { synapses: BY_SOURCE, contacts: renumber(CONTACTS, BY_SOURCE) }
    const rows = regrouped(BY_SOURCE.filter(one => !isGone(one)))
    const right = renumber(original.contacts, rows, BY_SOURCE)
    for (const memory of [undefined, 64])
      expect(await prove(original, { synapses: rows, contacts: right }, { memory })).toMatchObject({
        verdict: 'verified',
        status: 'passed',
      })
    const stale = await prove(original, { synapses: rows, contacts: original.contacts })
    expect(stale).toMatchObject({ codes: ['reference.stale'] })
  })

  it('are stale where one is off by one, another edge of the same connection, or its edge is still there', async () => {
    const at = RIGHT.findIndex(
      ({ synapse }) => KEPT[Number(synapse)]?.source === KEPT[Number(synapse) + 1]?.source,
    )
    const off = RIGHT.map((one, k) => (k === at ? { ...one, synapse: Number(one.synapse) + 1 } : one))
    const one = await prove(ORIGINAL, { synapses: KEPT, contacts: off })
    expect(one.findings).toMatchObject([
      { code: 'reference.stale', count: 1, edges: [{ manipulatedEdge: at }] },
    ])
    const gone = CONTACTS.length - RIGHT.length
    expect(gone).toBeGreaterThan(0)
    const right = new Map(RIGHT.map(({ section, synapse }) => [section, synapse]))
    const kept = CONTACTS.map(contact => ({ ...contact, synapse: right.get(contact.section) ?? -1 }))
    const undropped = await prove(ORIGINAL, { synapses: KEPT, contacts: kept, type: 'i64' })
    expect(undropped.findings).toMatchObject([{ code: 'reference.stale', count: gone }])
    expect(undropped.findings[0]?.edges?.[0]).toMatchObject({ expected: 'gone with its edge', after: -1 })
  })

  it('leave the rest of the edges as they were', async () => {
    const other = RIGHT.map((one, k) => (k === 4 ? { ...one, section: 0 } : one))
    const changed = await prove(ORIGINAL, { synapses: KEPT, contacts: other })
    expect(changed.findings).toMatchObject([
      { code: 'population.changed', check: 'references.sound', property: 'astrocyte_section_id', count: 1 },
    ])
    expect(proofToText(changed, { show: 1 })).not.toContain('name the files of the original')
    const ends = RIGHT.map((one, k) => (k === 4 ? { ...one, astrocyte: (one.astrocyte + 1) % 4 } : one))
    expect((await prove(ORIGINAL, { synapses: KEPT, contacts: ends })).findings).toMatchObject([
      { code: 'population.changed', property: 'source_node_id', count: 1 },
    ])
    const fewer = await prove(ORIGINAL, { synapses: KEPT, contacts: RIGHT.slice(1) })
    expect(fewer).toMatchObject({ verdict: 'differs', codes: ['population.changed'], status: 'failed' })
    const unindexed = { synapses: KEPT, contacts: RIGHT, noIndex: true }
    expect((await prove(ORIGINAL, unindexed)).findings).toContainEqual(
      expect.objectContaining({ check: 'references.sound', expected: expect.stringContaining('index') }),
    )
    const swapped = await prove(ORIGINAL, { synapses: KEPT, contacts: [...RIGHT].reverse() })
    expect(swapped.verdict).toBe('differs')
  })

  it('name the population by its new name', async () => {
    const renamed = { synapses: KEPT, contacts: RIGHT, chem: 'neurons__neurons__chemical' }
    expect(await prove(ORIGINAL, renamed)).toMatchObject({ verdict: 'verified', status: 'passed' })
    for (const to of ['chem', 'glia', null]) {
      const proof = await prove(ORIGINAL, { ...renamed, to })
      expect(proof).toMatchObject({ verdict: 'differs', codes: ['reference.stale'] })
    }
    expect((await prove(ORIGINAL, { ...renamed, to: 'chem' })).findings[0]?.found).toContain(
      'no longer exists',
    )
    // Nothing was removed: rows are what they were, and the name is not.
    const all = { synapses: SYNAPSES, contacts: CONTACTS, chem: 'neurons__neurons__chemical' }
    expect(await prove(ORIGINAL, all, { removed: undefined })).toMatchObject({ verdict: 'verified' })
    expect(await prove(ORIGINAL, { ...all, to: 'chem' }, { removed: undefined })).toMatchObject({
      codes: ['reference.stale'],
    })
  })

  it('are found wherever they are, and by the names of rows', async () => {
    for (const at of ['0/dynamics_params/synapse_id', '0/other']) {
      const original = { ...ORIGINAL, at }
      const right = await prove(original, { synapses: KEPT, contacts: RIGHT, at })
      expect(right).toMatchObject({ verdict: 'verified', status: 'passed' })
      const stale = await prove(original, { synapses: KEPT, contacts: CONTACTS, at })
      expect(stale).toMatchObject({ codes: ['reference.stale'] })
    }
    // Beside the groups, where few readers look.
    const at = 'synapse_id'
    const beside = (contacts: readonly Contact[]) =>
      prove({ ...ORIGINAL, at }, { synapses: KEPT, contacts, at })
    expect(await beside(RIGHT)).toMatchObject({ status: 'passed', codes: [] })
    const stale = await beside(CONTACTS)
    expect(stale).toMatchObject({ status: 'failed', codes: ['reference.stale'] })
    expect(stale.findings[0]?.edges?.length).toBeGreaterThan(5)
    const chem = 'neurons__neurons__chemical'
    const named = (contacts: readonly Contact[], name: string) => ({
      to: null,
      contacts,
      // Every fourth names a population that nothing happened to.
      names: contacts.map(({ section }) => (section % 4 === 0 ? 'other' : name)),
    })
    const moved = new Map(RIGHT.map(one => [one.section, one]))
    const right = CONTACTS.flatMap(one => (one.section % 4 === 0 ? [one] : (moved.get(one.section) ?? [])))
    const original = { ...ORIGINAL, ...named(CONTACTS, 'chem') }
    const proof = await prove(original, { synapses: KEPT, chem, ...named(right, chem) })
    expect(proof).toMatchObject({ verdict: 'verified', status: 'passed' })
    expect((await prove(original, { synapses: KEPT, chem, ...named(right, 'chem') })).findings).toMatchObject(
      [{ code: 'reference.stale', property: 'synapse_population' }],
    )
    expect((await prove(original, { synapses: KEPT, chem, ...named(CONTACTS, chem) })).codes).toEqual([
      'reference.stale',
    ])
  })

  it('to edges that went with others follow these', async () => {
    const about = [0, 3, 5, CONTACTS.length - 1]
    const sections = new Map(RIGHT.map(({ section }, k) => [section, k]))
    const right = about.flatMap(k => sections.get(CONTACTS[k]?.section ?? 0) ?? [])
    expect(right).not.toEqual(about)
    const original = { ...ORIGINAL, about }
    expect(await prove(original, { synapses: KEPT, contacts: RIGHT, about: right })).toMatchObject({
      verdict: 'verified',
    })
    const stale = await prove(original, { synapses: KEPT, contacts: RIGHT, about })
    expect(stale.findings).toMatchObject([{ code: 'reference.stale', property: 'contact_id' }])
  })

  it('that are floats are followed like integers; NaN stays NaN', async () => {
    const missing = { astrocyte: 0, target: 0, synapse: Number.NaN, section: 1 }
    const type = 'f64'
    const original = { ...ORIGINAL, contacts: [missing, ...CONTACTS], type } as const
    const right = await prove(original, { synapses: KEPT, contacts: [missing, ...RIGHT], type })
    expect(right).toMatchObject({ verdict: 'verified', status: 'passed' })
    const stale = await prove(original, { synapses: KEPT, contacts: [missing, ...CONTACTS], type })
    expect(stale.codes).toEqual(['reference.stale'])
    const other = { ...missing, synapse: 0.5 }
    expect((await prove(original, { synapses: KEPT, contacts: [other, ...RIGHT], type })).codes).toEqual([
      'reference.stale',
    ])
    expect((await prove(original, { ...original, synapses: SYNAPSES }, { removed: undefined })).verdict).toBe(
      'verified',
    )
  })

  it('without a name mean the only edges that they can, and are not followed where there are several', async () => {
    const unnamed = { ...ORIGINAL, to: null }
    const kept = { synapses: KEPT, to: null }
    expect(await prove(unnamed, { ...kept, contacts: RIGHT })).toMatchObject({ verdict: 'verified' })
    expect((await prove(unnamed, { ...kept, contacts: CONTACTS })).codes).toEqual(['reference.stale'])
    // The package gives populations other names: there is no name that could be stale.
    const chem = 'neurons__neurons__chemical'
    expect(await prove(unnamed, { ...kept, contacts: RIGHT, chem })).toMatchObject({ verdict: 'verified' })
    expect((await prove(ORIGINAL, { ...kept, contacts: RIGHT })).codes).toEqual(['reference.stale'])
    const several = { ...unnamed, siblings: true }
    for (const contacts of [RIGHT, CONTACTS]) {
      const proof = await prove(several, { ...kept, contacts, siblings: true })
      expect(proof).toMatchObject({ verdict: 'cannot_tell', status: 'not_checked' })
      expect(proof.reason).toContain('may refer to chem or more')
    }
    expect(await prove(several, several, { removed: undefined })).toMatchObject({ verdict: 'verified' })
    const below = await prove(several, { ...kept, contacts: CONTACTS, siblings: true }, {}, 'synapses')
    expect(below.notChecked).toContain('references of glia (synapse_id) to edges of chem, perhaps')
  })

  it('that led nowhere stay as they are, and are said not to be checked', async () => {
    const nowhere = { astrocyte: 0, target: 0, synapse: 2n ** 64n - 1n, section: 1 }
    const original = { ...ORIGINAL, contacts: [nowhere, ...CONTACTS] }
    const proof = await prove(original, { synapses: KEPT, contacts: [nowhere, ...RIGHT] })
    expect(proof.verdict).toBe('verified')
    expect(proof.notChecked).toContainEqual(
      expect.stringContaining('1 references of glia (synapse_id) that lead'),
    )
    const other = { ...nowhere, synapse: 2n ** 64n - 2n }
    expect((await prove(original, { synapses: KEPT, contacts: [other, ...RIGHT] })).codes).toEqual([
      'reference.stale',
    ])
  })

  it('are named below level full, and where they cannot be followed', async () => {
    for (const level of ['connections', 'synapses'] as const) {
      const proof = await prove(ORIGINAL, { synapses: KEPT, contacts: CONTACTS }, {}, level)
      expect(proof).toMatchObject({ verdict: 'verified', level, status: undefined })
      expect(proof.notChecked).toContain('references of glia (synapse_id) to edges of chem')
    }
    const other = KEPT.map((one, k) => (k === 3 ? { ...one, weight: 1000 } : one))
    const unproven = await prove(ORIGINAL, { synapses: other, contacts: RIGHT })
    expect(unproven).toMatchObject({ status: 'not_checked', codes: ['property.changed'] })
    expect(unproven.reason).toContain('no row can be followed')
    const lost = await prove(ORIGINAL, { synapses: KEPT, contacts: CONTACTS, noGlia: true })
    expect(lost).toMatchObject({ status: 'not_checked', codes: ['population.lost'] })
    expect(proofToText(lost, { show: 1 })).toContain('--write-edge-map')
    expect(lost.notChecked).toContain('references to edges (glia is lost)')
  })

  it('are followed where other connections are gone than asked: the rows are proven all the same', async () => {
    const proof = await prove(ORIGINAL, { synapses: KEPT, contacts: RIGHT }, { removed: undefined })
    expect(proof).toMatchObject({ verdict: 'differs', status: 'passed' })
  })
})
