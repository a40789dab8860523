import { describe, expect, it } from 'vitest'
import { inspectionToText } from '../../src/report/inspection.ts'

describe('warnings', () => {
  it('are lines of their own, within 80 columns, and the numbers stay', () => {
    const warning = `index target_to_source: 1 of 6 edges are in no range (${'word '.repeat(20).trim()})`
    const text = inspectionToText({
      file: 'edges.h5',
      edges: [
        {
          file: 'edges.h5',
          population: 'e',
          source: null,
          target: null,
          edges: 6,
          index: null,
          groups: [],
          dtype: [],
          connections: 4,
          warnings: [warning, 'another'],
        },
      ],
      nodes: [],
      nodeSets: [],
    })
    expect(text).toMatch(/^ {2}connections +4$/m)
    expect(text.replace(/\n {4}/g, ' ')).toContain(`\n  warning: ${warning}\n  warning: another\n`)
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })
})
