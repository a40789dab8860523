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
  it.each(['one', 'three'] as const)('decide as our rules do: circuits of %s', async kind => {
    const circuit = writeCircuit(join(root, kind), kind, `circuit ${kind}`)
    const count = runs(60, 1500)
    const simulations = Array.from({ length: count }, (_, k) =>
      writeSimulation(circuit, `simulation${k}`, `${kind} ${k}`),
    )
    const told = neurodamus(simulations.map(({ file }) => file))
    const met = new Map<string, number>()
    const meet = (what: string) => met.set(what, (met.get(what) ?? 0) + 1)
    for (const [k, { file }] of simulations.entries()) {
      const opened = await openSimulation(file)
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
        const counted = k % 10 === 0 ? await silenced(file, { all: true }) : undefined
        const infos = await opened.circuit.edgePopulations()
        for (const { name, source, target, type, pairs } of circuit.edges) {
          const info = infos.find(({ population }) => population === name)
          if (info === undefined) throw new Error(name)
          const pathway = await pathwayOf(opened, info)
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
            const theirs = effectOf(created.get(key))
            const same = effect === 'not simulated' ? 'not created' : effect
            expect([file, name, key, same]).toEqual([file, name, key, theirs])
            expect(pathway.creates(from, to)).toBe(created.has(key))
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
      'stops',
      'synapse_configure',
      'weight 0',
    ])
  })
})
