/** Following the rows first finds what bringing all of them into order first finds. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { deepen } from '../src/levels.ts'
import { proveUnsorted } from '../src/regrouped.ts'
import { compareEdges } from '../src/verification/compare.ts'
import { isComparable, openAll } from '../src/verify.ts'
import { runs, seeded } from './counts.ts'
import { synapseVerification } from './shards/edge-tables.ts'

it('gives the comparison and the findings of the two passes, wherever it gives an answer', async () => {
  const met = { answered: 0, removed: 0, differing: 0 }
  await fc.assert(
    fc.asyncProperty(synapseVerification, async options => {
      const { question, pairs } = await openAll(options)
      const { original, source, target } = question
      for (const pair of pairs.filter(isComparable)) {
        const both = { ...pair.question, ...pair.answer }
        const proven = await proveUnsorted(both, pair.question)
        if (proven === undefined) continue
        const { edges } = pair.answer
        const manipulated = [{ edges, asked: pair.question.asked }]
        const compare = { keep: options.keep ?? 10, windowRows: options.windowRows }
        const [outcome] = await compareEdges(original, manipulated, source, target, compare)
        if (outcome?.comparison === undefined) throw outcome?.error ?? new Error('no outcome')
        expect(proven.comparison).toEqual(outcome.comparison)
        const deeper = await deepen(both, outcome.comparison)
        // Maps of rows are read from the files, each in its own way: test/edge-maps.test.ts.
        expect({ ...proven.deeper, rows: undefined }).toEqual({ ...deeper, rows: undefined })
        met.answered++
        if (outcome.comparison.classes.removed_as_asked > 0) met.removed++
        if (deeper.findings.length > 0) met.differing++
      }
    }),
    seeded(400, 1500),
  )
  for (const count of Object.values(met)) expect(count).toBeGreaterThan(runs(5, 20))
})
