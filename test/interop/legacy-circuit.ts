/** Legacy twins of the demo's circuits: CircuitConfig, targets and MVD3 cells, written from the grammar. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_LAYOUT, writeDemo } from '../../src/demo/files.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'

export const NEURONS = 300

/** 0-based ids of the cells of a column, as good as any. */
export const COLUMN = Array.from({ length: NEURONS }, (_, id) => id).filter(id => id % 3 !== 1)

export interface Twins {
  readonly folder: string
  readonly mask: string
  /** A file of the demo's folder. */
  at(path: string): string
  remove(): void
}

/**
 * The demo with the node set `mc2_Column`, and beside each `circuit_config.json` a `CircuitConfig` of the same
 * circuit. The targets are those of the node sets, nested and spread over two files.
 */
export async function writeTwins(): Promise<Twins> {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-twins-'))
  const at = (path: string): string => join(folder, path)
  await writeDemo(folder, { neurons: NEURONS, removals: 40 })
  const sets = JSON.parse(readFileSync(at('original/node_sets.json'), 'utf8'))
  writeFileSync(at('original/node_sets.json'), JSON.stringify({ ...sets, mc2_Column: { node_id: COLUMN } }))
  const half = COLUMN.length >> 1
  writeFileSync(
    at('original/start.target'),
    `# targets of the circuit\n${target('mc2_0', COLUMN.slice(0, half))}Target Cell\nmc2_1\n{ ${gids(COLUMN.slice(half))} }\n`,
  )
  writeFileSync(at('original/user.target'), 'Target Cell mc2_Column {\n  mc2_1 mc2_0\n}\n')
  for (const run of ['original', 'removed_ok', 'removed_faulty'])
    writeFileSync(at(`${run}/CircuitConfig`), circuitConfig())
  await writeMvd3(at('original/nodes.h5'), at('original/circuit.mvd3'))
  return { folder, mask: at(DEMO_LAYOUT.mask), at, remove: () => rmSync(folder, { recursive: true }) }
}

export const circuitConfig = (keys: Readonly<Record<string, string | undefined>> = {}): string => {
  const run = {
    CircuitPath: '../original',
    nrnPath: 'edges.h5',
    CellLibraryFile: 'nodes.h5',
    TargetFile: '../original/user.target',
    MorphologyPath: '/nowhere/morphologies',
    ...keys,
  }
  const lines = Object.entries(run).flatMap(([key, value]) =>
    value === undefined ? [] : `    ${key} ${value}`,
  )
  return `# written by the tests\nRun Default\n{\n${lines.join('\n')}\n}\n`
}

export const gids = (ids: readonly number[]): string => ids.map(id => `a${id + 1}`).join(' ')
const target = (name: string, ids: readonly number[]): string => `Target Cell ${name}\n{\n${gids(ids)}\n}\n\n`

/** The cells of a nodes file as voxcell writes them: text as codes into a library. */
async function writeMvd3(nodesFile: string, file: string): Promise<void> {
  const h5 = await openHdf5(nodesFile)
  const codes = await h5.dataset('/nodes/All/0/synapse_class')
  const bytes = new Uint8Array(4 * NEURONS)
  await codes?.readInto(0, NEURONS, bytes)
  const values = (await (await h5.dataset('/nodes/All/0/@library/synapse_class'))?.strings()) ?? []
  h5.close()
  const mvd3 = createHdf5(file)
  const shape = [NEURONS]
  mvd3.strings('/library/synapse_class', values)
  mvd3.dataset(
    '/cells/properties/synapse_class',
    { type: { kind: 'int', bytes: 4, signed: false }, shape },
    bytes,
  )
  mvd3.dataset(
    '/cells/properties/layer',
    { type: { kind: 'int', bytes: 1, signed: true }, shape },
    Uint8Array.from({ length: NEURONS }, (_, id) => (id % 6) + 1),
  )
  mvd3.dataset(
    '/cells/positions',
    { type: { kind: 'float', bytes: 8 }, shape: [NEURONS, 3] },
    new Uint8Array(NEURONS * 24),
  )
  mvd3.close()
}
