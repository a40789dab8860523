/** What can be wrong with a circuit. */
import { shuffleRows } from './circuit.ts'
import { OPERATIONS } from './operations.ts'
import { on, type Trap } from './trap.ts'

const without =
  (...names: readonly string[]): Trap['spoil'] =>
  ({ circuit }) => {
    for (const name of names) {
      delete circuit.properties[name]
      delete circuit.attributes[name]
    }
  }

const retyped =
  (name: string, type: 'f64' | 'u8' | 'i32' | 'u16' | 'f32' | 'i64'): Trap['spoil'] =>
  ({ circuit }) => {
    const property = circuit.properties[name]
    if (property !== undefined && 'type' in property)
      circuit.properties[name] = {
        type,
        values: property.values.map(value => (type.startsWith('f') ? value : Math.trunc(value))),
      }
  }

export const CIRCUIT_TRAPS: readonly Trap[] = on(OPERATIONS, {
  sound: () => {},
  'not sorted': ({ circuit }) => shuffleRows(circuit),
  'no index': ({ circuit }) => {
    circuit.indexed = false
  },
  'ends without names': ({ circuit }) => {
    circuit.named = false
  },
  'two groups': ({ circuit }) => {
    circuit.grouped = true
  },
  'text property': ({ circuit }) => {
    circuit.properties.label = { texts: circuit.source.map(id => `s${id % 3}`) }
  },
  'no conductance': without('conductance'),
  'no delay': without('delay'),
  'no syn_type_id': without('syn_type_id'),
  'no positions of synapses': without('afferent_center_x', 'afferent_center_y', 'afferent_center_z'),
  'no sections': without('afferent_section_id', 'afferent_section_pos', 'afferent_section_type'),
  'no properties': ({ circuit }) => {
    circuit.properties = {}
  },
  'no mtype': without('mtype'),
  'no synapse_class': without('synapse_class'),
  'no layer': without('layer'),
  'no x': without('x'),
  'no morphology': without('morphology'),
  'a morphology without file': ({ circuit, entry }) => {
    circuit.morphologies = ['m0', 'm2']
    // Else it is chance whether one of those is drawn, and a warning.
    if (entry.source === 'conn_wiring') entry.amount_pct = 100
  },
  'no morphologies': ({ circuit }) => {
    circuit.morphologies = []
  },
  'delay f64': retyped('delay', 'f64'),
  'syn_type_id u8': retyped('syn_type_id', 'u8'),
  'syn_type_id i32': retyped('syn_type_id', 'i32'),
  'conductance of whole numbers': retyped('conductance', 'i32'),
  'a class of synapses that is wrong': ({ circuit }) => {
    const property = circuit.properties.syn_type_id
    if (property !== undefined && 'type' in property)
      circuit.properties.syn_type_id = {
        type: 'i64',
        values: property.values.map((value, k) => (k % 5 === 0 ? (value < 100 ? 110 : 5) : value)),
      }
  },
  'all excitatory': ({ circuit }) => {
    circuit.attributes.synapse_class = new Array(circuit.nodes).fill('EXC')
    circuit.properties.syn_type_id = { type: 'i64', values: circuit.source.map(() => 110) }
  },
  enumerated: ({ circuit }) => {
    circuit.libraries = ['mtype', 'synapse_class', 'morphology']
  },
  'NaN conductance': ({ circuit }) => {
    const property = circuit.properties.conductance
    if (property !== undefined && 'type' in property)
      circuit.properties.conductance = {
        ...property,
        values: property.values.map((value, k) => (k % 5 === 2 ? Number.NaN : value)),
      }
  },
  'types in CSV': ({ circuit }) => {
    circuit.types = 'edge_type_id weight model\n7 0.5 exp2syn\n'
  },
  'another population': ({ circuit }) => {
    circuit.others = ['more']
  },
  'a default population': ({ circuit }) => {
    circuit.others = ['default']
  },
  'a sibling': ({ circuit }) => {
    circuit.siblings = ['default__default__chemical']
  },
  'no edges': ({ circuit }) => {
    circuit.source = []
    circuit.target = []
    for (const [name, property] of Object.entries(circuit.properties))
      if ('type' in property) circuit.properties[name] = { type: property.type, values: [] }
  },
})
