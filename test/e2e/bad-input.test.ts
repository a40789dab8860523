/** Input that cannot be used: exit 2, a message that says where and what, no verdict, and the others still run. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Connection,
  type EdgeTable,
  EXC,
  nodesOfClass,
  type SyntheticCircuit,
} from '../../src/demo/circuit.ts'
import { halfOfReciprocalPairs } from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { PIPELINE_STYLE, writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { type CliResult, connproof } from './cli.ts'
import { cut, flipByte, patchId, renameFilter, writeCompressed, ZLIB_START } from './damage.ts'
import { expectError, expectRefused, type Refusal } from './refusal.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-bad-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...path: string[]): string => join(folder, ...path)

let circuit: SyntheticCircuit
let selected: Uint32Array
let asked: Connection[]
let good: EdgeTable
const mask = at('conns_removed_adjmat.npz')
const POPULATION = PIPELINE_STYLE.population

beforeAll(async () => {
  circuit = synthesize({ seed: 'bad input', neurons: 120, meanInDegree: 8 })
  selected = nodesOfClass(circuit.nodes, EXC)
  asked = halfOfReciprocalPairs(circuit, selected, 20, seededRandom('asked'))
  good = removeConnections(circuit.edges, asked)
  await writeCircuit(at('original'), circuit)
  await writeMaskFiles(folder, asked, selected)
  await writeManipulated(at('good'), '../original', good, circuit.nodes.count)
})

const verify = (original: string, circuits: string[], ...flags: string[]): Promise<CliResult> =>
  connproof(['verify', original, ...circuits, '--removed', mask, '--json', ...flags])

/** What is wrong: spoil `edges.h5` or the configuration beside it. */
interface Case extends Refusal {
  what: string
  spoil: (edges: string, config: string) => void | Promise<void>
}

const editJson = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
}

/** An edges file with these columns and nothing else. */
function writeColumns(file: string, columns: Record<string, Uint32Array>, populations = [POPULATION]): void {
  const h5 = createHdf5(file)
  for (const population of populations) {
    for (const [name, ids] of Object.entries(columns)) {
      const type = { kind: 'int', bytes: 8, signed: true } as const
      const bytes = new Uint8Array(BigInt64Array.from(ids, BigInt).buffer)
      const attributes = { node_population: 'All' }
      h5.dataset(`/edges/${population}/${name}`, { type, shape: [ids.length], attributes }, bytes)
    }
  }
  h5.close()
}

