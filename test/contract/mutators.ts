/** For each code of an invariant, a way to break just that: from a clean result to one that has it. */
import { chosen, type Operation, type Rewiring } from '../../src/connectome/operations.ts'
import type { ContractCode } from '../../src/verification/contracts/codes.ts'
import type { SplitLog } from '../../src/verification/contracts/rewiring-log.ts'
import {
  type Circuit,
  copy,
  drawCircuit,
  drawRewiring,
  isExcitatory,
  type Pick,
  type Row,
} from './circuits.ts'
import { execute, rewire, shuffle } from './execute.ts'

export interface Scenario {
  circuit: Circuit
  operations: Operation[]
  splits: number
  result: Circuit
  logs?: SplitLog[] | undefined
}

export interface Mutator {
  /** A clean result; undefined where this draw makes none. */
  make: (pick: Pick) => Promise<Scenario | undefined>
  /** Break it; false where there is nothing here to break. */
  damage: (scenario: Scenario, pick: Pick) => boolean
}

const every = (nodes: number) => chosen(nodes)
const evenOnly = (nodes: number) =>
  chosen(
    nodes,
    Uint32Array.from({ length: nodes }, (_, id) => id).filter(id => id % 2 === 0),
  )

type MakeOperation = (nodes: number) => Operation

const predicted =
  (...make: MakeOperation[]): Mutator['make'] =>
  async pick => {
    const circuit = drawCircuit(pick, { edges: 30 })
    const [operations, splits] = [make.map(one => one(circuit.nodes)), 1 + pick(2)]
    const shuffles = operations.some(
      one => one.kind === 'syn_prop_alteration' && one.newValue.mode === 'shuffle',
    )
    const plan = { operations, splits: shuffles ? 1 : splits, seed: pick(1000) }
    const made = await execute(circuit, plan)
    return made && { circuit, operations, splits: plan.splits, result: made.result }
  }

const rewired =
  (change: Partial<Rewiring>, wanted: { logs?: boolean; splits?: number } = {}): Mutator['make'] =>
  async pick => {
    const circuit = drawCircuit(pick, { sorted: true, edges: 30 })
    const asked: Rewiring = {
      ...drawRewiring(pick, circuit.nodes),
      target: every(circuit.nodes),
      percent: 100,
      mode: undefined,
      adjacency: undefined,
      keepConnections: false,
      positions: 'reuse',
      ...change,
    }
    const method = asked.keepIndegree && asked.reuseConnections ? undefined : 'sample'
    const operation = { ...asked, method } as Rewiring
    const splits = wanted.splits ?? 1
    const made = rewire(circuit, operation, splits, pick)
    return (
      made && { circuit, operations: [operation], splits, ...made, logs: wanted.logs ? made.logs : undefined }
    )
  }

/** Delays of {@link rewire} and {@link wired} are draws of it. */
const DELAYS = { a: 4, b: 0, std: 1, min: 0.2 }

/** Some connections more, behind the rows of the circuit. */
const wired: Mutator['make'] = async pick => {
  const circuit = drawCircuit(pick, { edges: 30 })
  const { nodes } = circuit
  const [source, target] = [every(nodes), every(nodes)]
  const excitatory = Uint8Array.from({ length: nodes }, (_, id) => (isExcitatory(id) ? 1 : 0))
  const operation: Operation = {
    kind: 'conn_wiring',
    source,
    target,
    percent: 100,
    delay: DELAYS,
    excitatory,
  }
  const made = Array.from({ length: 3 }, (): Row => {
    const from = pick(nodes)
    const values = {
      ...Object.fromEntries(Object.keys(circuit.rows[0]?.values ?? {}).map(name => [name, 0])),
      afferent_section_id: 1 + pick(9),
      afferent_center_x: pick(100),
      syn_type_id: isExcitatory(from) ? 100 : 0,
      delay: 5 + pick(1_000_000) / 1e6,
    }
    return { source: from, target: (from + 1 + pick(nodes - 1)) % nodes, values }
  })
  const result = { nodes, rows: [...copy(circuit).rows, ...made] }
  return { circuit, operations: [operation], splits: 1, result }
}

const isWired = (row: Row, { circuit, result }: Scenario): boolean =>
  result.rows.indexOf(row) >= circuit.rows.length

const rowsOf = ({ rows }: Circuit, source: number, target: number): Row[] =>
  rows.filter(row => row.source === source && row.target === target)

/** A row that fulfils a condition, if any. */
const find = (scenario: Scenario, pick: Pick, accepts: (row: Row) => boolean): Row | undefined =>
  shuffle(scenario.result.rows, pick).find(accepts)

