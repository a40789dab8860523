import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { openCircuit } from '../../src/sonata/circuit.ts'
import { NodeSets } from '../../src/sonata/node-sets.ts'
import { openTypedNodes } from '../../src/sonata/node-types.ts'
import { resolveSelection } from '../../src/sonata/selection.ts'
import { parseTypesTable, typeValues } from '../../src/sonata/types-table.ts'
import { hasShared, SHARED } from '../shared.ts'
import { MemoryHdf5 } from './memory-hdf5.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-types-'))
afterAll(() => rmSync(folder, { recursive: true }))

const csv = (text: string, name = 'types.csv'): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const TYPES = csv(`node_type_id ei model_name depth size x note
100 e "Layer 4 cell" 4 1.5 7 a
101 i PV1 5 2 7 NULL
102 e NONE NULL 2.5 7 "b ""c"""
`)

const nodesFile = (): MemoryHdf5 =>
  new MemoryHdf5('nodes.h5', {
    '/nodes/n/node_type_id': { data: BigUint64Array.of(100n, 101n, 102n, 100n, 102n, 101n) },
    '/nodes/n/0/x': { data: Int32Array.of(1, 2, 3, 4, 5, 6) },
  })
const nodes = (file: string | undefined = TYPES, h5 = nodesFile()) => openTypedNodes(h5, 'n', file)
const select = async (expression: string, file?: string) => [
  ...(await resolveSelection(expression, { nodes: await nodes(file), nodeSets: undefined })).ids,
]
const failure = async (attempt: Promise<unknown>): Promise<InputError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof InputError) return error
  throw new Error(`expected an InputError, got ${String(error)}`)
}

describe('attributes of node types', () => {
  it.each([
    ['ei=e', [0, 2, 3, 4]],
    ['ei=i,e', [0, 1, 2, 3, 4, 5]],
    ['model_name=Layer 4 cell', [0, 3]],
    ['depth=5', [1, 5]],
    ['depth=4,5', [0, 1, 3, 5]],
    ['node_type_id=102', [2, 4]],
    ['ei=e & depth=4', [0, 3]],
  ])('select: %s', async (expression, ids) => expect(await select(expression)).toEqual(ids))

  it('of the nodes file win over those of the CSV', async () => {
    expect(await select('x=4')).toEqual([3])
    expect((await failure(select('x=7'))).message).toContain('has x "7"')
  })

  it('are listed together', async () => {
    expect(await (await nodes()).attributeNames()).toEqual([
      'depth',
      'ei',
      'model_name',
      'node_type_id',
      'note',
      'size',
      'x',
    ])
  })

  it('work in node sets, as text, integers and numbers', async () => {
    const sets = NodeSets.parse(
      {
        text: { ei: 'e' },
        integer: { depth: 4 },
        number: { size: { $gt: 1.9 } },
        regex: { model_name: { $regex: '^Layer' } },
        mismatch: { depth: '4' },
      },
      'node_sets.json',
    )
    const evaluate = async (name: string) => [...(await sets.evaluate(name, await nodes()))]
    expect(await evaluate('text')).toEqual([0, 2, 3, 4])
    expect(await evaluate('integer')).toEqual([0, 3])
    expect(await evaluate('number')).toEqual([1, 2, 4, 5])
    expect(await evaluate('regex')).toEqual([0, 3])
    expect((await failure(evaluate('mismatch'))).message).toContain('"depth" holds integers')
  })

  it.each([
    ['ei=x', 'no node of population "n" has ei "x"'],
    ['ie=e', `no such attribute: "ie" in node population "n" or in ${TYPES}`],
    ['size=2', 'attribute "size" holds floating-point numbers'],
    // NULL is no value; a value that only unused types have would be none either.
    ['model_name=NONE', 'has model_name "NONE"'],
  ])('%s is refused', async (expression, message) =>
    expect((await failure(select(expression))).message).toContain(message),
  )

  it('of a type that the CSV does not have are refused: nodes could be missed', async () => {
    const file = csv('node_type_id ei\n100 e\n101 i\n', 'short.csv')
    expect((await failure(select('ei=e', file))).message).toBe(
      `a node has the node_type_id 102, which is not in ${file}`,
    )
    expect(await select('x=4', file)).toEqual([3])
  })

  it('that the nodes file has for some nodes are refused', async () => {
    const h5 = new MemoryHdf5('nodes.h5', {
      '/nodes/n/node_type_id': { data: BigUint64Array.of(100n, 101n) },
      '/nodes/n/0/x': { data: Int32Array.of(1) },
      '/nodes/n/1/note': { data: ['p'] },
    })
    const opened = await nodes(TYPES, h5)
    expect((await failure(opened.attribute('note'))).message).toBe(
      '"note" is an attribute of one of several node groups only',
    )
    expect((await failure(opened.attribute('x'))).message).toContain('several node groups')
    expect([...(await (await opened.attribute('ei')).matchText(text => text === 'e'))]).toEqual([0])
  })

  it('need a type of each node', async () => {
    const h5 = new MemoryHdf5('nodes.h5', { '/nodes/n/0/x': { data: Int32Array.of(1, 2) } })
    const opened = await nodes(TYPES, h5)
    expect((await failure(opened.attribute('ei'))).message).toContain('expected the type of each node')
    expect((await opened.attribute('x')).kind).toBe('integer')
  })

  it('of a CSV that cannot be read hide nothing else', async () => {
    const gone = join(folder, 'gone.csv')
    expect(await (await nodes(gone)).attributeNames()).toEqual(['x'])
    expect(await select('x=4', gone)).toEqual([3])
    expect(await failure(select('ei=e', gone))).toMatchObject({ message: 'no such file', file: gone })
  })

  it('are not there without a CSV', async () =>
    expect(await (await openTypedNodes(nodesFile(), 'n', undefined)).attributeNames()).toEqual(['x']))
})

