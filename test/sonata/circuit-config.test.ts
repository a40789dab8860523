// biome-ignore-all lint/suspicious/noTemplateCurlyInString: manifest variables are written so
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { type JsonValue, parseJson } from '../../src/formats/json.ts'
import { type CircuitConfig, readCircuitConfig } from '../../src/sonata/circuit-config.ts'
import { Manifest } from '../../src/sonata/manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(content: unknown, name = 'circuit_config.json'): string {
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const read = (content: unknown): Promise<CircuitConfig> => readCircuitConfig(write(content))

async function failure(content: unknown): Promise<InputError> {
  try {
    await read(content)
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('accepted')
}

const expand = (manifest: Record<string, string>, path: string, file = '/c/circuit_config.json'): string =>
  new Manifest(manifest, file).path(path, 'field')

const nodes = (...entries: unknown[]): unknown => ({ networks: { nodes: entries } })

describe('manifest', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['a variable', { $BASE_DIR: '/data' }, '$BASE_DIR/nodes.h5', '/data/nodes.h5'],
    ['braces', { $BASE_DIR: '/data' }, '${BASE_DIR}/nodes.h5', '/data/nodes.h5'],
    ['a name in braces', { '${BASE_DIR}': '/data' }, '$BASE_DIR/nodes.h5', '/data/nodes.h5'],
    ['the folder of the config', { $BASE_DIR: '.' }, '$BASE_DIR/nodes.h5', '/c/nodes.h5'],
    ['a parent folder', { $UP: '../' }, '$UP/nodes.h5', '/nodes.h5'],
    ['a bare folder', { $SUB: 'network' }, '$SUB/nodes.h5', '/c/network/nodes.h5'],
    ['no variable', {}, 'network/./nodes.h5', '/c/network/nodes.h5'],
    ['an absolute path', { $X: '.' }, '/data/../nodes.h5', '/nodes.h5'],
    ['variables in variables', { $A: '$B/a', $B: '${C}/b', $C: '/c' }, '$A/x', '/c/b/a/x'],
    [
      'the longest name',
      { $NETWORK: '/no', $NETWORK_DIR: '/yes', $NETWORK_DIR_2: '/no' },
      '$NETWORK_DIR/x',
      '/yes/x',
    ],
    ['the prefix too', { $NETWORK: '/short', $NETWORK_DIR: '/long' }, '$NETWORK/x', '/short/x'],
    ['a name glued to text', { $NAME: '/data/nodes' }, '$NAME.h5', '/data/nodes.h5'],
    ['a name glued to letters, as libsonata', { $RUN: '/run' }, '$RUN1/x', '/run1/x'],
    ['a variable twice', { $A: 'a' }, '$A/$A', '/c/a/a'],
    ['configdir', {}, '${configdir}/x', '/c/x'],
    ['configfname', {}, '${configfname}.bak', '/c/circuit_config.json.bak'],
    ['configdir in a variable', { $B: '${configdir}/sub' }, '$B/x', '/c/sub/x'],
    ['a manifest that redefines configdir', { $configdir: '/other' }, '$configdir/x', '/other/x'],
    ['a lone dollar', {}, 'a$/x', '/c/a$/x'],
  ])('%s', (_, manifest, path, expected) => expect(expand(manifest, path)).toBe(expected))

  it('keeps relative paths relative to a relative config', () => {
    expect(expand({ $B: '.' }, '$B/nodes.h5', 'circuits/x/circuit_config.json')).toBe('circuits/x/nodes.h5')
    expect(expand({}, '${configdir}/nodes.h5', 'circuits/x/circuit_config.json')).toBe('circuits/x/nodes.h5')
  })

  it.each<[Record<string, string>, string]>([
    [{ $A: '$A/x' }, '$A -> $A'],
    [{ $A: '$B', $B: '${C}', $C: 'x/$A' }, '$A -> $B -> $C -> $A'],
    [{ $START: '$A', $A: '$B', $B: '$A' }, '$A -> $B -> $A'],
  ])('names the circle of %j', (manifest, circle) => {
    expect(() => new Manifest(manifest, 'f')).toThrow(circle)
    expect(() => new Manifest(manifest, 'f')).toThrow(InputError)
  })

  it('a longer name is not a circle of its prefix', () => {
    expect(expand({ $NETWORK_DIR: '$NETWORK/dir', $NETWORK: '/net' }, '$NETWORK_DIR')).toBe('/net/dir')
  })

  it('suggests the nearest variable', () => {
    expect(() => expand({ $BASE_DIR: '.' }, '$BASEDIR/x')).toThrow(
      expect.objectContaining({ hint: 'Did you mean $BASE_DIR?', field: 'field' }),
    )
  })

  it('refuses paths that grow without bound', () => {
    const manifest: Record<string, string> = { $V0: 'x'.repeat(100) }
    for (let i = 1; i < 40; i++) manifest[`$V${i}_`] = `$V${i - 1}${i > 1 ? '_' : ''}`.repeat(2)
    expect(() => expand(manifest, '$V39_')).toThrow('more than 32768 characters')
  })

  it('refuses a chain long enough for the stack', () => {
    const manifest = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`$V${i}_`, `$V${i + 1}_`]))
    expect(() => new Manifest(manifest, 'f')).toThrow(InputError)
  })

  it.each<[JsonValue]>([[[]], ['x'], [{ BASE: '.' }], [{ '$A-B': '.' }], [{ $A: 1 }], [{ $A: null }]])(
    'refuses %j',
    manifest => expect(() => new Manifest(manifest, 'f')).toThrow(InputError),
  )

  it('gives what replacing by hand gives, in any order of the variables', () => {
    const name = fc.stringMatching(/^[A-Z]{1,3}$/)
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), fc.nat(), (names, pick) => {
        // Values are unique digits, so nothing that is put in can look like a variable again.
        const chosen = names[pick % names.length] ?? ''
        const manifest = Object.fromEntries(names.map((n, i) => [`$${n}`, `/${i}`]))
        const text = `$${chosen}/$${chosen}${chosen}`
        let byHand = text
        for (const n of [...names].sort((a, b) => b.length - a.length))
          byHand = byHand.replaceAll(`$${n}`, manifest[`$${n}`] ?? '')
        expect(expand(manifest, text)).toBe(byHand.replaceAll('//', '/'))
      }),
    )
  })
})

