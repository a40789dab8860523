import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openSimulation } from '../../src/interop/open-simulation.ts'
import { silenceIn } from '../../src/interop/silence-simulation.ts'
import { sonataRemoval } from '../../src/interop/simulation-removal.ts'
import { picker } from '../contract/circuits.ts'
import { runs } from '../counts.ts'
import {
  type Circuit,
  type Created,
  NEURODAMUS,
  neurodamus,
  type Told,
  writeCircuit,
  writeJson,
  writeSimulation,
} from './circuits.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-silence-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const RUN = { tstop: 10, dt: 0.1, random_seed: 1 }

/** A fourth of the connections of one population, and a pair that is none. */
function drawMask(circuit: Circuit, seed: string) {
  const pick = picker(seed)
  const silenced = circuit.edges.filter(({ type }) => type === 'chemical')
  const edges = silenced[pick(silenced.length)]
  if (edges === undefined) throw new Error('no edges')
  const chosen = edges.pairs.filter(() => pick(4) === 0)
  return {
    ends: { source: edges.source, target: edges.target },
    pairs: {
      source: Uint32Array.from(chosen, ([source]) => source),
      target: Uint32Array.from(chosen, ([, target]) => target),
    },
    keys: new Set(
      chosen.map(([source, target]) => `${edges.source} ${edges.target} chemical ${source} ${target}`),
    ),
  }
}

/** Connections by `SOURCE TARGET TYPE source target`. */
function byKey(told: Told | undefined): Map<string, Created> {
  if (told === undefined || 'error' in told) throw new Error(told?.error ?? 'no answer')
  const entries = [...told.created].flatMap(([ends, rows]) =>
    rows.map(row => [`${ends} ${row.source} ${row.target}`, row] as const),
  )
  return new Map(entries)
}

/** Exactly the original's connections; those of the mask with weight 0, all others as they were. */
function expectSilenced(
  before: Told | undefined,
  after: Told | undefined,
  mask: ReadonlySet<string>,
  { oneProcess = true, label = '' } = {},
): number {
  const [was, is] = [byKey(before), byKey(after)]
  // What some processes create and others do not is created with weight 0 by all.
  if (!oneProcess)
    for (const [key, connection] of is)
      if (mask.has(key) && !was.has(key)) was.set(key, { ...connection, weight: 1 })
  expect([label, [...is.keys()].sort()]).toEqual([label, [...was.keys()].sort()])
  let silenced = 0
  for (const [key, connection] of is) {
    const original = was.get(key)
    if (mask.has(key)) silenced++
    const wanted = mask.has(key) ? { ...original, weight: 0, minis: 0, delay: null } : original
    expect([key, connection]).toEqual([key, wanted])
  }
  return silenced
}

describe.skipIf(NEURODAMUS === undefined)(
  "neurodamus' own functions on what config --simulation writes",
  () => {
    it.each([
      ['one', 'compact'],
      ['three', 'pairs'],
    ] as const)('circuits of %s, without a simulation configuration: %s', (kind, form) => {
      const circuit = writeCircuit(join(root, kind), kind, `circuit ${kind}`)
      const original = join(circuit.folder, 'original.json')
      writeJson(original, { run: RUN })
      const masks = Array.from({ length: runs(6, 100) }, (_, k) => drawMask(circuit, `mask ${kind} ${k}`))
      const files = masks.map(({ pairs, ends }, k) => {
        const { node_sets, general, silencing } = sonataRemoval(pairs, form, ends, { general: true })
        writeJson(join(circuit.folder, `sets${k}.json`), node_sets)
        const file = join(circuit.folder, `silenced${k}.json`)
        writeJson(file, {
          run: RUN,
          node_sets_file: `sets${k}.json`,
          connection_overrides: [...general, ...silencing],
        })
        return file
      })
      const [before, ...after] = neurodamus([original, ...files])
      for (const [k, { keys }] of masks.entries())
        expect(expectSilenced(before, after[k], keys)).toBe(keys.size)
    })

    it.each([
      ['one', 'pairs', 1],
      ['three', 'compact', 1],
      ['three', 'compact', 2],
    ] as const)('circuits of %s, with one: %s, processes: %s', async (kind, form, processes) => {
      const circuit = writeCircuit(join(root, `${kind} ${processes}`), kind, `circuit of ${kind}`)
      const oneProcess = processes === 1
      const cases = []
      for (let k = 0; k < runs(18, 600); k++) {
        const { file } = writeSimulation(circuit, `simulation${k}`, `silence ${kind} ${k}`, 3)
        const mask = drawMask(circuit, `silence ${kind} ${k}`)
        const opened = await openSimulation(file, { oneProcess })
        try {
          const found = await silenceIn(opened, mask.pairs, form, mask.ends)
          const { node_sets, connection_overrides } = found
          writeJson(join(circuit.folder, `sets${k}.json`), node_sets)
          const silenced = join(circuit.folder, `silenced${k}.json`)
          const json = JSON.parse(readFileSync(file, 'utf8')) as object
          writeJson(silenced, { ...json, node_sets_file: `sets${k}.json`, connection_overrides })
          cases.push({ file, silenced, found, ...mask })
        } catch (error) {
          expect((error as Error).message).toMatch(
            oneProcess ? /covers a part of/ : /covers a part of|depends on the cells/,
          )
        } finally {
          opened.close()
        }
      }
      const told = neurodamus(
        cases.flatMap(({ file, silenced }) => [file, silenced]),
        processes,
      )
      const seen = { general: 0, silenced: 0, notCreated: 0 }
      for (const [k, { file, found, keys }] of cases.entries()) {
        const [before, after] = [told[2 * k], told[2 * k + 1]]
        const silenced = expectSilenced(before, after, keys, { oneProcess, label: file })
        if (oneProcess) expect(silenced).toBe(keys.size - found.notCreated)
        seen.silenced += silenced
        seen.notCreated += found.notCreated
        if (found.general) seen.general++
      }
      expect(Math.min(seen.general, seen.silenced, seen.notCreated)).toBeGreaterThan(0)
      expect(cases.length).toBeGreaterThan(seen.general)
    })

    it('without the general override would create nothing else: what this is all for', () => {
      const circuit = writeCircuit(join(root, 'trap'), 'one', 'trap')
      const { pairs, ends } = drawMask(circuit, 'trap')
      const { node_sets, silencing } = sonataRemoval(pairs, 'pairs', ends, { general: false })
      writeJson(join(circuit.folder, 'sets.json'), node_sets)
      const file = join(circuit.folder, 'trap.json')
      writeJson(file, { run: RUN, node_sets_file: 'sets.json', connection_overrides: silencing })
      const created = byKey(neurodamus([file])[0])
      expect(created.size).toBeGreaterThan(0)
      expect([...created.values()].filter(({ weight }) => weight !== 0)).toEqual([])
    })
  },
)
