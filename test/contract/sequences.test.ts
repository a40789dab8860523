/** Sequences with a rewiring or wiring, run by the package itself: what must hold of the whole, and the rest listed. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { determine, type Examination, examine } from '../../src/contract/examine.ts'
import { planOf } from '../../src/contract/plan.ts'
import { readManipConfig } from '../../src/interop/manip-config/parse.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { verifyConfig } from '../../src/verify-config.ts'
import { runPackage } from '../interop/manip-config/run-package.ts'
import { facingEdges } from '../populations.ts'
import { MANIPULATOR_PYTHON } from '../python.ts'
import { hasShared, SHARED } from '../shared.ts'
import { copyRows, dropRow, flipBit, type Rows, readRows, toEdges } from './tamper.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-sequences-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CIRCUITS = `${SHARED}/data/circuits`
/** The circuit synth with morphologies, and integers as conn_wiring wants them. */
const WIRED = join(folder, 'wired/circuit_config.json')
const MAKE_WIRED = `
import glob, h5py, json, os, shutil, sys
circuits, folder = sys.argv[1:]
os.makedirs(folder + "/h5")
for k in range(40):
    shutil.copy(glob.glob(circuits + "/cm_unit/h5/*.h5")[0], f"{folder}/h5/cell_{k:03}.h5")
config = json.load(open(circuits + "/synth/circuit_config.json"))
config["manifest"]["$BASE_DIR"] = circuits + "/synth"
nodes = config["networks"]["nodes"][0]["populations"]["All"]
del nodes["morphologies_dir"]
nodes["alternate_morphologies"] = {"h5v1": folder + "/h5"}
config["networks"]["edges"][0]["edges_file"] = folder + "/edges.h5"
json.dump(config, open(folder + "/circuit_config.json", "w"))
shutil.copy(circuits + "/synth/edges.h5", folder)
with h5py.File(folder + "/edges.h5", "r+") as f:
    group = f["edges/All__All__chemical/0"]
    for name in [name for name in group if group[name].dtype.kind in "iu"]:
        values = group[name][:].astype("<i8")
        del group[name]
        group[name] = values
`
/** Sources and targets below these take part; all others are outside of every selection. */
const LIST = Array.from({ length: 60 }, (_, id) => id)

const rewiring = (more: Record<string, unknown> = {}) => ({
  source: 'conn_rewiring',
  syn_class: 'EXC',
  sel_src: LIST,
  sel_dest: LIST,
  ...more,
  model_config: {
    prob_model_spec: { model: 'ConnProbModel', order: 1, coeff_a: 0.3 },
    delay_model_spec: {
      model: 'LinDelayModel',
      delay_mean_coeff_a: 0.75,
      delay_mean_coeff_b: 0.003,
      delay_std: 0.1,
      delay_min: 0.2,
    },
  },
})
const removal = (more: Record<string, unknown> = {}) => ({
  source: 'conn_removal',
  sel_src: LIST,
  sel_dest: LIST,
  amount_pct: 40,
  ...more,
  model_config: {},
})
const free = { keep_indegree: false, gen_method: 'sample' }
const UNIT = { sel_src: [0, 1, 2, 3, 4], sel_dest: [0, 1, 2, 3, 4, 5, 6] }
const wiring = {
  source: 'conn_wiring',
  ...UNIT,
  morph_ext: 'h5',
  model_config: {
    prob_model_spec: { model: 'ConnProb1stOrderModel', p_conn: 0.4 },
    nsynconn_model_spec: { model: 'NSynConnModel', mean: 2, std: 0 },
  },
}

const alteration = (more: Record<string, unknown> = {}) => ({
  source: 'syn_prop_alteration',
  sel_src: LIST,
  sel_dest: LIST,
  amount_pct: 50,
  syn_prop: 'conductance',
  new_value: { mode: 'scale', factor: 2 },
  ...more,
  model_config: {},
})

const SEQUENCES: Record<
  string,
  { circuit: string; splits: number; fcts: readonly unknown[]; judged: 'one' | 'whole'; dropped?: RegExp }
