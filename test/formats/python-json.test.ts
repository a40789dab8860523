import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import {
  dumpPythonJson,
  type PythonFloat,
  type PythonJson,
  parsePythonJson,
  pythonFloat,
} from '../../src/formats/python-json.ts'
import { PYTHON } from '../python.ts'

const parse = (text: string): PythonJson => parsePythonJson(text, 'x.json').value

describe('numbers', () => {
  it.each([
    '100.0',
    '100',
    '-0.0',
    '0.0',
    '1e-05',
    '0.0001',
    '1e+16',
    '1234567890123456.0',
    '1.5e+300',
    '5e-324',
    '0.1',
    '-12.75',
    '18446744073709551615',
  ])('%s stays what it is', text => {
    expect(dumpPythonJson(parse(text), 2)).toBe(text)
  })

  it('written otherwise come out as Python writes them', () => {
    expect(dumpPythonJson(parse('[1E2, 1.50, 1e-7, 12e3]'), 0)).toBe('[\n100.0,\n1.5,\n1e-07,\n12000.0\n]')
  })
})

describe('documents', () => {
  const text = '{\n  "a": {\n    "b": [\n      {"c": 1}\n    ]\n  },\n  "a": 2\n}'

  it('know lines and repeated keys', () => {
    const { lineOf, duplicates, value } = parsePythonJson(text, 'x.json')
    expect(value).toEqual({ a: 2 })
    expect(duplicates).toEqual(['a'])
    expect(lineOf('a.b[0].c')).toBe(4)
    expect(lineOf('a.b[7]')).toBe(3)
    expect(lineOf('nowhere')).toBe(1)
  })

  it.each(['{"a": 01}', 'NaN', '[1,]', ''])('refuse %j', bad => {
    expect(() => parse(bad)).toThrow(expect.toSatisfy(isInputError))
  })

  it('refuse bottomless nesting', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(() => parse(deep)).toThrow(/nested deeper/)
  })

  it('keep "__proto__" a key like any other', () => {
    expect(Object.keys(parse('{"__proto__": 1, "b": "\\u00e9"}') as object)).toEqual(['__proto__', 'b'])
  })
})

describe.skipIf(PYTHON === undefined)('beside Python', () => {
  const python = (code: string, input: unknown): string =>
    execFileSync(PYTHON ?? '', ['-c', `import json, sys\n${code}`], {
      input: JSON.stringify(input),
      encoding: 'utf8',
    })

  it('floats print alike', () => {
    const floats = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 500, seed: 1 })
    const hex = floats.map(value => Buffer.from(Float64Array.of(value).buffer).toString('hex'))
    const theirs = python(
      'import struct\nprint(json.dumps([repr(struct.unpack("<d", bytes.fromhex(h))[0]) for h in json.load(sys.stdin)]))',
      hex,
    )
    expect(floats.map(pythonFloat)).toEqual(JSON.parse(theirs))
  })

  it('documents print alike', () => {
    const values = fc.sample(fc.json(), { numRuns: 200, seed: 2 })
    const theirs = python(
      'print(json.dumps([json.dumps(json.loads(t), indent=2) for t in json.load(sys.stdin)]))',
      values,
    )
    // V8 puts keys that look like array indices first.
    const kept = values.map((text, k) => [text, (JSON.parse(theirs) as string[])[k]] as const)
    for (const [text, expected] of kept.filter(([t]) => !/"\d+":/.test(t)))
      expect(dumpPythonJson(parse(text), 2)).toBe(expected)
    expect(kept.filter(([t]) => !/"\d+":/.test(t)).length).toBeGreaterThan(50)
  })
})

it('an integral number that must stay a float is a PythonFloat', () => {
  expect((parse('2.0') as PythonFloat).value).toBe(2)
  expect(dumpPythonJson({ a: [], b: {}, c: '\u007f"\u00e9' }, 1)).toBe(
    '{\n "a": [],\n "b": {},\n "c": "\\u007f\\"\\u00e9"\n}',
  )
})
