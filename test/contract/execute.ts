/** Results as the package would leave them, from a prediction; rewired ones by the rules alone. */
import { hasBit } from '../../src/connectome/edge-bits.ts'
import { type Plan, type Rewiring, share, splitBounds } from '../../src/connectome/operations.ts'
import { predictionSource } from '../../src/contract/columns.ts'
import { type Prediction, predict } from '../../src/manipulation/predict.ts'
import { Steps } from '../../src/manipulation/steps.ts'
import type { SplitLog } from '../../src/verification/contracts/rewiring-log.ts'
import { type Circuit, cast, copy, type Pick, type Row, TYPES, toSource } from './circuits.ts'

/** Undefined where the config does not determine it. */
export async function execute(
  circuit: Circuit,
  plan: Plan,
): Promise<{ result: Circuit; prediction: Prediction } | undefined> {
  const prediction = await predict(await predictionSource(toSource(circuit)), plan)
  if (prediction.unknownFrom !== undefined) return undefined
  const changed = [...prediction.changes].map(
    ([name, steps]) => [name, new Steps(TYPES[name] ?? 'f32', steps)] as const,
  )
  const bounds = splitBounds(circuit.nodes, plan.splits)
  const rows = bounds.flatMap(([from, to]) =>
    copy(circuit).rows.flatMap((row, edge) => {
      if (row.target < from || row.target >= to || !hasBit(prediction.remain, edge)) return []
      for (const [name, steps] of changed) {
        const known = steps.value(edge, row.values[name] ?? 0)
        if (known.kind === 'exact' || known.kind === 'near')
          row.values[name] = cast(TYPES[name] ?? 'f32', Number(known.value))
        if (known.kind === 'within') row.values[name] = cast(TYPES[name] ?? 'f32', known.range[0])
      }
      return [row]
    }),
  )
  return { result: { nodes: circuit.nodes, rows }, prediction }
}

/** What conn_rewiring could make of a sorted circuit, and its logs. Source: connectome-manipulator.md 2.8. */
export function rewire(
  circuit: Circuit,
  asked: Rewiring,
  splits: number,
  pick: Pick,
): { result: Circuit; logs: SplitLog[] } | undefined {
  const rows: Row[] = []
  const logs: SplitLog[] = []
  for (const [from, to] of splitBounds(circuit.nodes, splits)) {
    const flags = {
      deleted: [] as number[],
      rewiredBefore: [] as number[],
      made: [] as number[],
      rewiredAfter: [] as number[],
    }
    const first = rows.length
    const selected = range(from, to).filter(target => asked.target.member[target] === 1)
    const chosenTargets = new Set(shuffle(selected, pick).slice(0, share(asked.percent, selected.length)))
    for (let target = from; target < to; target++) {
      const old = copy(circuit).rows.filter(row => row.target === target)
      const made = chosenTargets.has(target) ? rewireTarget(old, target, circuit, asked, pick) : undefined
      if (made === null) return undefined
      const { gone = new Set<Row>(), changed = new Set<Row>(), added = [] } = made ?? {}
      for (const row of old) {
        flags.deleted.push(gone.has(row) ? 1 : 0)
        flags.rewiredBefore.push(changed.has(row) ? 1 : 0)
        if (gone.has(row)) continue
        rows.push(row)
        flags.made.push(0)
        flags.rewiredAfter.push(changed.has(row) ? 1 : 0)
      }
      for (const row of added) {
        rows.push(row)
        flags.made.push(1)
        flags.rewiredAfter.push(0)
      }
    }
    const out = rows.slice(first)
    logs.push({
      file: 'log',
      deleted: Uint8Array.from(flags.deleted),
      rewiredBefore: Uint8Array.from(flags.rewiredBefore),
      made: Uint8Array.from(flags.made),
      rewiredAfter: Uint8Array.from(flags.rewiredAfter),
      source: Float64Array.from(out, row => row.source),
      target: Float64Array.from(out, row => row.target),
    })
  }
  return { result: { nodes: circuit.nodes, rows }, logs }
}

interface Made {
  gone: Set<Row>
  changed: Set<Row>
  added: Row[]
}

/** Undefined: left alone; null: not possible. */
function rewireTarget(
  old: Row[],
  target: number,
  circuit: Circuit,
  asked: Rewiring,
  pick: Pick,
): Made | undefined | null {
  const inClass = (source: number): boolean => asked.source.member[source] === 1
  const mine = old.filter(row => inClass(row.source))
  if (old.length === 0 || (asked.positions === 'reuse_strict' && mine.length === 0)) return undefined
  if (asked.keepIndegree && mine.length === 0) return undefined
  const existing = [...new Set(mine.map(row => row.source))]
  const open = [...asked.source.ids].filter(source => source !== target)
  let sources = asked.adjacency
    ? open.filter(source => asked.adjacency?.(source, target))
    : asked.keepIndegree
      ? shuffle(open, pick).slice(0, existing.length)
      : open.filter(() => pick(2) === 0)
  if (asked.keepIndegree && sources.length < existing.length) return null
  if (asked.mode === 'add_only') sources = [...new Set([...sources, ...existing])]
  if (asked.mode === 'delete_only') sources = sources.filter(source => existing.includes(source))
  const kept = asked.keepConnections ? sources.filter(source => existing.includes(source)) : []
  const wanted = shuffle(
    sources.filter(source => !kept.includes(source)),
    pick,
  )
  const free = shuffle(
    existing.filter(source => !kept.includes(source)),
    pick,
  )
  const made: Made = { gone: new Set(), changed: new Set(), added: [] }
  const reused = asked.reuseConnections ? Math.min(free.length, wanted.length) : 0
  const becomes = new Map(free.slice(0, reused).map((source, k) => [source, wanted[k] ?? 0]))
  for (const row of mine) {
    if (kept.includes(row.source)) continue
    const source = becomes.get(row.source)
    if (source === undefined) made.gone.add(row)
    else {
      row.source = source
      row.values.delay = 5 + pick(1_000_000) / 1e6
      made.changed.add(row)
    }
  }
  const like = circuit.rows.filter(row => inClass(row.source))
  if (wanted.length > reused && (asked.method === undefined || like.length === 0)) return null
  for (const source of wanted.slice(reused)) {
    const position =
      asked.positions === 'reuse_strict'
        ? copy(circuit).rows.filter(row => row.target === target && inClass(row.source))
        : copy(circuit).rows.filter(row => row.target === target)
    const sampled = (name: string): number => like[pick(like.length)]?.values[name] ?? 0
    const shared = Object.fromEntries(
      ['conductance', 'n_rrp', 'syn_type_id', 'u_syn'].map(name => [name, sampled(name)]),
    )
    for (const at of shuffle(position, pick).slice(0, 1 + pick(2))) {
      const { afferent_center_x = 0, afferent_section_id = 0 } = at.values
      const delay = 5 + pick(1_000_000) / 1e6
      made.added.push({
        source,
        target,
        values: { ...shared, afferent_center_x, afferent_section_id, delay, efferent_center_y: 0 },
      })
    }
  }
  return made
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k)

export function shuffle<T>(items: readonly T[], pick: Pick): T[] {
  const all = [...items]
  for (let k = all.length - 1; k > 0; k--) {
    const j = pick(k + 1)
    const kept = all[k] as T
    all[k] = all[j] as T
    all[j] = kept
  }
  return all
}
