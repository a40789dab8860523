import { Cursor, type FileBytes, NotUnderstood } from './bytes.ts'
import { lookup3 } from './checksum.ts'

/** One message of an object header: HDF5 file format specification, section IV.A. */
export interface Message {
  type: number
  /** Stored elsewhere (a committed type, a shared message): its data is not the message. */
  shared: boolean
  data: Uint8Array
}

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  fillValue: 0x05,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const

/** Messages that change nothing for a reader: NIL, fill values, group info, times, comment, B-tree k, references. */
const HARMLESS = new Set<number>([0x00, 0x04, 0x05, 0x0a, 0x0d, 0x0e, 0x12, 0x13, 0x16])
const KNOWN = new Set<number>([...Object.values(MESSAGE), ...HARMLESS])
/** A header is a few hundred bytes; a chain of blocks beyond this is damage (or a circle). */
const MAX_HEADER = 8 * 1024 * 1024
const SHARED = 0x02
const NEVER_SHARED = 0x04
const FAIL_ON_WRITE = 0x08
const MARK_IF_UNKNOWN = 0x10
const WAS_UNKNOWN = 0x20

interface Block {
  at: number
  size: number
}

/** All messages of the object header at `at`, continuation blocks included; NIL and continuations left out. */
export function readObjectHeader(file: FileBytes, at: number): Message[] {
  const version = file.cursor(at, 1).u8()
  const messages = version === 1 ? readVersion1(file, at) : readVersion2(file, at)
  return messages.filter(({ type }) => !HARMLESS.has(type) && type !== MESSAGE.continuation)
}

function readVersion1(file: FileBytes, at: number): Message[] {
  const head = file.cursor(at, 16)
  head.expect(1)
  head.skip(1)
  const count = head.u16()
  head.skip(4)
  const messages: Message[] = []
  const blocks: Block[] = [{ at: at + 16, size: head.u32() }]
  for (const block of bounded(blocks)) {
    const c = file.cursor(block.at, block.size)
    while (c.left > 0) {
      const type = c.u16()
      const size = c.u16()
      const flags = c.u8()
      c.skip(3)
      messages.push(message(type, flags, c.take(size)))
      if (type === MESSAGE.continuation) blocks.push(continuation(messages))
    }
  }
  if (messages.length !== count) throw new NotUnderstood(`${messages.length} messages of ${count}`)
  return messages
}

/** Version 2 carries checksums and no padding, and its continuation blocks have a signature of their own. */
function readVersion2(file: FileBytes, at: number): Message[] {
  const head = file.cursor(at, Math.min(40, file.size - at))
  head.expect('OHDR')
  head.expect(2)
  const flags = head.u8()
  if (flags & 0x20) head.skip(16) // times
  if (flags & 0x10) head.skip(4) // when attributes become dense
  const sizeBytes = 1 << (flags & 3)
  const size =
    sizeBytes === 1 ? head.u8() : sizeBytes === 2 ? head.u16() : sizeBytes === 4 ? head.u32() : head.u64()
  const orderBytes = flags & 0x04 ? 2 : 0
  const messages: Message[] = []
  const blocks: Block[] = [{ at, size: head.at + size + 4 }]
  for (const block of bounded(blocks)) {
    const bytes = file.bytes(block.at, block.size)
    if (block.size < 8) throw new NotUnderstood('short header block')
    const tail = new Cursor(bytes.subarray(block.size - 4))
    if (tail.u32() !== lookup3(bytes.subarray(0, block.size - 4))) throw new NotUnderstood('header checksum')
    const c = new Cursor(bytes.subarray(0, block.size - 4))
    if (block === blocks[0]) c.skip(head.at)
    else c.expect('OCHK')
    while (c.left >= 4 + orderBytes) {
      const type = c.u8()
      const length = c.u16()
      const messageFlags = c.u8()
      c.skip(orderBytes)
      messages.push(message(type, messageFlags, c.take(length)))
      if (type === MESSAGE.continuation) blocks.push(continuation(messages))
    }
  }
  return messages
}

function message(type: number, flags: number, data: Uint8Array): Message {
  if (!KNOWN.has(type)) throw new NotUnderstood(`message ${type}`)
  const marked = (flags & (WAS_UNKNOWN | MARK_IF_UNKNOWN | FAIL_ON_WRITE)) === (WAS_UNKNOWN | MARK_IF_UNKNOWN)
  // What the library reads no object with, nobody else reads.
  if ((flags & SHARED && flags & NEVER_SHARED) || (flags & WAS_UNKNOWN && !marked))
    throw new NotUnderstood(`flags ${flags} of a message`)
  if (type === MESSAGE.fillValue && (flags & SHARED) === 0) checkFillValue(new Cursor(data))
  return { type, shared: (flags & SHARED) !== 0, data }
}

/** Values that were never written do not matter here, but the library reads no dataset whose fill value it cannot. */
function checkFillValue(c: Cursor): void {
  const version = c.u8()
  if (version < 1 || version > 3) throw new NotUnderstood(`fill value version ${version}`)
  const flags = c.u8()
  if (version === 3 && (flags & 0x80 || (flags & 0x30) === 0x30)) throw new NotUnderstood('fill value flags')
  if (version < 3) c.skip(1)
  const defined = version === 3 ? (flags & 0x20) !== 0 : c.u8() !== 0 || version === 1
  if (!defined) return
  const size = c.u32()
  if (size < 2 ** 31) c.skip(size)
}

/** The blocks of a header, those added on the way included, up to a bound on their bytes. */
function* bounded(blocks: readonly Block[]): Generator<Block> {
  let total = 0
  for (const block of blocks) {
    total += block.size + 1
    if (total > MAX_HEADER) throw new NotUnderstood('endless object header')
    yield block
  }
}

function continuation(messages: readonly Message[]): Block {
  const c = new Cursor(messages.at(-1)?.data ?? new Uint8Array(0))
  return { at: c.u64(), size: c.u64() }
}

/** The one message of a type; `undefined` if there is none, NotUnderstood if there are several or it is shared. */
export function only(messages: readonly Message[], type: number): Cursor | undefined {
  const found = messages.filter(m => m.type === type)
  if (found.length > 1) throw new NotUnderstood(`several messages ${type}`)
  const [one] = found
  if (one?.shared) throw new NotUnderstood(`shared message ${type}`)
  return one === undefined ? undefined : new Cursor(one.data)
}
