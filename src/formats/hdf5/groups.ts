import { Contradiction, Cursor, type FileBytes, NotUnderstood, untilNul } from './bytes.ts'
import type { Link } from './links.ts'
import { MESSAGE, type Message, only } from './object-header.ts'
import { decodeText } from './strings.ts'

/** What the names of a group lead to; `undefined` for links of a kind that we do not know. */
export type Links = Map<string, Link | undefined>

/**
 * The links of a group, or `undefined` if the header is not that of a group. Old-style groups (symbol
 * table: B-tree version 1 and local heap) and new-style ones with their links in the header.
 * HDF5 file format specification, sections III.A.1, III.B, III.D, IV.A.2.c, IV.A.2.g.
 */
export function readLinks(file: FileBytes, messages: readonly Message[]): Links | undefined {
  const table = only(messages, MESSAGE.symbolTable)
  const info = only(messages, MESSAGE.linkInfo)
  if (table !== undefined && info !== undefined) throw new NotUnderstood('group of two styles')
  if (table !== undefined) return symbolTable(file, table)
  if (info !== undefined) return compactLinks(info, messages)
  return undefined
}

function symbolTable(file: FileBytes, table: Cursor): Links {
  const tree = table.u64()
  const heap = localHeap(file, table.u64())
  const links: Links = new Map()
  let last: Uint8Array = new Uint8Array(0)
  for (const { node, after, upTo } of symbolNodes(file, tree)) {
    const [low, high] = [untilNul(heap.subarray(after)), untilNul(heap.subarray(upTo))]
    const c = file.cursor(node, 8)
    c.expect('SNOD')
    c.expect(1)
    c.skip(1)
    const count = c.u16()
    const entries = file.cursor(node + 8, count * 40)
    for (let i = 0; i < count; i++) {
      const name = untilNul(heap.subarray(entries.u64()))
      // The library searches by halves: a name out of order is there for us and not for it.
      const inOrder = Buffer.compare(last, name) < 0 && Buffer.compare(low, name) < 0
      if (!inOrder || Buffer.compare(name, high) > 0) throw new NotUnderstood('names out of order')
      last = name
      const header = entries.address()
      const cacheType = entries.u32()
      entries.skip(4)
      const scratch = new Cursor(entries.take(16))
      if (cacheType > 2) throw new NotUnderstood('symbol table entry')
      add(links, decodeText(name), cacheType === 2 ? softLink(heap, scratch.u32()) : hardLink(header))
    }
  }
  return links
}

/** Names one behind the other, each ended by NUL; section III.D. */
export function localHeap(file: FileBytes, at: number): Uint8Array {
  const c = file.cursor(at, 32)
  c.expect('HEAP')
  c.expect(0)
  c.skip(3)
  const size = c.u64()
  const free = c.u64()
  const heap = file.bytes(c.u64(), size)
  checkFree(heap, free)
  return heap
}

const NO_FREE_BLOCK = 1
const FREE_ROOM = 'a heap of names is not what it says of its free room'

/** The library refuses a group whose heap says wrong what of it is free: then nobody else can read the file. */
function checkFree(heap: Uint8Array, first: number): void {
  const view = new DataView(heap.buffer, heap.byteOffset, heap.length)
  // Blocks take 16 bytes at least: more of them than fit go round.
  for (let free = first, blocks = 0; free !== NO_FREE_BLOCK; blocks++) {
    // The library would follow a circle until there is no memory: it is not asked.
    if (free + 16 > heap.length || blocks > heap.length / 16) throw new Contradiction(FREE_ROOM)
    const [next, size] = [view.getBigUint64(free, true), view.getBigUint64(free + 8, true)]
    if (next === 0n || BigInt(free) + size > BigInt(heap.length)) throw new Contradiction(FREE_ROOM)
    free = Number(next)
  }
}

/** A symbol table node, and the heap offsets of the names that bound it: `after < name <= upTo`. */
interface Leaf {
  node: number
  after: number
  upTo: number
}

/** Leaves of the B-tree, left to right. Levels must fall by one and no node may come twice, so this ends. */
function* symbolNodes(
  file: FileBytes,
  at: number,
  level?: number,
  seen = new Set<number>(),
): Generator<Leaf> {
  const c = file.cursor(at, 24)
  c.expect('TREE')
  c.expect(0)
  const own = c.u8()
  if (level !== undefined ? own !== level : own > 16) throw new NotUnderstood('level of a B-tree')
  const count = c.u16()
  const entries = file.cursor(at + 24, count * 16 + 8)
  let after = entries.u64()
  for (let i = 0; i < count; i++) {
    const child = entries.u64()
    const upTo = entries.u64()
    if (seen.has(child)) throw new NotUnderstood('child listed twice')
    seen.add(child)
    if (own === 0) yield { node: child, after, upTo }
    else yield* symbolNodes(file, child, own - 1, seen)
    after = upTo
  }
}

function compactLinks(info: Cursor, messages: readonly Message[]): Links {
  info.expect(0)
  const flags = info.u8()
  if (flags & 1) info.skip(8)
  if (info.address() !== undefined) throw new NotUnderstood('dense group')
  const links: Links = new Map()
  for (const message of messages) {
    if (message.type !== MESSAGE.link) continue
    if (message.shared) throw new NotUnderstood('shared link')
    const [name, link] = readLink(only([message], MESSAGE.link))
    add(links, name, link)
  }
  return links
}

function readLink(c: Cursor | undefined): [string, Link | undefined] {
  if (c === undefined) throw new NotUnderstood('link')
  c.expect(1)
  const flags = c.u8()
  const kind = flags & 0x08 ? c.u8() : 0
  if (flags & 0x04) c.skip(8)
  if (flags & 0x10 && c.u8() > 1) throw new NotUnderstood('character set')
  const length = [() => c.u8(), () => c.u16(), () => c.u32(), () => c.u64()][flags & 3]?.() ?? 0
  const name = decodeText(c.take(length))
  if (kind === 0) return [name, { kind: 'hard', address: c.u64() }]
  const value = c.take(c.u16())
  if (kind === 1) return [name, { kind: 'soft', path: decodeText(value) }]
  return [name, kind === EXTERNAL ? externalLink(new Cursor(value)) : undefined]
}

const EXTERNAL = 64

/** Version and flags, the file, the path in it; section IV.A.2.g. */
function externalLink(c: Cursor): Link {
  c.expect(0)
  const file = untilNul(c.bytes.subarray(c.at))
  c.skip(file.length + 1)
  return { kind: 'external', file: decodeText(file), path: decodeText(untilNul(c.bytes.subarray(c.at))) }
}

/** The heap of the names holds what soft links lead to as well. */
const softLink = (heap: Uint8Array, at: number): Link => ({
  kind: 'soft',
  path: decodeText(untilNul(heap.subarray(at))),
})

function hardLink(address: number | undefined): Link {
  if (address === undefined) throw new NotUnderstood('object without an address')
  return { kind: 'hard', address }
}

function add(links: Links, name: string, link: Link | undefined): void {
  if (name === '' || links.has(name)) throw new NotUnderstood('name empty or given twice')
  links.set(name, link)
}
