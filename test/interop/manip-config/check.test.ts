import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeMaskNpz } from '../../../src/formats/scipy-sparse.ts'
import { decisive } from '../../../src/interop/manip-config/accepted.ts'
import { type ConfigCheck, checkManipConfig, isAccepted } from '../../../src/interop/manip-config/check.ts'
import { releasesIn } from '../../../src/interop/manip-config/versions.ts'
import { configCheckToText } from '../../../src/report/config-check.ts'
import { hasShared, SHARED } from '../../shared.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function check(config: object): Promise<ConfigCheck> {
  const file = join(folder, 'manip_config.json')
  writeFileSync(file, JSON.stringify(config, null, 1))
  return checkManipConfig(file)
}

const found = ({ diagnostics }: ConfigCheck): string[] =>
  diagnostics
    .filter(({ code }) => code !== 'circuit.unread')
    .map(({ severity, code, path }) => `${severity} ${code} ${path}`)

const config = (fct: object, rest: object = {}): object => ({
  circuit_config: '/nowhere/circuit_config.json',
  ...rest,
  manip: { name: 'x', fcts: [fct] },
})
const b = (source: string, keys: object = {}, rest: object = {}): Promise<ConfigCheck> =>
  check(config({ source, ...keys, model_config: {} }, rest))

const REWIRING = { prob_model_spec: { file: '/p.json' }, delay_model_spec: { file: '/d.json' } }
const rewiring = (keys: object, rest: object = {}): Promise<ConfigCheck> =>
  check(config({ source: 'conn_rewiring', syn_class: 'EXC', ...keys, model_config: REWIRING }, rest))

const ROUNDING = 'note splits.rounding manip.fcts[0].amount_pct'

describe('seeds and splits', () => {
  it.each([
    [{ seed: 2 ** 31, N_split_nodes: 2 }, ['error seed.overflow seed', ROUNDING]],
    [{ seed: 2 ** 31 - 1, N_split_nodes: 2 }, [ROUNDING]],
    [{ seed: 2 ** 32, N_split_nodes: 1 }, ['error seed.overflow seed']],
    [{ seed: 0, N_split_nodes: 2 }, ['warning seed.zero seed', ROUNDING]],
    [{ seed: 0, N_split_nodes: 1 }, []],
    [{ N_split_nodes: 0 }, ['warning key.range N_split_nodes']],
  ])('%j', async (rest, expected) => {
    expect(found(await b('conn_removal', { amount_pct: 50 }, rest))).toEqual(expected)
  })

  it("seed 0 is nobody's trap where nothing is drawn", async () => {
    expect(found(await b('conn_removal', {}, { seed: 0, N_split_nodes: 9 }))).toEqual([])
    expect(found(await b('syn_removal', { keep_conns: true }, { seed: 0, N_split_nodes: 9 }))).toEqual([
      'warning seed.zero seed',
    ])
  })

  it('percentages are rounded in each split', async () => {
    expect(found(await b('syn_subsampling', { keep_pct: 10 }, { N_split_nodes: 3 }))).toEqual([
      'note splits.empty manip.fcts[0]',
      'note splits.rounding manip.fcts[0].keep_pct',
    ])
  })

  it('shuffling and sampling want one split', async () => {
    const alter = { syn_prop: 'delay', new_value: { mode: 'shuffle' } }
    expect(found(await b('syn_prop_alteration', alter, { N_split_nodes: 2 }))).toEqual([
      'error splits.shuffle manip.fcts[0].new_value',
    ])
    const sample = await rewiring({ keep_indegree: false, gen_method: 'sample' }, { N_split_nodes: 2 })
    expect(found(sample)).toContain('warning splits.sample manip.fcts[0].gen_method')
  })
})

describe('paths', () => {
  it('that are relative to who knows what', async () => {
    const checked = await b('conn_removal', { conn_mask_file: 'm.npz' }, { circuit_path: 'circuit' })
    expect(found(checked)).toEqual([
      'warning path.relative circuit_path',
      'warning path.relative manip.fcts[0].conn_mask_file',
    ])
    expect(isAccepted(checked)).toBe(true)
  })

  it('of a mask must end in .npz', async () => {
    expect(found(await b('conn_removal', { conn_mask_file: '/m.npy' }))).toEqual([
      'error mask.format manip.fcts[0].conn_mask_file',
    ])
  })

  it('that nobody reads any more', async () => {
    expect(found(await b('conn_removal', {}, { output_path: '/o', population_name: 'p' }))).toEqual([
      'warning key.dead output_path',
      'warning key.dead population_name',
    ])
  })
})

