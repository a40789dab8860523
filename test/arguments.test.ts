/** Arguments of the public functions, and signals: nothing wrong is a default, an endless run or a fault of a file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resourcesFor } from '../src/cli/resources.ts'
import { diff } from '../src/diff.ts'
import { isInputError } from '../src/errors.ts'
import {
  diffSilenced,
  heldTo,
  inspect,
  openCircuit,
  pairListOf,
  prepareList,
  readMask,
  readPairList,
  selectFrom,
  silenced,
  verify,
  verifyConfig,
  writeSelection,
} from '../src/index.ts'
import { writeReferring } from './full/referring.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-arguments-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const SYNAPSES = Array.from({ length: 12 }, (_, k) => ({ source: k % 3, target: k >> 1, weight: k }))
let file = ''
let original: Awaited<ReturnType<typeof openCircuit>>
beforeAll(async () => {
  file = writeReferring(join(folder, 'c'), { synapses: SYNAPSES, contacts: [], noGlia: true })
  original = await openCircuit(file, { edges: 'chem' })
})
afterAll(() => original.close())

type Options = Record<string, unknown>
/** As JavaScript calls them: without types. */
const FUNCTIONS: Readonly<Record<string, (options: Options) => Promise<unknown>>> = {
  verify: options => verify({ original, manipulated: [file], ...options } as never),
  verifyConfig: options =>
    verifyConfig({ original, manipulated: [file], config: join(folder, 'none.json'), ...options } as never),
  inspect: options => inspect(file, options as never),
  diff: options => diff(file, file, { population: 'chem', ...options } as never),
  prepareList: async options => {
    const edges = await original.edgePopulation('chem')
    const all = await original.select('neurons', undefined)
    const circuit = { edges, source: all, target: all }
    return prepareList({ from: 'reciprocal' }, { mode: 'reciprocal', circuit, ...options } as never)
  },
}

const WRONG: Options = {
  level: 'synapse',
  windowRows: 0,
  keep: -1,
  allow: 'asked.absent',
  jobs: 0,
  memory: Number.NaN,
  idBase: 2,
  all: 'yes',
  signal: true,
  onProgress: 1,
  population: 7,
  folder: '',
  edgeMaps: 'map.npy',
  manipulated: 'circuit',
  splits: 1.5,
}
const OTHERS: readonly (readonly [string, unknown])[] = [
  ['windowRows', 1.5],
  ['windowRows', Number.NaN],
  ['windowRows', '8'],
  ['keep', 2.5],
  ['jobs', 257],
  ['memory', 0],
  ['memory', -1],
  ['memory', '1G'],
  ['level', null],
  ['original', undefined],
  ['original', {}],
  ['original', Promise.resolve()],
  ['manipulated', [7]],
  ['manipulated', [{}]],
  ['requests', [7]],
  ['requests', [{ removed: 'mask.npz' }]],
  ['requests', []],
  ['removed', {}],
  ['removed', { file: 'mask.npz', rows: 1.5, columns: 1, row: new Uint32Array(), column: new Uint32Array() }],
  ['removed', { file: 'mask.npz', rows: 3, columns: 3, row: [1], column: [1] }],
  ['added', { file: 'mask.npz', rows: 3, columns: 3, row: new Uint32Array(2), column: new Uint32Array(1) }],
  ['source', 5],
  ['target', null],
  ['sha256', 'yes'],
  ['allow', [Symbol('s')]],
  ['edgeMaps', [7]],
  ['circuit', {}],
]
/** Of a circuit and what is asked of it. */
const OF_VERIFY = ['original', 'manipulated', 'requests']

