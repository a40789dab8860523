/** docs/levels.md: each row is broken once, and told at its level as the row says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openCircuit } from '../../src/open-circuit.ts'
import type { Level, Proof } from '../../src/verification/proof.ts'
import { verify } from '../../src/verify.ts'
import { circuit, type Model, type ModelDataset, NODES, writeModel } from './model.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-levels-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const edges = (model: Model): Record<string, ModelDataset> => model.h5['edges.h5'] ?? {}
const nodes = (model: Model): Record<string, ModelDataset> => model.h5['nodes.h5'] ?? {}
const other = (model: Model): Record<string, ModelDataset> => model.h5['other.h5'] ?? {}
const E = '/edges/edges'
const N = '/nodes/All'

/** Another value in one place. */
function poke(datasets: Record<string, ModelDataset>, path: string, at = 1): void {
  const data = datasets[path]?.data
  if (data === undefined || Array.isArray(data)) throw new Error(`no numbers at ${path}`)
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[at] = (data[at] ?? 0n) + 1n
  else data[at] = (data[at] ?? 0) + 1
}

/** Paths that begin so begin otherwise, or (undefined) are gone. */
function move(datasets: Record<string, ModelDataset>, from: string, to?: string): void {
  for (const [path, dataset] of Object.entries(datasets)) {
    if (!path.startsWith(from)) continue
    delete datasets[path]
    if (to !== undefined) datasets[to + path.slice(from.length)] = dataset
  }
}

/** Rows by their numbers; one that is named twice is there twice. */
function rowsOf({ data, shape, attributes }: ModelDataset, rows: readonly number[]): ModelDataset {
  const each = data.length / (shape?.[0] ?? data.length)
  const values = rows.flatMap(k => [...(data as Float64Array).slice(k * each, (k + 1) * each)])
  const { from } = data.constructor as unknown as {
    from: (values: readonly unknown[]) => ModelDataset['data']
  }
  return {
    data: from.call(data.constructor, values),
    ...(shape && { shape: [rows.length, ...shape.slice(1)] }),
    ...(attributes && { attributes }),
  }
}

/** The rows of all datasets below a path that have one for each edge. */
function reorder(model: Model, below: string, rows: readonly number[]): void {
  for (const [path, one] of Object.entries(edges(model)))
    if (path.startsWith(below) && !/indices|@library/.test(path)) edges(model)[path] = rowsOf(one, rows)
}

const populationOf = (model: Model, side: 'nodes' | 'edges', k = 0): Record<string, unknown> =>
  Object.values(model.config.networks[side][k]?.populations ?? {})[0] ?? {}

