import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeIdToGid } from '../../src/connectome/selection.ts'
import { InputError } from '../../src/errors.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { inspect } from '../../src/inspect.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { jsonLines, proofRecords } from '../../src/report/json.ts'
import { readMask } from '../../src/selection/mask.ts'
import { verify } from '../../src/verify.ts'
import { COLUMN, circuitConfig, gids, NEURONS, type Twins, writeTwins } from './legacy-circuit.ts'

let twins: Twins
beforeAll(async () => {
  twins = await writeTwins()
})
afterAll(() => twins.remove())

const failure = async (attempt: Promise<unknown>): Promise<InputError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof InputError) return error
  throw new Error(`expected an InputError, got ${String(error)}`)
}

/** `verify --json`, without names of configurations, the files that they lead to, and times. */
async function verifyJson(
  config: string,
  options: { nodes?: string; removed?: boolean } = {},
): Promise<string> {
  const original = await openCircuit(twins.at(`original/${config}`))
  const proofs = await verify({
    original,
    manipulated: ['removed_ok', 'removed_faulty'].map(run => twins.at(`${run}/${config}`)),
    removed: options.removed ? await readMask(twins.mask) : undefined,
    source: options.nodes,
    target: options.nodes,
    all: true,
  })
  original.close()
  const text = jsonLines(proofs.map(proof => ({ ...proof, inputs: [] })).flatMap(proofRecords))
  expect(text).toContain(`/${config}"`)
  return text.replaceAll(`/${config}"`, '/CONFIG"').replace(/"seconds":[\d.]+/g, '"seconds":0')
}

describe('a CircuitConfig and its SONATA twin', () => {
  it.each([
    ['all nodes', {}],
    ['a mask with the ids beside it', { removed: true }],
    ['a target and an attribute', { nodes: 'mc2_Column & synapse_class=EXC' }],
    ['a target', { nodes: 'mc2_Column' }],
    ['an attribute', { nodes: 'synapse_class=EXC', removed: true }],
  ])('give byte-equal verify output: %s', async (_, options) => {
    const sonata = await verifyJson('circuit_config.json', options)
    expect(await verifyJson('CircuitConfig', options)).toBe(sonata)
    expect(sonata).toContain('"verdict":"differs"')
  })

  it('verify the good run as asked', async () => {
    const text = await verifyJson('CircuitConfig', { nodes: 'synapse_class=EXC', removed: true })
    const verdicts = text
      .split('\n')
      .flatMap(line => /"type":"proof".*"verdict":"(\w+)"/.exec(line)?.[1] ?? [])
    expect(verdicts).toEqual(['verified', 'differs'])
  })

  it('have the same edges for inspect, and targets for node sets', async () => {
    const legacy = await inspect(twins.at('original/CircuitConfig'))
    const sonata = await inspect(twins.at('original/circuit_config.json'))
    expect(legacy.edges).toEqual(sonata.edges)
    expect(legacy.nodes).toEqual(sonata.nodes)
    expect(legacy.nodeSets).toEqual(['mc2_0', 'mc2_1', 'mc2_Column'])
  })
})

describe('selections', () => {
  it('by target are the GIDs of the file, as node ids', async () => {
    const circuit = await openCircuit(twins.at('original/CircuitConfig'))
    const { ids, expression } = await circuit.select('All', 'mc2_Column')
    expect([...ids]).toEqual(COLUMN)
    expect(gids([...ids]).split(' ')[0]).toBe(`a${nodeIdToGid(COLUMN[0] ?? -1)}`)
    expect(expression).toBe('mc2_Column')
    circuit.close()
  })

  it('name the nearest target', async () => {
    const circuit = await openCircuit(twins.at('original/CircuitConfig'))
    const error = await failure(circuit.select('All', 'mc2_Colum'))
    expect(error.message).toBe('no target "mc2_Colum"')
    expect(error.hint).toBe('Did you mean "mc2_Column"?')
    expect((await failure(circuit.select('All', 'zzzzzz'))).hint).toContain(
      'Targets: mc2_0, mc2_1, mc2_Column.',
    )
    circuit.close()
  })

  it('of all nodes read no targets at all', async () => {
    const config = write('original/CircuitConfig_no_target', circuitConfig({ TargetFile: 'nothing.target' }))
    write('original/nothing.target', 'not a target')
    const circuit = await openCircuit(config)
    expect((await circuit.select('All')).ids.length).toBe(NEURONS)
    expect((await failure(circuit.select('All', 'mc2_0'))).message).toContain(
      'expected "Target", found "not"',
    )
    circuit.close()
  })

  it('by CircuitTarget, with its population or without', async () => {
    for (const value of ['mc2_Column', 'All:mc2_Column']) {
      const circuit = await openCircuit(
        write('original/BlueConfig_target', circuitConfig({ CircuitTarget: value })),
      )
      expect([...(await circuit.select('All', 'CircuitTarget & synapse_class=EXC')).ids]).toEqual([
        ...(await circuit.select('All', 'mc2_Column & synapse_class=EXC')).ids,
      ])
      circuit.close()
    }
  })
})

