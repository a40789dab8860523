/** What stops where a split is left without rows. Only of the first function: what later ones are handed is not known. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { share, splitBounds } from '../../connectome/operations.ts'
import { readIds } from '../../connectome/read-ids.ts'
import { argumentPath } from './arguments.ts'
import type { Ends } from './circuit-rules.ts'
import type { Findings } from './diagnostics.ts'
import type { CallOf, OperationCall } from './operations.ts'
import type { ManipConfig } from './parse.ts'

const WINDOW = 65_536

/** Selected nodes; `undefined` where the selection is not known. */
export interface Selected {
  readonly sources: Uint32Array | undefined
  readonly targets: Uint32Array | undefined
}

export async function checkSplitRows(
  call: OperationCall,
  config: ManipConfig,
  { edges, ends, selected }: { edges: EdgeSource; ends: Ends; selected: Selected },
  findings: Findings,
): Promise<void> {
  if (config.generation !== 'B' || config.functions[0] !== call) return
  const counted = (only: Selected): Promise<number[]> => rowsPerSplit(edges, ends, config.splits, only)
  const all = { sources: undefined, targets: undefined }
  if (call.source === 'syn_subsampling') {
    const empty = (await counted(all)).indexOf(0)
    if (empty >= 0)
      findings.error(
        'splits.empty',
        call.path,
        `no edge leads to the target nodes of split ${empty} (from 0): the package stops there (KeyError)`,
        'Take fewer splits.',
      )
  }
  if (call.source === 'syn_removal' && call.rescaleGsyn && selected.sources && selected.targets)
    checkRescaled(call, config, await counted(selected), findings)
  if (call.source === 'conn_wiring' && selected.targets)
    await checkWired(call, config, edges, ends, selected, findings)
}

function checkRescaled(
  call: CallOf<'syn_removal'>,
  config: ManipConfig,
  rows: readonly number[],
  findings: Findings,
): void {
  const path = argumentPath(call, 'rescale_gsyn', config)
  const empty = rows.indexOf(0)
  if (empty >= 0) {
    findings.error(
      'splits.empty',
      path,
      `no selected synapse in split ${empty} (from 0): rescale_gsyn stops there (ValueError)`,
      'Take fewer splits, or another selection.',
    )
    return
  }
  const bare = call.keepConns ? -1 : rows.findIndex(count => count - share(call.amountPct, count) === 0)
  if (bare >= 0)
    findings.error(
      'splits.empty',
      path,
      `no selected synapse is left in split ${bare} (from 0): rescale_gsyn stops there (ValueError)`,
      'Leave it out where everything goes.',
    )
}

/** Splits that make connections have the default columns, the others all. */
async function checkWired(
  call: CallOf<'conn_wiring'>,
  config: ManipConfig,
  edges: EdgeSource,
  { target }: Ends,
  { targets = new Uint32Array(0) }: Selected,
  findings: Findings,
): Promise<void> {
  const names = (await edges.table?.())?.columns.map(({ name }) => name) ?? []
  const more = names.filter(name => !name.startsWith('../') && !WIRED.has(name))
  if (config.splits === 1 || more.length === 0) return
  const wired = splitBounds(target.nodes.size, config.splits).map(([from, to]) =>
    share(call.amountPct, targets.filter(id => id >= from && id < to).length),
  )
  const idle = wired.indexOf(0)
  const some = wired.some(count => count > 0)
  if (!some) return
  const sentence = `keeps ${more.join(', ')}, which the others drop: files of different columns cannot be converted`
  if (idle >= 0)
    findings.error('splits.columns', call.path, `split ${idle} (from 0) wires no target and ${sentence}`, ONE)
  else
    findings.warning(
      'splits.columns',
      call.path,
      `a split that happens to make no connection ${sentence}`,
      ONE,
    )
}

const ONE = 'Set N_split_nodes to 1.'

/** Columns that conn_wiring writes. */
const WIRED: ReadonlySet<string> = new Set([
  'edge_type_id',
  'afferent_section_id',
  'afferent_section_pos',
  'afferent_section_type',
  'afferent_center_x',
  'afferent_center_y',
  'afferent_center_z',
  'syn_type_id',
  'delay',
])

async function rowsPerSplit(
  edges: EdgeSource,
  { source, target }: Ends,
  splits: number,
  { sources, targets }: Selected,
): Promise<number[]> {
  const block = Math.max(1, Math.ceil(target.nodes.size / splits))
  const counts = new Array<number>(splits).fill(0)
  const [from, to] = [marks(source.nodes.size, sources), marks(target.nodes.size, targets)]
  for (let first = 0; first < edges.edgeCount; first += WINDOW) {
    const rows = Math.min(WINDOW, edges.edgeCount - first)
    const targetIds = await readIds(edges.target, first, rows, target.nodes.size)
    const sourceIds = from && (await readIds(edges.source, first, rows, source.nodes.size))
    for (const [k, id] of targetIds.entries()) {
      if ((to && to[id] !== 1) || (from && from[sourceIds?.[k] ?? 0] !== 1)) continue
      const split = Math.floor(id / block)
      counts[split] = (counts[split] ?? 0) + 1
    }
  }
  return counts
}

function marks(nodes: number, ids: Uint32Array | undefined): Uint8Array | undefined {
  if (ids === undefined) return undefined
  const marked = new Uint8Array(nodes)
  for (const id of ids) marked[id] = 1
  return marked
}