describe('selections', () => {
  const mask = { conn_mask_file: '/m.npz' }
  it.each([
    ['order, with a mask', { sel_src: [3, 1], ...mask }, ['warning selection.order manip.fcts[0].sel_src']],
    ['order, without', { sel_src: [3, 1] }, []],
    [
      'repeats, with a mask',
      { sel_dest: [1, 1], ...mask },
      ['error selection.repeats manip.fcts[0].sel_dest'],
    ],
    ['repeats, without', { sel_dest: [1, 1] }, ['note selection.repeats manip.fcts[0].sel_dest']],
    ['only a node set', { sel_src: { node_set: 'A' } }, ['note selection.node-set manip.fcts[0].sel_src']],
    [
      'an operator',
      { sel_src: { layer: { $gt: 3 } } },
      ['error selection.operator manip.fcts[0].sel_src.layer'],
    ],
    ['{}', { sel_src: {} }, ['error selection.empty manip.fcts[0].sel_src']],
  ])('%s', async (_, keys, expected) => {
    expect(found(await b('conn_removal', keys))).toEqual(expected)
  })
})

describe('arguments that do not go together', () => {
  it.each([
    [{ keep_conns: true }, ['keep_conns']],
    [{ gen_method: 'sample' }, ['gen_method']],
    [{ keep_indegree: false }, ['gen_method']],
    [{ keep_indegree: false, gen_method: 'randomize' }, ['props_model_spec']],
    [{ syn_pos_mode: 'external' }, ['syn_pos_model_spec', 'syn_pos_mode']],
    [{ rewire_mode: 'add_only' }, ['rewire_mode']],
    [{ p_scale: -1 }, ['p_scale']],
    [{}, []],
  ])('conn_rewiring %j', async (keys, expected) => {
    expect(found(await rewiring(keys)).filter(line => !line.includes('environment'))).toEqual(
      expected.map(name => `error key.conflict manip.fcts[0].${name}`),
    )
  })

  it('others', async () => {
    expect(found(await b('conn_extraction'))).toEqual(['error key.missing manip.fcts[0].target_name'])
    const none = { min_syn_per_conn: 3, max_syn_per_conn: 2 }
    expect(found(await b('conn_removal', none))).toEqual([
      'warning key.conflict manip.fcts[0].min_syn_per_conn',
    ])
    const filter = {
      syn_prop: 'delay',
      new_value: { mode: 'scale', factor: 2 },
      syn_filter: { delay: [0.1] },
    }
    expect(found(await b('syn_prop_alteration', filter))).toEqual([
      'warning filter.float manip.fcts[0].syn_filter.delay',
    ])
    expect(found(await b('syn_removal', { rescale_gsyn: true }))).toEqual([
      'note environment manip.fcts[0].rescale_gsyn',
    ])
  })
})

describe('generators of numpy.random', () => {
  const draws = async (rng: string, kwargs: object, range?: readonly number[]): Promise<string[]> => {
    const value = { mode: 'randval', rng, kwargs, ...(range === undefined ? {} : { range }) }
    const lines = found(await b('syn_prop_alteration', { syn_prop: 'delay', new_value: value }))
    return lines.map(line => line.replace('manip.fcts[0].new_value.', ''))
  }
  it.each<[string, object, string[]]>([
    ['normal', { loc: 1, scale: 0.5 }, []],
    ['normal', {}, []],
    ['random', {}, []],
    ['gamma', { shape: 2 }, []],
    ['choice', { a: [1, 2, 3] }, []],
    ['nomral', {}, ['error key.value rng']],
    ['rand', {}, ['error key.value rng']],
    ['seed', {}, ['error key.value rng']],
    ['normal', { mean: 1 }, ['error key.value kwargs.mean']],
    ['normal', { size: 3 }, ['error key.value kwargs.size']],
    ['normal', { scale: -1 }, ['error key.value kwargs.scale']],
    ['normal', { loc: 'a' }, ['error key.value kwargs.loc']],
    ['gamma', {}, ['error key.value kwargs']],
  ])('%s %j', async (rng, kwargs, expected) => {
    expect(await draws(rng, kwargs)).toEqual(expected)
  })

  it('and a range upside down', async () => {
    expect(await draws('normal', {}, [2, 1])).toEqual(['error key.range range'])
    expect(await draws('normal', {}, [1, 2])).toEqual([])
  })
})

