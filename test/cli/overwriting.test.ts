/** No output takes the place of a file that is read, whatever it is called there. */
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planOutputs } from '../../src/cli/outputs.ts'
import { refuseOverwriting } from '../../src/cli/overwriting.ts'

let folder: string
const at = (name: string): string => join(folder, name)
const write = (name: string, content: string | Buffer = ''): void => {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), content)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connproof-overwriting-'))
  const population = { edges_file: '$NET/edges.h5', edge_types_file: '$NET/edge_types.csv', populations: {} }
  const config = {
    manifest: { $BASE: '.', $NET: '$BASE/networks' },
    networks: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the manifest
      nodes: [{ nodes_file: '${NET}/nodes.h5', node_types_file: 'node_types.csv' }],
      edges: [population],
    },
    node_sets_file: 'node_sets.json',
    components: { morphologies_dir: '$BASE/morphologies', provenance: { dir: '.' } },
  }
  write('c/circuit_config.json', JSON.stringify(config, undefined, 1))
  for (const name of ['networks/edges.h5', 'networks/nodes.h5', 'networks/edge_types.csv', 'node_types.csv'])
    write(`c/${name}`, 'x')
  write('c/node_sets.json', '{}')
  write('c/morphologies/a.asc', 'x')
  write('c/proof.json', '{}')
  write(
    'b/BlueConfig',
    'Run Default\n{\n  CircuitPath ../bc\n  nrnPath ../bc/ncsFunctional\n TargetFile other.target\n}\n',
  )
  for (const name of [
    'bc/start.target',
    'bc/circuit.mvd3',
    'bc/ncsFunctional/edges.sonata',
    'b/user.target',
    'b/other.target',
  ])
    write(name, 'x')
  write('p/parquet/edges.parquet', 'x')
  write('p/parquet/parquet.DONE', 'x')
  write('m/conns_adjmat.npz', 'x')
  write('m/conns_gids.npy', 'x')
  write('campaign.yaml', 'circuit: c\noutput: out\nmanipulations: [{ name: A, list: "list.csv" }]\n')
  write('list.csv', '1,2\n')
  write('out/A/0/proof.json', '{}')
  write('broken/circuit_config.json', '{ "manifest": {}, "edges_file": "edges.h5", ')
  write('broken/edges.h5', 'x')
  write('lone.h5', Buffer.from('\x89HDF\r\n\x1a\nrest', 'latin1'))
  write('block.dat', Buffer.from(`${'user'.repeat(256)}\x89HDF\r\n\x1a\nrest`, 'latin1'))
  write('raw.dat', 'weights')
  linkSync(at('raw.dat'), at('raw-too.dat'))
  write('lone.parquet', 'PAR1rest')
  write('earlier.json', '{}')
  symlinkSync(at('c/networks/edges.h5'), at('link.json'))
  linkSync(at('c/networks/nodes.h5'), at('hard.json'))
  symlinkSync(at('c'), at('linked'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refuse = (output: string, ...inputs: string[]) =>
  refuseOverwriting([{ path: at(output), field: '--proof' }], inputs.map(at))

describe('an output is refused that is', () => {
  it.each([
    ['the configuration', 'c/circuit_config.json', 'c'],
    ['the edges', 'c/networks/edges.h5', 'c'],
    ['the nodes, by a variable in braces', 'c/networks/nodes.h5', 'c/circuit_config.json'],
    ['a table of types', 'c/networks/edge_types.csv', 'c'],
    ['another table of types', 'c/node_types.csv', 'c'],
    ['the node sets', 'c/node_sets.json', 'c'],
    ['in a folder of the circuit', 'c/morphologies/a.asc', 'c'],
    ['a symbolic link to it', 'link.json', 'c'],
    ['another name of it', 'hard.json', 'c'],
    ['below a linked folder', 'linked/networks/edges.h5', 'c'],
    ['of a circuit that is named by a link', 'c/networks/edges.h5', 'linked'],
    ['of a configuration that is broken', 'broken/edges.h5', 'broken'],
    ['a target file that a BlueConfig does not name', 'bc/start.target', 'b/BlueConfig'],
    ['a target file beside a BlueConfig', 'b/user.target', 'b'],
    ['cells of a BlueConfig', 'bc/circuit.mvd3', 'b'],
    ['edges before conversion', 'p/parquet/edges.parquet', 'p'],
    ['the note that they are all', 'p/parquet/parquet.DONE', 'p/parquet'],
    ['a mask', 'm/conns_adjmat.npz', 'm/conns_adjmat.npz'],
    ['the ids beside a mask', 'm/conns_gids.npy', 'm/conns_adjmat.npz'],
    ['of a circuit of a campaign', 'c/networks/edges.h5', 'campaign.yaml'],
    ['the list of a campaign', 'list.csv', 'campaign.yaml'],
  ])('%s', (_, output, input) => {
    expect(() => refuse(output, 'earlier.json', input)).toThrow(/would be overwritten/)
  })

  it.each(['lone.h5', 'block.dat', 'lone.parquet'])('a circuit that nobody reads: %s', output => {
    expect(() => refuse(output)).toThrow(/holds (HDF5|Parquet)/)
  })

  it.each([
    ['an earlier proof beside the circuit', 'c/proof.json', 'c'],
    ['the proof of a campaign', 'out/A/0/proof.json', 'campaign.yaml'],
    ['something else', 'earlier.json', 'c'],
    ['not there', 'new.json', 'c'],
  ])('not: %s', (_, output, input) => {
    expect(() => refuse(output, input)).not.toThrow()
  })
})

it.each([
  ['proof', 'c/node_sets.json'],
  ['junit', 'c/networks/edges.h5'],
  ['writeDifferences', 'c/node_types.csv'],
] as const)('--%s is refused with --force as without', (flag, name) => {
  for (const force of [true, undefined] as const)
    expect(() => planOutputs({ [flag]: at(name), force }, [at('c')], [at('c')])).toThrow(/overwritten/)
})

it('what turned out to be read only during the run stays, with --force as without', async () => {
  for (const [flag, name] of [
    ['proof', 'raw.dat'],
    ['junit', 'raw-too.dat'],
  ] as const) {
    const outputs = planOutputs({ [flag]: at(name), force: true }, [at('c')], [at('c')])
    await expect(outputs.write('{}', [], '<xml/>', [at('raw.dat')])).rejects.toThrow(/was read, and would be/)
    outputs.abort()
    expect(readFileSync(at('raw.dat'), 'utf8')).toBe('weights')
  }
})
