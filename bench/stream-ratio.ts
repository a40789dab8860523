/**
 * How much the proof adds to reading: time of `compareEdges` over the time of plain `readSync` of the same bytes in
 * the same windows, in one process. usage: node --import tsx bench/stream-ratio.ts ORIGINAL MANIPULATED MASK [RUNS]
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { spread } from '../src/bench/spread.ts'
import { openHdf5 } from '../src/formats/hdf5/open.ts'
import { bindMask, readMask } from '../src/selection/mask.ts'
import { openCircuit } from '../src/sonata/circuit.ts'
import { askedConnections } from '../src/verification/asked.ts'
import { compareEdges } from '../src/verification/compare.ts'
import { WINDOW_ROWS } from '../src/verification/windows.ts'

const [original = '', manipulated = '', mask = '', runs = '7'] = process.argv.slice(2)
const circuits = await Promise.all([original, manipulated].map(path => openCircuit(path)))
const [before, after] = await Promise.all(circuits.map(circuit => circuit.edgePopulation()))
if (before === undefined || after === undefined) throw new Error('two circuits')
const selection = await circuits[0]?.select(before.sourcePopulation, 'synapse_class=EXC')
if (selection === undefined) throw new Error('no selection')
const asked = askedConnections(
  selection,
  selection,
  bindMask(await readMask(mask), selection, selection),
  undefined,
)

async function stream(): Promise<void> {
  if (before === undefined || after === undefined || selection === undefined) throw new Error('not opened')
  const [outcome] = await compareEdges(before, [{ edges: after, asked }], selection, selection, { keep: 10 })
  if (outcome?.comparison?.classes.removed_as_asked !== asked.removals) throw new Error('not verified')
}

/** Each id column: the file, where its data begin, how many bytes. */
async function places(folder: string) {
  const path = `${folder}/edges.h5`
  const h5 = await openHdf5(path)
  const [population] = (await h5.members('/edges')) ?? []
  const columns = await Promise.all(
    ['source', 'target'].map(side => h5.dataset(`/edges/${population}/${side}_node_id`)),
  )
  const offsets = columns.map(column => {
    if (column === undefined || !('offset' in column) || typeof column.offset !== 'number')
      throw new Error(`${path}: not contiguous`)
    return { offset: column.offset, bytes: (column.shape?.[0] ?? 0) * 8 }
  })
  h5.close()
  return { path, offsets }
}

const files = await Promise.all([original, manipulated].map(places))
const window = new Uint8Array(WINDOW_ROWS * 8)

function readAll(): void {
  for (const { path, offsets } of files) {
    const fd = openSync(path, 'r')
    const bytes = Math.max(...offsets.map(column => column.bytes))
    for (let at = 0; at < bytes; at += window.length) {
      for (const column of offsets)
        readSync(fd, window, 0, Math.min(window.length, column.bytes - at), column.offset + at)
    }
    closeSync(fd)
  }
}

const streamed: number[] = []
const read: number[] = []
for (let run = 0; run <= Number(runs); run++) {
  const started = performance.now()
  await stream()
  const between = performance.now()
  readAll()
  const ended = performance.now()
  if (run === 0) continue
  streamed.push(between - started)
  read.push(ended - between)
}
const [streamMs, readMs] = [spread(streamed), spread(read)]
const ratio = streamMs.median / readMs.median
const memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024
console.log(JSON.stringify({ ratio, streamMs, readMs, peakMB: memory, windowRows: WINDOW_ROWS }))
