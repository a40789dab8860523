import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrateManipConfig } from '../../../src/interop/manip-config/migrate.ts'
import type { OperationCall } from '../../../src/interop/manip-config/operations.ts'
import { parseManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { hasShared, SHARED } from '../../shared.ts'

const write = (fct: object, rest: object = {}): string =>
  JSON.stringify({
    circuit_path: '/c',
    circuit_config: 's/c.json',
    ...rest,
    manip: { name: 'x', fcts: [fct] },
  })
const to = (generation: 'A' | 'B', fct: object, rest: object = {}) =>
  migrateManipConfig(write(fct, rest), 'x.json', generation)
const entry = (text: string): object => JSON.parse(text).manip.fcts[0]

describe('to generation B', () => {
  it('moves arguments up, models into model_config, and renames', () => {
    const old = {
      syn_class: 'EXC',
      prob_model_file: '/p.json',
      delay_model_file: '/d.json',
      keep_indegree: false,
      gen_method: 'duplicate_sample',
      sel_src: {},
    }
    expect(entry(to('B', { source: 'conn_rewiring', kwargs: old }).text)).toEqual({
      source: 'conn_rewiring',
      syn_class: 'EXC',
      keep_indegree: false,
      gen_method: 'sample',
      sel_src: null,
      model_config: { prob_model_spec: { file: '/p.json' }, delay_model_spec: { file: '/d.json' } },
    })
  })

  it('says what is dropped', () => {
    const { text, notes } = to(
      'B',
      { source: 'no_manipulation', kwargs: {} },
      { output_path: '/o', blue_config_to_update: 'B', population_name: 'p' },
    )
    expect(JSON.parse(text)).toMatchObject({ edges_popul_name: 'p', circuit_path: '/c' })
    expect(JSON.parse(text)).not.toHaveProperty('output_path')
    expect(entry(text)).toEqual({ source: 'null_manipulation', model_config: {} })
    expect(notes).toHaveLength(2)
    expect(notes[0]).toContain('--output-dir /o')
  })

  it('finishes a migration that was done half', () => {
    const half = { source: 'conn_removal', kwargs: { amount_pct: 10, sel_src: [1, 2, 3] }, model_config: {} }
    expect(parseManipConfig(write(half), 'x').config).toBeUndefined()
    expect(entry(to('B', half).text)).toEqual({
      source: 'conn_removal',
      amount_pct: 10,
      sel_src: [1, 2, 3],
      model_config: {},
    })
    expect(() => to('B', { ...half, amount_pct: 11 })).toThrow(/says one thing/)
  })

  it('refuses what would be ignored or is gone', () => {
    expect(() => to('B', { source: 'conn_removal', kwargs: { amount: 3 } })).toThrow(/key\.unknown/)
    expect(() => to('B', { source: 'axon_shuffling', kwargs: {} })).toThrow(/operation\.retired/)
    const snap = { sel_src: { $or: [{ layer: 1 }] } }
    expect(() => to('B', { source: 'conn_removal', kwargs: snap })).toThrow(/selection\.key/)
  })
})

describe('to generation A', () => {
  it('needs a folder, and a place for the result', () => {
    const text = JSON.stringify({
      circuit_config: '/c/circuit_config.json',
      edges_popul_name: 'default',
      manip: { name: 'x', fcts: [{ source: 'conn_removal', amount_pct: 5, model_config: {} }] },
    })
    const migrated = migrateManipConfig(text, 'x.json', 'A')
    expect(JSON.parse(migrated.text)).toEqual({
      circuit_path: '/c',
      circuit_config: 'circuit_config.json',
      output_path: '/c__x',
      population_name: 'default',
      manip: { name: 'x', fcts: [{ source: 'conn_removal', kwargs: { amount_pct: 5 } }] },
    })
  })

  it.each([
    ['keep_conns', { keep_conns: true }],
    ['rewire_mode', { rewire_mode: 'add_only' }],
    ['syn_pos_model_spec', { model_config: { syn_pos_model_spec: { file: '/s.json' } } }],
    ['prob_model_spec that is no file', { model_config: { prob_model_spec: { model: 'M' } } }],
    ['model_pathways', { model_pathways: 'p.parquet' }],
  ])('refuses %s', (what, keys) => {
    const fct = { source: 'conn_rewiring', syn_class: 'EXC', model_config: {}, ...keys }
    expect(() => to('A', fct)).toThrow(`${what}: no version up to 0.0.4 has it`)
  })
})

describe('keys', () => {
  const keysOf = (text: string): string[] => [...text.matchAll(/"([^"]+)":/g)].map(([, key]) => key ?? '')

  it('keep their order, digits too', () => {
    const a = `{"10": 1, "circuit_config": "/x/c.json", "population_name": "p", "2": 0, "manip": {"fcts": [
      {"kwargs": {"sel_src": {"mtype": "a", "2": 1, "1": 3}, "amount_pct": 5.0}, "source": "conn_removal"}
    ], "name": "x"}, "seed": 1}`
    const entry = ['sel_src', 'mtype', '2', '1', 'amount_pct']
    const b = migrateManipConfig(a, 'x.json', 'B').text
    expect(keysOf(b)).toEqual(
      [
        '10',
        'circuit_config',
        'edges_popul_name',
        '2',
        'manip',
        'fcts',
        entry,
        'model_config',
        'source',
        'name',
        'seed',
      ].flat(),
    )
    const back = migrateManipConfig(b, 'x.json', 'A').text
    expect(keysOf(back)).toEqual(
      [
        ['10', 'circuit_path', 'circuit_config', 'output_path', 'population_name', '2', 'manip', 'fcts'],
        ['kwargs', ...entry, 'source', 'name', 'seed'],
      ].flat(),
    )
  })
})

const CONFIGS = `${SHARED}/data/circuits/o1v5_workflows/configs`

describe.skipIf(!hasShared)('the configurations of the study', () => {
  const files = hasShared ? readdirSync(CONFIGS).filter(name => name.includes('RecipRemoval')) : []

  it.each(files)('%s: to B and back, no argument and no decimal point is lost', name => {
    const text = readFileSync(join(CONFIGS, name), 'utf8')
    const b = migrateManipConfig(text, name, 'B')
    expect(b.text).toContain('"amount_pct": 100.0,')
    const arguments_ = (source: string): readonly OperationCall[] | undefined =>
      parseManipConfig(source, name).config?.functions
    expect(arguments_(b.text)).toEqual(arguments_(text))
    const a = migrateManipConfig(b.text, name, 'A')
    // The two keys that only generation A knows are gone for good.
    const lost = /\n {2}"(blue_config_to_update|workflow_template)": .*/g
    expect(a.text).toBe(text.replace(lost, ''))
  })
})
