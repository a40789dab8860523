/** Results that are as asked, with every change that the pipeline makes: nothing is found. */
import { describe, expect, it } from 'vitest'
import { examine } from '../../src/contract/examine.ts'
import { checkInvariants } from '../../src/verification/contracts/judge.ts'
import { runs } from '../counts.ts'
import { drawCircuit, drawPlan, drawRewiring, picker, toSource } from './circuits.ts'
import { execute, rewire } from './execute.ts'

const CONVERTED = { ids: 'i64', edgeType: 0, population: 'All__All__chemical' } as const

describe('clean results', () => {
  it.each(Array.from({ length: 20 }, (_, k) => k))(
    'predicted sequences, part %i of 20',
    async part => {
      let examined = 0
      for (let k = 0; examined < runs(100, 450); k++) {
        const pick = picker(`clean ${part} ${k}`)
        const circuit = drawCircuit(pick)
        const plan = drawPlan(pick, circuit.nodes)
        const made = await execute(circuit, plan)
        if (made === undefined) continue
        examined++
        const { prediction, result } = made
        const { predicted, invariants } = await examine(toSource(circuit), toSource(result, CONVERTED), {
          plan,
          prediction,
          overflow: undefined,
        })
        const found = [...(predicted?.findings ?? []), ...invariants.findings, ...invariants.columns]
        if (found.length > 0) expect({ part, k, plan: plan.operations, found }).toMatchObject({ found: [] })
        expect(predicted?.pipeline).toContain('population.renamed')
      }
    },
    120_000,
  )

  it('rewired results', async () => {
    let examined = 0
    for (let k = 0; examined < runs(250, 1000); k++) {
      const pick = picker(`rewired ${k}`)
      const circuit = drawCircuit(pick, { sorted: true })
      const [asked, splits] = [drawRewiring(pick, circuit.nodes), 1 + pick(3)]
      const made = rewire(circuit, asked, splits, pick)
      if (made === undefined) continue
      examined++
      const logs = pick(2) === 0 ? made.logs : undefined
      const { findings } = await checkInvariants(
        toSource(circuit),
        toSource(made.result, CONVERTED),
        [asked],
        { splits, logs, windowRows: 1 + pick(200) },
      )
      const told = findings.filter(({ code }) => code !== 'rewiring.nothing')
      if (told.length > 0) expect({ k, asked, told }).toMatchObject({ told: [] })
      // Said exactly where it is true.
      if (findings.length > told.length) expect(made.result.rows).toEqual(circuit.rows)
    }
  }, 120_000)
})
