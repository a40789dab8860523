/** Traps that show on the circuit: what 1.0.4 stops at, loses, or needs of edges, nodes and morphologies. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkManipConfig } from '../../../src/interop/manip-config/check.ts'
import { openCircuit } from '../../../src/open-circuit.ts'
import { adviceFor } from '../../../src/report/advice.ts'
import { verify } from '../../../src/verify.ts'
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
      'warning property.refused circuit_config',
    ],
    [
      'types in CSV',
      c => {
        c.types = 'edge_type_id weight\n7 0.5\n'
      },
      'warning property.types circuit_config',
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

  it('of the morphologies', async () => {
    const some = place(circuit => {
      circuit.morphologies = ['m0', 'm2']
    })
    expect(await found(WIRING, some)).toEqual(['error wiring.morphology morph_ext'])
    expect(await found({ ...WIRING, sel_dest: [0, 3] }, some)).toEqual([])
    expect(await found({ ...WIRING, amount_pct: 20 }, some)).toEqual(['warning wiring.morphology morph_ext'])
    expect(await found({ ...WIRING, morph_ext: 'h5' })).toEqual(['error wiring.morphology morph_ext'])
    expect(await found({ ...WIRING, morph_ext: 'obj' })).toEqual(['error wiring.morphology morph_ext'])
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
    const original = await openCircuit(place(spoil))
    const lost = place(circuit => property(circuit, 'u_syn', (value, k) => (k % 4 === 1 ? 0 : value)))
    const other = place(circuit => {
      spoil(circuit)
      property(circuit, 'u_syn', (value, k) => (k === 2 ? value + 1 : value))
    })
    const causes = async (manipulated: string): Promise<string> => {
      const [proof] = await verify({ original, manipulated: [manipulated], jobs: 1 })
      expect(proof?.verdict).toBe('differs')
      return proof === undefined ? '' : (adviceFor(proof)?.cause ?? '')
    }
    expect(await causes(lost)).toMatch(/NaN/)
    expect(await causes(other)).not.toMatch(/NaN/)
    original.close()
  })
})