/** By the first column. The second circuit, changed; both, where the original must have something as well. */
const TAMPERING: Readonly<Record<string, (manipulated: Model, original: Model) => void>> = {
  'ids of an edge': model => poke(edges(model), `${E}/source_node_id`, 2),
  'edges of a connection': model => reorder(model, E, [0, 0, 1, 2, 3, 4, 5]),
  'edge population gone': model => model.config.networks.edges.pop(),
  'edge population more': model => {
    model.h5['more.h5'] = { ...other(model) }
    move(model.h5['more.h5'], '/edges/other', '/edges/more')
    model.config.networks.edges.push({ edges_file: './more.h5', populations: { more: {} } })
  },
  'edge population that its entry lists no more': model => {
    model.config.networks.edges[1] = { edges_file: './other.h5', populations: {} }
  },
  'number of nodes': model => {
    const kept = Array.from({ length: NODES - 1 }, (_, k) => k)
    for (const [path, one] of Object.entries(nodes(model)))
      if (!path.includes('@library')) nodes(model)[path] = rowsOf(one, kept)
  },
  'value of a property': model => poke(edges(model), `${E}/0/weight`),
  'property gone': model => move(edges(model), `${E}/0/weight`),
  'property more': model => {
    edges(model)[`${E}/0/u`] = { data: Float32Array.of(1, 2, 3, 4, 5, 6) }
  },
  'type of a property': model => {
    edges(model)[`${E}/0/weight`] = { data: Float64Array.from({ length: 6 }, (_, k) => k + 0.5) }
  },
  'text for numbers': model => {
    edges(model)[`${E}/0/weight`] = { data: ['0.5', '1.5', '2.5', '3.5', '4.5', '5.5'] }
  },
  'dimensions of a property': model => {
    const place = edges(model)[`${E}/0/place`]
    if (place) place.shape = [6, 2, 1]
  },
  'property beside its group': model => move(edges(model), `${E}/0/weight`, `${E}/weight`),
  'property group of another name': model => move(edges(model), `${E}/0/`, `${E}/1/`),
  'rows of the property group in another order': model => {
    const order = [5, 4, 3, 2, 1, 0]
    reorder(model, `${E}/0/`, order)
    edges(model)[`${E}/edge_group_id`] = { data: new Uint8Array(6) }
    edges(model)[`${E}/edge_group_index`] = { data: Uint32Array.from(order) }
  },
  'names of an enumerated property': model => {
    edges(model)[`${E}/0/@library/kind`] = { data: ['I', 'E'] }
  },
  'value in `dynamics_params`': model => poke(edges(model), `${E}/0/dynamics_params/tau`),
  '`edge_type_id`': model => poke(edges(model), `${E}/edge_type_id`),
  '`node_population` of an id column': model => {
    delete edges(model)[`${E}/target_node_id`]?.attributes
    model.config.networks.edges[0] = { edges_file: './edges.h5', populations: { All__All__chemical: {} } }
    move(edges(model), E, '/edges/All__All__chemical')
  },
  'order of the edges': model => reorder(model, E, [1, 0, 2, 3, 4, 5]),
  'ranges of an index': model => poke(edges(model), `${E}/indices/target_to_source/range_to_edge_id`, 0),
  'direction of an index': model => move(edges(model), `${E}/indices/source_to_target`),
  'group of the indices misspelt': model => move(edges(model), `${E}/indices`, `${E}/indicies`),
  'all indices': model => move(edges(model), `${E}/indices`),
  'value of a node property': model => poke(nodes(model), `${N}/0/x`),
  'node property gone': model => move(nodes(model), `${N}/0/x`),
  'node property more': model => {
    nodes(model)[`${N}/0/y`] = { data: new Float32Array(NODES) }
  },
  'names of an enumerated node property': model => {
    nodes(model)[`${N}/0/@library/mtype`] = { data: ['BC', 'PC'] }
  },
  '`node_type_id`': model => poke(nodes(model), `${N}/node_type_id`),
  'HDF5 attribute of a node property': model => {
    const x = nodes(model)[`${N}/0/x`]
    if (x) x.attributes = { unit: 'mm' }
  },
  'HDF5 attribute of a node population': model => {
    model.groups['nodes.h5'] = { [N]: { origin: 'elsewhere' } }
  },
  'node population gone': model => model.config.networks.nodes.pop(),
  'node population more': model => {
    model.h5['more.h5'] = { ...model.h5['virtual.h5'] }
    move(model.h5['more.h5'], '/nodes/Virtual', '/nodes/More')
    model.config.networks.nodes.push({ nodes_file: './more.h5', populations: { More: {} } })
  },
  'node population that its entry lists no more': model => {
    model.config.networks.nodes[1] = { nodes_file: './virtual.h5' }
  },
  'value of another edge population': model => poke(other(model), '/edges/other/0/delay'),
  '`node_population` of another edge population': model => {
    const ids = other(model)['/edges/other/target_node_id']
    if (ids) ids.attributes = { node_population: 'All', more: 1 }
  },
  'index of another edge population': model => move(other(model), '/edges/other/indices/source_to_target'),
  'type of a node population': model =>
    Object.assign(populationOf(model, 'nodes', 1), { type: 'biophysical' }),
  'type of the compared edge population': model =>
    Object.assign(populationOf(model, 'edges'), { type: 'electrical' }),
  'key of a population gone': model => void delete populationOf(model, 'edges', 1).gap,
  'key of a population more': model => Object.assign(populationOf(model, 'edges', 1), { more: 'x' }),
  'key of a population that leads elsewhere': model => {
    model.texts['elsewhere/a/b.swc'] = '2 2'
    Object.assign(populationOf(model, 'nodes'), { morphologies_dir: './elsewhere' })
  },
  'file that a key of `components` names': model => {
    model.texts['mesh.obj'] = 'w'
  },
  'folder that a key of `components` names, below a subfolder': model => {
    model.texts['swc/a/b.swc'] = '2 2'
  },
  '`alternate_morphologies`': model => {
    model.texts['asc/a.asc'] = 'y'
  },
  'key of `components` gone': model => void delete model.config.components.provenance,
  'key of `components` more': model => Object.assign(model.config.components, { more: 1 }),
  'node sets': model => {
    model.texts['node_sets.json'] = '{"E": {"node_id": [1, 3]}}'
  },
  '`node_sets_file` gone': model => void delete model.config.node_sets_file,
  '`version`': model => Object.assign(model.config, { version: 3 }),
  '`metadata` changed': model => Object.assign(model.config, { metadata: { status: 'complete' } }),
  '`metadata` gone, as the pipeline drops it': model => void delete model.config.metadata,
  'key of the compared population gone, as the pipeline drops it': model =>
    void delete populationOf(model, 'edges').spines,
  'folder that is not on this machine': (model, original) => {
    for (const one of [model, original]) Object.assign(one.config.components, { mechanisms_dir: './mod' })
  },
  'HDF5 attribute of a property of the compared edges': model => {
    const weight = edges(model)[`${E}/0/weight`]
    if (weight) weight.attributes = { unit: 'S' }
  },
  'HDF5 attribute of a file': model => {
    model.groups['nodes.h5'] = { '/nodes': { origin: 'elsewhere' } }
  },
}