describe('networks', () => {
  it('reads entries with and without populations, and the defaults of the types', async () => {
    const config = await read({
      version: 2.3,
      manifest: { $BASE_DIR: '.' },
      node_sets_file: '$BASE_DIR/node_sets.json',
      components: { morphologies_dir: '$UNDEFINED' },
      networks: {
        nodes: [
          {
            nodes_file: '$BASE_DIR/a.h5',
            node_types_file: null,
            populations: { A: {}, B: { type: 'virtual' } },
          },
          { nodes_file: 'b.h5', node_types_file: 'types.csv' },
        ],
        edges: [{ edges_file: '/abs/e.h5', edge_types_file: '', populations: {} }],
      },
    })
    const path = (name: string): string => join(folder, name)
    expect(config).toEqual({
      file: path('circuit_config.json'),
      nodes: [
        { population: 'A', file: path('a.h5'), type: 'biophysical', typesFile: undefined },
        { population: 'B', file: path('a.h5'), type: 'virtual', typesFile: undefined },
        { population: undefined, file: path('b.h5'), type: 'biophysical', typesFile: path('types.csv') },
      ],
      edges: [{ population: undefined, file: '/abs/e.h5', type: 'chemical', typesFile: undefined }],
      nodeSetsFile: path('node_sets.json'),
    })
  })

  it('accepts a byte order mark, missing edges and a partial circuit', async () => {
    const config = await read(
      '\ufeff{"metadata": {"status": "partial"}, "networks": {"nodes": [], "edges": null}}',
    )
    expect(config).toMatchObject({ nodes: [], edges: [], nodeSetsFile: undefined })
  })

  it('follows a config that points to one', async () => {
    write({ networks: { nodes: [{ nodes_file: 'n.h5' }] } }, 'target.json')
    const config = await read({
      manifest: { $HERE: '.' },
      network: '$HERE/target.json',
      simulation: 'sim.json',
    })
    expect(config.file).toBe(join(folder, 'target.json'))
    expect(config.nodes[0]?.file).toBe(join(folder, 'n.h5'))
  })

  it('does not follow in circles', async () => {
    expect((await failure({ network: './circuit_config.json' })).message).toContain('networks')
  })

  it.each<[string, unknown, string]>([
    ['networks', {}, 'networks'],
    ['networks', { networks: [] }, 'networks'],
    ['networks.nodes', { networks: { nodes: {} } }, 'a list'],
    ['networks.nodes[0]', nodes('n.h5'), 'an object'],
    ['networks.nodes[0].nodes_file', nodes({ edges_file: 'n.h5' }), 'nothing'],
    ['networks.nodes[1].nodes_file', nodes({ nodes_file: 'a' }, { nodes_file: '' }), 'an empty text'],
    ['networks.nodes[0].nodes_file', nodes({ nodes_file: 'a\0b' }), 'NUL'],
    ['networks.nodes[0].nodes_file', nodes({ nodes_file: '$X/b' }), '$X'],
    ['networks.nodes[0].populations', nodes({ nodes_file: 'a', populations: ['A'] }), 'a list'],
    [
      'networks.nodes[0].populations.A.type',
      nodes({ nodes_file: 'a', populations: { A: { type: 3 } } }),
      'a number',
    ],
    ['node_sets_file', { networks: {}, node_sets_file: 3 }, 'a number'],
    ['manifest', { networks: {}, manifest: 3 }, 'a number'],
  ])('names %s', async (field, content, words) => {
    const error = await failure(content)
    expect(error.field).toBe(field)
    expect(error.file).toBe(join(folder, 'circuit_config.json'))
    expect(error.message).toContain(words)
  })

  it('refuses a population that is listed twice, but not one of nodes and edges', async () => {
    const twice = [
      { nodes_file: 'a.h5', populations: { default: {} } },
      { nodes_file: 'b.h5', populations: { default: {} } },
    ]
    expect((await failure({ networks: { nodes: twice } })).message).toContain('"default" is listed twice')
    const edges = [{ edges_file: 'e.h5', populations: { default: {} } }]
    expect((await read({ networks: { nodes: twice.slice(1), edges } })).edges.length).toBe(1)
  })

  it('names a missing file', async () => {
    await expect(readCircuitConfig(join(folder, 'missing.json'))).rejects.toMatchObject({
      name: 'InputError',
      message: 'no such file',
      file: join(folder, 'missing.json'),
    })
  })

  it('refuses bytes that are not UTF-8', async () => {
    const file = join(folder, 'latin.json')
    writeFileSync(file, Buffer.from('{"networks": "\xe9"}', 'latin1'))
    await expect(readCircuitConfig(file)).rejects.toThrow('UTF-8')
  })
})

