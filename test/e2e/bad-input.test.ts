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

/** What is wrong: spoil `edges.h5` or the configuration beside it, and where the message must point. */
interface Case {
  what: string
  spoil: (edges: string, config: string) => void | Promise<void>
  file?: RegExp
  field?: RegExp
  message: RegExp
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
    expect(await verify(at('original'), [file])).toMatchObject({ code: 0 })
  })
})

function expectError(
  error: { message: string; file?: string; field?: string } | undefined,
  one: Omit<Case, 'what' | 'spoil'>,
) {
  expect(error?.message).toMatch(one.message)
  expect(error?.file).toMatch(one.file ?? /edges\.h5$/)
  if (one.field !== undefined) expect(`${error?.field}`).toMatch(one.field)
}

describe('an original with', () => {
  it.each(CASES.filter(one => one.what !== 'nodes that are not there'))(
    '$what: no verdict at all',
    async one => {
      const bad = await spoiled(one)
      await expectRefused(verify(bad, [at('good'), at('good')]), one)
    },
  )
})

describe('a mask or selection', () => {
  const refused = (flags: string[], one: Omit<Case, 'what' | 'spoil'>): Promise<void> =>
    expectRefused(connproof(['verify', at('original'), at('good'), '--json', ...flags]), one)

  it('of another shape', async () => {
    const copy = at('shape.npz')
    cpSync(mask, copy)
    await refused(['--removed', copy, '--nodes', 'Layer5'], {
      file: /shape\.npz$/,
      field: /shape/,
      message: new RegExp(`${selected.length} x ${selected.length}.*Layer5`),
    })
  })

  it('without any word on what its rows are', async () => {
    const copy = at('alone.npz')
    cpSync(mask, copy)
    await refused(['--removed', copy], { file: /alone\.npz$/, field: /shape/, message: /120 \(all nodes\)/ })
  })

  it('for other nodes than the selected ones, though as many', async () => {
    const others = Array.from(selected, id => id)
    const missing = Array.from({ length: 120 }, (_, id) => id).find(id => !others.includes(id)) ?? 0
    others[others.length - 1] = missing
    const file = at('others.json')
    writeFileSync(file, JSON.stringify(others.sort((a, b) => a - b)))
    await refused(['--removed', mask, '--nodes', file, '--id-base', '0'], {
      file: /conns_removed_adjmat\.npz$/,
      field: /conns_removed_gids\.npy/,
      message: /another source selection.*GID/,
    })
  })

  it('that is not there', () =>
    refused(['--removed', at('none.npz')], { file: /none\.npz$/, message: /no such file|does not exist/i }))

  it('with a bad CRC', async () => {
    const copy = at('crc_adjmat.npz')
    cpSync(mask, copy)
    // Into the deflated bytes of the member, past the local header of 30 bytes and its name.
    flipByte(copy, { after: Buffer.from('indices.npy'), offset: 11 + 60 })
    await refused(['--removed', copy, '--nodes', 'Excitatory'], {
      file: /crc_adjmat\.npz$/,
      field: /indices/,
      message: /CRC|deflate|inflate|damaged/i,
    })
  })

  it('cut short', async () => {
    const copy = at('cut_adjmat.npz')
    cpSync(mask, copy)
    cut(copy, 0.7)
    await refused(['--removed', copy, '--nodes', 'Excitatory'], {
      file: /cut_adjmat\.npz$/,
      message: /truncated|zip/i,
    })
  })

  it('with a node set that does not exist: the nearest name is suggested', () =>
    refused(['--removed', mask, '--nodes', 'Exitatory'], {
      file: /node_sets\.json$/,
      field: /Exitatory/,
      message: /no node set "Exitatory"/,
    }))

  it('with an attribute that does not exist: the nearest name is suggested', async () => {
    const result = await connproof([
      'verify',
      at('original'),
      at('good'),
      '--removed',
      mask,
      '--nodes',
      'layr=4',
    ])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toMatch(/layr/)
    expect(result.stderr).toMatch(/did you mean "?layer"?\?/i)
  })

  it('that selects nothing', () =>
    refused(['--removed', mask, '--nodes', 'Layer1&synapse_class=EXC'], {
      file: /nodes\.h5$/,
      field: /Layer1&synapse_class=EXC/,
      message: /selects no node/,
    }))
})

/** Exit 2, an `error` record and a message on stderr, no proof. */
async function expectRefused(run: Promise<CliResult>, one: Omit<Case, 'what' | 'spoil'>): Promise<void> {
  const { code, stdout, stderr } = await run
  expect(code).toBe(2)
  const records = stdout.trim().split('\n')
  expect(records).toHaveLength(1)
  const record = JSON.parse(records[0] ?? '')
  expect(record.type).toBe('error')
  expectError(record, one)
  expect(stderr).toContain(record.file)
}
