import { describe, expect, it } from 'vitest'
import { errorRecord, jsonLines, proofFile, proofRecords } from '../../src/report/json.ts'
import { expectRecord } from '../records.ts'
import { CODES, FINDINGS, proofWith, unreadable } from './proofs.ts'

const parsed = (...args: Parameters<typeof proofRecords>) =>
  jsonLines(proofRecords(...args))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('JSON Lines of a proof', () => {
  it('are one line per check, then the proof', () => {
    const records = parsed(proofWith([FINDINGS['lost.not_asked']]))
    expect(records.map(record => record.type)).toEqual([...Array(6).fill('check'), 'proof'])
    expect(records[1]).toMatchObject({
      circuit: 'new',
      id: 'removed.exactly',
      level: 'connections',
      status: 'failed',
    })
    expect(records[1].findings).toEqual(records[6].findings)
    expect(records[0]).toMatchObject({ id: 'nodes.same', status: 'passed', findings: [] })
  })

  it('keep the keys that design section 7 promises', () => {
    const proof = parsed(proofWith([])).at(-1)
    expect(proof).toMatchObject({
      type: 'proof',
      circuit: 'new',
      verdict: 'verified',
      level: 'connections',
      not_checked: ['synapse properties', 'indices'],
      neurons: 100,
      connections: { original: 48, manipulated: 40 },
      diff: -8,
    })
    expect(Object.keys(proof.classes)).toEqual([
      'removed_as_asked',
      'asked_still_there',
      'asked_absent',
      'lost_not_asked',
      'added_as_asked',
      'added_not_asked',
      'multiplicity_changed',
      'outside_changed',
    ])
    expect(proof.classes.removed_as_asked).toBe(8)
  })

  it('has the classes of additions only where additions were asked for', () => {
    const added = { role: 'added', file: 'm.npz', bytes: 1, modified: '' } as const
    const proof = parsed(proofWith([], { inputs: [added] })).at(-1)
    expect(Object.keys(proof.classes).slice(8)).toEqual(['asked_not_added', 'asked_already_there'])
  })

  it.each(CODES)('carry %s with its culprits, ids and GIDs', code => {
    const [finding] = parsed(proofWith([FINDINGS[code]])).at(-1).findings
    const { culprits, count, expected, found } = FINDINGS[code]
    expect(finding).toMatchObject({ code, severity: 'error', count })
    expect([finding.expected, finding.found]).toEqual([expected, found])
    expect(finding.culprits).toEqual(
      culprits.map(({ original, manipulated }) => ({
        source: 11,
        target: 7,
        source_gid: 12,
        target_gid: 8,
        original_edges: original,
        manipulated_edges: manipulated,
      })),
    )
  })

  it('say null, not nothing, where there is no verdict', () => {
    const proof = parsed(unreadable()).at(-1)
    expect(proof).toMatchObject({
      verdict: 'cannot_tell',
      level: null,
      connections: null,
      diff: null,
      classes: null,
    })
    expect(proof.error).toEqual({
      message: 'no such file',
      file: '/data/gone.h5',
      field: '/edges',
      hint: 'check the path',
    })
  })

  it('never carry the list of all differences', () => {
    const difference = { class: 'lost_not_asked', source: 1, target: 2, original: 1, manipulated: 0 } as const
    expect(JSON.stringify(parsed(proofWith([], { differences: [difference] })))).not.toContain(
      '"differences"',
    )
  })
})

it('a check says what it does not cover, and the schema knows it', () => {
  const check = { id: 'synapses.same', level: 'synapses', status: 'passed', except: ['x'] } as const
  const records = parsed(proofWith([], { checks: [check] }))
  expect(records.map(({ except }) => except)).toEqual([['x'], undefined])
  for (const record of records) expectRecord(record)
})

describe('files and errors', () => {
  it('a proof file is an object, or an array for several circuits', () => {
    expect(JSON.parse(proofFile([proofWith([])]))).toMatchObject({ type: 'proof', circuit: 'new' })
    expect(JSON.parse(proofFile([proofWith([]), unreadable()]))).toHaveLength(2)
  })

  it('an error record has the fields of the error', () => {
    expect(errorRecord({ message: 'm', file: 'f', field: 'x', hint: 'h' })).toEqual({
      type: 'error',
      code: 'error.input',
      message: 'm',
      file: 'f',
      field: 'x',
      hint: 'h',
    })
  })
})