const write = (path: string, text: string): string => {
  writeFileSync(twins.at(path), text)
  return twins.at(path)
}

describe('configurations are found and named', () => {
  it('by content, whatever the name', async () => {
    const config = write('original/circuit.cfg.json', circuitConfig())
    expect((await openCircuit(config)).name).toBe('circuit.cfg')
    const sonata = write('original/sonata', readFileSync(twins.at('original/circuit_config.json'), 'utf8'))
    expect((await (await openCircuit(sonata)).edgePopulation()).edgeCount).toBeGreaterThan(0)
  })

  it('in a folder, SONATA first', async () => {
    expect((await openCircuit(twins.at('original'))).file).toBe(twins.at('original/circuit_config.json'))
    mkdirSync(twins.at('legacy'))
    write('legacy/CircuitConfig', circuitConfig({ nrnPath: '../original/edges.h5' }))
    const circuit = await openCircuit(twins.at('legacy'))
    expect([circuit.name, circuit.file]).toEqual(['legacy', twins.at('legacy/CircuitConfig')])
  })

  it('by name: the folder for CircuitConfig itself, else the file', async () => {
    const manip = write('original/CircuitConfig_manip', circuitConfig())
    expect((await openCircuit(manip)).name).toBe('CircuitConfig_manip')
    expect((await openCircuit(twins.at('original/CircuitConfig'))).name).toBe('original')
  })

  it('unless it is other text', async () => {
    const error = await failure(openCircuit(write('original/notes', 'Run fast\nand far\n')))
    expect(error.message).toBe('expected a circuit, found other text')
  })
})

describe('paths', () => {
  const edges = async (keys: Record<string, string | undefined>, name?: string) => {
    const circuit = await openCircuit(write('original/CircuitConfig_paths', circuitConfig(keys)))
    try {
      return await circuit.edgePopulation(name)
    } finally {
      circuit.close()
    }
  }

  it.each([
    ['a file', 'edges.h5'],
    ['a file and its population', 'edges.h5:default'],
    ['a folder', '.'],
  ])('nrnPath: %s', async (_, nrnPath) => {
    expect(await edges({ nrnPath })).toMatchObject({
      population: 'default',
      file: twins.at('original/edges.h5'),
      sourceCount: NEURONS,
    })
  })

  it('nrnPath absolute, or relative to CurrentDir', async () => {
    expect((await edges({ nrnPath: twins.at('removed_ok/edges.h5') })).population).toBe('All__All__chemical')
    expect(
      (await edges({ nrnPath: 'edges.h5', CurrentDir: twins.at('removed_ok'), TargetFile: undefined }))
        .population,
    ).toBe('All__All__chemical')
  })

  it('nrnPath: edges.sonata of a folder goes before edges.h5', async () => {
    mkdirSync(twins.at('both'))
    for (const [from, to] of [
      ['removed_ok', 'edges.sonata'],
      ['original', 'edges.h5'],
    ])
      writeFileSync(twins.at(`both/${to}`), readFileSync(twins.at(`${from}/edges.h5`)))
    expect((await edges({ nrnPath: '../both' })).population).toBe('All__All__chemical')
  })

  it.each([
    ['a population that is not there', { nrnPath: 'edges.h5:nobody' }, 'no edge population "nobody"'],
    ['nothing', { nrnPath: 'gone.h5' }, 'no such file or folder: '],
    ['no nrnPath', { nrnPath: undefined }, 'expected nrnPath, the edges of the circuit'],
    ['a folder without edges', { nrnPath: '../empty' }, 'expected edges.sonata or edges.h5 in the folder'],
    ['a folder of nrn.h5', { nrnPath: '../nrn' }, 'nrn.h5 are in the legacy nrn.h5 format'],
    ['nrn.h5 by another name', { nrnPath: '../nrn/synapses.h5' }, 'are in the legacy nrn.h5 format'],
    ['no cells', { CellLibraryFile: 'gone.mvd3' }, 'no such file: '],
    [
      'default cells',
      { CellLibraryFile: undefined, CircuitPath: '../empty' },
      'the default start.ncs is not read',
    ],
    [
      'start.ncs',
      { CellLibraryFile: 'start.ncs', CircuitPath: '../old' },
      'the cells are in start.ncs, a legacy format',
    ],
    ['a relative CurrentDir', { CurrentDir: 'here' }, 'CurrentDir must be an absolute path, found "here"'],
    ['no TargetFile', { TargetFile: 'gone.target' }, 'no such file: '],
  ])('%s is refused, naming section and key', async (_, keys, message) => {
    for (const folder of ['empty', 'nrn', 'old']) mkdirSync(twins.at(folder), { recursive: true })
    for (const name of ['nrn', 'synapses']) {
      const h5 = createHdf5(twins.at(`nrn/${name}.h5`))
      h5.dataset('/a12', { type: { kind: 'float', bytes: 4 }, shape: [1, 19] }, new Uint8Array(76))
      h5.close()
    }
    write('old/start.ncs', 'Cells\n{\n}\n')
    const error = await failure(edges(keys))
    expect(error.message).toContain(message)
    if (!message.startsWith('no edge population')) expect(error.field).toMatch(/^Run Default, \w+$/)
    expect(error.file).toContain(twins.folder)
  })
})

