/** The corpus: small whole files of every format, all of one circuit, and the damage that only a format can have. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEMO_LAYOUT, writeDemo } from '../../src/demo/files.ts'
import { encodeNpy, readNpy } from '../../src/formats/npy.ts'
import { readSparseCoo, writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { cooToCsc } from '../../src/kernels/csc.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { circuitConfig, gids } from '../interop/legacy-circuit.ts'
import { writeChunked } from './chunked.ts'
import { circuitContent, columnsOf, pairsOf } from './content.ts'
import * as fatal from './fatal.ts'
import { fullTargets } from './full-targets.ts'
import { type Pairs, readPairs } from './pairs.ts'
import { parquetTargets } from './parquet-targets.ts'
import { synapseTargets } from './synapse-targets.ts'
import type { FuzzTarget } from './target.ts'

const NODES = 60

export async function writeTargets(folder: string): Promise<FuzzTarget[]> {
  const at = (path: string): string => join(folder, path)
  const demo = await writeDemo(folder, { seed: 'fuzz', neurons: NODES, removals: 10 })
  const [original, good] = [at(DEMO_LAYOUT.original), at('removed_ok')]
  const mask = at(DEMO_LAYOUT.mask)
  const verify = [
    'verify',
    '--level',
    'connections',
    original,
    good,
    '--removed',
    mask,
    '--nodes',
    demo.nodeSet,
  ]
  const pairs = await readPairs(at('original/edges.h5'))
  const target = (format: string, path: string, rest: Partial<FuzzTarget>): FuzzTarget => ({
    format,
    file: at(path),
    args: verify,
    whole: 0,
    content: () => pairsOf(at(path)),
    fatal: [],
    ...rest,
  })
  const manipulated = await readPairs(at('removed_ok/edges.h5'))
  await writeChunked(at('chunked.h5'), manipulated, 'All')
  await writeLegacy(at, demo.nodeSet)
  await writeLists(at, pairs)
  const against = (path: string) => ['diff', at('original/edges.h5'), at(path), '--id-base', '0']
  const maskContent = async (): Promise<string> =>
    JSON.stringify(Object.values(await readSparseCoo(mask)).map(String))
  const facts = (format: string, path: string): FuzzTarget =>
    target(format, path, { args: ['inspect', at(path), '--id-base', '0'], facts: true, leads: true })
  return [
    ...(await parquetTargets(join(folder, 'unconverted'))),
    ...(await synapseTargets(join(folder, 'synapses'))),
    ...(await fullTargets(join(folder, 'full'))),
    facts('inspect edges', 'original/edges.h5'),
    facts('inspect chunked', 'chunked.h5'),
    facts('inspect config', 'removed_ok/circuit_config.json'),
    target('hdf5 edges', 'original/edges.h5', {
      content: () => columnsOf(at('original/edges.h5'), 'default'),
      fatal: fatal.hdf5Damage(pairs.source),
    }),
    target('hdf5 edges', 'removed_ok/edges.h5', {
      content: () => columnsOf(at('removed_ok/edges.h5'), 'All__All__chemical'),
      fatal: fatal.hdf5Damage(manipulated.target),
    }),
    target('hdf5 chunked', 'chunked.h5', {
      args: [
        'verify',
        '--level',
        'connections',
        original,
        at('chunked.h5'),
        '--removed',
        mask,
        '--nodes',
        demo.nodeSet,
      ],
      content: () => columnsOf(at('chunked.h5'), 'default'),
    }),
    target('hdf5 nodes', 'original/nodes.h5', {
      content: async () => circuitContent(await openCircuit(original), demo.nodeSet),
      leads: true,
    }),
    target('circuit_config', 'removed_ok/circuit_config.json', {
      content: async () => circuitContent(await openCircuit(good), demo.nodeSet),
      fatal: fatal.CONFIG_DAMAGE,
      leads: true,
    }),
    target('node_sets', 'original/node_sets.json', {
      content: async () => circuitContent(await openCircuit(original), demo.nodeSet),
      fatal: fatal.nodeSetDamage(demo.nodeSet),
      leads: true,
    }),
    target('npz mask', DEMO_LAYOUT.mask, {
      content: maskContent,
      fatal: fatal.NPZ_DAMAGE,
      checksummed: true,
    }),
    target('npy gids', 'conns_removed_gids.npy', {
      content: async () => String((await readNpy(at('conns_removed_gids.npy'))).data),
      fatal: fatal.NPY_DAMAGE,
      leads: true,
    }),
    target('npz adjacency', 'list.npz', {
      args: against('list.npz'),
      fatal: fatal.NPZ_DAMAGE,
      checksummed: true,
    }),
    target('npy pairs', 'list.npy', { args: against('list.npy'), fatal: fatal.NPY_DAMAGE }),
    target('csv pairs', 'list.csv', { args: against('list.csv'), fatal: fatal.CSV_DAMAGE }),
    target('BlueConfig', 'removed_ok/CircuitConfig', {
      args: [
        'verify',
        '--level',
        'connections',
        original,
        join(good, 'CircuitConfig'),
        '--removed',
        mask,
        '--nodes',
        'Chosen',
      ],
      content: async () => circuitContent(await openCircuit(join(good, 'CircuitConfig')), 'Chosen'),
      fatal: fatal.BLUECONFIG_DAMAGE,
      leads: true,
    }),
    target('target file', 'original/user.target', {
      args: [
        'verify',
        '--level',
        'connections',
        original,
        join(good, 'CircuitConfig'),
        '--removed',
        mask,
        '--nodes',
        'Chosen',
      ],
      content: async () => circuitContent(await openCircuit(join(good, 'CircuitConfig')), 'Chosen'),
      fatal: fatal.TARGET_DAMAGE,
      leads: true,
    }),
  ]
}

async function writeLists(at: (path: string) => string, { source, target }: Pairs): Promise<void> {
  const matrix = cooToCsc({ rows: NODES, columns: NODES, row: source, column: target })
  await writeMaskNpz(at('list.npz'), { ...matrix, label: 'list.npz' })
  writeFileSync(
    at('list.npy'),
    encodeNpy({ shape: [2, source.length], data: BigInt64Array.from([...source, ...target], BigInt) }),
  )
  writeFileSync(
    at('list.csv'),
    `source,target\n${Array.from(source, (id, k) => `${id},${target[k]}\n`).join('')}`,
  )
}

async function writeLegacy(at: (path: string) => string, nodeSet: string): Promise<void> {
  const circuit = await openCircuit(at('original'))
  const { ids } = await circuit.select('All', nodeSet)
  circuit.close()
  writeFileSync(
    at('original/user.target'),
    `Target Cell Chosen\n{\n  Half ${gids([...ids.subarray(ids.length >> 1)])}\n}\nTarget Cell Half { ${gids([...ids.subarray(0, ids.length >> 1)])} }\n`,
  )
  writeFileSync(at('removed_ok/CircuitConfig'), circuitConfig())
  const sets = JSON.parse(readFileSync(at('original/node_sets.json'), 'utf8'))
  writeFileSync(at('original/node_sets.json'), JSON.stringify({ ...sets, Chosen: { node_id: [...ids] } }))
}