describe('a probability of 0', () => {
  const zero = { model: 'ConnProb1stOrderModel', p_conn: 0 }
  it.each([
    [{}, zero, true],
    [{}, { model: 'ConnProb2ndOrderExpModel' }, true],
    [{}, { ...zero, p_conn: 0.1 }, false],
    [{ p_scale: 0 }, { ...zero, p_conn: 0.1 }, true],
    [{ keep_indegree: false, gen_method: 'sample' }, zero, false],
  ])('%j %j', async (keys, prob_model_spec, stops) => {
    const fct = {
      source: 'conn_rewiring',
      syn_class: 'EXC',
      ...keys,
      model_config: { ...REWIRING, prob_model_spec },
    }
    const lines = found(await check(config(fct)))
    expect(lines.includes('error model.parameter manip.fcts[0].model_config.prob_model_spec')).toBe(stops)
  })

  it('and an estimation run makes no connectome', async () => {
    expect(
      await rewiring({ keep_indegree: false, gen_method: 'sample', estimation_run: true }).then(found),
    ).toContain('warning key.value manip.fcts[0].estimation_run')
  })
})

describe('versions', () => {
  const releases = async (checked: Promise<ConfigCheck>): Promise<string[]> =>
    releasesIn((await checked).acceptance.runs)

  it('by operation', async () => {
    expect((await releases(b('conn_removal')))[0]).toBe('0.0.5')
    expect((await releases(b('syn_removal')))[0]).toBe('0.0.10')
    const offset = { syn_prop: 'delay', new_value: { mode: 'offset', value: 1 } }
    expect((await releases(b('syn_prop_alteration', offset)))[0]).toBe('1.0.0')
    expect(await releases(check(config({ source: 'syn_removal', kwargs: {} })))).toEqual(['0.0.1', '0.0.4'])
  })

  it('a value that was renamed', async () => {
    const checked = await rewiring({ keep_indegree: false, gen_method: 'duplicate_sample' })
    expect(releasesIn(checked.acceptance.runs)).toEqual(['0.0.5', '0.0.7'])
    expect(decisive(checked.acceptance).map(({ what }) => what)).toContain('gen_method: duplicate_sample')
  })

  it('a release that must run it', async () => {
    const file = join(folder, 'manip_config.json')
    const by = async (release: string): Promise<string[]> => found(await checkManipConfig(file, { release }))
    await rewiring({ keep_indegree: false, gen_method: 'duplicate_sample' }, { output_path: '/o' })
    expect(await by('0.0.7')).toContain('warning versions.outside output_path')
    expect(await by('0.0.7')).not.toContain('error versions.outside manip.fcts[0].gen_method')
    expect(await by('1.0.4')).toContain('error versions.outside manip.fcts[0].gen_method')
    expect(await by('1.0.4')).toContain('warning key.renamed manip.fcts[0].gen_method')
    await expect(by('9.9')).rejects.toThrow('no release "9.9"')
  })

  it('that exclude each other', async () => {
    const checked = await rewiring({
      keep_indegree: false,
      gen_method: 'duplicate_sample',
      syn_pos_mode: 'reuse',
    })
    expect(found(checked)).toContain('error versions.none ')
    expect(isAccepted(checked)).toBe(false)
  })

  it('of a file that is half migrated, and of one that is dead', async () => {
    const half = await check(config({ source: 'conn_removal', kwargs: { amount_pct: 1 }, model_config: {} }))
    expect(isAccepted(half)).toBe(false)
    expect(found(half)).toEqual(['error generation.half-migrated manip.fcts[0].kwargs'])
    const dead = await check(config({ source: 'axon_shuffling', model_config: {} }))
    expect(found(dead)).toEqual(['error versions.none ', 'error operation.retired manip.fcts[0].source'])
  })
})

const PUBLIC = `${SHARED}/data/circuits/o1v5_workflows/configs`