const remove = ({ result }: Scenario, gone: (row: Row) => boolean): void => {
  result.rows = result.rows.filter(row => !gone(row))
}

const both = (a: Row, b: Row): boolean => a.source === b.source && a.target === b.target
const removal: MakeOperation = nodes => ({
  kind: 'conn_removal',
  source: evenOnly(nodes),
  target: every(nodes),
  percent: 30,
})
const synapses =
  (more: { keepConnections?: boolean; rescale?: boolean; percent?: number }): MakeOperation =>
  nodes => ({
    kind: 'syn_removal',
    source: every(nodes),
    target: every(nodes),
    percent: more.percent ?? 40,
    keepConnections: more.keepConnections ?? false,
    rescale: more.rescale ?? false,
  })
const alteration =
  (newValue: Extract<Operation, { kind: 'syn_prop_alteration' }>['newValue'], percent = 100): MakeOperation =>
  nodes => ({
    kind: 'syn_prop_alteration',
    source: evenOnly(nodes),
    target: every(nodes),
    percent,
    property: 'conductance',
    newValue,
    filter: new Map(),
  })

const change =
  (
    accepts: (row: Row, scenario: Scenario) => boolean,
    value: (row: Row) => Partial<Row['values']>,
  ): Mutator['damage'] =>
  (scenario, pick) => {
    const row = find(scenario, pick, one => accepts(one, scenario))
    if (row === undefined) return false
    Object.assign(row.values, value(row))
    return true
  }

const isEven = (row: Row): boolean => row.source % 2 === 0
const scale = alteration({ mode: 'scale', value: 3, range: undefined })

/** Whether a row of the result stands in the original with the same source, and so does its delay. */
const isOld = ({ circuit }: Scenario, row: Row): boolean =>
  circuit.rows.some(
    old =>
      both(old, row) &&
      old.values.delay === row.values.delay &&
      old.values.afferent_center_x === row.values.afferent_center_x,
  )
const isMade = (row: Row): boolean => row.values.efferent_center_y === 0
const inClass = ({ operations }: Scenario, source: number): boolean =>
  (operations[0] as Rewiring).source.member[source] === 1
const sourcesOf = ({ result }: Scenario, target: number): number[] => [
  ...new Set(result.rows.filter(row => row.target === target).map(row => row.source)),
]
/** A source of the class that the target of a row has not. */
const another = (scenario: Scenario, row: Row): number | undefined =>
  [...(scenario.operations[0] as Rewiring).source.ids].find(
    id => id !== row.target && !sourcesOf(scenario, row.target).includes(id),
  )

const resource =
  (accepts: (row: Row, scenario: Scenario) => boolean): Mutator['damage'] =>
  (scenario, pick) => {
    const row = find(scenario, pick, one => accepts(one, scenario) && another(scenario, one) !== undefined)
    const source = row && another(scenario, row)
    if (row === undefined || source === undefined) return false
    for (const one of rowsOf(scenario.result, row.source, row.target)) one.source = source
    return true
  }

const reuse = { keepIndegree: true, reuseConnections: true } as const
const free = { keepIndegree: false, reuseConnections: true } as const