const ROWS = readFileSync(new URL('../../docs/levels.md', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (what|---) /.test(line))
  .map(line => line.split('|').map(cell => cell.trim()))
  .map(([, what = '', level = '', told = '']) => [what, level as Level, told] as const)

let made = 0
async function prove(level: Level, tamper: (manipulated: Model, original: Model) => void): Promise<Proof> {
  const [before, after] = [circuit(), circuit()]
  tamper(after, before)
  const at = join(folder, String(made++))
  const original = await openCircuit(writeModel(join(at, 'o'), before))
  try {
    const manipulated = [writeModel(join(at, 'm'), after)]
    const [proof] = await verify({ original, manipulated, level, population: 'edges' })
    if (proof === undefined) throw new Error('no proof')
    return proof
  } finally {
    original.close()
  }
}

describe('docs/levels.md', () => {
  it('has a tampering for each row, and no more', () => {
    expect(ROWS.length).toBeGreaterThan(40)
    expect(ROWS.map(([what]) => what).toSorted()).toEqual(Object.keys(TAMPERING).toSorted())
  })

  it.each(['connections', 'synapses', 'full'] as const)('a copy is verified at level %s', async level => {
    expect(await prove(level, () => {})).toMatchObject({ verdict: 'verified', level, findings: [] })
  })

  it.each(ROWS)('%s, at level %s: %s', async (what, level, told) => {
    const proof = await prove(level, TAMPERING[what] ?? (() => {}))
    const unchecked = /^not checked: (.*)$/.exec(told)?.[1]
    if (unchecked !== undefined) {
      expect(proof.findings).toEqual([])
      expect(proof.notChecked.join('; ')).toContain(unchecked)
    } else {
      expect(proof.verdict).not.toBe('verified')
      expect(proof.findings.map(({ code }) => `\`${code}\``)).toContain(told)
    }
  })
})
