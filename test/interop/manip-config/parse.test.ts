import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ParsedManipConfig, parseManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { hasShared, SHARED } from '../../shared.ts'

const b = (fcts: unknown, rest: object = {}): ParsedManipConfig =>
  parseManipConfig(
    JSON.stringify({ circuit_config: 'circuit_config.json', ...rest, manip: { name: 'x', fcts } }, null, 2),
    'x.json',
  )
const codes = (parsed: ParsedManipConfig): string[] =>
  parsed.diagnostics.map(({ code, severity, path }) => `${severity} ${code} ${path}`)

const removal = (keys: object) => [{ source: 'conn_removal', ...keys, model_config: {} }]

describe('a configuration of generation B', () => {
  it('gives typed calls with the defaults of the operation', () => {
    const { config, diagnostics } = b(removal({ sel_src: 'Exc', min_syn_per_conn: 2 }))
    expect(diagnostics).toEqual([])
    expect(config).toMatchObject({ generation: 'B', seed: 123456, splits: 1, name: 'x' })
    expect(config?.functions).toEqual([
      {
        source: 'conn_removal',
        path: 'manip.fcts[0]',
        given: ['sel_src', 'min_syn_per_conn'],
        modelPathways: undefined,
        selSrc: { kind: 'set', name: 'Exc' },
        selDest: { kind: 'all' },
        amountPct: 100,
        minSynPerConn: 2,
        maxSynPerConn: undefined,
        connMaskFile: undefined,
      },
    ])
  })

  it.each([
    [null, { kind: 'all' }],
    [[3, 1, 1], { kind: 'ids', ids: [3, 1, 1] }],
    [
      { node_set: 'A', layer: [2, 3], synapse_class: 'EXC' },
      {
        kind: 'attributes',
        nodeSet: 'A',
        tests: [
          { attribute: 'layer', values: [2, 3], single: false },
          { attribute: 'synapse_class', values: ['EXC'], single: true },
        ],
      },
    ],
  ])('reads the selection %j', (sel_src, expected) => {
    expect(b(removal({ sel_src })).config?.functions[0]).toMatchObject({ selSrc: expected })
  })

  it('reads models from model_config, which wins over flat keys', () => {
    const { config, diagnostics } = b([
      {
        source: 'conn_rewiring',
        syn_class: 'EXC',
        amount_pct: 1,
        model_config: {
          amount_pct: 2,
          prob_model_spec: { file: 'p.json' },
          delay_model_spec: { model: 'M', a: 1 },
        },
      },
    ])
    expect(diagnostics).toEqual([])
    expect(config?.functions[0]).toMatchObject({
      amountPct: 2,
      keepIndegree: true,
      probModel: { file: 'p.json' },
      delayModel: { model: 'M', parameters: { a: 1 } },
    })
  })

  it.each([
    [
      'a misspelt argument',
      { sel_dst: 'A' },
      'key.unknown manip.fcts[0].sel_dst',
      'Did you mean "sel_dest"?',
    ],
    ['a percentage as text', { amount_pct: '10' }, 'key.type manip.fcts[0].amount_pct', undefined],
    ['a percentage above 100', { amount_pct: 101 }, 'key.range manip.fcts[0].amount_pct', undefined],
    [
      'no synapse per connection',
      { min_syn_per_conn: 0 },
      'key.range manip.fcts[0].min_syn_per_conn',
      undefined,
    ],
    [
      'an empty selection object',
      { sel_src: {} },
      'selection.empty manip.fcts[0].sel_src',
      expect.any(String),
    ],
    [
      'an operator',
      { sel_src: { layer: { $gt: 3 } } },
      'selection.operator manip.fcts[0].sel_src.layer',
      expect.any(String),
    ],
    [
      'a node set clause',
      { sel_src: { node_id: [1] } },
      'selection.key manip.fcts[0].sel_src.node_id',
      expect.any(String),
    ],
    ['a negative id', { sel_src: [1, -1] }, 'key.type manip.fcts[0].sel_src[1]', undefined],
    [
      'two node sets',
      { sel_src: { node_set: ['A', 'B'] } },
      'key.type manip.fcts[0].sel_src.node_set',
      undefined,
    ],
  ])('refuses %s', (_, keys, code, hint) => {
    const parsed = b(removal(keys))
    expect(parsed.config).toBeUndefined()
    expect(codes(parsed)).toEqual([`error ${code}`])
    expect(parsed.diagnostics[0]?.hint).toEqual(hint)
  })

  it('tells the line', () => {
    expect(b(removal({ amount_pct: -1 })).diagnostics[0]?.line).toBe(8)
  })

  it('takes an int for an int only: Python has floats', () => {
    const text =
      '{"circuit_config":"c","seed":1.0,"manip":{"name":"x","fcts":[{"source":"null_manipulation","model_config":{}}]}}'
    expect(codes(parseManipConfig(text, 'x'))).toEqual(['error key.type seed'])
    expect(parseManipConfig(text.replace('1.0', '1'), 'x').config?.seed).toBe(1)
  })

  it('refuses an operation that is gone, and one that never was', () => {
    expect(codes(b([{ source: 'axon_rewiring', model_config: {} }]))).toEqual([
      'error operation.retired manip.fcts[0].source',
    ])
    const [unknown] = b([{ source: 'conn_remvoal', model_config: {} }]).diagnostics
    expect(unknown).toMatchObject({ code: 'operation.unknown', hint: 'Did you mean "conn_removal"?' })
  })

  it.each(['seed', 'N_split_nodes', 'circuit_path', 'circuit_config'])('refuses null as %s', name => {
    expect(codes(b(removal({}), { [name]: null }))).toEqual([`error key.type ${name}`])
    expect(codes(b(removal({}), { edges_popul_name: null }))).toEqual([])
  })

  it('refuses a key that is there twice', () => {
    const text =
      '{"circuit_config":"c","seed":1,"seed":2,"manip":{"name":"x","fcts":[{"source":"null_manipulation","model_config":{}}]}}'
    expect(codes(parseManipConfig(text, 'x'))).toEqual(['error json.duplicate-key seed'])
  })
})

