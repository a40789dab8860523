/** What conn_rewiring asserts of the rows it is given: their order, and the class of their synapses. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { type NumberType, readValue } from '../../connectome/numbers.ts'
import { readIds } from '../../connectome/read-ids.ts'
import { argumentPath } from './arguments.ts'
import type { Ends } from './circuit-rules.ts'
import type { Findings } from './diagnostics.ts'
import type { CallOf } from './operations.ts'
import type { ManipConfig } from './parse.ts'

const WINDOW = 65_536

/** `sources`, `targets`: nodes of the selections; `undefined` where they are not known. */
export async function checkRewiredRows(
  call: CallOf<'conn_rewiring'>,
  {
    edges,
    ends,
    sources,
    targets,
  }: {
    edges: EdgeSource
    ends: Ends
    sources: Uint32Array | undefined
    targets: Uint32Array | undefined
  },
  config: ManipConfig,
  findings: Findings,
): Promise<void> {
  const ofClass = await sourcesOfClass(call, ends, sources)
  if (ofClass !== undefined && !ofClass.includes(1))
    findings.error(
      'selection.nothing',
      argumentPath(call, 'syn_class', config),
      `no selected source has synapse_class ${call.synClass}: the package stops`,
    )
  const kind = (await edges.table?.())?.columns.find(({ name }) => name === 'syn_type_id')
  const nodes = ends.target.nodes.size
  const block = Math.max(1, Math.ceil(nodes / config.splits))
  const last = new Uint32Array(Math.ceil(nodes / block))
  /** By split: edges to selected targets, and edges of the class that is sampled from. */
  const reached = new Uint32Array(last.length)
  const sampled = new Uint32Array(last.length)
  const wanted = new Set(targets)
  let unsorted: number | undefined
  let other: number | undefined
  for (let first = 0; first < edges.edgeCount; first += WINDOW) {
    const rows = Math.min(WINDOW, edges.edgeCount - first)
    const heads = await readIds(edges.target, first, rows, nodes)
    for (const [k, target] of heads.entries()) {
      const split = Math.floor(target / block)
      if (wanted.has(target)) reached[split] = (reached[split] ?? 0) + 1
      if (target < (last[split] ?? 0)) unsorted ??= first + k
      last[split] = target
    }
    if (kind === undefined || ofClass === undefined || kind.type.startsWith('f')) continue
    const from = await readIds(edges.source, first, rows, ends.source.nodes.size)
    const view = new DataView(new ArrayBuffer(rows * kind.bytes))
    await kind.readInto(first, rows, new Uint8Array(view.buffer))
    for (const [k, source] of from.entries()) {
      const fits =
        readValue(view, k * kind.bytes, kind.type as NumberType) >= 100 === (call.synClass === 'EXC')
      const split = Math.floor((heads[k] ?? 0) / block)
      if (fits) sampled[split] = (sampled[split] ?? 0) + 1
      else if (ofClass[source] === 1) other ??= first + k
    }
  }
  const bare = reached.findIndex((count, split) => count > 0 && sampled[split] === 0)
  const samples = call.genMethod === 'sample' && !call.keepIndegree && call.amountPct === 100
  if (samples && config.functions[0] === call && kind !== undefined && ofClass !== undefined && bare >= 0)
    findings.error(
      'splits.sample',
      argumentPath(call, 'gen_method', config),
      `split ${bare} (from 0) has no synapse of class ${call.synClass} to sample from: conn_rewiring stops there`,
      'Take fewer splits.',
    )
  if (unsorted !== undefined)
    findings.error(
      'circuit.order',
      call.path,
      `the edges are not sorted by target (edge ${unsorted} comes after one to a higher target of the same split): conn_rewiring stops`,
      'Sort the edges by target node, or run with as many splits as there are target nodes.',
    )
  if (other !== undefined)
    findings.error(
      'circuit.class',
      argumentPath(call, 'syn_class', config),
      `edge ${other} is from a source of class ${call.synClass}, and its syn_type_id is ${call.synClass === 'EXC' ? 'below 100' : '100 or above'}: conn_rewiring stops`,
      'syn_type_id is below 100 for inhibitory synapses, and 100 or above for excitatory ones.',
    )
}

/** 1 for the selected sources of the class that is rewired; `undefined` where it cannot be told. */
async function sourcesOfClass(
  call: CallOf<'conn_rewiring'>,
  { source }: Ends,
  selected: Uint32Array | undefined,
): Promise<Uint8Array | undefined> {
  if (selected === undefined || !(await source.nodes.attributeNames()).includes('synapse_class'))
    return undefined
  const column = await source.nodes.attribute('synapse_class')
  if (column.kind !== 'text' && column.kind !== 'library') return undefined
  const marks = new Uint8Array(source.nodes.size)
  const chosen = new Set(selected)
  for (const id of await column.matchText(value => value === call.synClass)) if (chosen.has(id)) marks[id] = 1
  return marks
}
