// Values of one property between a column and a field of records, or between columns in another order.

/** record[places[k]] gets value k: `width` bytes at `into + places[k] * stride`. places: u32 each. */
export function spreadValues(values: usize, width: u32, places: usize, count: u32, into: usize, stride: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const to = into + <usize>load<u32>(places + ((<usize>k) << 2)) * stride
    copyValue(to, values + <usize>k * width, width)
  }
}

/** Value k is that of record order[k]: `width` bytes at `from + order[k] * stride`. order: u32 each. */
export function collectValues(from: usize, stride: u32, width: u32, order: usize, count: u32, into: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    const value = from + <usize>load<u32>(order + ((<usize>k) << 2)) * stride
    copyValue(into + <usize>k * width, value, width)
  }
}

@inline function copyValue(to: usize, from: usize, width: u32): void {
  if (width == 4) store<u32>(to, load<u32>(from))
  else if (width == 8) store<u64>(to, load<u64>(from))
  else memory.copy(to, from, width)
}
