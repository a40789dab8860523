/** One pass over the rows of an edge population, ascending by (target, source) whatever order they are stored in. */
import { setImmediate } from 'node:timers/promises'
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import type { KernelBuild } from '../kernels/load.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { openWindows, Tiers } from './open-windows.ts'
import { checkRange, OrderError } from './order.ts'
import { Scan } from './scan.ts'
import { WINDOW_ROWS } from './windows.ts'

export interface PassOptions {
  /** Bytes for the keys of rows that are out of order; more go to a temporary file in `folder`. */
  readonly memory?: number | undefined
  readonly folder?: string | undefined
  readonly windowRows?: number | undefined
  readonly bucketRows?: number | undefined
  readonly kernels?: KernelBuild | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface RowVisitor<T> {
  /**
   * Rows as 0-based node ids; they follow those of the call before, and are good until it returns. They lie in the
   * kernel memory that the visitor was made with, at their `byteOffset`.
   */
  rows(source: Uint32Array, target: Uint32Array): void
  /** @param order of the rows as they are stored */
  close(order: EdgeOrder): T
}

const DEFAULT_MEMORY = 2 ** 30
/** Milliseconds after which the pass lets others in and says how far it is. */
const PAUSE = 50

/**
 * @param visit makes a visitor; made again where the rows turn out to need another way to be put in order
 * @throws InputError if a row cannot be read, or if an id is none of a node
 */
export async function passRows<T>(
  edges: EdgeSource,
  visit: (memory: KernelMemory) => RowVisitor<T>,
  options: PassOptions = {},
): Promise<T> {
  const tiers = new Tiers()
  for (;;) {
    try {
      const memory = new KernelMemory(options.kernels)
      return await passOnce(edges, memory, visit(memory), tiers, options)
    } catch (error) {
      if (!(error instanceof OrderError)) throw error
      tiers.learn(error)
    }
  }
}

async function passOnce<T>(
  edges: EdgeSource,
  memory: KernelMemory,
  visitor: RowVisitor<T>,
  tiers: Tiers,
  options: PassOptions,
): Promise<T> {
  const windows = await openWindows(memory, edges, tiers.of(edges), {
    rows: options.windowRows ?? WINDOW_ROWS,
    wide: false,
    buckets: {
      budget: { left: options.memory ?? DEFAULT_MEMORY },
      range: { from: 0, to: Number.POSITIVE_INFINITY },
      folder: options.folder,
      bucketRows: options.bucketRows,
    },
  })
  const scan = new Scan(memory)
  let lastPause = performance.now()
  try {
    for (let final = false; !final; ) {
      const { source, target, length, ...window } = await windows.next()
      final = window.final
      scan.rows(source, target, length)
      if (scan.targetBroken) throw new OrderError(edges, 'buckets')
      if (scan.sourceBroken) throw new OrderError(edges, 'columns')
      checkRange(edges, scan.largestSource, scan.largestTarget)
      visitor.rows(memory.words(source, length), memory.words(target, length))
      if (performance.now() - lastPause < PAUSE) continue
      options.onProgress?.(windows.rowsRead, edges.edgeCount)
      await setImmediate()
      options.signal?.throwIfAborted()
      lastPause = performance.now()
    }
  } finally {
    windows.close()
  }
  return visitor.close(windows.order)
}
