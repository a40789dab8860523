/** Models written out in a configuration, and what stands in `model_config` and beside it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dumpPythonJson, parsePythonJson } from '../../../src/formats/python-json.ts'
import { type ConfigCheck, checkManipConfig } from '../../../src/interop/manip-config/check.ts'
import { migrateManipConfig } from '../../../src/interop/manip-config/migrate.ts'
import { MODELS } from '../../../src/interop/manip-config/models.ts'
import { releasesIn } from '../../../src/interop/manip-config/versions.ts'
import { MANIPULATOR_PYTHON } from '../../python.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-models-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'c.json')

const textOf = (fct: object): string =>
  JSON.stringify({ circuit_config: '/x/c.json', circuit_path: '/x', manip: { name: 'x', fcts: [fct] } })
const check = (fct: object, release?: string): Promise<ConfigCheck> => {
  writeFileSync(file, textOf(fct))
  return checkManipConfig(file, { release })
}
const AT = 'manip.fcts[0].model_config'
const told = (checked: ConfigCheck): string[] =>
  checked.diagnostics
    .filter(({ code }) => !['circuit.unread', 'wiring.drops', 'environment'].includes(code))
    .map(({ severity, code, path }) => `${severity} ${code} ${path.replace(`${AT}.`, '')}`)
const wiring = (models: object): Promise<ConfigCheck> =>
  check({ source: 'conn_wiring', model_config: models })
const prob = (spec: object): Promise<ConfigCheck> => wiring({ prob_model_spec: spec })

describe('models written out', () => {
  it.each([
    [{ model: 'ConnProb9thOrderModel' }, ['error model.unknown prob_model_spec.model']],
    [{ model: 'ConnProb2ndOrderExpModel', scale: 0.1 }, ['warning model.parameter prob_model_spec']],
    [
      { model: 'ConnProb1stOrderModel', p: 0.5 },
      ['warning model.parameter prob_model_spec', 'error model.parameter prob_model_spec.p'],
    ],
    [{ model: 'ConnProb1stOrderModel', p_conn: 0.5, __note: 'mine' }, []],
    [{ model: 'ConnProb1stOrderModel', p_conn: 1.5 }, ['error key.range prob_model_spec.p_conn']],
    [{ model: 'ConnProb1stOrderModel', p_conn: '0.5' }, ['error key.type prob_model_spec.p_conn']],
    [{ model: 'ConnProb3rdOrderExpModel', scale_P: 0.1 }, ['error model.parameter prob_model_spec']],
    [{ model: 'ConnProbAdjModel' }, ['error model.table prob_model_spec.model']],
    [
      { model: 'LinDelayModel', delay_mean_coeff_a: 1, delay_mean_coeff_b: 0, delay_std: 0, delay_min: 0 },
      ['error model.role prob_model_spec.model'],
    ],
    [{ model: 'ConnProbModel', coeff_a: 0.1 }, ['note model.parameter prob_model_spec']],
    [{ file: '/m.json', model: 'X' }, ['error key.conflict prob_model_spec']],
  ])('%j', async (spec, expected) => {
    expect(told(await prob(spec)).toSorted()).toEqual(expected.toSorted())
  })

  it('say what happens, and what to write', async () => {
    const { diagnostics } = await prob({ model: 'ConnProb1stOrderModel', p: 0.5 })
    const found = diagnostics.find(({ path }) => path.endsWith('.p'))
    expect(found).toMatchObject({
      message: expect.stringContaining('p_conn is 0'),
      hint: 'Did you mean "p_conn"?',
    })
  })

  it('delay_mean_coefs: of 0.0.4, ignored since', async () => {
    const spec = { model: 'LinDelayModel', delay_mean_coefs: [1.75, 0.5], delay_std: 0.5, delay_min: 0.2 }
    const checked = await check({ source: 'conn_wiring', model_config: { delay_model_spec: spec } }, '1.0.4')
    expect(told(checked)).toContain('error key.renamed delay_model_spec.delay_mean_coefs')
    expect(told(checked)).toContain('warning versions.outside delay_model_spec.delay_mean_coefs')
    expect(checked.diagnostics.find(({ code }) => code === 'key.renamed')?.message).toContain(
      '0.75 and 0.003',
    )
    const old = await check({ source: 'conn_wiring', kwargs: { delay_model_spec: spec } })
    expect(told(old)).not.toContain(
      'error key.renamed manip.fcts[0].kwargs.delay_model_spec.delay_mean_coefs',
    )
  })

  it('in kwargs ran between two commits, and with no release', async () => {
    const models = { prob_model_spec: { model: 'ConnProb1stOrderModel', p_conn: 0.1 } }
    const { acceptance } = await check({ source: 'conn_wiring', kwargs: models })
    expect(acceptance.runs).toEqual([{ from: '2023-04-06', until: '2023-06-06' }])
    const before = await check({ source: 'conn_wiring', kwargs: { prob_model_file: '/m.json' } })
    expect(releasesIn(before.acceptance.runs)).toEqual(['0.0.1', '0.0.4'])
  })
})

describe('model_config over flat keys', () => {
  it('another value is an error, the same one is none', async () => {
    const other = await check({ source: 'conn_removal', amount_pct: 10, model_config: { amount_pct: 100 } })
    expect(told(other)).toEqual(['error key.conflict manip.fcts[0].amount_pct'])
    expect(other.diagnostics.find(({ code }) => code === 'key.conflict')?.message).toContain('the int 100')
    const same = await check({ source: 'conn_removal', amount_pct: 10, model_config: { amount_pct: 10.0 } })
    expect(told(same)).toEqual(['note key.conflict manip.fcts[0].amount_pct'])
  })

  it('is not migrated as if one of the two were meant', () => {
    const entry = { source: 'conn_removal', amount_pct: 10, model_config: { amount_pct: 100 } }
    for (const to of ['A', 'B'] as const)
      expect(() => migrateManipConfig(textOf(entry), 'x', to)).toThrow(/one thing in "model_config"/)
  })
})

describe('migrate to B', () => {
  const models = (kwargs: object): { text: string; notes: readonly string[]; config: object } => {
    const migrated = migrateManipConfig(textOf({ source: 'conn_wiring', kwargs }), 'x', 'B')
    return { ...migrated, config: JSON.parse(migrated.text).manip.fcts[0].model_config }
  }

  it('carries models that are written out, and their parameters under the names of today', () => {
    const { config, notes } = models({
      prob_model_spec: { model: 'ConnProb2ndOrderExpModel', scale: 0.1, exponent: 0.01 },
      delay_model_file: {
        model: 'LinDelayModel',
        delay_mean_coefs: [1.75, 0.5],
        delay_std: 0.5,
        delay_min: 0.2,
      },
    })
    expect(config).toEqual({
      prob_model_spec: { model: 'ConnProb2ndOrderExpModel', scale: 0.1, exponent: 0.01 },
      delay_model_spec: {
        model: 'LinDelayModel',
        delay_mean_coeff_a: 1.75,
        delay_mean_coeff_b: 0.5,
        delay_std: 0.5,
        delay_min: 0.2,
      },
    })
    expect(notes.some(note => note.includes('delay_mean_coefs'))).toBe(true)
  })

  it.each([
    [{ model: 'LinDelayModel', delay_mean_coefs: [1.75] }],
    [{ model: 'LinDelayModel', delay_mean_coefs: [1, 2], delay_mean_coeff_a: 3 }],
    [{ model: 'LinDelayModel', delay_mean: 3 }],
  ])('refuses %j, which would be ignored', spec => {
    expect(() => models({ delay_model_spec: spec })).toThrow(/key\.renamed|model\.parameter/)
  })

  it('keeps the order of keys, those that are numbers too', () => {
    const text = '{"b": {"10": 1, "2": [{"z": 1, "1": 2}]}, "a": 0}'
    expect(dumpPythonJson(parsePythonJson(text, 'x').value, 0).replace(/\s/g, '')).toBe(
      text.replace(/\s/g, ''),
    )
    const config = `{"manip": {"fcts": [{"source": "no_manipulation", "kwargs": {}}], "name": "x"}, "population_name": "p", "seed": 3, "circuit_path": "/c", "circuit_config": "c.json"}`
    const { text: migrated } = migrateManipConfig(config, 'x', 'B')
    expect(Object.keys(JSON.parse(migrated))).toEqual([
      'manip',
      'edges_popul_name',
      'seed',
      'circuit_path',
      'circuit_config',
    ])
  })
})

describe.skipIf(MANIPULATOR_PYTHON === undefined)('connectome-manipulator 1.0.4', () => {
  it('has the models of our table, with their inputs, parameters, defaults and tables', () => {
    const script = `
import inspect, json
from connectome_manipulator.model_building import model_types as m
base = m.AbstractModel
def model(c):
    paths = issubclass(c, m.PathwayModel)
    return dict(inputs=(list(c.pathway_input_names) if paths else []) + list(c.input_names), tables=list(c.data_names), byPathway=paths,
        parameters={p: repr(c.param_defaults[p]).lower() if p in c.param_defaults else None for p in c.param_names})
print(json.dumps({n: model(c) for n, c in inspect.getmembers(m, inspect.isclass) if issubclass(c, base) and not inspect.isabstract(c)}))`
    const theirs = JSON.parse(execFileSync(MANIPULATOR_PYTHON ?? '', ['-c', script], { encoding: 'utf8' }))
    const repr = (value: unknown, whole: string): string | null => {
      if (value === undefined) return null
      if (typeof value === 'object') return '{}'
      if (typeof value !== 'number') return String(value)
      if (Number.isNaN(value)) return 'nan'
      return Number.isInteger(value) && whole.includes('.') ? `${value}.0` : String(value)
    }
    const ours = Object.entries(MODELS).map(([name, { parameters, ...rest }]) => {
      const shown = Object.entries(parameters).map(([key, value]) => {
        const whole: string = theirs[name]?.parameters[key] ?? ''
        return [key, repr(value, whole)]
      })
      return [name, { ...rest, parameters: Object.fromEntries(shown) }]
    })
    expect(Object.fromEntries(ours)).toEqual(theirs)
  }, 60_000)
})
