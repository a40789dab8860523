import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FileBytes, NotUnderstood } from '../../src/formats/hdf5/bytes.ts'
import { readChunkTable } from '../../src/formats/hdf5/chunk-index.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-index-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CHUNK = { elements: 10, bytes: 80 }
const NODE = 24 + 2 * 32 + 24

interface Key {
  chunk: number
  byte?: number
  size?: number
  elements?: number
}
interface Node {
  level: number
  keys: Key[]
  children: number[]
}

/** Nodes of at most two children behind each other, and behind them nothing but zeros. */
function read(nodes: readonly Node[], count: number, root = nodes.length - 1) {
  const bytes = Buffer.alloc(nodes.length * NODE + 100_000)
  nodes.forEach(({ level, keys, children }, n) => {
    let at = n * NODE
    bytes.write('TREE', at, 'latin1')
    bytes.writeUInt8(1, at + 4)
    bytes.writeUInt8(level, at + 5)
    bytes.writeUInt16LE(children.length, at + 6)
    at += 24
    keys.forEach(({ chunk, byte = 0, size = 80, elements = 10 }, i) => {
      bytes.writeUInt32LE(size, at)
      bytes.writeBigUInt64LE(BigInt(chunk * elements), at + 8)
      bytes.writeBigUInt64LE(BigInt(byte), at + 16)
      const child = children[i]
      if (child !== undefined) bytes.writeBigUInt64LE(BigInt(child), at + 24)
      at += 32
    })
  })
  const path = join(folder, 'tree')
  writeFileSync(path, bytes)
  const fd = openSync(path, 'r')
  try {
    return [
      ...readChunkTable(
        new FileBytes(fd, bytes.length),
        { kind: 'btree', address: root * NODE },
        count,
        CHUNK,
      ).addresses,
    ]
  } finally {
    closeSync(fd)
  }
}

/** Seven chunks: four leaves, two nodes above them, one root. */
function tree(): Node[] {
  const leaf = (a: number, b: number): Node => ({
    level: 0,
    keys: [{ chunk: a }, { chunk: b }, { chunk: b + 1 }],
    children: [5000 + 100 * a, 5000 + 100 * b],
  })
  const last: Node = { level: 0, keys: [{ chunk: 6 }, { chunk: 6, byte: 8 }], children: [5600] }
  return [
    leaf(0, 1),
    leaf(2, 3),
    leaf(4, 5),
    last,
    { level: 1, keys: [{ chunk: 0 }, { chunk: 2 }, { chunk: 4 }], children: [0, NODE] },
    { level: 1, keys: [{ chunk: 4 }, { chunk: 6 }, { chunk: 7 }], children: [2 * NODE, 3 * NODE] },
    { level: 2, keys: [{ chunk: 0 }, { chunk: 4 }, { chunk: 7 }], children: [4 * NODE, 5 * NODE] },
  ]
}

function changed(node: number, key: number, change: Partial<Key>): Node[] {
  const nodes = tree()
  Object.assign(nodes[node]?.keys[key] ?? {}, change)
  return nodes
}

describe('a B-tree of chunks', () => {
  it('is read from left to right over all levels', () => {
    expect(read(tree(), 7)).toEqual([5000, 5100, 5200, 5300, 5400, 5500, 5600])
  })

  it.each<[string, Node[], RegExp]>([
    ['a chunk out of order', changed(1, 1, { chunk: 4 }), /out of order/],
    ['a chunk that begins between chunks', changed(1, 1, { elements: 11 }), /offset of a chunk/],
    ['an element that begins between elements', changed(3, 1, { byte: 4 }), /offset of a chunk/],
    ['a chunk that begins within an element', changed(2, 1, { byte: 8 }), /key of a B-tree/],
    ['a key above that hides the first chunk of a child', changed(5, 0, { chunk: 5 }), /key of a B-tree/],
    ['a key above that hides the last chunk of a child', changed(4, 1, { chunk: 1 }), /key of a B-tree/],
    ['a last key that hides the last chunk', changed(3, 1, { byte: 0 }), /key of a B-tree/],
    ['a chunk of no bytes', changed(0, 1, { size: 0 }), /stored size/],
    ['a chunk that is far longer than without filters', changed(0, 1, { size: 5000 }), /stored size/],
  ])('%s is not understood', (_, nodes, reason) => {
    expect(() => read(nodes, 7)).toThrow(NotUnderstood)
    expect(() => read(nodes, 7)).toThrow(reason)
  })

  it('more or fewer chunks than the shape has are not understood', () => {
    expect(() => read(tree(), 8)).toThrow('7 chunks of 8')
    expect(() => read(tree(), 6)).toThrow('more chunks')
    expect(() => read(tree(), 1_000_001)).toThrow('1000001 chunks')
    expect(() => read(tree(), 900_000)).toThrow('index of 900000 chunks')
  })

  it('circles and wrong levels end', () => {
    const circle = tree()
    if (circle[5]) circle[5].children[0] = 6 * NODE
    expect(() => read(circle, 7)).toThrow('node listed twice')
    const flat = tree()
    if (flat[6]) flat[6].children[0] = 0
    expect(() => read(flat, 7)).toThrow('level of a B-tree')
    const twice = tree()
    if (twice[5]) twice[5].children[1] = 2 * NODE
    expect(() => read(twice, 7)).toThrow('node listed twice')
    expect(() => read(tree(), 7, 100)).toThrow('no TREE')
  })

  it('chunks at the superblock or over the end of the file are not understood', () => {
    for (const place of [0, 101_000]) {
      const nodes = tree()
      if (nodes[0]) nodes[0].children[1] = place
      expect(() => read(nodes, 7)).toThrow('place of a chunk')
    }
  })
})