export const MUTATORS: Readonly<Record<ContractCode, Mutator>> = {
  'connection.new': {
    make: predicted(removal),
    damage: ({ circuit, result }, pick) => {
      const row = result.rows[pick(result.rows.length)]
      const source = Array.from({ length: circuit.nodes }, (_, id) => id).find(
        id => row !== undefined && rowsOf(circuit, id, row.target).length === 0,
      )
      if (row === undefined || source === undefined) return false
      result.rows.push({ ...row, source })
      return true
    },
  },
  'connection.grown': {
    make: predicted(removal),
    damage: ({ result }, pick) => {
      const row = result.rows[pick(result.rows.length)]
      if (row !== undefined) result.rows.push({ ...row, values: { ...row.values } })
      return row !== undefined
    },
  },
  'kept.changed': {
    make: predicted(removal),
    damage: change(
      () => true,
      ({ values }) => ({ afferent_section_id: (values.afferent_section_id ?? 0) + 1 }),
    ),
  },
  'removal.outside': {
    make: predicted(removal),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, one => !isEven(one))
      if (row !== undefined) remove(scenario, one => both(one, row))
      return row !== undefined
    },
  },
  'removal.partial': {
    make: predicted(removal),
    damage: (scenario, pick) => {
      const row = find(
        scenario,
        pick,
        one => isEven(one) && rowsOf(scenario.result, one.source, one.target).length > 1,
      )
      if (row !== undefined) remove(scenario, one => one === row)
      return row !== undefined
    },
  },
  'removal.amount': {
    make: predicted(removal),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, isEven)
      if (row !== undefined) remove(scenario, one => both(one, row))
      return row !== undefined
    },
  },
  'connection.emptied': {
    make: predicted(synapses({ keepConnections: true })),
    damage: (scenario, pick) => {
      const row = scenario.result.rows[pick(scenario.result.rows.length)]
      if (row !== undefined) remove(scenario, one => both(one, row))
      return row !== undefined
    },
  },
  'conductance.sum': {
    make: predicted(synapses({ rescale: true, percent: 50 })),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, one => {
        const left = rowsOf(scenario.result, one.source, one.target).length
        return left > 0 && left < rowsOf(scenario.circuit, one.source, one.target).length
      })
      if (row !== undefined) row.values.conductance = Math.fround((row.values.conductance ?? 0) * 1.001)
      return row !== undefined
    },
  },
  'conductance.ratio': {
    make: predicted(synapses({ rescale: true, percent: 30 })),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, one => {
        const left = rowsOf(scenario.result, one.source, one.target).length
        return left > 1 && left < rowsOf(scenario.circuit, one.source, one.target).length
      })
      const [a, b] = row === undefined ? [] : rowsOf(scenario.result, row.source, row.target)
      if (a === undefined || b === undefined) return false
      const moved = (a.values.conductance ?? 0) / 4
      a.values.conductance = Math.fround((a.values.conductance ?? 0) - moved)
      b.values.conductance = Math.fround((b.values.conductance ?? 0) + moved)
      return true
    },
  },
  'alteration.outside': {
    make: predicted(scale),
    damage: change(
      row => !isEven(row),
      () => ({ conductance: 77 }),
    ),
  },
  'alteration.amount': {
    make: predicted(alteration({ mode: 'scale', value: 3, range: undefined }, 50)),
    damage: (scenario, pick) => {
      const { circuit } = scenario
      const untouched = (row: Row): boolean =>
        isEven(row) &&
        circuit.rows.some(
          old =>
            both(old, row) &&
            old.values.afferent_center_x === row.values.afferent_center_x &&
            old.values.conductance === row.values.conductance,
        )
      const row = find(scenario, pick, untouched)
      if (row !== undefined) row.values.conductance = Math.fround((row.values.conductance ?? 0) * 3)
      return row !== undefined
    },
  },
  'alteration.value': {
    make: predicted(scale),
    damage: change(isEven, ({ values }) => ({ conductance: Math.fround((values.conductance ?? 0) * 1.01) })),
  },
  'alteration.multiset': {
    make: predicted(alteration({ mode: 'shuffle' })),
    damage: change(isEven, () => ({ conductance: 77 })),
  },
  'alteration.range': {
    make: predicted(
      alteration({ mode: 'randval', rng: 'uniform', arguments: { low: 0, high: 9 }, range: [1, 5] }),
    ),
    damage: change(isEven, () => ({ conductance: 6 })),
  },
  'value.nan': {
    make: predicted(scale),
    damage: change(isEven, () => ({ conductance: Number.NaN })),
  },
  'rewiring.outside': {
    make: rewired(reuse),
    damage: change(
      row => !isExcitatory(row.source),
      ({ values }) => ({ n_rrp: (values.n_rrp ?? 0) + 1 }),
    ),
  },
  'rewiring.unsorted': {
    make: rewired(reuse),
    damage: ({ result }) => {
      const at = result.rows.findIndex((row, k) => row.target !== result.rows[k + 1]?.target)
      const [a, b] = [result.rows[at], result.rows[at + 1]]
      if (a === undefined || b === undefined) return false
      result.rows.splice(at, 2, b, a)
      return true
    },
  },
  'rewiring.autapse': {
    make: rewired(reuse),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, one => !isOld(scenario, one) && inClass(scenario, one.target))
      if (row === undefined) return false
      for (const one of rowsOf(scenario.result, row.source, row.target)) one.source = one.target
      return true
    },
  },
  'rewiring.amount': {
    make: rewired({ ...reuse, percent: 0 }),
    damage: change(
      (row, scenario) => inClass(scenario, row.source) && row.source !== row.target,
      () => ({ delay: 4.5 }),
    ),
  },
  'rewiring.nothing': {
    make: rewired(reuse),
    damage: scenario => {
      scenario.result.rows = copy(scenario.circuit).rows
      return scenario.circuit.rows.some(row => inClass(scenario, row.source))
    },
  },
  'wiring.nothing': {
    make: wired,
    damage: scenario => {
      scenario.result.rows = copy(scenario.circuit).rows
      return true
    },
  },
  'rewiring.delay': {
    make: rewired({ ...reuse, delay: DELAYS }),
    damage: (scenario, pick) => {
      const drawn = change(
        (row, one) => inClass(one, row.source) && !isOld(one, row),
        () => ({ delay: [-5, 0.19, 1e9, Number.NaN][pick(4)] ?? 0 }),
      )
      return drawn(scenario, pick)
    },
  },
  'rewiring.bounds': {
    make: wired,
    damage: (scenario, pick) =>
      change(
        isWired,
        row =>
          [
            { afferent_section_id: -1 },
            { afferent_center_x: Number.NaN },
            { syn_type_id: isExcitatory(row.source) ? 0 : 100 },
          ][pick(3)] ?? {},
      )(scenario, pick),
  },
  'rewiring.row': {
    make: rewired(reuse),
    damage: change(
      (row, scenario) => inClass(scenario, row.source),
      ({ values }) => ({ afferent_section_id: (values.afferent_section_id ?? 0) + 1 }),
    ),
  },
  'rewiring.indegree': {
    make: rewired({ keepIndegree: true, reuseConnections: false }),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, isMade)
      if (row !== undefined) remove(scenario, one => both(one, row) && isMade(one))
      return row !== undefined
    },
  },
  'rewiring.sizes': {
    make: rewired(reuse),
    damage: (scenario, pick) => {
      const row = find(
        scenario,
        pick,
        one =>
          !isOld(scenario, one) &&
          rowsOf(scenario.result, one.source, one.target).length > 2 &&
          another(scenario, one) !== undefined,
      )
      const source = row && another(scenario, row)
      if (row === undefined || source === undefined) return false
      row.source = source
      return true
    },
  },
  'rewiring.pairs': {
    make: rewired({ ...free, mode: 'add_only' }),
    damage: (scenario, pick) => {
      const row = find(
        scenario,
        pick,
        one => inClass(scenario, one.source) && rowsOf(scenario.circuit, one.source, one.target).length > 0,
      )
      if (row !== undefined) remove(scenario, one => both(one, row))
      return row !== undefined
    },
  },
  'rewiring.kept': {
    make: rewired({ ...free, keepConnections: true }),
    damage: change(
      (row, scenario) => inClass(scenario, row.source) && row.source !== row.target && isOld(scenario, row),
      () => ({ delay: 4.5 }),
    ),
  },
  'rewiring.position': {
    make: rewired({ keepIndegree: true, reuseConnections: false }),
    damage: change(isMade, () => ({ afferent_center_x: 12345 })),
  },
  'rewiring.sampled': {
    make: rewired({ keepIndegree: true, reuseConnections: false }),
    damage: change(isMade, () => ({ conductance: 77 })),
  },
  'rewiring.constant': {
    make: rewired({ keepIndegree: true, reuseConnections: false }),
    damage: (scenario, pick) => {
      const row = find(
        scenario,
        pick,
        one => isMade(one) && rowsOf(scenario.result, one.source, one.target).length > 1,
      )
      const other = scenario.circuit.rows.find(one => one.values.u_syn !== row?.values.u_syn)
      if (row === undefined || other === undefined) return false
      row.values.u_syn = other.values.u_syn ?? 0
      return true
    },
  },
  'rewiring.model': {
    make: rewired({ ...free, adjacency: (source, target) => (source + target) % 2 === 0 }),
    damage: resource((row, scenario) => inClass(scenario, row.source) && !isOld(scenario, row)),
  },
  'row.copied': {
    make: rewired({ keepIndegree: false, reuseConnections: false, delay: DELAYS }),
    damage: (scenario, pick) => {
      const row = find(scenario, pick, isMade)
      if (row === undefined) return false
      scenario.result.rows.splice(scenario.result.rows.indexOf(row), 0, { ...row, values: { ...row.values } })
      return true
    },
  },
  'log.rows': {
    make: rewired(free, { logs: true }),
    damage: change(
      (row, scenario) => inClass(scenario, row.source) && !isMade(row) && !isOld(scenario, row),
      ({ values }) => ({ afferent_section_id: (values.afferent_section_id ?? 0) + 1 }),
    ),
  },
  'log.connection': {
    make: rewired(reuse, { logs: true, splits: 2 }),
    damage: resource((row, scenario) => inClass(scenario, row.source) && !isOld(scenario, row)),
  },
}

export const scenarioCopy = (scenario: Scenario): Scenario => ({ ...scenario, result: copy(scenario.result) })
