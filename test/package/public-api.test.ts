import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CAMPAIGN_SCHEMA } from '../../src/campaign/schema.ts'
import * as connproof from '../../src/index.ts'
import * as kernels from '../../src/kernels/index.ts'
import { VERSION } from '../../src/version.ts'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const manifest = JSON.parse(readFileSync(root('package.json'), 'utf8'))

describe('the package', () => {
  it('exports these names and no others', () => {
    expect(Object.keys(connproof).toSorted()).toEqual([
      'InputError',
      'VERSION',
      'diffSilenced',
      'heldTo',
      'inspect',
      'isInputError',
      'openCircuit',
      'pairListOf',
      'prepareList',
      'readMask',
      'readPairList',
      'selectFrom',
      'silenced',
      'verify',
      'verifyConfig',
      'writeSelection',
    ])
  })

  it('exports these kernels and no others', () => {
    expect(Object.keys(kernels).toSorted()).toEqual([
      'NOT_SELECTED',
      'cooToCsc',
      'mapGids',
      'maskDifference',
      'reciprocalPairs',
    ])
  })

  it('has one version', () => {
    expect(VERSION).toBe(manifest.version)
  })

  it('points to files that the build makes', () => {
    const built = [
      manifest.bin.connproof,
      ...Object.values<string | Record<string, string>>(manifest.exports).flatMap(entry =>
        typeof entry === 'string' ? entry : Object.values(entry),
      ),
    ].filter(file => !file.endsWith('.json'))
    expect(built).toHaveLength(5)
    for (const file of built) {
      const source = file.replace(/^(\.\/)?dist\//, 'src/').replace(/(\.d)?\.[jt]s$/, '.ts')
      expect(existsSync(root(source)), source).toBe(true)
    }
  })

  it('publishes the schema of the campaign file that judges one', () => {
    expect(manifest.exports['./campaign.schema.json']).toBe('./dist/campaign.schema.json')
    const published = JSON.parse(readFileSync(root('dist/campaign.schema.json'), 'utf8'))
    expect(published).toEqual(JSON.parse(JSON.stringify(CAMPAIGN_SCHEMA)))
  })

  it('starts with the interpreter', () => {
    expect(readFileSync(root('src/cli/main.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})
