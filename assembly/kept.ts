// Connections of rows of which each says whether it is kept: what a merge with the kept rows would find, from one side.
import {
  DONE,
  M_OPEN,
  M_OPEN_KEY,
  M_OPEN_MANIPULATED,
  M_OPEN_ORIGINAL,
  M_ORIGINAL_POSITION,
  M_RECORDS_CAPACITY,
  M_RECORDS_LENGTH,
  NEED_ORIGINAL,
  RECORDS_FULL,
  RECORDS_PER_STEP,
  RUN_BYTES,
} from './abi'
import { askedNowhere, closeConnection, END, keyAt, nextAsked } from './classify'

/** Set the bits of rows that are in runs (as of `pairRows`): bit k & 7 of byte k >> 3 is row k of the window. */
export function markRuns(runs: usize, count: u32, bits: usize): void {
  const end = runs + <usize>count * RUN_BYTES
  for (let run = runs; run < end; run += RUN_BYTES) {
    const row = load<u32>(run)
    const last = row + load<u32>(run, 8)
    for (let k = row; k < last; k++) {
      const byte = bits + <usize>(k >> 3)
      store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(k & 7)))
    }
  }
}

/** sources hold an id and, below it, one bit: put the bit into kept (one byte per row) and leave the id. */
export function splitKept(sources: usize, count: u32, kept: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    const at = sources + ((<usize>k) << 2)
    const both = load<u32>(at)
    store<u8>(kept + <usize>k, <u8>(both & 1))
    store<u32>(at, both >> 1)
  }
}

/**
 * Close the connections of a window of rows ascending by (target, source), of which those with kept = 1 are on the other
 * side as well. state: that of a merge. Returns NEED_ORIGINAL at the end of a window, DONE at that of the last one,
 * RECORDS_FULL where the caller must take the records and call again.
 */
export function closeKept(
  state: usize,
  sources: usize,
  targets: usize,
  kept: usize,
  count: u32,
  final: u32,
): u32 {
  let row = load<u32>(state, M_ORIGINAL_POSITION)
  let open = load<u32>(state, M_OPEN) != 0
  let openKey = load<u64>(state, M_OPEN_KEY)
  let original = load<f64>(state, M_OPEN_ORIGINAL)
  let manipulated = load<f64>(state, M_OPEN_MANIPULATED)
  let status = DONE
  for (;;) {
    if (load<u32>(state, M_RECORDS_LENGTH) + RECORDS_PER_STEP > load<u32>(state, M_RECORDS_CAPACITY)) {
      status = RECORDS_FULL
      break
    }
    let key = END
    if (row < count) key = keyAt(sources, targets, row)
    else if (!final) {
      status = NEED_ORIGINAL
      break
    }
    if (open && key != openKey) {
      closeConnection(state, openKey, original, manipulated)
      open = false
      continue
    }
    if (!open) {
      const asked = nextAsked(state)
      if (asked < key) {
        askedNowhere(state, asked)
        continue
      }
      if (key == END) break
      open = true
      openKey = key
      original = 0
      manipulated = 0
    }
    do {
      original += 1
      manipulated += <f64>load<u8>(kept + <usize>row)
      row++
    } while (row < count && keyAt(sources, targets, row) == key)
  }
  store<u32>(state, row, M_ORIGINAL_POSITION)
  store<u32>(state, open ? 1 : 0, M_OPEN)
  store<u64>(state, openKey, M_OPEN_KEY)
  store<f64>(state, original, M_OPEN_ORIGINAL)
  store<f64>(state, manipulated, M_OPEN_MANIPULATED)
  return status
}
