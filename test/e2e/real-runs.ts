/** Real runs of the Python package, made ready for us: tokens replaced in a copy, expectations read. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { ID_BYTES } from '../../src/connectome/edges.ts'
import { openCircuit } from '../../src/sonata/circuit.ts'
import { hasShared, SHARED } from '../shared.ts'

export type Pair = [source: number, target: number]
type Selection = null | string | number[] | Record<string, unknown>

export interface RealRun {
  /** `<circuit>/<run>`. */
  name: string
  circuit: string
  folder: string
  operations: string[]
  failed: boolean
  hasMask: boolean
  hasEdges: boolean
  functions: { amount_pct?: number; conn_mask_file?: string; sel_src?: Selection; sel_dest?: Selection }[]
  expected: Expected
}

/** The keys of `expected.json` that the tests use; a truncated file has only the first ones. */
export interface Expected {
  input: { circuit_config: string; edge_population: string }
  note?: string
  input_sorted_by_target?: boolean
  rows_before?: number
  rows_after?: number
  connections_before?: number
  connections_after?: number
  removed_connections?: number
  removed_connections_list?: Pair[]
  added_connections?: number
  changed_properties?: string[]
  intended?: { removed_edge_ids: [number, number][]; rows_after: number }
}

const RUNS = join(SHARED, 'data', 'real_runs')

export function realRuns(): RealRun[] {
  if (!hasShared) return []
  const manifest = readJson(join(RUNS, 'manifest.json')) as {
    runs: { path: string; circuit: string; operations: string[]; status: string; files: string[] }[]
  }
  return manifest.runs.map(run => {
    const folder = join(RUNS, run.path)
    const config = readJson(join(folder, 'manip_config.json')) as { manip: { fcts: RealRun['functions'] } }
    return {
      name: run.path,
      circuit: run.circuit,
      folder,
      operations: run.operations,
      failed: run.status !== 'ok',
      hasMask: run.files.includes('mask.npz'),
      hasEdges: run.files.includes('edges.h5'),
      functions: config.manip.fcts,
      expected: readJson(join(folder, 'expected.json')) as Expected,
    }
  })
}

/** Runs that removed the whole of their mask, which names connections only. */
export const runsWithWholeMask = (): RealRun[] =>
  realRuns().filter(
    run =>
      !run.failed &&
      run.hasMask &&
      run.operations[0] === 'conn_removal' &&
      (run.functions[0]?.amount_pct ?? 100) === 100 &&
      !run.name.endsWith('extra_entries'),
  )

export interface PreparedRun {
  original: string
  manipulated: string
  mask: string
  /** Selections as on the command line; undefined: all nodes. */
  source: string | undefined
  target: string | undefined
}

/** A copy of the run in `folder` that stands where its paths say. */
export function prepare(run: RealRun, folder: string): PreparedRun {
  const circuit = join(SHARED, 'data', 'circuits', run.circuit)
  const copy = join(folder, run.name)
  mkdirSync(copy, { recursive: true })
  const place = (text: string): string => text.replaceAll('@CIRCUIT@', circuit).replaceAll('@RUN@', copy)
  for (const file of readdirSync(run.folder)) {
    if (/\.(h5|npz)$/.test(file)) copyFileSync(join(run.folder, file), join(copy, file))
  }
  const config = readFileSync(join(run.folder, 'circuit_config.json'), 'utf8')
  writeFileSync(join(copy, 'circuit_config.json'), place(config))
  const select = (selection: Selection | undefined, side: string): string | undefined => {
    if (selection === null || selection === undefined) return undefined
    if (typeof selection === 'string') return selection
    if (!Array.isArray(selection)) {
      return Object.entries(selection)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join('&')
    }
    const file = join(copy, `${side}.json`)
    writeFileSync(file, JSON.stringify(selection))
    return file
  }
  const [first] = run.functions
  return {
    original: place(run.expected.input.circuit_config),
    manipulated: join(copy, 'circuit_config.json'),
    mask: join(copy, 'mask.npz'),
    source: select(first?.sel_src, 'source'),
    target: select(first?.sel_dest, 'target'),
  }
}

/** Every row of an edge population as (source, target), in file order. */
export async function readPairs(edges: EdgeSource): Promise<Pair[]> {
  const read = async (column: EdgeSource['source']): Promise<number[]> => {
    const width = ID_BYTES[column.type]
    const bytes = new Uint8Array(width * column.length)
    await column.readInto(0, column.length, bytes)
    const view = new DataView(bytes.buffer)
    // All real files have 64-bit ids; the low word is enough, ids are small.
    if (width !== 8) throw new Error(`${column.label} is ${column.type}`)
    return Array.from({ length: column.length }, (_, row) => view.getUint32(width * row, true))
  }
  const [source, target] = [await read(edges.source), await read(edges.target)]
  return source.map((id, row) => [id, target[row] ?? 0])
}

export async function originalPairs(prepared: PreparedRun): Promise<Pair[]> {
  const circuit = await openCircuit(prepared.original)
  const pairs = await readPairs(await circuit.edgePopulation())
  circuit.close()
  return pairs
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
