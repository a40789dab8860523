import { InputError, InternalError } from '../errors.ts'
import * as abi from './abi.ts'
import type { Csc } from './csc.ts'
import type { KernelBuild } from './load.ts'
import { KernelMemory } from './memory.ts'

/** An entry that is not as it should be: 0-based row and column, multiplicity in each matrix (0: not there). */
export interface MaskCulprit {
  readonly row: number
  readonly column: number
  readonly original: number
  readonly manipulated: number
}

export interface MaskDifference {
  /** Asked to go and gone. */
  readonly removedAsAsked: number
  /** Asked to go and still there. */
  readonly stillThere: readonly MaskCulprit[]
  /** Asked to go but never there. */
  readonly absent: readonly MaskCulprit[]
  /** Gone though not asked. */
  readonly lost: readonly MaskCulprit[]
  /** Not in the original. */
  readonly added: readonly MaskCulprit[]
  /** Kept with another multiplicity. */
  readonly multiplicity: readonly MaskCulprit[]
}

/**
 * Mask difference: where `manipulated` is not `original` without the entries of `mask`. All three are canonical
 * CSC of one shape (see `cooToCsc`); the counts of the mask are ignored. Culprits are complete and ascending by
 * (column, row).
 *
 * @throws InputError if the shapes differ
 */
export function maskDifference(
  original: Csc,
  manipulated: Csc,
  mask: Csc,
  build: KernelBuild = 'release',
): MaskDifference {
  for (const [name, matrix] of Object.entries({ manipulated, mask })) {
    if (matrix.rows !== original.rows || matrix.columns !== original.columns) {
      const shape = `${original.rows} x ${original.columns}`
      throw new InputError(`${name} is ${matrix.rows} x ${matrix.columns}, the original is ${shape}`)
    }
  }
  const memory = new KernelMemory(build)
  const o = placeEntries(memory, original)
  const m = placeEntries(memory, manipulated)
  const asked = placeEntries(memory, mask)
  const kind = memory.place(new Uint8Array(mask.indices.length).fill(abi.ASK_REMOVE))
  const rowMember = memory.place(new Uint8Array(original.rows).fill(1))
  const columnMember = memory.place(new Uint8Array(original.columns).fill(1))
  const capacity = original.indices.length + manipulated.indices.length + 2 * mask.indices.length + 2
  const records = memory.allocate(capacity * abi.RECORD_BYTES)
  const state = memory.allocate(abi.MERGE_BYTES)
  const words = memory.words(state, abi.MERGE_BYTES / 4)
  words.fill(0)
  const fields: readonly (readonly [offset: number, value: number])[] = [
    [abi.M_ORIGINAL_SOURCE, o.row],
    [abi.M_ORIGINAL_TARGET, o.column],
    [abi.M_ORIGINAL_COUNT, o.counts],
    [abi.M_ORIGINAL_LENGTH, original.indices.length],
    [abi.M_ORIGINAL_FINAL, 1],
    [abi.M_MANIPULATED_SOURCE, m.row],
    [abi.M_MANIPULATED_TARGET, m.column],
    [abi.M_MANIPULATED_COUNT, m.counts],
    [abi.M_MANIPULATED_LENGTH, manipulated.indices.length],
    [abi.M_MANIPULATED_FINAL, 1],
    [abi.M_ASKED_SOURCE, asked.row],
    [abi.M_ASKED_TARGET, asked.column],
    [abi.M_ASKED_KIND, kind],
    [abi.M_ASKED_LENGTH, mask.indices.length],
    [abi.M_SOURCE_MEMBER, rowMember],
    [abi.M_TARGET_MEMBER, columnMember],
    [abi.M_SOURCE_NODES, original.rows],
    [abi.M_TARGET_NODES, original.columns],
    [abi.M_RECORDS, records],
    [abi.M_RECORDS_CAPACITY, capacity],
  ]
  for (const [offset, value] of fields) words[offset / 4] = value
  words.fill(abi.NONE, abi.M_LIMITS / 4, abi.M_LIMITS / 4 + abi.CLASSES)
  const status = memory.kernels.mergeSorted(state)
  if (status !== abi.DONE) throw new InternalError(`merge status ${status}: the matrices are not canonical`)
  const length = words[abi.M_RECORDS_LENGTH / 4] ?? 0
  const removed = memory.doubles(state + abi.M_COUNTERS, abi.CLASSES)[abi.REMOVED_AS_ASKED] ?? 0
  return { removedAsAsked: removed, ...culprits(memory, records, length) }
}

function placeEntries(memory: KernelMemory, matrix: Csc): { row: number; column: number; counts: number } {
  const indptr = memory.place(matrix.indptr)
  const row = memory.place(matrix.indices)
  const counts = memory.place(matrix.counts)
  const column = memory.allocate(matrix.indices.length * 4)
  memory.kernels.expandColumns(indptr, matrix.columns, column)
  return { row, column, counts }
}

function culprits(memory: KernelMemory, records: number, length: number) {
  const words = memory.words(records, (length * abi.RECORD_BYTES) / 4)
  const doubles = memory.doubles(records, (length * abi.RECORD_BYTES) / 8)
  const all = Array.from({ length }, (_, k) => ({
    class: words[8 * k] ?? 0,
    row: words[8 * k + 1] ?? 0,
    column: words[8 * k + 2] ?? 0,
    original: doubles[4 * k + 2] ?? 0,
    manipulated: doubles[4 * k + 3] ?? 0,
  }))
  const ofClass = (wanted: number): MaskCulprit[] =>
    all.filter(record => record.class === wanted).map(({ class: _, ...culprit }) => culprit)
  return {
    stillThere: ofClass(abi.ASKED_STILL_THERE),
    absent: ofClass(abi.ASKED_ABSENT),
    lost: ofClass(abi.LOST_NOT_ASKED),
    added: ofClass(abi.ADDED_NOT_ASKED),
    multiplicity: ofClass(abi.MULTIPLICITY_CHANGED),
  }
}
