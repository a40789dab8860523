/** Traps that show on the circuit: what 1.0.4 stops at, loses, or needs of edges, nodes and morphologies. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkManipConfig } from '../../../src/interop/manip-config/check.ts'
import { openCircuit } from '../../../src/open-circuit.ts'
import { adviceFor } from '../../../src/report/advice.ts'
import { verify } from '../../../src/verify.ts'
import { verifyConfig } from '../../../src/verify-config.ts'
import { type Circuit, drawCircuit, shuffleRows, writeCircuit } from './generated/circuit.ts'
import { CHANCE, DELAYS, type Json } from './generated/operations.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-on-circuit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let written = 0
const place = (change: (circuit: Circuit) => void): string => {
  const circuit = drawCircuit('on circuit')
  change(circuit)
  return writeCircuit(join(folder, String(++written)), circuit)
}
const sound = place(() => {})

/** Findings of a function on a circuit, but those that everyone gets. */
async function found(
  entry: Record<string, Json>,
  circuit: string = sound,
  top: Record<string, Json> = {},
): Promise<string[]> {
  const file = join(folder, `${++written}.json`)
  const fcts = [{ model_config: {}, ...entry }]
  writeFileSync(
    file,
    JSON.stringify({ circuit_config: circuit, ...top, manip: { name: 'x', fcts } }, null, 1),
  )
  const { diagnostics } = await checkManipConfig(file, { release: '1.0.4' })
  return diagnostics
    .filter(({ code }) => !['environment', 'wiring.drops', 'splits.rounding'].includes(code))
    .map(({ severity, code, path, message }) => {
      expect(message).not.toBe('')
      return `${severity} ${code} ${path.replace('manip.fcts[0]', '').replace(/^\./, '')}`.trim()
    })
}

const REMOVAL = { source: 'conn_removal' }
const REWIRING = {
  source: 'conn_rewiring',
  syn_class: 'EXC',
  model_config: { prob_model_spec: CHANCE, delay_model_spec: DELAYS },
}
const WIRING = {
  source: 'conn_wiring',
  model_config: {
    prob_model_spec: CHANCE,
    nsynconn_model_spec: { model: 'NSynConnModel', mean: 2, std: 0.5 },
    delay_model_spec: DELAYS,
  },
}
const alteration = (synProp: string, newValue: Json, more: Record<string, Json> = {}) => ({
  source: 'syn_prop_alteration',
  syn_prop: synProp,
  new_value: newValue,
  ...more,
})
const TEN = { mode: 'setval', value: 10 }

it('says nothing of a sound circuit', async () => {
  for (const entry of [REMOVAL, REWIRING, WIRING, alteration('delay', TEN)])
    expect(await found(entry)).toEqual([])
})

describe('circuits that 1.0.4 stops at', () => {
  it.each<[string, (circuit: Circuit) => void, string]>([
    [
      'no index by target',
      c => {
        c.indexed = false
      },
      'error circuit.refused circuit_config',
    ],
    [
      'ids without node_population',
      c => {
        c.named = false
      },
      'error circuit.refused circuit_config',
    ],
    [
      'two property groups',
      c => {
        c.grouped = true
      },
      'error circuit.refused circuit_config',
    ],
    [
      'text',
      c => {
        c.properties.label = { texts: c.source.map(id => `s${id}`) }
      },
      'error property.refused circuit_config',
    ],
    [
      'no edges',
      c => {
        c.source = []
        c.target = []
        for (const [name, column] of Object.entries(c.properties))
          if ('type' in column) c.properties[name] = { ...column, values: [] }
      },
      'error circuit.refused circuit_config',
    ],
    [
      'no group of properties',
      c => {
        c.properties = {}
      },
      'error circuit.refused circuit_config',
    ],
    [
      'types in CSV',
      c => {
        c.types = 'edge_type_id weight\n7 0.5\n'
      },
      'error property.types circuit_config',
    ],
  ])('%s', async (_, change, expected) => {
    expect(await found(REMOVAL, place(change))).toEqual([expected])
  })
})

