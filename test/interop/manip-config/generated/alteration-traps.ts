/** What can be wrong with a syn_prop_alteration. */
import type { Json } from './operations.ts'
import { everything, on, sets, type Trap } from './trap.ts'

function alters(property: string, how: Json): Trap['spoil'] {
  return sets({ syn_prop: property, new_value: how })
}

export const ALTERATION_TRAPS: readonly Trap[] = [
  ...on(
    ['syn_prop_alteration'],
    {
      'an unknown syn_prop': sets({ syn_prop: 'g_syn' }),
      'a misspelt syn_prop': sets({ syn_prop: 'conductanc' }),
      'a node attribute for syn_prop': sets({ syn_prop: 'mtype' }),
      'syn_prop source': sets({ syn_prop: '@source_node' }),
      'syn_prop source_node_id': sets({ syn_prop: 'source_node_id' }),
      'syn_prop edge_type_id': sets({ syn_prop: 'edge_type_id', new_value: { mode: 'setval', value: 1 } }),
      'syn_filter by a node attribute': sets({ syn_filter: { synapse_class: ['EXC'] } }),
      'syn_filter by edge_type_id': sets({ syn_filter: { edge_type_id: [-1] } }),
      'syn_filter by source': sets({ syn_filter: { '@source_node': [1] } }),
      'syn_filter with text': sets({ syn_filter: { syn_type_id: ['100'] } }),
      'syn_filter with a fraction': sets({ syn_filter: { conductance: [0.1] } }),
      'syn_filter that passes': sets({ syn_filter: { afferent_section_type: [1, 2] } }),
      'syn_filter one value': sets({ syn_filter: { afferent_section_type: 1 } }),
      'setval -5 on u8': alters('n_rrp_vesicles', { mode: 'setval', value: -5 }),
      'setval 300 on u8': alters('n_rrp_vesicles', { mode: 'setval', value: 300 }),
      'setval 20 on u8': alters('n_rrp_vesicles', { mode: 'setval', value: 20 }),
      'setval 2.75 on u8': alters('n_rrp_vesicles', { mode: 'setval', value: 2.75 }),
      'setval -5.5 on u8': alters('n_rrp_vesicles', { mode: 'setval', value: -5.5 }),
      'setval 1e30 on u8': alters('n_rrp_vesicles', { mode: 'setval', value: 1e30 }),
      'offset -5 on u8': alters('n_rrp_vesicles', { mode: 'offset', value: -5 }),
      'offset 300 on u8': alters('n_rrp_vesicles', { mode: 'offset', value: 300 }),
      'offset 100 on u8': alters('n_rrp_vesicles', { mode: 'offset', value: 100 }),
      'offset -250.5 on u8': alters('n_rrp_vesicles', { mode: 'offset', value: -250.5 }),
      'scale 3 on u8': alters('n_rrp_vesicles', { mode: 'scale', factor: 3 }),
      'scale 300 on u8': alters('n_rrp_vesicles', { mode: 'scale', factor: 300 }),
      'scale -1 on u8': alters('n_rrp_vesicles', { mode: 'scale', factor: -1 }),
      'scale 0.5 on u8': alters('n_rrp_vesicles', { mode: 'scale', factor: 0.5 }),
      'range below on u8': alters('n_rrp_vesicles', { mode: 'offset', value: 10, range: [-5, 90] }),
      'range within on u8': alters('n_rrp_vesicles', { mode: 'offset', value: 10.5, range: [0, 90] }),
      'setval on i64': alters('afferent_section_id', { mode: 'setval', value: 2 ** 40 }),
      'randval on u8': alters('n_rrp_vesicles', {
        mode: 'randval',
        rng: 'uniform',
        kwargs: { low: 1, high: 9 },
      }),
      'randval above u8': alters('n_rrp_vesicles', {
        mode: 'randval',
        rng: 'uniform',
        kwargs: { low: 256, high: 999 },
      }),
      'randscale of integers': alters('n_rrp_vesicles', {
        mode: 'randscale',
        rng: 'poisson',
        kwargs: { lam: 2 },
      }),
      'an unknown mode': sets({ new_value: { mode: 'set', value: 1 } }),
      'no mode': sets({ new_value: { value: 1 } }),
      'no value': sets({ new_value: { mode: 'setval' } }),
      'factor for value': sets({ new_value: { mode: 'setval', factor: 2 } }),
      'value text': sets({ new_value: { mode: 'setval', value: '1' } }),
      'value null': sets({ new_value: { mode: 'offset', value: null } }),
      'value true': sets({ new_value: { mode: 'setval', value: true } }),
      'a value outside its range': sets({ new_value: { mode: 'setval', value: 5, range: [0, 1] } }),
      'a range upside down': sets({ new_value: { mode: 'scale', factor: 2, range: [2, 1] } }),
      'a range of one': sets({ new_value: { mode: 'scale', factor: 2, range: [1] } }),
      'an unknown generator': sets({ new_value: { mode: 'randval', rng: 'nomral', kwargs: {} } }),
      'a generator without kwargs': sets({ new_value: { mode: 'randval', rng: 'normal' } }),
      'an unknown argument of the generator': sets({
        new_value: { mode: 'randval', rng: 'normal', kwargs: { mean: 1 } },
      }),
      'a generator that takes no size': sets({ new_value: { mode: 'randval', rng: 'rand', kwargs: {} } }),
      'a scale below 0': sets({ new_value: { mode: 'randval', rng: 'normal', kwargs: { scale: -1 } } }),
      'shuffle with splits': ({ entry, top }) => {
        entry.new_value = { mode: 'shuffle' }
        top.N_split_nodes = 2
      },
      shuffle: sets({ new_value: { mode: 'shuffle' } }),
      'no new_value': ({ entry }) => {
        delete entry.new_value
      },
    },
    everything,
  ),
]
