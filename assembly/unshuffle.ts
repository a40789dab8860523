// The inverse of HDF5's shuffle filter: first byte of every element, second byte of every element, ... become elements.

/** to[k] = element k of `count` elements of `size` bytes whose bytes lie in `size` planes at `from`. */
export function unshuffle(from: usize, count: u32, size: u32, to: usize): void {
  let done: u32 = 0
  if (size == 8) done = unshuffle8(from, count, to)
  else if (size == 4) done = unshuffle4(from, count, to)
  for (let plane: u32 = 0; plane < size; plane++) {
    const bytes = from + <usize>plane * count
    for (let k = done; k < count; k++) store<u8>(to + <usize>k * size + plane, load<u8>(bytes + k))
  }
}

/** Sixteen elements at a time: bytes to pairs, pairs to fours, fours to eights. Returns how many were done. */
function unshuffle8(from: usize, count: u32, to: usize): u32 {
  const fast = count & ~15
  for (let k: u32 = 0; k < fast; k += 16) {
    const p0 = v128.load(from + k)
    const p1 = v128.load(from + <usize>count + k)
    const p2 = v128.load(from + <usize>count * 2 + k)
    const p3 = v128.load(from + <usize>count * 3 + k)
    const p4 = v128.load(from + <usize>count * 4 + k)
    const p5 = v128.load(from + <usize>count * 5 + k)
    const p6 = v128.load(from + <usize>count * 6 + k)
    const p7 = v128.load(from + <usize>count * 7 + k)
    const low01 = lowBytes(p0, p1)
    const low23 = lowBytes(p2, p3)
    const low45 = lowBytes(p4, p5)
    const low67 = lowBytes(p6, p7)
    const high01 = highBytes(p0, p1)
    const high23 = highBytes(p2, p3)
    const high45 = highBytes(p4, p5)
    const high67 = highBytes(p6, p7)
    const at = to + ((<usize>k) << 3)
    storeEights(at, lowPairs(low01, low23), lowPairs(low45, low67))
    storeEights(at + 32, highPairs(low01, low23), highPairs(low45, low67))
    storeEights(at + 64, lowPairs(high01, high23), lowPairs(high45, high67))
    storeEights(at + 96, highPairs(high01, high23), highPairs(high45, high67))
  }
  return fast
}

function unshuffle4(from: usize, count: u32, to: usize): u32 {
  const fast = count & ~15
  for (let k: u32 = 0; k < fast; k += 16) {
    const p0 = v128.load(from + k)
    const p1 = v128.load(from + <usize>count + k)
    const p2 = v128.load(from + <usize>count * 2 + k)
    const p3 = v128.load(from + <usize>count * 3 + k)
    const low01 = lowBytes(p0, p1)
    const low23 = lowBytes(p2, p3)
    const high01 = highBytes(p0, p1)
    const high23 = highBytes(p2, p3)
    const at = to + ((<usize>k) << 2)
    v128.store(at, lowPairs(low01, low23))
    v128.store(at, highPairs(low01, low23), 16)
    v128.store(at, lowPairs(high01, high23), 32)
    v128.store(at, highPairs(high01, high23), 48)
  }
  return fast
}

function storeEights(at: usize, a: v128, b: v128): void {
  v128.store(at, v128.shuffle<i32>(a, b, 0, 4, 1, 5))
  v128.store(at, v128.shuffle<i32>(a, b, 2, 6, 3, 7), 16)
}

function lowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

function highBytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
}

function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
}
