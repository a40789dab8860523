/** Each invariant, broken alone on a clean result, is found by its own code. */
import { describe, expect, it } from 'vitest'
import { CONTRACT_CODES, type ContractCode } from '../../src/verification/contracts/codes.ts'
import { checkInvariants } from '../../src/verification/contracts/judge.ts'
import { picker, toSource } from './circuits.ts'
import { MUTATORS, type Scenario, scenarioCopy } from './mutators.ts'

const codes = async ({ circuit, result, operations, splits, logs }: Scenario): Promise<ContractCode[]> => {
  const options = { splits, logs, windowRows: 128 }
  const { findings } = await checkInvariants(toSource(circuit), toSource(result), operations, options)
  return findings.map(({ code }) => code)
}

/** Damaged results of each. */
const TIMES = 15

describe('every code of an invariant', () => {
  it('has a mutator', () => {
    expect(Object.keys(MUTATORS).sort()).toEqual([...CONTRACT_CODES].sort())
  })

  it.each(CONTRACT_CODES)(
    '%s',
    async code => {
      const mutator = MUTATORS[code]
      let damaged = 0
      for (let k = 0; damaged < TIMES && k < 3000; k++) {
        const pick = picker(`${code} ${k}`)
        const scenario = await mutator.make(pick)
        if (scenario === undefined) continue
        const broken = scenarioCopy(scenario)
        if (!mutator.damage(broken, pick)) continue
        damaged++
        expect({ k, found: await codes(scenario) }).toEqual({ k, found: [] })
        expect({ k, found: await codes(broken) }).toEqual({ k, found: expect.arrayContaining([code]) })
      }
      expect(damaged).toBe(TIMES)
    },
    60_000,
  )
})
