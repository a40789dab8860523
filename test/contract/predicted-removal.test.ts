/** What a configuration will remove, as a mask: the connections that are gone afterwards. */
import { describe, expect, it } from 'vitest'
import { chosen, type Operation, type Plan } from '../../src/connectome/operations.ts'
import { predictRemoval } from '../../src/contract/predicted-removal.ts'
import { drawCircuit, picker, toSource } from './circuits.ts'
import { execute } from './execute.ts'

const removal = (nodes: number, percent: number): Operation => ({
  kind: 'conn_removal',
  source: chosen(nodes),
  target: chosen(nodes),
  percent,
})

describe('a predicted removal', () => {
  it('is the mask of what is gone afterwards', async () => {
    for (let k = 0; k < 40; k++) {
      const pick = picker(`removal ${k}`)
      const circuit = drawCircuit(pick)
      const operations = [removal(circuit.nodes, 40), removal(circuit.nodes, 30)]
      const plan: Plan = { operations, seed: k + 1, splits: 1 + pick(3) }
      const { mask, connections, edges } = await predictRemoval(toSource(circuit), plan)
      const made = await execute(circuit, plan)
      const left = new Set(made?.result.rows.map(row => `${row.source} ${row.target}`))
      const gone = new Set(
        circuit.rows.map(row => `${row.source} ${row.target}`).filter(pair => !left.has(pair)),
      )
      const masked = Array.from({ length: mask.columns }, (_, target) =>
        [...mask.indices.subarray(mask.indptr[target], mask.indptr[target + 1])].map(
          source => `${source} ${target}`,
        ),
      ).flat()
      expect(new Set(masked)).toEqual(gone)
      expect(connections).toBe(gone.size)
      expect(edges).toBe(circuit.rows.length - (made?.result.rows.length ?? 0))
    }
  })

  const circuit = drawCircuit(picker('warned of'), { edges: 30 })
  const source = toSource(circuit)

  it('warns of rounding in each split', async () => {
    const operations = [removal(circuit.nodes, 20)]
    const { warnings } = await predictRemoval(source, { operations, seed: 1, splits: circuit.nodes })
    expect(warnings).toEqual([
      expect.stringMatching(/rounded in each of \d+ splits, 20 % of \d+ connections are \d+, not/),
    ])
    expect((await predictRemoval(source, { operations, seed: 1, splits: 1 })).warnings).toEqual([])
  })

  it('warns of seed 0 with several splits, where anything is drawn', async () => {
    const warned = async (percent: number, splits: number) =>
      (await predictRemoval(source, { operations: [removal(circuit.nodes, percent)], seed: 0, splits }))
        .warnings
    expect((await warned(50, 2)).join()).toMatch(/seed 0 gives all 2 splits the same/)
    expect((await warned(50, 1)).join()).not.toMatch(/seed 0/)
    expect(await warned(100, 2)).toEqual([])
  })

  it('is refused where a seed overflows, or where synapses are taken', async () => {
    const operations = [removal(circuit.nodes, 50)]
    await expect(predictRemoval(source, { operations, seed: 2 ** 31, splits: 2 })).rejects.toThrow(
      /seed of split 2 of 2/,
    )
    const synapses: Operation = { kind: 'syn_subsampling', percent: 50 }
    await expect(predictRemoval(source, { operations: [synapses], seed: 1, splits: 1 })).rejects.toThrow(
      /syn_subsampling takes or changes synapses/,
    )
  })
})