describe.skipIf(!hasShared)('the public configurations', () => {
  it.each(['StructDim56-0', 'Unstruct-0', 'Unstruct-3'])('RecipRemoval_%s', async name => {
    const checked = await checkManipConfig(`${PUBLIC}/manip_config__RecipRemoval_${name}.json`)
    expect(checked).toMatchObject({
      generation: 'A1',
      name: `RecipRemoval_${name}`,
      operations: ['conn_removal'],
    })
    expect(found(checked)).toEqual(['note path.relative workflow_template'])
    const { runs, honours, limits } = checked.acceptance
    expect(runs).toEqual([{ from: '2023-01-12', until: '2023-06-06' }])
    expect(releasesIn(runs)).toEqual(['0.0.1', '0.0.4'])
    expect(honours).toEqual([{ from: '2023-01-12', until: '2023-02-21' }])
    expect(limits.map(({ what }) => what)).toEqual([
      'output_path',
      'blue_config_to_update',
      'workflow_template',
      'kwargs',
      'conn_mask_file',
    ])
    expect(decisive(checked.acceptance).map(({ what }) => what)).toEqual(['kwargs', 'conn_mask_file'])
    expect(configCheckToText(checked)).toMatch(
      /conn_removal; generation A[\s\S]*runs with releases 0\.0\.1 to 0\.0\.4[\s\S]*conn_mask_file/,
    )
  })

  it('ConnAddRC_mc2EE_struct0_2x: only development versions of three months', async () => {
    const checked = await checkManipConfig(`${PUBLIC}/manip_config__ConnAddRC_mc2EE_struct0_2x.json`)
    expect(checked).toMatchObject({ generation: 'B', operations: ['conn_rewiring'] })
    expect(checked.acceptance.runs).toEqual([{ from: '2023-10-30', until: '2024-01-22' }])
    expect(found(checked).filter(line => !line.includes('environment'))).toEqual([
      'warning versions.unreleased ',
    ])
    expect(decisive(checked.acceptance).map(({ what }) => what)).toEqual(['reuse_pos'])
    expect(configCheckToText(checked)).toContain('no release runs this file: reuse_pos')
  })
})

const CIRCUITS = `${SHARED}/data/circuits`

describe.skipIf(!hasShared)('on the circuit', () => {
  const on = (
    circuit: string,
    keys: object,
    rest: object = {},
    source = 'conn_removal',
  ): Promise<ConfigCheck> => b(source, keys, { circuit_config: `${CIRCUITS}/${circuit}`, ...rest })
  const unit = 'cm_unit/circuit_sonata.json'

  it('selections resolve, or the reason is told', async () => {
    const fine = await on(unit, { sel_src: 'RegionA', sel_dest: { synapse_class: 'EXC' } })
    expect(found(fine)).toEqual([])
    expect(fine.circuit).toBe(true)
    expect(found(await on(unit, { sel_src: 'RegoinA' }))).toEqual([
      'error selection.unknown manip.fcts[0].sel_src',
    ])
    const nothing = await on(unit, { sel_src: { synapse_class: 'exc' } })
    expect(found(nothing)).toEqual(['error selection.nothing manip.fcts[0].sel_src'])
    expect(found(await on(unit, { sel_dest: [10] }))).toEqual([
      'error selection.unknown manip.fcts[0].sel_dest',
    ])
    expect(found(await on(unit, { target_name: 'Nowhere' }, {}, 'conn_extraction'))).toEqual([
      'error selection.unknown manip.fcts[0].target_name',
    ])
  })

  it('text and numbers are not mixed up as on the command line', async () => {
    const { diagnostics } = await on(unit, { sel_src: { mtype: 4 } })
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
      ['selection.nothing', '"mtype" holds text: compare it with such values.'],
    ])
  })

  it('an unknown value of an enumeration stops the package', async () => {
    const enumerated = 'cm_functional/circuit_100_167.json'
    expect(found(await on(enumerated, { sel_src: { synapse_class: 'EXC' } }))).toEqual([])
    expect(found(await on(enumerated, { sel_src: { synapse_class: 'INH' } }))).toEqual([
      'error selection.unknown manip.fcts[0].sel_src',
    ])
  })

  it('the mask has the shape of the selections', async () => {
    const mask = join(folder, 'mask.npz')
    const indptr = new Uint32Array(11)
    await writeMaskNpz(mask, { rows: 10, columns: 10, indptr, indices: new Uint32Array(0), label: mask })
    expect(found(await on(unit, { conn_mask_file: mask }))).toEqual([])
    expect(found(await on(unit, { conn_mask_file: mask, sel_src: 'RegionA' }))).toEqual([
      'error mask.shape manip.fcts[0].conn_mask_file',
    ])
    expect(found(await on(unit, { conn_mask_file: join(folder, 'none.npz') }))).toEqual([
      'error path.missing manip.fcts[0].conn_mask_file',
    ])
  })

  it('several edge populations want a name', async () => {
    const several = 'cm_examples/circuits/circuit_sonata_quick_scx_multi_circuit/circuit_config.json'
    const checked = await on(several, {})
    expect(found(checked)).toContain('error population.ambiguous edges_popul_name')
    expect(found(await on(several, {}, { edges_popul_name: 'NodeA__NodeA__chemical' }))).toEqual([])
    expect(found(await on(several, {}, { edges_popul_name: 'NodeA__NodeB__chemical' }))).toContain(
      'error population.ends edges_popul_name',
    )
    expect(found(await on(several, {}, { edges_popul_name: 'NodeA__NodeA_chemical' }))).toEqual([
      'error population.unknown edges_popul_name',
    ])
  })
})