describe('type tables', () => {
  const parse = (text: string, population = 'n') => parseTypesTable(text, 't.csv', 'node_type_id', population)
  const shown = (text: string, population?: string) =>
    Object.fromEntries(
      [...parse(text, population).columns].map(([name, values]) => [name, Object.fromEntries(values)]),
    )

  it('separate by any blanks, quote with doubled quotes, skip empty lines', () => {
    expect(shown('node_type_id  a\tb \r\n\r\n  1 "x  y" "say ""z"""\r\n2 NULL ""\r\n')).toEqual({
      node_type_id: { 1: '1', 2: '2' },
      a: { 1: 'x  y', 2: undefined },
      b: { 1: 'say "z"', 2: undefined },
    })
  })

  it('are read as bmtk does: words for nothing, empty values, short lines, text behind quotes, a hole in the ids', () => {
    const text = 'node_type_id a b\n1 NA nan\n2  x\n3 y\n4.0 "NULL" "p"q\n5 None a"b"\n6 none NONE\n'
    expect(shown(text)).toEqual({
      node_type_id: { 1: '1', 2: '2', 3: '3', 4: '4.0', 5: '5', 6: '6' },
      a: { 1: undefined, 2: undefined, 3: 'y', 4: undefined, 5: undefined, 6: 'none' },
      b: { 1: undefined, 2: 'x', 3: undefined, 4: 'pq', 5: 'a"b"', 6: undefined },
    })
  })

  it('have one writing for each value', () => {
    const text =
      'node_type_id i f m t e\n1 4 4.0 4 True NA\n2 +5 .5e1 x false NULL\n3 9007199254740993 -0.0 4.0 TRUE ""\n'
    const values = typeValues(parse(text), 'node_type_id')
    expect(Object.fromEntries([...values].map(([name, column]) => [name, [...column.values()]]))).toEqual({
      i: ['4', '5', '9007199254740993'],
      f: ['4', '5', '0'],
      // Beside text it is text.
      m: ['4', 'x', '4.0'],
      t: ['true', 'false', 'true'],
    })
  })

  it('may have lines of several populations', () => {
    const text = 'population node_type_id a\nn 1 x\nm 1 y\n'
    expect(shown(text, 'n')).toEqual({ node_type_id: { 1: '1' }, a: { 1: 'x' } })
    expect(shown(text, 'm')).toEqual({ node_type_id: { 1: '1' }, a: { 1: 'y' } })
  })

  it.each([
    ['', 'line 1', 'expected a header with the column node_type_id, found ""'],
    ['node_type_id,ei\n1,e\n', 'line 1', 'found "node_type_id,ei"'],
    ['node_type_id a a\n', 'line 1', 'the column "a" occurs twice'],
    ['node_type_id a\n1 x y\n', 'line 2', 'expected 2 values, found 3'],
    ['node_type_id a\n1 x\n1 y\n', 'line 3', 'node_type_id 1 occurs twice'],
    ['node_type_id a\n1.5 x\n', 'line 2', 'expected an integer node_type_id, found "1.5"'],
    ['node_type_id a\n99999999999999999 x\n', 'line 2', 'expected an integer'],
    ['node_type_id a\n1 "x\n', 'line 2', 'a quoted value does not end where it should'],
  ])('%j is refused', (text, field, message) => {
    const attempt = (): unknown => parse(text)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError', file: 't.csv', field }))
  })
})

/** Counted with h5py and the text of the CSV. */
describe.skipIf(!hasShared)('AIBS circuits (shared data)', () => {
  it.each([
    ['300_pointneurons/config.json', 'internal', 'ei=e', 240],
    ['300_pointneurons/config.json', 'internal', 'model_name=PV2', 30],
    ['300_pointneurons/config.json', 'internal', 'recorded_cells', 5],
    ['layer4_sample/config.json', 'lgn', 'pop_name=tON', 3000],
    ['layer4_sample', 'l4', 'ei=e', 382],
    ['layer4_sample', 'l4', 'model_type=biophysical', 100],
    ['9_cells/circuit_config.json', 'cortex', 'ei=e', 9],
  ])('%s, %s: %s', async (path, population, expression, size) => {
    const circuit = await openCircuit(`${SHARED}/data/circuits/aibs_sonata_examples/${path}`)
    const { ids } = await circuit.select(population, expression)
    circuit.close()
    expect(ids.length).toBe(size)
  })

  it('of two edge groups, and with a file that is missing, are read population by population', async () => {
    const circuit = await openCircuit(
      `${SHARED}/data/circuits/aibs_sonata_examples/layer4_sample/config.json`,
    )
    expect((await circuit.edgePopulation('l4_to_l4')).edgeCount).toBe(47_020)
    expect(await failure(circuit.edgePopulation())).toMatchObject({
      message: expect.stringContaining('lgn_l4_edges.h5 (not readable: no such file)'),
    })
    circuit.close()
  })

  it('with equal ids in several node populations are told apart by their names', async () => {
    const path = `${SHARED}/data/circuits/aibs_sonata_examples/9_cells/config.json`
    const circuit = await openCircuit(path, { source: 'inhvirt' })
    expect((await circuit.edgePopulation()).population).toBe('inhvirt_to_cortex')
    circuit.close()
    const ambiguous = await openCircuit(path, { target: 'cortex' })
    expect((await failure(ambiguous.edgePopulation())).message).toContain(
      '2 edge populations from "any" to "cortex"',
    )
    ambiguous.close()
  })
})
