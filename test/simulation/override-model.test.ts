import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openSimulation } from '../../src/interop/open-simulation.ts'
import { type Effect, refusePartialOverrides } from '../../src/interop/override-model.ts'
import { pathwayOf, silenced } from '../../src/silenced.ts'
import { runs } from '../counts.ts'
import { type Created, NEURODAMUS, neurodamus, writeCircuit, writeSimulation } from './circuits.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-overrides-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What neurodamus made of a connection, in our words; the target is simulated. */
function effectOf(found: Created | undefined): Effect {
  if (found === undefined) return 'not created'
  const later = found.delayed.some(([, weight]) => weight !== 0)
  if (found.weight === 0 && !later) return found.modoverride === null ? 'weight 0' : 'modoverride'
  return found.configurations.includes('%s.Use *= 0') ? 'synapse_configure' : 'effective'
}

describe.skipIf(NEURODAMUS === undefined)("neurodamus' own functions", () => {
  it.each([
    ['one', 1],
    ['three', 1],
    ['three', 2],
  ] as const)('decide as our rules do: circuits of %s, processes: %s', async (kind, processes) => {
    const circuit = writeCircuit(join(root, `${kind} ${processes}`), kind, `circuit ${kind}`)
    const count = runs(kind === 'one' ? 60 : 40, 1000)
    const oneProcess = processes === 1
    // Which of the two it is may differ between processes; without effect it is in all.
    const word = (effect: Effect): string =>
      oneProcess || !['weight 0', 'not created'].includes(effect) ? effect : 'silenced'
    const simulations = Array.from({ length: count }, (_, k) =>
      writeSimulation(circuit, `simulation${k}`, `${kind} ${k}`),
    )
    const told = neurodamus(
      simulations.map(({ file }) => file),
      processes,
    )
    const met = new Map<string, number>()
    const meet = (what: string) => met.set(what, (met.get(what) ?? 0) + 1)
    for (const [k, { file, nodeSet }] of simulations.entries()) {
      const opened = await openSimulation(file, { oneProcess })
      try {
        const answer = told[k]
        const ours = await refusePartialOverrides(opened.simulation, opened.nodes).catch(
          (error: Error) => error,
        )
        if (answer === undefined || 'error' in answer) {
          expect([file, answer?.error, ours?.message]).toEqual([
            file,
            expect.stringContaining('Partial Weight=0'),
            expect.stringContaining('covers a part'),
          ])
          meet('stops')
          continue
        }
        expect([file, ours]).toEqual([file, undefined])
        const counted = k % 10 === 0 ? await silenced(file, { all: true, oneProcess }) : undefined
        const infos = await opened.circuit.edgePopulations()
        for (const { name, source, target, type, pairs } of circuit.edges) {
          const info = infos.find(({ population }) => population === name)
          if (info === undefined) throw new Error(name)
          const pathway = await pathwayOf(opened, info).catch((error: Error) => error.message)
          if (typeof pathway === 'string') {
            // Without a node set neurodamus creates gap junctions within processes only.
            expect([oneProcess, type, nodeSet, pathway]).toEqual([
              false,
              'electrical',
              undefined,
              expect.stringContaining('names no node_set'),
            ])
            continue
          }
          const created = new Map(
            (answer.created.get(`${source} ${target} ${type}`) ?? []).map(one => [
              `${one.source} ${one.target}`,
              one,
            ]),
          )
          const keys = new Set(pairs.map(([from, to]) => `${from} ${to}`))
          for (const key of created.keys()) expect(keys.has(key)).toBe(true)
          const quiet: string[] = []
          for (const key of keys) {
            const [from = 0, to = 0] = key.split(' ').map(Number)
            const effect = pathway.effect(from, to)
            meet(effect)
            if (effect === 'processes') continue
            const theirs = effectOf(created.get(key))
            const same = effect === 'not simulated' ? 'not created' : effect
            expect([file, name, key, word(same)]).toEqual([file, name, key, word(theirs)])
            if (oneProcess) expect(pathway.creates(from, to)).toBe(created.has(key))
            if (effect === 'weight 0' || effect === 'not created') quiet.push(key)
          }
          const told = counted?.populations.find(({ population }) => population === name)
          if (told === undefined) continue
          expect([told.connections, told.silenced]).toEqual([keys.size, quiet.length])
          expect(told.pairs.map(pair => pair.join(' ')).sort()).toEqual(quiet.sort())
        }
      } finally {
        opened.close()
      }
    }
    expect([...met.keys()].sort()).toEqual([
      'effective',
      'modoverride',
      'not created',
      'not simulated',
      ...(oneProcess ? [] : ['processes']),
      'stops',
      'synapse_configure',
      'weight 0',
    ])
  })
})