describe('what syn_prop_alteration names', () => {
  it.each<[Json, Record<string, Json>, string[]]>([
    ['g_syn', {}, ['error property.missing syn_prop']],
    ['conductanc', {}, ['error property.missing syn_prop']],
    ['mtype', {}, ['error property.missing syn_prop']],
    ['edge_type_id', {}, ['error key.value syn_prop']],
    ['@source_node', {}, ['error key.value syn_prop']],
    [
      'delay',
      { syn_filter: { synapse_class: ['EXC'] } },
      ['error property.missing syn_filter.synapse_class'],
    ],
    ['delay', { syn_filter: { edge_type_id: [0] } }, ['error property.missing syn_filter.edge_type_id']],
    ['delay', { syn_filter: { '@source_node': [0] } }, ['error property.missing syn_filter.@source_node']],
    ['delay', { syn_filter: { syn_type_id: ['100'] } }, ['error property.value syn_filter.syn_type_id']],
    ['delay', { syn_filter: { syn_type_id: [100, 101] } }, []],
  ])('%j %j', async (property, more, expected) => {
    expect(await found(alteration(String(property), TEN, more))).toEqual(expected)
  })

  it.each<[Json, string[]]>([
    [{ mode: 'setval', value: 255 }, []],
    [{ mode: 'setval', value: 256 }, ['error property.value new_value.value']],
    [{ mode: 'setval', value: -5 }, ['error property.value new_value.value']],
    [{ mode: 'setval', value: 2.75 }, ['warning property.value new_value.value']],
    [{ mode: 'offset', value: -5 }, ['error property.value new_value.value']],
    [{ mode: 'offset', value: 200 }, ['warning property.value new_value.value']],
    [{ mode: 'scale', factor: 300 }, ['error property.value new_value.factor']],
    [{ mode: 'scale', factor: 0.5 }, []],
  ])('on 8 bits without sign %j', async (how, expected) => {
    expect(await found(alteration('n_rrp_vesicles', how))).toEqual(expected)
  })
})

