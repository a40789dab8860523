/** Our algorithm without kernels: the same streaming merge over the same windows, on typed arrays. */
import type { EdgeSource, IdColumn } from '../../src/connectome/edges.ts'

export interface PlainQuestion {
  readonly edges: EdgeSource
  /** Connections asked to be removed, by node id, ascending by (target, source). */
  readonly asked: { readonly source: Uint32Array; readonly target: Uint32Array }
}

export interface PlainAnswer {
  readonly verified: boolean
  readonly original: number
  readonly manipulated: number
  readonly removed: number
}

const WINDOW_ROWS = 16_384
const NOWHERE = 0xffff_ffff

/**
 * One pass over the original for all manipulated populations. Id columns must be 64-bit and readable at once.
 * Throws Error on what the engine has a message for; counts the classes but keeps no culprits.
 */
export function plainVerify(
  original: EdgeSource,
  manipulated: readonly PlainQuestion[],
  member: Uint8Array,
): PlainAnswer[] {
  const window = new OriginalWindow(original, member)
  const merges = manipulated.map(question => new PlainMerge(window, question, member))
  for (let final = false; !final; ) {
    final = !window.next()
    for (const merge of merges) merge.advance(final)
  }
  return merges.map(merge => merge.answer(window.inside))
}

function readWords(column: IdColumn, first: number, length: number, into: Uint32Array): void {
  if (column.readInto(first, length, new Uint8Array(into.buffer, 0, length * 8)) !== undefined)
    throw new Error(`${column.label}: expected a contiguous column`)
}

/** Rows of the original, narrowed, proven sorted and in range, and counted. */
class OriginalWindow {
  readonly source = new Uint32Array(WINDOW_ROWS)
  readonly target = new Uint32Array(WINDOW_ROWS)
  length = 0
  /** Connections between selected nodes so far. */
  inside = 0
  readonly #words = new Uint32Array(2 * WINDOW_ROWS)
  readonly #edges: EdgeSource
  readonly #member: Uint8Array
  #next = 0
  #lastSource = NOWHERE
  #lastTarget = NOWHERE

  constructor(edges: EdgeSource, member: Uint8Array) {
    this.#edges = edges
    this.#member = member
  }

  next(): boolean {
    this.length = Math.min(WINDOW_ROWS, this.#edges.edgeCount - this.#next)
    if (this.length === 0) return false
    this.#narrow(this.#edges.source, this.source, this.#edges.sourceCount)
    this.#narrow(this.#edges.target, this.target, this.#edges.targetCount)
    this.#next += this.length
    this.#proveAndCount()
    return true
  }

  #narrow(column: IdColumn, ids: Uint32Array, nodes: number): void {
    const words = this.#words
    readWords(column, this.#next, this.length, words)
    let high = 0
    let largest = 0
    for (let k = 0; k < this.length; k++) {
      const id = words[2 * k] ?? 0
      high |= words[2 * k + 1] ?? 0
      if (id > largest) largest = id
      ids[k] = id
    }
    if (high !== 0 || largest >= nodes) throw new Error(`${column.label}: node id out of range`)
  }

  #proveAndCount(): void {
    const { source, target, length } = this
    const member = this.#member
    let s0 = this.#lastSource
    let t0 = this.#lastTarget
    let inside = 0
    for (let k = 0; k < length; k++) {
      const s = source[k] ?? 0
      const t = target[k] ?? 0
      if (t === t0 && s === s0) continue
      if (t0 !== NOWHERE && (t < t0 || (t === t0 && s < s0)))
        throw new Error(`${this.#edges.file}: not sorted by (target, source)`)
      inside += (member[s] ?? 0) & (member[t] ?? 0)
      s0 = s
      t0 = t
    }
    this.#lastSource = s0
    this.#lastTarget = t0
    this.inside += inside
  }
}

class PlainMerge {
  readonly #o: OriginalWindow
  readonly #edges: EdgeSource
  readonly #asked: PlainQuestion['asked']
  readonly #member: Uint8Array
  // Rows of the manipulated side as read: low and high words.
  readonly #ms = new Uint32Array(2 * WINDOW_ROWS)
  readonly #mt = new Uint32Array(2 * WINDOW_ROWS)
  #mAt = 0
  #mLength = 0
  #mNext = 0
  #lastSource = 0
  #lastTarget = 0
  #askedAt = 0
  // The connection being counted, and its rows on both sides.
  #source = NOWHERE
  #target = NOWHERE
  #rowsO = 0
  #rowsM = 0
  #removed = 0
  #lost = 0
  #added = 0
  #otherFaults = 0

  constructor(original: OriginalWindow, { edges, asked }: PlainQuestion, member: Uint8Array) {
    this.#o = original
    this.#edges = edges
    this.#asked = asked
    this.#member = member
  }