describe('MVD3 cells', () => {
  it('select as SONATA nodes do', async () => {
    const circuit = await openCircuit(
      write('original/CircuitConfig_mvd3', circuitConfig({ CellLibraryFile: 'circuit.mvd3' })),
    )
    const sonata = await openCircuit(twins.at('original/circuit_config.json'))
    for (const expression of ['synapse_class=EXC', 'mc2_Column & synapse_class=EXC', undefined])
      expect(await circuit.select('All', expression)).toEqual(await sonata.select('All', expression))
    expect([...(await circuit.select('All', 'layer=2')).ids].slice(0, 2)).toEqual([1, 7])
    expect((await circuit.edgePopulation()).targetCount).toBe(NEURONS)
    expect((await failure(circuit.select('All', 'mtyp=L1'))).message).toBe(
      'no such attribute: "mtyp" of the cells',
    )
  })

  it('are the default where circuit.mvd3 is in CircuitPath', async () => {
    const circuit = await openCircuit(
      write('original/CircuitConfig_default', circuitConfig({ CellLibraryFile: undefined })),
    )
    expect((await circuit.nodePopulations()).map(({ file, population }) => [file, population])).toEqual([
      [twins.at('original/circuit.mvd3'), 'All'],
    ])
  })
})

describe("bluepy's dictionary", () => {
  const dictionary = (more: object = {}): string =>
    JSON.stringify({
      cells: './nodes.h5',
      connectome: './edges.h5',
      targets: ['./start.target', './user.target'],
      projections: {},
      ...more,
    })

  it('opens the same circuit', async () => {
    const circuit = await openCircuit(write('original/bluepy.json', dictionary()))
    expect([...(await circuit.select('All', 'mc2_Column')).ids]).toEqual(COLUMN)
    expect((await circuit.edgePopulation()).population).toBe('default')
  })

  it('may have no targets, and file: addresses', async () => {
    const connectome = `file://${twins.at('original/edges.h5')}`
    const circuit = await openCircuit(
      write('original/bluepy.json', dictionary({ targets: undefined, connectome })),
    )
    expect((await circuit.select('All', 'synapse_class=EXC')).ids.length).toBeGreaterThan(0)
    expect((await circuit.edgePopulation()).population).toBe('default')
  })

  it.each([
    ['cells', { cells: 7 }, 'expected a path at cells, found a number'],
    ['targets', { targets: 'start.target' }, 'expected a list at targets, found a string'],
    ['targets[0]', { targets: [null] }, 'expected a path at targets[0], found null'],
    ['connectome', { connectome: './gone.h5' }, 'no such file or folder: '],
  ])('with faulty %s is refused', async (field, more, message) => {
    const error = await failure(openCircuit(write('original/bluepy.json', dictionary(more))))
    expect(error.message).toContain(message)
    expect(error.field).toBe(field)
  })
})
