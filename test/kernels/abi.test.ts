import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as abi from '../../src/kernels/abi.ts'

it('both sides of the wasm boundary name the same numbers', () => {
  const text = readFileSync(new URL('../../assembly/abi.ts', import.meta.url), 'utf8')
  const assembly = [...text.matchAll(/^export const (\w+): \w+ = ([\w]+)/gm)].map(([, name, value]) => [
    name,
    Number(value?.replaceAll('_', '')),
  ])
  expect(assembly.length).toBeGreaterThan(60)
  expect(Object.fromEntries(assembly)).toEqual({ ...abi })
})
