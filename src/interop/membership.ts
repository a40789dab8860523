/** Which of many lists of nodes a node is in. */

/** The numbers of the lists that each node is in, ascending; built once, asked for millions of connections. */
export class Membership {
  /** Entries of a node end where those of the next begin. */
  readonly #start: Uint32Array
  readonly #lists: Uint32Array

  /** @param lists node ids, 0-based, each once in a list */
  constructor(lists: readonly Uint32Array[]) {
    let nodes = 0
    let entries = 0
    for (const ids of lists) {
      entries += ids.length
      for (const id of ids) if (id >= nodes) nodes = id + 1
    }
    this.#start = new Uint32Array(nodes + 1)
    this.#lists = new Uint32Array(entries)
    for (const ids of lists) for (const id of ids) this.#start[id + 1] = (this.#start[id + 1] ?? 0) + 1
    for (let id = 0; id < nodes; id++)
      this.#start[id + 1] = (this.#start[id + 1] ?? 0) + (this.#start[id] ?? 0)
    const at = this.#start.slice()
    for (const [k, ids] of lists.entries())
      for (const id of ids) {
        const place = at[id] ?? 0
        this.#lists[place] = k
        at[id] = place + 1
      }
  }

  /**
   * Tell `visit` of each list that node `a` is in here and node `b` in `other`, the last one first, until it says true.
   *
   * @returns whether it did
   */
  common(other: Membership, a: number, b: number, visit: (list: number) => boolean): boolean {
    const [mine, theirs] = [this.#of(a), other.#of(b)]
    // A hub is in thousands of lists, its partner in a few: the short one is walked, the long one searched.
    const [short, long] = mine.length <= theirs.length ? [mine, theirs] : [theirs, mine]
    let end = long.length
    for (let k = short.length - 1; k >= 0 && end > 0; k--) {
      const wanted = short[k] ?? 0
      end = above(long, wanted, end)
      if (end > 0 && long[end - 1] === wanted && visit(wanted)) return true
    }
    return false
  }

  #of(node: number): Uint32Array {
    return this.#lists.subarray(this.#start[node] ?? 0, this.#start[node + 1] ?? this.#start[node] ?? 0)
  }
}

/** How many of the first `end` of an ascending list are at most `value`. */
function above(list: Uint32Array, value: number, end: number): number {
  let [low, high] = [0, end]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low
}