describe('what an operation needs', () => {
  const without = (...names: string[]): string =>
    place(circuit => {
      for (const name of names) {
        delete circuit.properties[name]
        delete circuit.attributes[name]
      }
    })

  it('of the edges', async () => {
    expect(await found({ source: 'syn_removal', rescale_gsyn: true }, without('conductance'))).toContain(
      'error property.missing rescale_gsyn',
    )
    expect(await found(REWIRING, without('syn_type_id'))).toEqual(['error property.missing'])
    expect(await found(REWIRING, without('afferent_center_x'))).toEqual(['error property.missing'])
    expect(await found(WIRING, without('afferent_section_pos'))).toEqual(['error property.missing'])
  })

  it('of their order and class', async () => {
    expect(await found(REWIRING, place(shuffleRows))).toEqual(['error circuit.order'])
    const wrong = place(circuit => {
      circuit.properties.syn_type_id = { type: 'i64', values: circuit.source.map(() => 110) }
    })
    expect(await found(REWIRING, wrong)).toEqual([])
    expect(await found({ ...REWIRING, syn_class: 'INH' }, wrong)).toEqual(['error circuit.class syn_class'])
  })

  it('of the nodes', async () => {
    expect(await found(REWIRING, without('x'))).toEqual(['error property.missing', 'error property.missing'])
    expect(await found(REMOVAL, without('mtype'))).toEqual(['error population.no-mtype circuit_config'])
    expect(await found(REMOVAL, without('synapse_class'))).toEqual([])
    const inhibited = place(circuit => {
      circuit.attributes.synapse_class = new Array(circuit.nodes).fill('EXC')
    })
    expect(await found({ ...REWIRING, syn_class: 'INH' }, inhibited)).toContain(
      'error selection.nothing syn_class',
    )
  })

  it('of pathways', async () => {
    const wiring = { ...WIRING, model_pathways: 'pathways.parquet' }
    const both = ['error path.missing model_pathways', 'error property.missing model_pathways']
    expect(await found(wiring)).toEqual(both)
    writeFileSync(join(folder, 'pathways.parquet'), '')
    expect(await found(wiring)).toEqual(both.slice(1))
    const regions = place(circuit => {
      circuit.attributes.region = new Array(circuit.nodes).fill('A')
      circuit.attributes.hemisphere = new Array(circuit.nodes).fill('left')
    })
    expect(await found(wiring, regions)).toEqual([])
  })

  it('of the types of what wiring makes itself, where it drops other properties', async () => {
    const bytes = (circuit: Circuit): void => {
      const { afferent_section_type: old } = circuit.properties
      if (old === undefined || !('values' in old)) throw new Error('no afferent_section_type')
      circuit.properties.afferent_section_type = { ...old, type: 'u8' }
    }
    expect(await found(WIRING, place(bytes))).toEqual(['error property.value'])
    const alone = place(circuit => {
      bytes(circuit)
      for (const name of ['conductance', 'n_rrp_vesicles', 'u_syn']) delete circuit.properties[name]
    })
    expect(await found(WIRING, alone)).toEqual([])
  })

  it('of the morphologies', async () => {
    const some = place(circuit => {
      circuit.morphologies = ['m0', 'm2']
    })
    expect(await found(WIRING, some)).toEqual(['error wiring.morphology morph_ext'])
    expect(await found({ ...WIRING, sel_dest: [0, 3] }, some)).toEqual([])
    expect(await found({ ...WIRING, amount_pct: 20 }, some)).toEqual(['warning wiring.morphology morph_ext'])
    const random = { ...REWIRING, keep_indegree: false, gen_method: 'sample', syn_pos_mode: 'random' }
    expect(await found(random, some)).toEqual(['error wiring.morphology morph_ext'])
    expect(await found(random, without('morphology'))).toEqual(['error property.missing'])
    expect(await found(random)).toEqual([])
    expect(await found({ ...WIRING, morph_ext: 'h5' })).toEqual(['error wiring.morphology morph_ext'])
    expect(await found({ ...WIRING, morph_ext: 'obj' })).toEqual(['error wiring.morphology morph_ext'])
  })
})

describe('splits that are left without rows', () => {
  const rescaled = { source: 'syn_removal', rescale_gsyn: true }
  const alone = { sel_src: [0], sel_dest: [1] }
  it.each<[string, Record<string, Json>, number, string[]]>([
    [
      'subsampling',
      { source: 'syn_subsampling', keep_pct: 50 },
      20,
      ['note splits.empty', 'error splits.empty'],
    ],
    ['subsampling, one split', { source: 'syn_subsampling', keep_pct: 50 }, 1, []],
    ['rescaling what is all removed', rescaled, 1, ['error splits.empty rescale_gsyn']],
    ['rescaling what is left', { ...rescaled, amount_pct: 50 }, 1, []],
    ['rescaling, one kept of each', { ...rescaled, keep_conns: true }, 1, []],
    [
      'rescaling in too many splits',
      { ...rescaled, keep_conns: true, ...alone },
      6,
      ['error splits.empty rescale_gsyn'],
    ],
    ['wiring', WIRING, 2, ['warning splits.columns']],
    ['wiring the first targets', { ...WIRING, sel_dest: [0, 1] }, 2, ['error splits.columns']],
  ])('%s', async (_, entry, splits, expected) => {
    expect(await found(entry, sound, { N_split_nodes: splits })).toEqual(expected)
  })

  it('sampling', async () => {
    const sampled = { ...REWIRING, keep_indegree: false, gen_method: 'sample' }
    const inhibited = place(circuit => {
      const types = circuit.target.map((id, k) => (id < 6 ? 110 : circuit.source[k] === 2 ? 1 : 1))
      circuit.attributes.synapse_class = circuit.source
        .slice(0, circuit.nodes)
        .map((_, id) => (id === 0 ? 'EXC' : 'INH'))
      const rows = circuit.source.flatMap((id, k) => (id !== 0 || (circuit.target[k] ?? 0) < 6 ? [k] : []))
      const keep = <T>(list: readonly T[]): T[] => rows.map(k => list[k] as T)
      circuit.source = keep(circuit.source)
      circuit.target = keep(circuit.target)
      for (const [name, column] of Object.entries(circuit.properties))
        if ('type' in column)
          circuit.properties[name] = {
            ...column,
            values: keep(name === 'syn_type_id' ? types : column.values),
          }
    })
    const errors = async (splits: number) =>
      (await found(sampled, inhibited, { N_split_nodes: splits })).filter(line => line.startsWith('error'))
    expect(await errors(2)).toEqual(['error splits.sample gen_method'])
    expect(await errors(1)).toEqual([])
  })
})

