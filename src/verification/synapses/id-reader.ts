/** One id column as u32, window by window, for passes that need no other. */
import type { IdColumn } from '../../connectome/edges.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { ColumnWindow } from '../windows.ts'

export class IdReader {
  readonly #memory = new KernelMemory()
  readonly #window: ColumnWindow

  constructor(column: IdColumn, rows: number) {
    this.#window = new ColumnWindow(this.#memory, column, rows, false)
  }

  /** Good until the next call. @throws InputError if an id is no node id */
  async read(first: number, count: number): Promise<Uint32Array> {
    await this.#window.fill(first, count)
    return this.#memory.words(this.#window.ids, count)
  }
}
