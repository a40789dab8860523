/** `-` where a file is written is stdout, and nothing else is in the stream; paths that were mistyped. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { didYouMean } from '../../src/formats/nearest-path.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { verify } from '../../src/verify.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproofHere } from './here.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

const written: Uint8Array[] = []
beforeEach(() => {
  written.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    written.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())
const stream = (): Buffer => Buffer.concat(written)
const run = (...flags: string[]) =>
  connproofHere([
    'verify',
    circuits.original,
    circuits.faulty,
    '--removed',
    circuits.mask,
    '--nodes',
    circuits.nodeSet,
    '-q',
    ...flags,
  ])

describe('-', () => {
  it.each([
    ['--proof', /^\{[\s\S]*"verdict": ?"differs"[\s\S]*\}\n$/],
    ['--write-differences', /^[a-z,_]+\n[\s\S]*,[\s\S]*\n$/],
    ['--junit', /^<\?xml [\s\S]*<\/testsuites>\n$/],
  ])('%s - goes to stdout, and the report to stderr', async (flag, form) => {
    const { code, stdout, stderr } = await run(flag, '-')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/\ndiffers: /)
    expect(stream().toString()).toMatch(form)
    expect(existsSync('-')).toBe(false)
  })

  it('takes a map of rows', async () => {
    const { stderr } = await connproofHere(
      [
        'verify',
        circuits.original,
        circuits.good,
        '--removed',
        circuits.mask,
        '--nodes',
        circuits.nodeSet,
      ].concat('-q', '--write-edge-map', '-'),
    )
    expect(stderr).toMatch(/map of rows: - /)
    const { edgeCount } = await (await openCircuit(circuits.original)).edgePopulation('default')
    expect(stream().subarray(1, 6).toString()).toBe('NUMPY')
    expect(stream().toString('latin1')).toContain(`'shape': (${edgeCount},)`)
  })

  it('takes a shard, and what diff found', async () => {
    const shard = await run('--shard', '1/2', '--partial', '-')
    expect(shard.code).toBe(0)
    expect(JSON.parse(shard.stdout)).toMatchObject({ format: 'connproof-partial' })
    await connproofHere(['diff', circuits.original, circuits.good, '--write-differences', '-'])
    expect(stream().toString()).toMatch(/^[a-z,_]+\n/)
  })

  it('is where config writes without a file', async () => {
    const config = join(circuits.folder(), 'manip_config.json')
    const fct = { source: 'conn_removal', kwargs: { amount_pct: 10 } }
    writeFileSync(config, JSON.stringify({ circuit_config: 'c.json', manip: { name: 'x', fcts: [fct] } }))
    const list = join(circuits.folder(), 'list.csv')
    writeFileSync(list, '1,2\n')
    for (const args of [
      ['--migrate', 'B', config],
      ['--job', config, '--output-dir', 'out'],
      ['--simulation', 'blueconfig', list],
      ['--simulation', 'sonata', list, '--population', 'All'],
    ]) {
      const { code, stdout } = await connproofHere(['config', ...args])
      const again = await connproofHere(['config', ...args, '-o', '-'])
      expect({ args, code: again.code, stdout: again.stdout }).toEqual({ args, code, stdout })
      expect(stdout.length).toBeGreaterThan(50)
      // Lines of JSON are records and nothing else; a migrated configuration is in its own.
      const records = await connproofHere(['config', ...args, '--json'])
      if (args[0] === '--migrate') expect(JSON.parse(records.stdout)).toMatchObject({ type: 'migrated' })
      else expect(JSON.parse(records.stdout)).toMatchObject({ type: 'error', field: '--json', schema: 1 })
    }
  })

  it('is no folder', async () => {
    const select = ['select', 'list.csv', '--mode', 'directed', '--count', '1', '--seed', '1']
    expect(await connproofHere([...select, '--output', '-'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--output .*Several files are written/),
    })
  })

  it('takes one file, and no records besides', async () => {
    expect((await run('--proof', '-', '--junit', '-')).stderr).toMatch(
      'stdout takes one of --proof and --junit',
    )
    expect((await run('--proof', '-', '--json')).stderr).toMatch('stdout takes one of --proof and --json')
    const two = ['verify', circuits.original, circuits.good, circuits.faulty, '--removed', circuits.mask]
    expect((await connproofHere([...two, '--write-differences', '-'])).stderr).toMatch(
      'of one circuit, and there are 2',
    )
    expect(stream().length).toBe(0)
  })
})

describe('a path that is not there', () => {
  it('has the nearest one as a hint', async () => {
    const config = join(circuits.original, 'circuit_config.json')
    writeFileSync(join(circuits.folder(), 'x'), '')
    expect(didYouMean(config.replace('config.json', 'confg.json'))).toBe(`did you mean ${config}?`)
    expect(didYouMean(config.replace('original', 'orignal'))).toBe(`did you mean ${config}?`)
    expect(didYouMean('/nowhere/at/all/like/this')).toBeUndefined()
    // Any letter would be near to this one.
    expect(didYouMean(join(circuits.folder(), 'y'))).toBeUndefined()
    await expect(openCircuit(circuits.original.replace('original', 'orignal'))).rejects.toMatchObject({
      message: expect.stringMatching(/^no such file/),
      hint: `did you mean ${circuits.original}?`,
    })
    await expect(openCircuit(join(circuits.original, 'edgs.h5'))).rejects.toMatchObject({
      hint: `did you mean ${join(circuits.original, 'edges.h5')}?`,
    })
  })
})

it('progress counts rows of the file', async () => {
  const { edgeCount } = await (await openCircuit(circuits.original)).edgePopulation('default')
  const told: [number, number][] = []
  const onProgress = (done: number, total: number) => told.push([done, total])
  const original = await openCircuit(circuits.original)
  vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000))
  let clock = 0
  await verify({
    original,
    manipulated: [circuits.good, circuits.faulty],
    level: 'synapses',
    windowRows: 50,
    jobs: 1,
    onProgress,
  })
  original.close()
  expect(told.length).toBeGreaterThan(4)
  for (const [done, total] of told) {
    expect(total).toBe(edgeCount)
    expect(Number.isInteger(done) && done >= 0 && done <= edgeCount).toBe(true)
  }
})