describe('what an extraction names', () => {
  const sets = join(folder, 'sets.json')
  writeFileSync(sets, JSON.stringify({ Mine: { node_id: [0, 1, 2] }, Odd: { layer: 2 } }))
  it.each<[string, Record<string, Json>, string[]]>([
    ['of the circuit', { target_name: 'Upper' }, []],
    ['of a file', { target_name: 'Mine', node_sets_file: sets }, []],
    [
      'of a file, without ids',
      { target_name: 'Odd', node_sets_file: sets },
      ['error selection.unknown target_name'],
    ],
    ['of no file', { target_name: 'Mien', node_sets_file: sets }, ['error selection.unknown target_name']],
    ['of nowhere', { target_name: 'Uper' }, ['error selection.unknown target_name']],
  ])('%s', async (_, keys, expected) => {
    expect(await found({ source: 'conn_extraction', ...keys })).toEqual(expected)
  })

  it('of the circuit, by an attribute that nobody has', async () => {
    const bare = place(circuit => {
      delete circuit.attributes.layer
    })
    expect(await found({ source: 'conn_extraction', target_name: 'Upper' }, bare)).toEqual([
      'error selection.unknown target_name',
    ])
  })
})

describe('NaN', () => {
  const property = (circuit: Circuit, name: string, change: (value: number, k: number) => number): void => {
    const column = circuit.properties[name]
    if (column !== undefined && 'type' in column)
      circuit.properties[name] = { ...column, values: column.values.map(change) }
  }
  const spoil = (circuit: Circuit): void => {
    property(circuit, 'u_syn', (value, k) => (k % 4 === 1 ? Number.NaN : value))
  }

  it('is told of each float property before the run, with its number', async () => {
    const file = place(spoil)
    expect(await found(REMOVAL, file)).toEqual(['warning property.nan circuit_config'])
    expect(await found({ source: 'null_manipulation' }, file)).toEqual([
      'warning property.nan circuit_config',
    ])
  })

  it('is the likely cause where exactly such edges got other values', async () => {
    const file = place(spoil)
    const original = await openCircuit(file)
    const config = join(folder, `${++written}.json`)
    const fcts = [{ source: 'null_manipulation', model_config: {} }]
    writeFileSync(config, JSON.stringify({ circuit_config: file, manip: { name: 'x', fcts } }))
    const lost = place(circuit => property(circuit, 'u_syn', (value, k) => (k % 4 === 1 ? 0 : value)))
    const other = place(circuit => {
      spoil(circuit)
      property(circuit, 'u_syn', (value, k) => (k === 2 ? value + 1 : value))
    })
    const causes = async (result: string): Promise<string> => {
      const given = { original, manipulated: [result], jobs: 1 }
      const proofs = [...(await verify(given)), ...(await verifyConfig({ ...given, config }))]
      expect(proofs.map(({ verdict }) => verdict)).toEqual(['differs', 'differs'])
      return proofs.map(proof => adviceFor(proof)?.cause).join('; ')
    }
    expect(await causes(lost)).toMatch(/were NaN.*were NaN/)
    expect(await causes(other)).not.toMatch(/NaN/)
    original.close()
  })
})
