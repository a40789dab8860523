/** Likely causes that the evidence settles, from what was really found. */
import { expect, it } from 'vitest'
import { chosen, type Operation } from '../../src/connectome/operations.ts'
import { concludeExamination } from '../../src/contract/conclude.ts'
import { determine, examine } from '../../src/contract/examine.ts'
import { adviceFor } from '../../src/report/advice.ts'
import { type Circuit, drawCircuit, picker, toSource } from '../contract/circuits.ts'
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
const remove: Operation = {
  kind: 'conn_removal',
  source: chosen(circuit.nodes),
  target: chosen(circuit.nodes),
  percent: 50,
}
const plan = (seed: number, operation = scale(3), splits = 1) => ({ operations: [operation], seed, splits })
type Made = ReturnType<typeof plan>

async function resultOf(made: Made): Promise<Circuit> {
  const result = (await execute(circuit, made))?.result
  if (result === undefined) throw new Error('the plan stops')
  return result
}

/** The cause that is told where `asked` was asked for and `manipulated` was found. */
async function causeOf(asked: Made, manipulated: Circuit, original = circuit): Promise<string | undefined> {
  const [before, after] = [toSource(original), toSource(manipulated)]
  const determined = await determine(before, asked)
  const { findings } = concludeExamination(determined, await examine(before, after, determined), [])
  const operations = asked.operations.map(({ kind }) => kind)
  const contract = { config: 'c', operations, seed: 1, splits: asked.splits, predicted: true }
  const edges = { original: before.edgeCount, manipulated: after.edgeCount }
  return adviceFor(proofWith(findings, { contract: { ...contract, unpredicted: undefined }, edges }))?.cause
}

const other = (made: Made): Promise<string | undefined> => resultOf(made).then(one => causeOf(plan(1), one))

it('as many values as asked in other rows are another seed or number of splits', async () => {
  const told = /^as many values were altered as asked, but in other rows: another seed/
  expect(await other(plan(1))).toBeUndefined()
  expect(await other(plan(2))).toMatch(told)
  expect(await other(plan(1, scale(3), 4))).toMatch(told)
  expect(await causeOf(plan(1, scale(3), 4), await resultOf(plan(1)))).toMatch(told)
  expect(await other(plan(1, scale(3, 20)))).not.toMatch('as many')
  expect(await other(plan(1, scale(3, 80)))).not.toMatch('as many')
  expect(await other(plan(2, scale(4)))).not.toMatch('as many')
})

it('as many connections as asked, but others, are another seed or number of splits', async () => {
  const told = /^as many edges went as asked, but others: another seed/
  const asked = plan(1, remove)
  expect(await causeOf(asked, await resultOf(asked))).toBeUndefined()
  expect(await causeOf(asked, await resultOf(plan(2, remove)))).toMatch(told)
  expect(await causeOf(plan(1, remove, 4), await resultOf(asked))).toMatch(told)
  expect(await causeOf(asked, await resultOf(plan(2, { ...remove, percent: 80 })))).not.toMatch('as many')
  expect(await causeOf(asked, await resultOf(plan(2, { ...remove, percent: 20 })))).not.toMatch('as many')
})

it('a copy of the original is one', async () => {
  expect(await causeOf(plan(1), circuit)).toMatch(/copy of the original$/)
  expect(await causeOf(plan(1, remove), circuit)).toMatch(/^nothing was removed: a copy of the original/)
})

it('circuits that are swapped are told from files that were merged twice', async () => {
  const asked = plan(1, remove)
  const removed = await resultOf(asked)
  expect(await causeOf(asked, circuit, removed)).toMatch(/^the arguments are swapped/)
  const twice = { ...removed, rows: [...removed.rows, ...removed.rows.slice(0, 5)] }
  expect(await causeOf(asked, twice)).toMatch('merged twice')
  expect(await causeOf(plan(1), circuit, await resultOf(plan(1)))).toMatch(
    /^the change is the inverse of what was asked for: the arguments are swapped/,
  )
})