describe('a wrong argument', () => {
  it.each(Object.entries(FUNCTIONS))('of %s is an InputError that names it', async (name, run) => {
    const wrong = [...Object.entries(WRONG), ...OTHERS]
    for (const [field, value] of wrong) {
      if (field === 'requests' && Array.isArray(value) && value.length === 0 && name !== 'verify') continue
      if (OF_VERIFY.includes(field) && !name.startsWith('verify') && value === undefined) continue
      const error = await run({ [field]: value }).catch((reason: unknown) => reason)
      expect([field, value, isInputError(error) && error.field]).toEqual([field, value, field])
    }
  })

  it('is one where there are no options at all, or no path', async () => {
    for (const run of [
      () => verify(undefined as never),
      () => verify([] as never),
      () => inspect(undefined as never),
      () => inspect(file, 'chem' as never),
      () => diff(file, 3 as never),
      () => writeSelection('', { prepared: {} } as never),
    ])
      expect(await run().catch(isInputError)).toBe(true)
  })

  const ONE: Readonly<Record<string, (value: never) => unknown>> = {
    openCircuit: value => openCircuit(value),
    'options of openCircuit': value => openCircuit(file, { edges: value }),
    readMask: value => readMask(value),
    readPairList: value => readPairList(value),
    'options of readPairList': value => readPairList('pairs.csv', { idBase: value }),
    pairListOf: value => pairListOf(value, 0, { file: 'pairs' }),
    'a row of pairListOf': value => pairListOf([value], 0, { file: 'pairs' }),
    'idBase of pairListOf': value => pairListOf([], value, { file: 'pairs' }),
    'place of pairListOf': value => pairListOf([], 0, value),
    inspect: value => inspect(value),
    silenced: value => silenced(value),
    diffSilenced: value => diffSilenced(file, value),
    prepareList: value => prepareList(value, { mode: 'directed' }),
    heldTo: value => heldTo(value, 'all'),
    'amount of heldTo': value => heldTo(prepared, value),
    selectFrom: value => selectFrom(value, { amount: 'all', seed: 1 }),
    'how of selectFrom': value => selectFrom(prepared, value),
    'amount of selectFrom': value => selectFrom(prepared, { amount: value, seed: 1 }),
    'seed of selectFrom': value => selectFrom(prepared, { amount: 'all', seed: value }),
    'generator of selectFrom': value => selectFrom(prepared, { amount: 'all', seed: 1, generator: value }),
    writeSelection: value => writeSelection(join(folder, 'out'), value),
    'select of a circuit': value => original.select('neurons', value),
    'population of select': value => original.select(value),
    'edgePopulation of a circuit': value => original.edgePopulation(value),
  }
  const pairs = { source: Uint32Array.of(1), target: Uint32Array.of(2), label: 'pairs', order: 'as listed' }
  const prepared = { list: pairs, mode: 'directed', circuit: undefined, findings: [], allow: [] } as const

  it.each(Object.entries(ONE))('is an InputError whatever it is: %s', async (_, run) => {
    const junk = [
      null,
      0.5,
      -1,
      Number.NaN,
      true,
      Symbol('s'),
      10n,
      [null],
      [1],
      [[]],
      {},
      () => 1,
      new Date(),
    ]
    for (const value of junk) {
      // A function that is not asynchronous throws at once.
      const error = await (async () => run(value as never))().catch((reason: unknown) => reason)
      expect([value, isInputError(error)]).toEqual([value, true])
    }
  })
})

it('what the command line gives is no wrong argument', async () => {
  for (const flags of [{}, { jobs: 1 }, { jobs: 2, memory: 2 ** 26 }])
    for (const name of ['verify', 'diff', 'prepareList'])
      await expect(FUNCTIONS[name]?.({ ...resourcesFor(flags) })).resolves.toBeDefined()
})

describe('an aborted signal', () => {
  it.each(Object.entries(FUNCTIONS))('never gets an answer of %s, aborted before', async (_, run) => {
    const stop = new AbortController()
    stop.abort(new Error('told to stop'))
    await expect(run({ signal: stop.signal })).rejects.toThrow('told to stop')
  })

  it('gets none where it is aborted in the last step, of however few rows', async () => {
    for (const [name, run] of Object.entries(FUNCTIONS)) {
      if (name === 'verifyConfig') continue
      // As soon as the call gives way the first time.
      const stop = new AbortController()
      const running = run({ signal: stop.signal })
      stop.abort(new Error(`told to stop ${name}`))
      await expect(running).rejects.toThrow(`told to stop ${name}`)
    }
  })

  it('gets none of several circuits and threads, and leaves no rejection behind', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const stop = new AbortController()
      const manipulated = [file, join(folder, 'nowhere'), file]
      const running = verify({
        original,
        manipulated,
        jobs: 2,
        rowsPerJob: 1,
        level: 'full',
        signal: stop.signal,
      })
      setImmediate(() => stop.abort(new Error('told to stop')))
      await expect(running).rejects.toThrow('told to stop')
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})