const CASES: Case[] = [
  { what: 'a missing edges file', spoil: edges => rmSync(edges), message: /no such file|does not exist/i },
  {
    what: 'a missing configuration',
    spoil: (_, config) => rmSync(config),
    file: /bad/,
    message: /no circuit_config\.json/,
  },
  {
    what: 'a configuration that is not JSON',
    spoil: (_, config) => editJson(config, '"networks": {', '"networks": ['),
    file: /circuit_config\.json$/,
    field: /line \d+, column \d+/,
    message: /not valid JSON/,
  },
  {
    what: 'a file that is not HDF5',
    spoil: edges => writeFileSync(edges, 'source,target\n1,2\n'.repeat(200)),
    message: /HDF5/,
  },
  { what: 'an empty file', spoil: edges => writeFileSync(edges, ''), message: /HDF5|empty/ },
  { what: 'a truncated file', spoil: edges => cut(edges, 0.6), message: /truncated/ },
  {
    what: 'a corrupt compressed chunk',
    spoil: async edges => {
      await writeCompressed(edges, good, POPULATION)
      flipByte(edges, { after: ZLIB_START, offset: 40 })
    },
    field: /source_node_id/,
    message: /filter|chunk|inflate/,
  },
  {
    what: 'a filter that is not there',
    spoil: async edges => {
      await writeCompressed(edges, good, POPULATION)
      renameFilter(edges)
    },
    field: /source_node_id/,
    message: /filter 200.*not available/,
  },
  {
    what: 'a missing dataset',
    spoil: edges => writeColumns(edges, { source_node_id: good.source }),
    field: /target_node_id/,
    message: /no dataset target_node_id/,
  },
  {
    what: 'columns of different lengths',
    spoil: edges =>
      writeColumns(edges, { source_node_id: good.source, target_node_id: good.target.subarray(1) }),
    field: new RegExp(POPULATION),
    message: /\d+ source ids, but \d+ target ids/,
  },
  {
    what: 'a population that is not in the file',
    spoil: (_, config) => editJson(config, `"${POPULATION}"`, '"All__All__electrical"'),
    field: /All__All__electrical|edges/,
    message: /All__All__electrical/,
  },
  {
    what: 'two populations that could be meant',
    spoil: (edges, config) => {
      writeColumns(edges, { source_node_id: good.source, target_node_id: good.target }, ['one', 'two'])
      editJson(config, `"${POPULATION}": {`, '"one": {}, "two": {')
    },
    file: /circuit_config\.json$/,
    message: /one.*two/s,
  },
  {
    what: 'a source id out of range',
    spoil: edges => patchId(edges, good.source, 10, BigInt(circuit.nodes.count)),
    field: /source_node_id/,
    message: /120.*out of range|out of range.*120/,
  },
  {
    what: 'a target id out of range',
    spoil: edges => patchId(edges, good.target, good.target.length - 1, 5000n),
    field: /target_node_id/,
    message: /5000.*out of range|out of range.*5000/,
  },
  {
    what: 'an id of 2^32 and more, whose low word is a good one',
    spoil: edges => patchId(edges, good.source, 10, 2n ** 32n + BigInt(good.source[10] ?? 0)),
    field: /source_node_id|row 10/,
    message: /2\^32|4294967\d+/,
  },
  {
    what: 'a negative id',
    spoil: edges => patchId(edges, good.target, good.target.length - 1, -1n),
    field: /target_node_id|row \d+/,
    message: /negative/,
  },
  {
    what: 'a manifest that goes in a circle',
    spoil: (_, config) =>
      editJson(config, '"$BASE_DIR": "."', '"$BASE_DIR": "$OTHER", "$OTHER": "$BASE_DIR/x"'),
    file: /circuit_config\.json$/,
    field: /manifest/,
    message: /\$BASE_DIR -> \$OTHER -> \$BASE_DIR/,
  },
  {
    what: 'nodes that are not there',
    spoil: (_, config) => editJson(config, '/nodes.h5', '/other_nodes.h5'),
    file: /other_nodes\.h5$/,
    message: /no such file|does not exist/i,
  },
]

async function spoiled({ what, spoil }: Case): Promise<string> {
  const bad = at('bad', what.replaceAll(/\W+/g, '_'))
  cpSync(at('good'), bad, { recursive: true })
  editJson(join(bad, 'circuit_config.json'), '"../original"', '"../../original"')
  await spoil(join(bad, 'edges.h5'), join(bad, 'circuit_config.json'))
  return bad
}

describe('one manipulated circuit with', () => {
  it.each(CASES)('$what: no verdict of it, and the two others are verified', async one => {
    const bad = await spoiled(one)
    const { code, proofs } = await verify(at('original'), [at('good'), bad, at('good')])
    expect(code).toBe(2)
    expect(proofs.map(proof => proof.verdict)).toEqual(['verified', 'cannot_tell', 'verified'])
    const [, proof] = proofs
    expect(proof).toMatchObject({ classes: null, connections: null, diff: null, findings: [] })
    expectError(proof?.error, one)

    const text = await connproof(['verify', at('original'), bad, '--removed', mask])
    expect(text.code).toBe(2)
    expect(text.stdout).toMatch(/^cannot tell/m)
    expect(text.stdout).not.toMatch(/^(verified|differs)/m)
  })

  it('compressed chunks that are whole: it is verified, so the damage above is what was refused', async () => {
    const file = await spoiled({
      what: 'control',
      spoil: edges => writeCompressed(edges, good, POPULATION),
      message: /./,
    })
    // Only ids were written.
    expect(await verify(at('original'), [file], '--level', 'connections')).toMatchObject({ code: 0 })
  })
})

describe('an original with', () => {
  it.each(CASES.filter(one => one.what !== 'nodes that are not there'))(
    '$what: no verdict at all',
    async one => {
      const bad = await spoiled(one)
      await expectRefused(verify(bad, [at('good'), at('good')]), one)
    },
  )
})
