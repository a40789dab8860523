/** Rows that a model draws may be equal: no copy is told of a sound circuit, and one is where chance forbids it. */
import { describe, expect, it } from 'vitest'
import { chosen, type DelayModel, type Rewiring } from '../../src/connectome/operations.ts'
import { checkInvariants } from '../../src/verification/contracts/judge.ts'
import { type Circuit, copy, toSource } from './circuits.ts'

const NODES = 5
const values = {
  afferent_center_x: 1,
  afferent_section_id: 3,
  conductance: 1,
  delay: 2,
  efferent_center_y: 1,
  n_rrp: 3,
  syn_type_id: 100,
  u_syn: 7,
}
/** Two rows that differ in their delay alone; a model without chance makes them one. */
const circuit: Circuit = {
  nodes: NODES,
  rows: [
    { source: 1, target: 3, values: { ...values, delay: 2.5 } },
    { source: 1, target: 3, values },
    { source: 2, target: 3, values: { ...values, delay: 2.25 } },
  ],
}

const asked = (delay: DelayModel): Rewiring => ({
  kind: 'conn_rewiring',
  source: chosen(NODES),
  target: chosen(NODES),
  percent: 100,
  keepIndegree: true,
  reuseConnections: true,
  keepConnections: false,
  mode: undefined,
  method: undefined,
  positions: 'reuse',
  estimation: false,
  adjacency: undefined,
  delay,
})

/** All rows given one source each connection had not, and one delay. */
function rewired(): Circuit {
  const result = copy(circuit)
  for (const row of result.rows) {
    row.source = row.source === 1 ? 4 : 1
    row.values.delay = 2
  }
  return result
}

const check = (result: Circuit, delay: DelayModel) =>
  checkInvariants(toSource(circuit), toSource(result), [asked(delay)], { splits: 1 })

describe('equal rows of a rewired circuit', () => {
  it('are draws where the model leaves nothing to chance', async () => {
    const { findings, notChecked } = await check(rewired(), { a: 2, b: 0, std: 0, min: 0.1 })
    expect(findings).toEqual([])
    expect(notChecked.join()).toMatch(/whether 1 rows that are bit by bit another one were copied/)
  })

  it('are copies where it does not', async () => {
    const { findings } = await check(rewired(), { a: 2, b: 0, std: 1, min: 0.1 })
    expect(findings.map(({ code }) => code)).toEqual(['row.copied'])
  })

  it('are not taken for each other', async () => {
    // The first row becomes what the second was: in its place, and the second is rewired as well.
    const result = copy(circuit)
    for (const row of result.rows.slice(0, 2)) row.values.delay = 2
    result.rows.forEach((row, k) => {
      row.source = k < 2 ? 1 : 4
      if (k === 2) row.values.delay = 2
    })
    const { findings } = await check(result, { a: 2, b: 0, std: 0, min: 0.1 })
    expect(findings).toEqual([])
  })
})