it('says what becomes of an unknown argument', () => {
  const messages = [
    b(removal({ amount: 5 })),
    b([{ source: 'conn_removal', kwargs: { amount: 5 } }]),
    b([{ source: 'conn_wiring', amount: 5, model_config: {} }]),
  ].map(({ diagnostics }) => diagnostics[0]?.message)
  expect(messages).toEqual([
    expect.stringContaining('ignores it'),
    expect.stringContaining('stops at it'),
    expect.stringContaining('stops at it'),
  ])
})

describe('generations', () => {
  const kwargs = { sel_src: 'A', amount_pct: 10 }

  it('reads kwargs alone as generation A, in which {} means all', () => {
    const { config, diagnostics } = b([{ source: 'conn_removal', kwargs: { ...kwargs, sel_dest: {} } }])
    expect(diagnostics).toEqual([])
    expect(config).toMatchObject({ generation: 'A2' })
    expect(config?.functions[0]).toMatchObject({ amountPct: 10, selDest: { kind: 'all' } })
    expect(b([{ source: 'conn_removal', kwargs }], { output_path: '/o' }).config?.generation).toBe('A1')
  })

  it.each([
    ['kwargs that the package ignores', { kwargs, model_config: {} }],
    ['kwargs of which one is not repeated', { kwargs, sel_src: 'A', model_config: {} }],
    ['kwargs of which one differs', { kwargs, sel_src: 'A', amount_pct: 11, model_config: {} }],
  ])('refuses a half-migrated function: %s', (_, entry) => {
    const parsed = b([{ source: 'conn_removal', ...entry }])
    expect(parsed.config).toBeUndefined()
    expect(codes(parsed)).toEqual(['error generation.half-migrated manip.fcts[0].kwargs'])
  })

  it('takes a function written for both', () => {
    const parsed = b([{ source: 'conn_removal', kwargs, ...kwargs, model_config: {} }])
    expect(parsed.config).toMatchObject({ generation: 'B' })
    expect(codes(parsed)).toEqual(['note generation.dual manip.fcts[0]'])
  })

  it('refuses both in operations that know their arguments', () => {
    const both = { syn_class: 'EXC' }
    expect(codes(b([{ source: 'conn_rewiring', kwargs: both, ...both, model_config: {} }]))).toEqual([
      'error generation.dual manip.fcts[0].kwargs',
    ])
  })

  it('refuses a function of neither, and a file of both', () => {
    expect(codes(b([{ source: 'conn_removal' }]))).toEqual(['error generation.none manip.fcts[0]'])
    const mixed = [{ source: 'conn_removal', kwargs: {} }, ...removal({})]
    expect(codes(b(mixed))).toContain('error generation.mixed manip.fcts')
  })
})

const RUNS = `${SHARED}/data/real_runs`
const runs = hasShared
  ? readdirSync(RUNS, { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('manip_config.json'),
    )
  : []

describe.skipIf(!existsSync(RUNS))('the configurations of the real runs', () => {
  /** Not what was meant: the package ran them to another result, or to an empty circuit. */
  const MISTAKEN = ['failed_misspelt', 'failed_old_kwargs_everything_removed']

  it.each(runs)('%s', file => {
    const text = readFileSync(join(RUNS, file), 'utf8')
    const { config, diagnostics } = parseManipConfig(text, file)
    if (MISTAKEN.some(name => file.includes(name))) expect(config).toBeUndefined()
    else expect({ diagnostics, generation: config?.generation }).toEqual({ diagnostics: [], generation: 'B' })
  })
})
