import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { FIXTURES } from './hdf5-helpers.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-lazy-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** In a fresh process: read a dataset with its attribute, and say which modules of h5wasm were resolved. */
const PROGRAM = `
import { register } from 'node:module'
import { MessageChannel } from 'node:worker_threads'
const { port1, port2 } = new MessageChannel()
const loaded = []
port1.on('message', name => loaded.push(name)).unref()
register('data:text/javascript,' + encodeURIComponent(
  'let port; export const initialize = data => { port = data };' +
  'export const resolve = (name, context, next) => {' +
  ' if (name.includes("h5wasm/")) port.postMessage(name); return next(name, context) }'
), { data: port2, transferList: [port2] })
const { openHdf5 } = await import(process.argv[1])
const file = await openHdf5(process.argv[2])
const dataset = await file.dataset(process.argv[3])
if (dataset.type.kind === 'string') await dataset.strings()
else await dataset.readInto(0, 1, new Uint8Array(dataset.type.bytes))
await dataset.attribute('node_population')
await file.members('/')
await new Promise(resolve => setTimeout(resolve, 20))
console.log(JSON.stringify({ reader: dataset.reader, loaded }))
file.close()
`
const OPEN = new URL('../../src/formats/hdf5/open.ts', import.meta.url).href

function fresh(path: string, dataset: string): { reader: string; loaded: string[] } {
  const argv = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, OPEN, path, dataset]
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('h5wasm', () => {
  it('is not loaded for contiguous numbers and text', () => {
    const path = join(folder, 'nodes.h5')
    const writer = createHdf5(path)
    const type = { kind: 'int', bytes: 8, signed: false } as const
    writer.dataset('/ids', { type, shape: [1], attributes: { node_population: 'All' } }, new Uint8Array(8))
    writer.strings('/text', ['EXC'])
    writer.close()
    expect(fresh(path, '/ids')).toEqual({ reader: 'contiguous', loaded: [] })
    expect(fresh(path, '/text')).toEqual({ reader: 'contiguous', loaded: [] })
    expect(fresh(`${FIXTURES}/numbers_earliest.h5`, '/numbers/le_int/u8').loaded).toEqual([])
  })

  it.each(['/filters/none', '/filters/shuffle_gzip', '/direct/masks'])(
    'is not loaded for chunks with and without the usual filters: %s',
    name => {
      expect(fresh(`${FIXTURES}/chunks_earliest.h5`, name)).toEqual({ reader: 'chunked', loaded: [] })
    },
  )

  it('is loaded for other filters, so the tests above can fail', () => {
    expect(fresh(`${FIXTURES}/layouts_earliest.h5`, '/filters/scaleoffset')).toEqual({
      reader: 'h5wasm',
      loaded: ['h5wasm/node'],
    })
  })
})
