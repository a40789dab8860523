import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInputError } from '../../../src/errors.ts'
import { type ConfigToWrite, emitManipConfig } from '../../../src/interop/manip-config/emit.ts'
import { SOURCES } from '../../../src/interop/manip-config/operations.ts'
import { parseManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { hasShared, SHARED } from '../../shared.ts'

const GPFS = '/gpfs/bbp.cscs.ch'
const CIRCUIT = `${GPFS}/project/proj9/bisimplices/circuits/O1v5-SONATA`
const selection = { node_set: 'mc2_Column', synapse_class: 'EXC' }

/** The settings of the study. */
const study = (manipulation: string, index: number): ConfigToWrite => ({
  generation: 'A',
  circuitPath: CIRCUIT,
  circuitConfig: `${CIRCUIT}/sonata/circuit_config.json`,
  blueConfig: `${CIRCUIT}/CircuitConfig_TC_BlobStim`,
  workflowTemplate: '../templates/bbp-workflow_RegisterCircuit_SSCx.cfg',
  seed: 0,
  splits: 1,
  name: `${manipulation}-${index}`,
  functions: [
    {
      source: 'conn_removal',
      arguments: {
        sel_src: selection,
        sel_dest: selection,
        amount_pct: 100,
        conn_mask_file: `${GPFS}/home/pokorny/JupyterLab/git/o1v5-workflows/blob_stim_replication/configs/${manipulation}/${index}/conns_removed_adjmat.npz`,
      },
    },
  ],
})

describe.skipIf(!hasShared)('the configurations of the study, byte for byte', () => {
  it.each([
    ['RecipRemoval_StructDim56', 0],
    ['RecipRemoval_Unstruct', 0],
    ['RecipRemoval_Unstruct', 3],
  ] as const)('%s-%i', (name, index) => {
    const file = `${SHARED}/data/circuits/o1v5_workflows/configs/manip_config__${name}-${index}.json`
    const text = emitManipConfig(study(name, index))
    expect(text).toBe(readFileSync(file, 'utf8'))
    expect(text).toContain('"amount_pct": 100.0,')
  })
})

const models = { prob_model_spec: { file: '/m/p.json' }, delay_model_spec: { file: '/m/d.json' } }

/** Every operation with arguments of every type. */
const FUNCTIONS: Readonly<Record<string, ConfigToWrite['functions'][number]['arguments']>> = {
  null_manipulation: {},
  conn_removal: {
    sel_src: 'A',
    sel_dest: [0, 5],
    amount_pct: 12.5,
    min_syn_per_conn: 1,
    max_syn_per_conn: 3,
    conn_mask_file: '/m.npz',
  },
  conn_extraction: { target_name: 'A', node_sets_file: '/n.json' },
  syn_removal: { sel_src: null, amount_pct: 50, keep_conns: true, rescale_gsyn: true },
  syn_subsampling: { keep_pct: 1 },
  syn_prop_alteration: {
    syn_prop: 'delay',
    new_value: { mode: 'randadd', rng: 'normal', kwargs: { loc: 1.5, scale: 2 }, range: [0, 9] },
    syn_filter: { syn_type_id: [1, 2] },
    amount_pct: 3,
  },
  conn_rewiring: {
    syn_class: 'EXC',
    keep_indegree: false,
    reuse_conns: false,
    gen_method: 'sample',
    p_scale: 2,
    ...models,
  },
  conn_wiring: { morph_ext: 'h5', ...models },
}

const write = (source: string, given: object, rest: Partial<ConfigToWrite> = {}): ConfigToWrite => ({
  generation: 'B',
  circuitConfig: '/c/circuit_config.json',
  seed: 1,
  splits: 2,
  name: 'x',
  functions: [{ source, arguments: given as ConfigToWrite['functions'][number]['arguments'] }],
  ...rest,
})

describe('every operation', () => {
  it.each(SOURCES)('%s: no argument is dropped', source => {
    const given = FUNCTIONS[source] ?? {}
    const { config, diagnostics } = parseManipConfig(emitManipConfig(write(source, given)), 'x')
    expect(diagnostics).toEqual([])
    expect(config).toMatchObject({ generation: 'B', seed: 1, splits: 2, name: 'x' })
    expect(config?.functions[0]?.source).toBe(source)
    expect(config?.functions[0]?.given.toSorted()).toEqual(Object.keys(given).sort())
  })

  it('both generations mean the same', () => {
    for (const source of SOURCES.filter(name => name !== 'conn_rewiring')) {
      const given = FUNCTIONS[source] ?? {}
      const a = { generation: 'A', circuitPath: '/c' } as const
      const [call] = parseManipConfig(emitManipConfig(write(source, given, a)), 'x').config?.functions ?? []
      const [other] = parseManipConfig(emitManipConfig(write(source, given)), 'x').config?.functions ?? []
      const arguments_ = (entry: object | undefined): object => ({ ...entry, given: undefined })
      expect(arguments_(call)).toEqual(arguments_(other))
    }
  })
})

it('floats are written as floats and ints as ints, whatever they are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 9 }), (percent, count) => {
      const text = emitManipConfig(write('conn_removal', { amount_pct: percent, min_syn_per_conn: count }))
      expect(text).toContain(`"amount_pct": ${percent}.0,`)
      expect(text).toContain(`"min_syn_per_conn": ${count},`)
    }),
  )
})

describe('is refused', () => {
  it.each([
    ['an argument that would be ignored', write('conn_removal', { sel_dst: 'A' }), /sel_dst.*key\.unknown/],
    ['an operation that is not there', write('conn_add', {}), /no operation "conn_add"/],
    ['a relative mask', write('conn_removal', { conn_mask_file: 'm.npz' }), /relative/],
    ['a relative circuit', write('conn_removal', {}, { circuitConfig: 'c.json' }), /relative/],
    ['seeds that end too early', write('conn_removal', {}, { seed: 2 ** 31 }), /seed\.overflow/],
    [
      'a model written out, in generation A',
      write('conn_wiring', { prob_model_spec: { model: 'M' } }, { generation: 'A', circuitPath: '/c' }),
      /models in files only/,
    ],
    [
      'generation A without the folder',
      write('conn_removal', {}, { generation: 'A' }),
      /folder of the circuit/,
    ],
  ])('%s', (_, config, message) => {
    expect(() => emitManipConfig(config)).toThrow(message)
    expect(() => emitManipConfig(config)).toThrow(expect.toSatisfy(isInputError))
  })
})
