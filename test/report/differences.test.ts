import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readNpz } from '../../src/formats/npz.ts'
import { DIFFERENCE_COLUMNS, differencesToCsv, differencesToNpz } from '../../src/report/differences.ts'
import type { Difference } from '../../src/verification/comparison.ts'

const DIFFERENCES: readonly Difference[] = [
  { class: 'lost_not_asked', source: 4, target: 0, original: 3, manipulated: 0 },
  { class: 'multiplicity_changed', source: 0xffff_fffe, target: 1, original: 2, manipulated: 5 },
]

describe('all differences as a table', () => {
  it('as CSV', () => {
    expect([...differencesToCsv(DIFFERENCES)].join('')).toBe(
      'class,source,target,source_gid,target_gid,original_edges,manipulated_edges\n' +
        'lost_not_asked,4,0,5,1,3,0\n' +
        'multiplicity_changed,4294967294,1,4294967295,2,2,5\n',
    )
  })

  it('as CSV in pieces that lose no row', () => {
    const many = Array.from({ length: 150_000 }, (_, source) => ({ ...DIFFERENCES[0], source }) as Difference)
    const pieces = [...differencesToCsv(many)]
    expect(pieces.length).toBeGreaterThan(2)
    const lines = pieces.join('').trimEnd().split('\n')
    expect(lines.slice(1).map(line => Number(line.split(',')[1]))).toEqual(many.map(({ source }) => source))
  })

  it.each([{ differences: DIFFERENCES }, { differences: [] }])(
    'as npz with the same columns',
    async ({ differences }) => {
      const folder = mkdtempSync(join(tmpdir(), 'connproof-'))
      try {
        const file = join(folder, 'table.npz')
        writeFileSync(file, await differencesToNpz(differences))
        const arrays = await readNpz(file)
        expect([...arrays.keys()]).toEqual([...DIFFERENCE_COLUMNS])
        const column = (name: string) => [...(arrays.get(name)?.data ?? [])].map(Number)
        expect(column('source')).toEqual(differences.map(({ source }) => source))
        expect(column('source_gid')).toEqual(differences.map(({ source }) => source + 1))
        expect(column('manipulated_edges')).toEqual(differences.map(({ manipulated }) => manipulated))
        const width = Number(arrays.get('class')?.dtype.slice(2))
        const names = Buffer.from(arrays.get('class')?.data as Uint8Array)
        expect(
          differences.map((_, k) => names.toString('ascii', k * width, (k + 1) * width).replace(/\0+$/, '')),
        ).toEqual(differences.map(row => row.class))
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