> = {
  'synth: removal, rewiring': {
    circuit: 'synth/circuit_config.json',
    splits: 3,
    fcts: [removal(), rewiring()],
    judged: 'one',
  },
  'synth: two rewirings': {
    circuit: 'synth/circuit_config.json',
    splits: 2,
    fcts: [rewiring(), rewiring(free)],
    judged: 'whole',
  },
  'synth: rewiring, removal': {
    circuit: 'synth/circuit_config.json',
    splits: 1,
    fcts: [rewiring(free), removal()],
    judged: 'whole',
  },
  'synth: alteration, rewiring': {
    circuit: 'synth/circuit_config.json',
    splits: 2,
    fcts: [
      alteration({
        syn_prop: 'delay',
        new_value: { mode: 'randadd', rng: 'normal', kwargs: { scale: 0.1 } },
      }),
      rewiring(),
    ],
    judged: 'whole',
  },
  'synth: removal, rewiring, alteration': {
    circuit: 'synth/circuit_config.json',
    splits: 3,
    fcts: [removal(), rewiring(free), alteration()],
    judged: 'whole',
  },
  'cm_functional: removal, rewiring': {
    circuit: 'cm_functional/circuit_100_167.json',
    splits: 1,
    fcts: [removal(), rewiring(free)],
    judged: 'one',
  },
  'cm_functional: two rewirings': {
    circuit: 'cm_functional/circuit_100_167.json',
    splits: 1,
    fcts: [rewiring(), rewiring()],
    judged: 'whole',
  },
  'cm_unit: removal, wiring': {
    circuit: 'cm_unit/circuit_sonata_h5.json',
    splits: 2,
    fcts: [removal(UNIT), wiring],
    judged: 'one',
  },
  // Its properties that are no int64 stop the package, so that it is made anew; those that wiring drops are named.
  'wired: removal, wiring': {
    circuit: WIRED,
    splits: 1,
    fcts: [removal(), wiring],
    judged: 'one',
    dropped: /conductance, n_rrp_vesicles, u_syn of every edge, which are gone: conn_wiring drops/,
  },
  'cm_unit: two wirings': {
    circuit: 'cm_unit/circuit_sonata_h5.json',
    splits: 1,
    fcts: [wiring, wiring],
    judged: 'whole',
  },
}

const names = Object.entries(SEQUENCES).map(([name, sequence], k) => ({
  ...sequence,
  name,
  run: join(folder, `${k}`),
}))

const codes = ({ invariants }: Examination): string[] => [
  ...invariants.findings.map(({ code }) => code),
  ...invariants.columns.map(({ code }) => code),
]

/** Rows outside of the selections of all functions. */
const outside = (rows: Rows, circuit: string): number[] => {
  const limit = circuit.startsWith('cm_unit') ? 7 : LIST.length
  return [...rows.source.keys()].filter(row => (rows.target[row] ?? 0) >= limit)
}

describe.skipIf(!hasShared || MANIPULATOR_PYTHON === undefined)('sequences run by the package', () => {
  beforeAll(() => {
    execFileSync(MANIPULATOR_PYTHON ?? '', ['-c', MAKE_WIRED, CIRCUITS, dirname(WIRED)])
    const runs = names.map(({ circuit, splits, fcts, run }): [string, string] => {
      mkdirSync(run)
      const config = {
        circuit_config: resolve(CIRCUITS, circuit),
        seed: 7,
        N_split_nodes: splits,
        manip: { name: 's', fcts },
      }
      writeFileSync(join(run, 'manip_config.json'), JSON.stringify(config))
      return [join(run, 'manip_config.json'), run]
    })
    expect(runPackage(runs, join(folder, 'log.txt'))).toEqual(runs.map(() => 0))
  }, 240_000)

  it.each(names)(
    '$name',
    async ({ circuit, run, judged, fcts, dropped = /./ }) => {
      const config = join(run, 'manip_config.json')
      const original = await openCircuit(resolve(CIRCUITS, circuit))
      const edges = await original.edgePopulation()
      const [proof] = await verifyConfig({ original, manipulated: [join(run, 'parquet')], config, jobs: 1 })
      expect(proof?.findings.filter(({ severity }) => severity === 'error')).toEqual([])
      expect({ trouble: proof?.trouble, verdict: proof?.verdict }).toEqual({
        trouble: undefined,
        verdict: 'verified',
      })
      expect(proof?.notChecked.join()).toMatch(
        judged === 'whole' ? /what each function of the sequence did/ : /drawn/,
      )
      expect(proof?.notChecked.join()).toMatch(dropped)
      const unjudged = proof?.checks.filter(({ reason }) => reason?.includes('judged together')).length ?? 0
      const others = fcts.some(one => (one as { source: string }).source !== 'conn_wiring')
      expect(unjudged > 0).toBe(judged === 'whole' && others)
      // One row outside of the selections, changed in any way.
      const made = await openCircuit(join(run, 'parquet'))
      const result = await facingEdges(edges, made)
      const plan = await planOf(await readManipConfig(config), { circuit: original, ...edges })
      const determined = await determine(edges, plan)
      const rows = await readRows(result)
      expect(codes(await examine(edges, toEdges(rows), determined))).toEqual([])
      const [row = -1] = outside(rows, circuit).slice(-2)
      expect(row).toBeGreaterThanOrEqual(0)
      const damages: Record<string, (changed: Rows) => void> = {
        value: changed => flipBit(changed, 'afferent_section_id', row, 3),
        delay: changed => flipBit(changed, 'delay', row, 20),
        source: changed => {
          changed.source[row] = ((changed.source[row] ?? 0) + 1) % edges.sourceCount
        },
        gone: changed => dropRow(changed, row),
      }
      for (const [what, damage] of Object.entries(damages)) {
        const changed = copyRows(rows)
        damage(changed)
        const found = codes(await examine(edges, toEdges(changed), determined))
        expect({ what, found: found.length > 0 }).toEqual({ what, found: true })
      }
      original.close()
      made.close()
    },
    60_000,
  )
})
