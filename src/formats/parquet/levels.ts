/**
 * Definition levels of an optional column that is not nested, one bit each, in the RLE / bit-packed hybrid
 * (apache/parquet-format, Encodings.md): 1 for each row that has a value. Undefined if they end too early.
 */
export function definedRows(levels: Uint8Array, count: number): Uint8Array | undefined {
  const defined = new Uint8Array(count)
  let at = 0
  for (let row = 0; row < count; ) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      const byte = levels[at++]
      if (byte === undefined || shift > 28) return undefined
      header += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    const run = Math.floor(header / 2)
    if (header % 2 === 0) {
      const level = levels[at++]
      if (level === undefined || run === 0) return undefined
      const end = Math.min(count, row + run)
      defined.fill(level & 1, row, end)
      row = end
    } else {
      if (run === 0) return undefined
      for (let byte = 0; byte < run && row < count; byte++) {
        const bits = levels[at++]
        if (bits === undefined) return undefined
        for (let bit = 0; bit < 8 && row < count; bit++) defined[row++] = (bits >> bit) & 1
      }
    }
  }
  return defined
}
