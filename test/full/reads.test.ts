/** Every file that level full looks at is of the record: a merge notices where one of them is another one by then. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openCircuit } from '../../src/open-circuit.ts'
import { requireUnchanged } from '../../src/shards/merge.ts'
import { runShard } from '../../src/shards/run-shard.ts'
import { verify } from '../../src/verify.ts'
import { circuit, writeModel } from './model.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-full-reads-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const before = writeModel(join(folder, 'o'), circuit())
const after = writeModel(join(folder, 'm'), circuit())
const FILES = Object.keys(circuit().texts)

const original = await openCircuit(before)
afterAll(() => original.close())
const question = { original, manipulated: [after], population: 'edges', level: 'full' } as const

describe('files that a key of the configuration leads to', () => {
  it('are inputs of the proof, below folders too', async () => {
    const [proof] = await verify(question)
    expect(proof?.verdict).toBe('verified')
    const inputs = proof?.inputs.map(({ role, file }) => `${role} ${file}`)
    for (const name of FILES) {
      expect(inputs).toContain(`original ${join(before, name)}`)
      expect(inputs).toContain(`manipulated ${join(after, name)}`)
    }
  })

  const files = [before, after].flatMap(of => FILES.map(name => join(of, name)))
  it.each(files)('are noticed by a merge where they have changed: %s', async file => {
    const original = await openCircuit(before)
    const partial = await runShard({ ...question, original, shard: { index: 1, of: 1 } })
    original.close()
    await requireUnchanged({ file: 'part.json', partial })
    const text = readFileSync(file)
    writeFileSync(file, `${text} `)
    await expect(requireUnchanged({ file: 'part.json', partial })).rejects.toMatchObject({ file })
    writeFileSync(file, text)
  })
})