describe('JSON errors', () => {
  it.each<[string, string, number, number]>([
    ['', 'the end of the file', 1, 1],
    ['{', 'the end of the file', 1, 2],
    ['{"a": 1,\n}', '"}"', 2, 1],
    ['{"a": 1\n "b": 2}', '"\\"b\\": 2}"', 2, 2],
    ['[1, 2,, 3]', '", 3]"', 1, 7],
    ['{"a": 1} x', '"x"', 1, 10],
    ['{\n// why\n"a": 1}', '"// why"', 2, 1],
    ["{'a': 1}", '"\'a\': 1}"', 1, 2],
    ['{"a": 01}', '"1}"', 1, 8],
    ['{"a": tru}', '"tru}"', 1, 7],
    ['["a\nb"]', '"\\"a"', 1, 2],
    ['[1}', '"}"', 1, 3],
    ['[]]', '"]"', 1, 3],
    [`${'[1,'.repeat(50)}\n]`, '"]"', 2, 1],
    ['{"a" 1}', '"1}"', 1, 6],
    ['[NaN]', '"NaN]"', 1, 2],
  ])('%j', (text, found, line, column) => {
    expect(() => parseJson(text, 'f.json')).toThrow(`line ${line}, column ${column}: found ${found}`)
  })

  it('explain comments', () => {
    expect(() => parseJson('{} // x', 'f')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('comments') }),
    )
  })

  it('leave nothing wrong before them, wherever a character is damaged', () => {
    const damage = fc.constantFrom('', '}', ']', ',', ':', '"', 'x', '\n', '\\')
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), damage, (value, at, by) => {
        const text = JSON.stringify(value)
        const i = at % (text.length + 1)
        const damaged = text.slice(0, i) + by + text.slice(i + 1)
        const offset = errorOffset(damaged)
        if (offset === undefined) return
        // The text before is complete, or is only too short.
        const before = damaged.slice(0, offset)
        expect(errorOffset(before) ?? offset).toBe(offset)
      }),
    )
  })
})

/** Offset in the message of parseJson; `undefined` for valid JSON. */
function errorOffset(text: string): number | undefined {
  try {
    expect(parseJson(text, 'f')).toEqual(JSON.parse(text))
    return undefined
  } catch (error) {
    const [, line, column] = /line (\d+), column (\d+)/.exec(String(error)) ?? []
    expect(line).toBeDefined()
    const lines = text.split('\n').slice(0, Number(line) - 1)
    return lines.reduce((sum, l) => sum + l.length + 1, 0) + Number(column) - 1
  }
}
