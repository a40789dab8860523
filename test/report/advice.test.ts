/** Likely causes that the evidence settles, from what was really found. */
import { expect, it } from 'vitest'
import { chosen, type Operation } from '../../src/connectome/operations.ts'
import { concludeExamination } from '../../src/contract/conclude.ts'
import { determine, examine } from '../../src/contract/examine.ts'
import { adviceFor } from '../../src/report/advice.ts'
import { drawCircuit, picker, toSource } from '../contract/circuits.ts'
import { execute } from '../contract/execute.ts'
import { proofWith } from './proofs.ts'

const circuit = drawCircuit(picker('other rows'), { edges: 60 })
const scale = (value: number, percent = 50): Operation => ({
  kind: 'syn_prop_alteration',
  source: chosen(circuit.nodes),
  target: chosen(circuit.nodes),
  percent,
  property: 'conductance',
  filter: new Map(),
  newValue: { mode: 'scale', value, range: undefined },
})
const plan = (seed: number, operation = scale(3)) => ({ operations: [operation], seed, splits: 1 })

async function causeOf(made: ReturnType<typeof plan>): Promise<string | undefined> {
  const original = toSource(circuit)
  const result = (await execute(circuit, made))?.result
  if (result === undefined) throw new Error('the plan stops')
  const determined = await determine(original, plan(1))
  const { findings } = concludeExamination(
    determined,
    await examine(original, toSource(result), determined),
    [],
  )
  const contract = {
    config: 'c',
    operations: ['x'],
    seed: 1,
    splits: 1,
    predicted: true,
    unpredicted: undefined,
  }
  return adviceFor(proofWith(findings, { contract }))?.cause
}

it('as many values as asked in other rows are another seed', async () => {
  expect(await causeOf(plan(1))).toBeUndefined()
  expect(await causeOf(plan(2))).toMatch(
    /^as many values were altered as asked, but in other rows: another seed/,
  )
  expect(await causeOf(plan(1, scale(3, 20)))).not.toMatch('as many')
  expect(await causeOf(plan(1, scale(3, 80)))).not.toMatch('as many')
  expect(await causeOf(plan(2, scale(4)))).not.toMatch('as many')
})
