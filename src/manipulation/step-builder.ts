/** One function's doing to a property, gathered split by split. */
import { type Bits, countBits, noBits, rankOf, setBit } from '../connectome/edge-bits.ts'
import { type NumberType, readValue, type Value } from '../connectome/numbers.ts'
import type { Operation, SynPropAlteration } from '../connectome/operations.ts'
import { gatherColumn, type NumberColumn, type PredictionSource } from './source.ts'
import { type Step, Steps } from './steps.ts'
import { isBeyondSingle, widthOf, writeNew } from './values.ts'
import type { Work } from './work.ts'

/** Values of a property as functions before left them. */
export interface Current {
  readonly type: NumberType
  readonly values: readonly Value[] | Float64Array
  /** The same, packed. */
  readonly bytes: Uint8Array
  /** 1 where the value is only bounded, or not known at all; 2 where it is known within rounding. */
  readonly doubt: Uint8Array
}

interface Chunk {
  readonly edges: Float64Array
  readonly values: Float64Array | Uint8Array | undefined
}

/** More values than this go to numexpr, where that is installed: pandas' `_MIN_ELEMENTS`. */
export const NUMEXPR_ABOVE = 1_000_000

export class StepBuilder {
  readonly property: string
  readonly type: NumberType
  readonly #asked: SynPropAlteration | 'rescale'
  readonly #rows: Bits
  readonly #wide: Bits
  #anyWide = false
  readonly #chunks: Chunk[] = []
  /** Of the split at hand. */
  #now: Chunk | undefined
  /** Values that left the range of their type. */
  overflows = 0
  /** Of some values it cannot be told what becomes of them. */
  undecided = false

  private constructor(
    property: string,
    type: NumberType,
    asked: SynPropAlteration | 'rescale',
    edges: number,
  ) {
    this.property = property
    this.type = type
    this.#asked = asked
    this.#rows = noBits(edges)
    this.#wide = noBits(edges)
  }

  /** Undefined for operations that alter no value, and for properties that are not there. */
  static for(operation: Operation, source: PredictionSource): StepBuilder | undefined {
    const rescales = operation.kind === 'syn_removal' && operation.rescale
    if (!rescales && operation.kind !== 'syn_prop_alteration') return undefined
    const property = operation.kind === 'syn_removal' ? 'conductance' : operation.property
    const column = source.columns.get(property)
    if (column === undefined) return undefined
    const asked = operation.kind === 'syn_removal' ? 'rescale' : operation
    return new StepBuilder(property, column.type, asked, source.edgeCount)
  }

  /**
   * Rows of this split that change, ascending, with what belongs to them: factors, draws or new bytes, packed in
   * the same order. Once per split.
   */
  add(edges: Float64Array, values?: Float64Array | Uint8Array): void {
    for (const edge of edges) setBit(this.#rows, edge)
    if (this.type === 'f32' && (edges.length > NUMEXPR_ABOVE || this.#isBeyondSingle())) {
      this.#anyWide = true
      for (const edge of edges) setBit(this.#wide, edge)
    }
    this.#now = { edges, values }
  }

  #isBeyondSingle(): boolean {
    const how = this.#asked === 'rescale' ? undefined : this.#asked.newValue
    return (how?.mode === 'scale' || how?.mode === 'offset') && isBeyondSingle(how.value)
  }

  endSplit(): void {
    // Arithmetic follows from the rows alone.
    if (this.#now?.values !== undefined) this.#chunks.push(this.#now)
    this.#now = undefined
  }

  /** What this function did, in all splits together. */
  step(): Step {
    return this.#make(this.#chunks)
  }

  #make(chunks: readonly Chunk[]): Step {
    const rows = this.#rows
    if (this.#asked === 'rescale') return { kind: 'rescaled', rows, factors: packed(rows, chunks) }
    const { newValue } = this.#asked
    switch (newValue.mode) {
      case 'shuffle':
        return { kind: 'given', rows, values: packedBytes(rows, chunks, widthOf(this.type)) }
      case 'setval':
      case 'scale':
      case 'offset':
        return { kind: 'arithmetic', rows, how: newValue, wide: this.#anyWide ? this.#wide : undefined }
      default: {
        const { mode, range, rng } = newValue
        const known = chunks.every(chunk => chunk.values !== undefined)
        const draws = known && chunks.length > 0 ? packed(rows, chunks) : undefined
        return { kind: 'drawn', rows, mode, range, draws, reason: `drawn by numpy.random.${rng}` }
      }
    }
  }

  /** As the split at hand sees it: rows of other splits are not asked for. */
  #local(): Step & { readonly rank: (edge: number) => number } {
    const edges = this.#now?.edges ?? new Float64Array(0)
    const rank = (edge: number): number => position(edges, edge)
    const values = this.#now?.values
    const rows = this.#rows
    if (this.#asked === 'rescale')
      return {
        kind: 'rescaled',
        rows,
        rank,
        factors: values instanceof Float64Array ? values : new Float64Array(0),
      }
    const made = this.#make([])
    if (made.kind === 'given')
      return { ...made, rank, values: values instanceof Uint8Array ? values : made.values }
    if (made.kind === 'drawn')
      return { ...made, rank, draws: values instanceof Float64Array ? values : undefined }
    return { ...made, rank }
  }

  /** The values of `property` in rows of the table (ascending positions), as functions before this one left them. */
  static async current(work: Work, column: NumberColumn, positions: Uint32Array): Promise<Current> {
    const { table, source } = work
    const edges = Float64Array.from(positions, row => table.edges[row] ?? 0)
    const width = widthOf(column.type)
    const bytes = await gatherColumn(column, width, edges, source.edgeCount)
    const view = new DataView(bytes.buffer)
    const doubt = new Uint8Array(edges.length)
    const before = work.steps
      .slice(0, work.operation)
      .flatMap(step => (step?.property === column.name ? [step.#local()] : []))
    const steps = new Steps(column.type, before)
    const values: Value[] = new Array(edges.length)
    for (const [k, edge] of edges.entries()) {
      const known = steps.value(edge, readValue(view, k * width, column.type))
      doubt[k] = known.kind === 'exact' ? 0 : known.kind === 'near' ? 2 : 1
      values[k] = known.kind === 'exact' || known.kind === 'near' ? known.value : 0
      if (known.kind === 'exact') writeNew(bytes, k, column.type, known.value)
    }
    // Where environments differ, a filter would too.
    if (steps.hasWide) doubt.fill(2)
    return { type: column.type, values, bytes, doubt }
  }
}

function packed(rows: Bits, chunks: readonly Chunk[]): Float64Array {
  const all = new Float64Array(countBits(rows)).fill(1)
  const rank = rankOf(rows)
  for (const { edges, values } of chunks)
    for (const [k, edge] of edges.entries()) all[rank(edge)] = values?.[k] ?? Number.NaN
  return all
}

function packedBytes(rows: Bits, chunks: readonly Chunk[], width: number): Uint8Array {
  const all = new Uint8Array(countBits(rows) * width)
  const rank = rankOf(rows)
  for (const { edges, values } of chunks) {
    for (const [k, edge] of edges.entries())
      for (let byte = 0; byte < width; byte++)
        all[rank(edge) * width + byte] = values?.[k * width + byte] ?? 0
  }
  return all
}

/** Of `value` in an ascending list that holds it. */
function position(list: Float64Array, value: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