  /** Merge against the window of the original, to its end. */
  advance(final: boolean): void {
    const o = this.#o
    for (let at = 0; ; ) {
      if (at === o.length && !final) return
      const more = at < o.length
      const os = more ? (o.source[at] ?? 0) : NOWHERE
      const ot = more ? (o.target[at] ?? 0) : NOWHERE
      const there = this.#mAt < this.#mLength || this.#refill()
      const ms = there ? (this.#ms[2 * this.#mAt] ?? 0) : NOWHERE
      const mt = there ? (this.#mt[2 * this.#mAt] ?? 0) : NOWHERE
      if (there) this.#prove(ms, mt)
      const originalFirst = ot < mt || (ot === mt && os <= ms)
      const s = originalFirst ? os : ms
      const t = originalFirst ? ot : mt
      if (s !== this.#source || t !== this.#target) {
        this.#close()
        while (this.#askedBefore(s, t)) this.#missing()
        if (t === NOWHERE) return
        if (os === ms && ot === mt && !this.#isAsked(s, t)) {
          at = this.#skipEqual(at)
          continue
        }
        this.#open(s, t, 0)
      }
      if (os === s && ot === t) {
        this.#rowsO++
        at++
      }
      if (ms === s && mt === t) {
        this.#rowsM++
        this.#mAt++
        this.#lastSource = s
        this.#lastTarget = t
      }
    }
  }

  #refill(): boolean {
    const length = Math.min(WINDOW_ROWS, this.#edges.edgeCount - this.#mNext)
    if (length === 0) return false
    readWords(this.#edges.source, this.#mNext, length, this.#ms)
    readWords(this.#edges.target, this.#mNext, length, this.#mt)
    this.#mNext += length
    this.#mLength = length
    this.#mAt = 0
    return true
  }

  /** Only rows that part from the original are looked at. */
  #prove(source: number, target: number): void {
    const high = (this.#ms[2 * this.#mAt + 1] ?? 0) | (this.#mt[2 * this.#mAt + 1] ?? 0)
    if (high !== 0 || source >= this.#edges.sourceCount || target >= this.#edges.targetCount)
      throw new Error(`${this.#edges.file}: node id out of range`)
    if (target < this.#lastTarget || (target === this.#lastTarget && source < this.#lastSource))
      throw new Error(`${this.#edges.file}: not sorted by (target, source)`)
  }

  /** Skip the rows from `first` on that are equal on both sides, up to the next asked connection. */
  #skipEqual(first: number): number {
    const { source: os, target: ot, length } = this.#o
    const ms = this.#ms
    const mt = this.#mt
    const shift = this.#mAt - first
    const end = Math.min(length, this.#mLength - shift)
    let k = first
    for (let m = 2 * this.#mAt; k < end; k++, m += 2) {
      if (os[k] !== ms[m] || ot[k] !== mt[m] || ms[m + 1] !== 0 || mt[m + 1] !== 0) break
    }
    if (this.#notBelowAsked(os[k - 1] ?? 0, ot[k - 1] ?? 0)) k = this.#belowAsked(first, k)
    this.#mAt = k + shift
    this.#lastSource = os[k - 1] ?? 0
    this.#lastTarget = ot[k - 1] ?? 0
    this.#open(this.#lastSource, this.#lastTarget, 1)
    return k
  }

  #notBelowAsked(source: number, target: number): boolean {
    const at = this.#asked.target[this.#askedAt] ?? NOWHERE
    return target > at || (target === at && source >= (this.#asked.source[this.#askedAt] ?? NOWHERE))
  }

  /** First row of [low, high) that is not below the asked connection, by bisection. */
  #belowAsked(low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#notBelowAsked(this.#o.source[middle] ?? 0, this.#o.target[middle] ?? 0)) high = middle
      else low = middle + 1
    }
    return low
  }

  #askedBefore(source: number, target: number): boolean {
    return (
      this.#askedAt < this.#asked.source.length &&
      this.#notBelowAsked(source, target) &&
      !this.#isAsked(source, target)
    )
  }

  #isAsked(source: number, target: number): boolean {
    return this.#asked.source[this.#askedAt] === source && this.#asked.target[this.#askedAt] === target
  }

  #missing(): void {
    this.#askedAt++
    this.#otherFaults++
  }

  #open(source: number, target: number, rows: number): void {
    this.#source = source
    this.#target = target
    this.#rowsO = rows
    this.#rowsM = rows
  }

  #close(): void {
    if (this.#target === NOWHERE) return
    const asked = this.#isAsked(this.#source, this.#target)
    if (asked) this.#askedAt++
    if (asked && this.#rowsO > 0 && this.#rowsM === 0) this.#removed++
    else if (asked) {
      this.#otherFaults++
      if (this.#rowsO === 0) this.#added++
    } else if (this.#rowsO !== this.#rowsM) {
      const inside = (this.#member[this.#source] ?? 0) & (this.#member[this.#target] ?? 0)
      if (inside === 1 && this.#rowsO === 0) this.#added++
      else if (inside === 1 && this.#rowsM === 0) this.#lost++
      else this.#otherFaults++
    }
    this.#source = NOWHERE
    this.#target = NOWHERE
  }

  answer(inside: number): PlainAnswer {
    return {
      verified: this.#lost + this.#added + this.#otherFaults === 0,
      original: inside,
      manipulated: inside - this.#removed - this.#lost + this.#added,
      removed: this.#removed,
    }
  }
}
