/** `diff` as a process: exit codes, both kinds of output, the file it writes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpz } from '../../src/formats/npz.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof } from './run.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

const diff = (...args: readonly string[]) => connproof(['diff', ...args])

describe('diff', () => {
  it('0: equal', async () => {
    const { code, stdout, stderr } = await diff(circuits.original, join(circuits.original, 'edges.h5'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^equal: \d+ connections in both$/m)
  })

  it('1: different, as text and as JSON', async () => {
    const text = await diff(circuits.original, circuits.good, '--show', '1')
    expect(text.code).toBe(1)
    const asked = circuits.asked.length
    expect(text.stdout).toMatch(new RegExp(`^  ${asked} connections only in A$`, 'm'))
    expect(text.stdout).toMatch(/^ {4}\d+ -> \d+ {2}\(GIDs \d+ -> \d+\) {2}\d+ edges?$/m)
    expect(text.stdout).toContain(`... and ${asked - 1} more`)
    const json = await diff(circuits.original, circuits.good, '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      type: 'diff',
      equal: false,
      counts: { only_in_a: asked, only_in_b: 0, multiplicity_changed: 0 },
    })
  })

  it('2: a file that cannot be read, and a list whose ids may be either', async () => {
    const list = join(circuits.folder(), 'list.csv')
    writeFileSync(list, '5,7\n')
    const missing = await diff(circuits.original, '/nowhere/edges.h5')
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain('/nowhere/edges.h5')
    const ambiguous = await diff(circuits.original, list, '--json')
    expect(ambiguous.code).toBe(2)
    expect(ambiguous.stderr).toMatch(/list\.csv: --id-base: .*\n {2}try: say which/)
    expect(JSON.parse(ambiguous.stdout)).toMatchObject({ type: 'error', file: list })
    expect((await diff(circuits.original, list, '--id-base', '0')).code).toBe(1)
  })

  it('writes every difference, and never over a file without --force', async () => {
    const folder = circuits.folder()
    const [csv, npz] = [join(folder, 'd.csv'), join(folder, 'd.npz')]
    expect((await diff(circuits.original, circuits.faulty, '--write-differences', csv)).code).toBe(1)
    const [header, ...rows] = readFileSync(csv, 'utf8').trimEnd().split('\n')
    expect(header).toBe('class,source,target,source_gid,target_gid,original_edges,manipulated_edges')
    const json = JSON.parse((await diff(circuits.original, circuits.faulty, '--json')).stdout)
    const { only_in_a, only_in_b, multiplicity_changed } = json.counts
    for (const [name, count] of Object.entries({ only_in_a, only_in_b, multiplicity_changed }))
      expect(
        rows.filter(row => row.startsWith(`${name},`)),
        name,
      ).toHaveLength(Number(count))
    expect(rows).toHaveLength(only_in_a + only_in_b + multiplicity_changed)
    await diff(circuits.original, circuits.faulty, '--write-differences', npz)
    expect((await readNpz(npz)).get('source')?.shape).toEqual([rows.length])
    expect(await diff(circuits.original, circuits.good, '--write-differences', csv)).toMatchObject({
      code: 2,
    })
    expect(readFileSync(csv, 'utf8')).toContain('multiplicity_changed')
    expect((await diff(circuits.original, circuits.good, '--write-differences', csv, '--force')).code).toBe(1)
    expect(readFileSync(csv, 'utf8')).not.toContain('multiplicity_changed')
  })
})
