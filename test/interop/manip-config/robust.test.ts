/** Whatever stands in a file: an InputError or diagnostics, and never a call that the file does not make. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../../src/errors.ts'
import { acceptance } from '../../../src/interop/manip-config/accepted.ts'
import { Findings, hasErrors } from '../../../src/interop/manip-config/diagnostics.ts'
import { emitManipConfig } from '../../../src/interop/manip-config/emit.ts'
import { migrateManipConfig } from '../../../src/interop/manip-config/migrate.ts'
import { keysOf, SOURCES } from '../../../src/interop/manip-config/operations.ts'
import { parseManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { checkRules } from '../../../src/interop/manip-config/rules.ts'

const ARGUMENTS = [...new Set(SOURCES.flatMap(source => keysOf(source).map(([, { name }]) => name)))]
const VALUES = [
  'EXC',
  'sample',
  'RegionA',
  '/m.npz',
  'x.npz',
  'add_only',
  'reuse',
  'delay',
  0,
  1,
  50,
  -1,
  2.5,
  true,
  null,
]

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({ node_set: fc.constant('A'), layer: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: [] }),
  fc.record({ mode: fc.constantFrom('scale', 'setval', 'randadd', 'shuffle'), value: fc.integer() }),
)
const given = fc.dictionary(fc.constantFrom(...ARGUMENTS, 'amount', 'sel_dst', '__proto__'), value, {
  maxKeys: 4,
})
/** Mostly arguments of the operation itself, so that some are right. */
const entry = fc.constantFrom(...SOURCES, 'axon_rewiring', 7).chain(source => {
  const own = keysOf(SOURCES.find(name => name === source) ?? 'conn_removal').map(([, { name }]) => name)
  const names = fc.constantFrom(...own, 'sel_dst')
  const few = fc.dictionary(names, value, { maxKeys: 2 })
  const frame = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ model_config: {} }) },
    few.map(kwargs => ({ kwargs })),
    fc.record({ kwargs: given, model_config: given }, { requiredKeys: [] }),
  )
  return fc.tuple(few, frame).map(([flat, rest]) => ({ source, ...rest, ...flat }))
})
const root = fc
  .record(
    {
      circuit_path: fc.constantFrom('/c', 'c', 3),
      circuit_config: fc.constantFrom('c.json', 'c.json', '/c/c.json', null),
      output_path: fc.constant('/o'),
      edges_popul_name: fc.constant('e'),
      seed: fc.constantFrom(0, 1, 1.5, 2 ** 40, '1'),
      N_split_nodes: fc.constantFrom(0, 1, 3),
      manip: fc.oneof(
        {
          weight: 9,
          arbitrary: fc.record({ name: fc.constant('x'), fcts: fc.array(entry, { maxLength: 2 }) }),
        },
        fc.jsonValue(),
      ),
    },
    { requiredKeys: ['circuit_config', 'manip'] },
  )
  .map(object => JSON.stringify(object))

const RUNS = { numRuns: 1_000, seed: 5 }

describe('any file', () => {
  it('is parsed to a configuration, or to an error', () => {
    let parsedFine = 0
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: root }, fc.json()), text => {
        const { config, diagnostics, document } = parseManipConfig(text, 'x')
        expect(config === undefined).toBe(hasErrors(diagnostics))
        acceptance(document.value)
        if (config === undefined) return
        parsedFine++
        checkRules(config, document, new Findings(document))
        // As many calls as functions: none is lost on the way.
        expect(config.functions.length).toBe(JSON.parse(text).manip.fcts.length)
      }),
      RUNS,
    )
    expect(parsedFine).toBeGreaterThan(10)
  })

  it.each(['A', 'B'] as const)('is migrated to generation %s, or refused', to => {
    fc.assert(
      fc.property(root, text => {
        try {
          const migrated = migrateManipConfig(text, 'x', to)
          expect(hasErrors(parseManipConfig(migrated.text, 'x').diagnostics)).toBe(false)
        } catch (error) {
          expect(error).toSatisfy(isInputError)
        }
      }),
      RUNS,
    )
  })
})

it('what is written has every argument that was given, or is refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SOURCES),
      given,
      fc.constantFrom('A', 'B'),
      (source, arguments_, generation) => {
        let text: string
        try {
          text = emitManipConfig({
            generation,
            circuitPath: '/c',
            circuitConfig: '/c/c.json',
            seed: 1,
            splits: 1,
            name: 'x',
            functions: [
              {
                source,
                arguments: arguments_ as Parameters<typeof emitManipConfig>[0]['functions'][0]['arguments'],
              },
            ],
          })
        } catch (error) {
          expect(error).toSatisfy(isInputError)
          return
        }
        const [call] = parseManipConfig(text, 'x').config?.functions ?? []
        expect(call?.given).toHaveLength(Object.keys(arguments_).length)
      },
    ),
    RUNS,
  )
})
