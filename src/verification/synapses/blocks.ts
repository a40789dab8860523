/** Both populations block by block of targets, with all properties: what needs more than one look at each row. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { WINDOW_ROWS } from '../windows.ts'
import { countTargets, planBlocks, type TargetCounts } from './block-plan.ts'
import { type ColumnPair, pairColumns } from './columns.ts'
import { type DealOptions, DealtRows } from './dealt-rows.ts'
import type { SynapseOptions, TargetBlock, TargetBlocks } from './expectation.ts'
import { type SideColumn, type SideRows, StretchRows } from './side-rows.ts'

const DEFAULT_MEMORY = 2 ** 30

/** All blocks, with the properties that both sides have. See {@link TargetBlocks}. */
export const targetBlocks: TargetBlocks = async function* (original, manipulated, options = {}) {
  const { pairs } = await pairColumns(original, manipulated, { order: { kind: 'any' } })
  const { from = 0, to = Number.POSITIVE_INFINITY } = options.targets ?? {}
  yield* blocksOf(original, manipulated, pairs, target => target >= from && target < to, options)
}

/** Blocks of the wanted targets. Rejects with InputError if one of the two cannot be read. */
export async function* blocksOf(
  original: EdgeSource,
  manipulated: EdgeSource,
  pairs: readonly ColumnPair[],
  wanted: (target: number) => boolean,
  options: SynapseOptions,
): AsyncIterable<TargetBlock> {
  const windowRows = options.windowRows ?? WINDOW_ROWS
  const counts = [
    await countTargets(original, windowRows),
    await countTargets(manipulated, windowRows),
  ] as const
  const targets = Math.max(original.targetCount, manipulated.targetCount)
  const blocks = planBlocks([counts[0].counts, counts[1].counts], targets, windowRows, wanted)
  const deal = {
    windowRows,
    budget: { left: options.memory ?? DEFAULT_MEMORY },
    folder: options.folder,
    signal: options.signal,
  }
  const memory = new KernelMemory(options.kernels)
  const open = (edges: EdgeSource, side: 'before' | 'after', counted: TargetCounts): Promise<SideRows> => {
    const columns = pairs.map(pair => ({ name: pair.name, bytes: pair.bytes, read: pair[side] }))
    return openSide(memory, edges, columns, counted, blocks, deal)
  }
  const before = await open(original, 'before', counts[0])
  try {
    const after = await open(manipulated, 'after', counts[1])
    try {
      let [rows, target] = [0, 0]
      for (const block of blocks) {
        options.signal?.throwIfAborted()
        for (; target < block.from; target++) rows += counts[0].counts[target] ?? 0
        options.onProgress?.(rows, original.edgeCount)
        // The first is copied out of kernel memory, which the second may make grow.
        const one = owned(await before.rows(block))
        yield { ...block, original: one, manipulated: await after.rows(block) }
      }
    } finally {
      after.close()
    }
  } finally {
    before.close()
  }
}

function openSide(
  memory: KernelMemory,
  edges: EdgeSource,
  columns: readonly SideColumn[],
  counts: TargetCounts,
  blocks: Parameters<typeof DealtRows.deal>[4],
  deal: DealOptions,
): Promise<SideRows> {
  return counts.sorted
    ? Promise.resolve(new StretchRows(memory, edges, columns, counts, deal.windowRows))
    : DealtRows.deal(memory, edges, columns, counts, blocks, deal)
}

const owned = (rows: TargetBlock['original']): TargetBlock['original'] => ({
  ...rows,
  columns: new Map([...rows.columns].map(([name, bytes]) => [name, bytes.slice()])),
})
