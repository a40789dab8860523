/** What our check calls an error, and how connectome-manipulator 1.0.4 itself ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkManipConfig } from '../../../src/interop/manip-config/check.ts'
import { MANIPULATOR_PYTHON } from '../../python.ts'
import { hasShared, SHARED } from '../../shared.ts'
import { runPackage } from './run-package.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-traps-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const UNIT = `${SHARED}/data/circuits/cm_unit/circuit_sonata.json`

/** On cm_unit: what our check calls it, and how the package ends. */
const TRAPS: readonly (readonly [name: string, entry: object, rest: object, code: string, exit: number])[] = [
  ['operator', { source: 'conn_removal', sel_src: { layer: { $gt: 1 } } }, {}, 'selection.operator', 0],
  ['empty-object', { source: 'conn_removal', sel_src: {} }, {}, 'selection.empty', 0],
  ['misspelt', { source: 'syn_removal', sel_dst: 'RegionA' }, {}, 'key.unknown', 0],
  ['no-such-node', { source: 'conn_removal', sel_src: [10] }, {}, 'selection.unknown', 1],
  ['no-such-set', { source: 'conn_removal', sel_src: 'RegoinA' }, {}, 'selection.unknown', 1],
  ['text-for-number', { source: 'conn_removal', sel_src: { mtype: 4 } }, {}, 'selection.nothing', 0],
  ['seed', { source: 'conn_removal' }, { seed: 2 ** 31, N_split_nodes: 2 }, 'seed.overflow', 1],
  ['population', { source: 'conn_removal' }, { edges_popul_name: 'default' }, 'population.unknown', 1],
  ['node-population', { source: 'conn_removal' }, { src_node_popul_name: 'x' }, 'population.ends', 1],
  ['percentage', { source: 'conn_removal', amount_pct: 101 }, {}, 'key.range', 1],
  ['no-target', { source: 'conn_extraction' }, {}, 'key.missing', 0],
  [
    'id-column',
    { source: 'syn_prop_alteration', syn_prop: '@source_node', new_value: { mode: 'setval', value: 1 } },
    {},
    'key.value',
    1,
  ],
  [
    'shuffle',
    { source: 'syn_prop_alteration', syn_prop: 'delay', new_value: { mode: 'shuffle' } },
    { N_split_nodes: 2 },
    'splits.shuffle',
    1,
  ],
]

const file = (trap: string): string => join(folder, `${trap}.json`)
const codes = new Map<string, number>()

describe.skipIf(!hasShared || MANIPULATOR_PYTHON === undefined)('connectome-manipulator 1.0.4', () => {
  beforeAll(() => {
    for (const [trap, fct, rest] of TRAPS) {
      const fcts = [{ ...fct, model_config: {} }]
      writeFileSync(
        file(trap),
        JSON.stringify({ circuit_config: UNIT, ...rest, manip: { name: trap, fcts } }),
      )
    }
    const runs = TRAPS.map(([trap]) => [file(trap), join(folder, `${trap}-out`)] as const)
    for (const [k, code] of runPackage(runs, join(folder, 'log.txt')).entries())
      codes.set(TRAPS[k]?.[0] ?? '', code)
  }, 300_000)

  it.each(TRAPS)('%s: as our check says', async (name, _, __, code, exit) => {
    const check = await checkManipConfig(file(name))
    expect(check.diagnostics.filter(({ severity }) => severity === 'error').map(one => one.code)).toEqual([
      code,
    ])
    expect(codes.get(name)).toBe(exit)
  })
})
