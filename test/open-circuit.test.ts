/** Files are told apart by what they hold. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../src/errors.ts'
import { sniff } from '../src/formats/sniff.ts'
import { openCircuit } from '../src/open-circuit.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-open-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, content)
  return file
}
const failure = async (attempt: Promise<unknown>): Promise<InputError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof InputError) return error
  throw new Error(`expected an InputError, got ${String(error)}`)
}

const HDF5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
const behind = (at: number): Uint8Array => {
  const bytes = new Uint8Array(at + 8).fill(0x20)
  bytes.set(HDF5, at)
  return bytes
}

describe('the kind of a file', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['HDF5', HDF5, 'hdf5'],
    ['HDF5 behind a user block', behind(1024), 'hdf5'],
    ['a signature where none is looked for', behind(600), 'text'],
    ['an object', ' \n\t{"a": 1}', 'json'],
    ['a list behind a byte order mark', '\ufeff[1]', 'json'],
    ['text', 'Run Default\n{\n}', 'text'],
    ['text of other languages', 'é — ü', 'text'],
    ['bytes', Uint8Array.of(1, 0, 2), 'other'],
    ['nothing', '', 'other'],
  ])('%s', async (_, content, kind) => expect(await sniff(write('file', content))).toBe(kind))
})

describe('what is no circuit is refused', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['notes', 'some text', 'expected a circuit, found other text'],
    ['A.target', 'Target Cell A\n{\n}\n', 'expected a circuit, found other text'],
    ['broken.json', '// comment\n{}', 'not valid JSON at line 1, column 1'],
    ['broken', '{"networks": ', 'not valid JSON'],
    ['list', '[1, 2]', 'expected a circuit configuration (a JSON object), found a list'],
    ['empty', '', 'not an HDF5 file'],
    ['binary', Uint8Array.of(1, 0, 2), 'not an HDF5 file'],
  ])('%s', async (name, content, message) => {
    const file = write(name, content)
    expect(await failure(openCircuit(file))).toMatchObject({
      message: expect.stringContaining(message),
      file,
    })
  })

  it('a folder, and what is not there', async () => {
    mkdirSync(join(folder, 'bare'))
    expect((await failure(openCircuit(join(folder, 'bare')))).message).toContain('no circuit_config.json')
    expect((await failure(openCircuit(join(folder, 'gone')))).message).toBe('no such file')
  })
})

describe('node sets of AIBS circuits', () => {
  const circuit = async (files: Readonly<Record<string, object>>) => {
    const path = (name: string): string => join(folder, 'aibs', name)
    rmSync(join(folder, 'aibs'), { recursive: true, force: true })
    for (const [name, content] of Object.entries(files)) write(`aibs/${name}`, JSON.stringify(content))
    return (await (await openCircuit(path('config.json'))).nodeSets())?.names
  }
  const config = { network: './circuit.json', simulation: './simulation.json' }
  const network = { networks: { nodes: [], edges: [] } }
  const simulation = { manifest: { $BASE: '.' }, node_sets_file: '$BASE/sets.json' }
  const sets = { a: { node_id: [0] } }

  it('are those of the simulation', async () =>
    expect(
      await circuit({
        'config.json': config,
        'circuit.json': network,
        'simulation.json': simulation,
        'sets.json': sets,
      }),
    ).toEqual(['a']))

  it('unless the circuit names its own', async () =>
    expect(
      await circuit({
        'config.json': config,
        'circuit.json': { ...network, node_sets_file: 'own.json' },
        'own.json': { b: { node_id: [0] } },
        'simulation.json': simulation,
        'sets.json': sets,
      }),
    ).toEqual(['b']))

  it('are none where the simulation cannot be read', async () =>
    expect(await circuit({ 'config.json': config, 'circuit.json': network })).toBeUndefined())

  it('may stand beside the network', async () =>
    expect(
      await circuit({
        'config.json': { network: 'circuit.json', node_sets_file: 'sets.json' },
        'circuit.json': network,
        'sets.json': sets,
      }),
    ).toEqual(['a']))
})
