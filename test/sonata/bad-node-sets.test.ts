/** A node sets file that is bad or not there stops who needs it, and nobody else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../../src/demo/files.ts'
import { diff } from '../../src/diff.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { inspect } from '../../src/inspect.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { inspectionToText } from '../../src/report/inspection.ts'
import { verify } from '../../src/verify.ts'

let root: string
let circuit: string
let setsFile: string
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'connproof-sets-'))
  await writeDemo(join(root, 'demo'), { seed: 'node sets', neurons: 40, removals: 5 })
  circuit = join(root, 'demo/original')
  setsFile = join(circuit, 'node_sets.json')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function withSets<T>(text: string | undefined, run: () => Promise<T>): Promise<T> {
  const before = await readFile(setsFile, 'utf8')
  if (text === undefined) rmSync(setsFile)
  else writeFileSync(setsFile, text)
  try {
    return await run()
  } finally {
    writeFileSync(setsFile, before)
  }
}

describe.each([
  ['a bad set', '{"Good": {"layer": [1, 2]}, "Bad": {"layer": 1.5}}', '"Bad"'],
  ['no JSON', '{"Good": ', 'JSON'],
  ['no file', undefined, 'no such file'],
])('%s', (_, text, reason) => {
  it('stops neither verify, nor inspect, which says so', () =>
    withSets(text, async () => {
      const original = await openCircuit(circuit)
      const [proof] = await verify({ original, manipulated: [circuit], source: 'node_id=1,2' })
      expect(proof?.verdict).toBe('verified')
      original.close()
      const inspection = await inspect(circuit)
      expect(inspection.nodeSetsProblem?.message).toContain(reason)
      expect(inspectionToText(inspection)).toContain('libsonata refuses the file')
    }))

  it('stops who asks for a set that is not to be had', () =>
    withSets(text, async () => {
      const opened = await openCircuit(circuit)
      await expect(opened.select('All', text?.includes('Bad') ? 'Bad' : 'Good')).rejects.toThrow(reason)
      if (text?.includes('Bad')) expect((await opened.select('All', 'Good')).ids.length).toBeGreaterThan(0)
      opened.close()
    }))
})

it('an empty selection is an answer where the caller says so, else an error', () =>
  withSets('{"Nobody": {"layer": 99}}', async () => {
    const opened = await openCircuit(circuit)
    expect((await opened.select('All', 'Nobody', { mayBeEmpty: true })).ids.length).toBe(0)
    await expect(opened.select('All', 'Nobody')).rejects.toThrow('selects no node')
    opened.close()
  }))

it("names bmtk's edges that stand for several synapses", async () => {
  const file = join(root, 'nsyns.h5')
  const h5 = createHdf5(file)
  const column = (path: string, values: Int32Array, attributes = {}) => {
    const type = { kind: 'int', bytes: 4, signed: true } as const
    h5.dataset(path, { type, shape: [values.length], attributes }, new Uint8Array(values.buffer))
  }
  for (const side of ['source', 'target'])
    column(`/edges/e/${side}_node_id`, Int32Array.of(0, 1), { node_population: 'A' })
  column('/edges/e/0/nsyns', Int32Array.of(3, 1))
  h5.close()
  const warning = expect.stringContaining('nsyns')
  expect((await inspect(file)).edges[0]?.warnings).toEqual([warning])
  expect((await diff(file, file)).warnings).toEqual([warning])
})
