import { Bytes } from './encode.ts'

/** A member of a group: its name and where its object header is. */
export interface Member {
  name: string
  header: number
  /** For a group: its B-tree and local heap, which HDF5 keeps beside the name. */
  group?: { tree: number; heap: number } | undefined
}

/** Half the number of children of a B-tree node, as in files of the HDF5 library. */
export const INTERNAL_K = 16

export interface EncodedGroup {
  tree: number
  heap: number
  /** To be written at the address given to {@link encodeGroup}. */
  bytes: Uint8Array
}

/**
 * An old-style group: local heap of names, one symbol table node with all members, a B-tree of one node.
 * `leafK` is half the size of a symbol table node; the superblock carries it, so it holds for all groups.
 * HDF5 file format specification, sections III.A.1, III.B, III.D.
 */
export function encodeGroup(members: readonly Member[], leafK: number, at: number): EncodedGroup {
  const sorted = members
    .map(member => ({ ...member, bytes: Buffer.from(member.name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
  const names = new Bytes().u64(0)
  const offsets = sorted.map(member => {
    const offset = names.length
    names.raw(member.bytes).u8(0).fill()
    return offset
  })
  const heap = at
  const segment = heap + 32
  const node = segment + names.length
  const tree = node + nodeSize(leafK)
  const all = new Bytes()
  all.text('HEAP').u8(0, 0, 0, 0).u64(names.length).u64(1).u64(segment).raw(names.done())
  all.text('SNOD').u8(1, 0).u16(sorted.length)
  sorted.forEach((member, i) => {
    all.raw(symbolEntry(offsets[i] ?? 0, member))
  })
  all.fill(tree - at)
  all
    .text('TREE')
    .u8(0, 0)
    .u16(sorted.length === 0 ? 0 : 1)
    .u64(undefined)
    .u64(undefined)
  all
    .u64(0)
    .u64(sorted.length === 0 ? 0 : node)
    .u64(offsets.at(-1) ?? 0)
  all.fill(tree - at + TREE_SIZE)
  return { tree, heap, bytes: all.done() }
}

export function symbolEntry(nameOffset: number, member: Member): Uint8Array {
  const entry = new Bytes().u64(nameOffset).u64(member.header)
  if (member.group === undefined) return entry.fill(40).done()
  return entry.u32(1).u32(0).u64(member.group.tree).u64(member.group.heap).done()
}

/** Where an {@link EncodedGroup} of `count` names ends is known only from its bytes; these two are fixed. */
const nodeSize = (leafK: number): number => 8 + 2 * leafK * 40
const TREE_SIZE = 24 + 2 * INTERNAL_K * 8 + (2 * INTERNAL_K + 1) * 8
