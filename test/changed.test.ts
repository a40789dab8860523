/** A file that is changed while it is read, by links from the circuit: every verb notices it. */
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runConfig } from '../src/cli/config-run.ts'
import { runConfigSelect } from '../src/cli/select-config-run.ts'
import { runSelect } from '../src/cli/select-run.ts'
import { diff } from '../src/diff.ts'
import { refuseChanged } from '../src/identify.ts'
import { inspect } from '../src/inspect.ts'
import { checkManipConfig } from '../src/interop/manip-config/check.ts'
import { openCircuits } from '../src/list-circuits.ts'
import { PLAIN } from '../src/report/style.ts'
import { mergePartials, type PartialFile, requireUnchanged } from '../src/shards/merge.ts'
import { type Partial, parsePartial, partialToText } from '../src/shards/partial.ts'
import { runShard } from '../src/shards/run-shard.ts'
import { verify } from '../src/verify.ts'

const FIXTURES = fileURLToPath(new URL('fixtures/links', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'connproof-changed-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  cpSync(FIXTURES, folder, { recursive: true })
  // Progress is told every so often: here at once.
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
})
afterEach(() => vi.restoreAllMocks())

const linked = join(folder, 'linked')
const plain = join(folder, 'plain')
const IDS = join(linked, 'parts/ids.h5')
const VALUES = join(linked, 'parts/values.h5')
const LIST = join(folder, 'list.csv')

const touch = (file: string) => (): void =>
  utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 5000))
const changed = (file: string) => ({
  name: 'InputError',
  message: 'was changed while it was read',
  file,
  hint: expect.stringContaining('run the same command again'),
})

describe('a file that is changed while it is read is told', () => {
  it.each([
    ['first', [linked, plain]],
    ['second', [plain, linked]],
  ] as const)('by diff, of the %s circuit', async (_, [a, b]) => {
    expect((await diff(a, b)).equal).toBe(true)
    await expect(diff(a, b, { onProgress: touch(IDS) })).rejects.toMatchObject(changed(IDS))
  })

  it('by diff, inspect and verify of a list', async () => {
    writeFileSync(LIST, '7,8\n1,2\n')
    await expect(diff(LIST, LIST, { onProgress: touch(LIST), idBase: 0 })).rejects.toMatchObject(
      changed(LIST),
    )
    await expect(inspect(LIST, { onProgress: touch(LIST), idBase: 0 })).rejects.toMatchObject(changed(LIST))
    const { original, manipulated, close } = await openCircuits(LIST, [LIST], [], { idBase: 0 })
    touch(LIST)()
    const [proof] = await verify({ original, manipulated })
    await close()
    expect(proof?.trouble).toMatchObject({ message: 'was changed while it was read', file: LIST })
  })

  it('by inspect', async () => {
    expect((await inspect(linked)).edges[0]?.problem).toBeUndefined()
    await expect(inspect(linked, { onProgress: touch(IDS) })).rejects.toMatchObject(changed(IDS))
  })

  it('by select, which writes nothing then', async () => {
    writeFileSync(LIST, '1,1\n1,1\n')
    const output = join(folder, 'out')
    const flags = {
      circuit: linked,
      mode: 'directed',
      seedMode: 'constant',
      all: true,
      seed: 1,
      output,
      show: 5,
      allow: ['list.repeats', 'list.absent', 'list.autapse'],
    } as unknown as Parameters<typeof runSelect>[1]
    const signal = new AbortController().signal
    for (const file of [IDS, LIST]) {
      // Findings are said after the list was held against the circuit.
      const terminal = { out: () => {}, err: touch(file), style: PLAIN, errIsTty: false }
      await expect(runSelect(LIST, flags, { terminal, signal })).rejects.toMatchObject(changed(file))
      expect(existsSync(output)).toBe(false)
    }
    const terminal = { out: () => {}, err: () => {}, style: PLAIN, errIsTty: false }
    expect(await runSelect(LIST, flags, { terminal, signal })).toBe(0)
  })
})

describe('a configuration that is changed while its circuit is read is told', () => {
  const config = join(folder, 'manip_config.json')
  const manipulation = { name: 'x', fcts: [{ source: 'conn_removal', model_config: { amount_pct: 100 } }] }
  const content = {
    circuit_config: 'linked/circuit_config.json',
    seed: 1,
    N_split_nodes: 1,
    manip: manipulation,
  }
  beforeEach(() => writeFileSync(config, JSON.stringify(content)))
  const silent = { out: () => {}, err: () => {}, style: PLAIN, errIsTty: false }

  it.each(['config', 'circuit'])('by select --from-config, which writes nothing then: the %s', async what => {
    const output = join(folder, 'out')
    const flags = { circuit: linked, output } as unknown as Parameters<typeof runConfigSelect>[2]
    const signal = new AbortController().signal
    const file = what === 'config' ? config : IDS
    signal.throwIfAborted = touch(file)
    const running = runConfigSelect(config, undefined, flags, { terminal: silent, signal })
    await expect(running).rejects.toMatchObject(changed(file))
    expect(existsSync(output)).toBe(false)
  })

  it('by config --check and --simulation', async () => {
    const check = await checkManipConfig(config, {
      get folder() {
        touch(config)()
        return folder
      },
    })
    expect(check.reads.map(({ file }) => file)).toEqual(expect.arrayContaining([config, IDS]))
    await expect(refuseChanged(check.reads)).rejects.toMatchObject(changed(config))
    const session = { terminal: silent, signal: new AbortController().signal, exitCode: 0 }
    writeFileSync(LIST, '1,2\n')
    const simulation = {
      simulation: 'sonata',
      population: 'All',
      get form() {
        touch(LIST)()
        return 'pairs'
      },
    } as unknown as Parameters<typeof runConfig>[1]
    await expect(runConfig([LIST], simulation, session)).rejects.toMatchObject(changed(LIST))
  })
})

describe('shards', () => {
  const shard = async (index: number, onPartial?: (partial: Partial) => void, earlier?: Partial) => {
    const { original, manipulated, close } = await openCircuits(plain, [linked], [])
    try {
      return await runShard({
        original,
        manipulated,
        shard: { index, of: 2 },
        blockRows: 2,
        earlier,
        onPartial,
      })
    } finally {
      await close()
    }
  }
  const kept = (partial: Partial): PartialFile => {
    const file = `shard-${partial.shard.index}.json`
    return { file, partial: parsePartial(partialToText(partial), file) }
  }

  it('notice a file that is changed while they read, and do not keep what they found after', async () => {
    const states: Partial[] = []
    const running = shard(1, partial => {
      if (states.push(partial) === 2) touch(VALUES)()
    })
    await expect(running).rejects.toMatchObject(changed(VALUES))
    expect(states.length).toBe(2)
    expect(states.at(-1)?.complete).toBe(false)
    // Nor do they go on from what was found before.
    const earlier = kept(states[1] as Partial).partial
    await expect(shard(1, undefined, earlier)).rejects.toThrow(`not the same file ${VALUES}`)
  })

  it('are merged only while all that each of them opened is what it was', async () => {
    const parts = [kept(await shard(1)), kept(await shard(2))]
    for (const part of parts) await requireUnchanged(part)
    expect(parts.map(({ partial }) => Object.keys(partial.reads).includes(VALUES))).toContain(true)
    touch(VALUES)()
    const refused = await Promise.allSettled(parts.map(requireUnchanged))
    expect(refused.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { message: expect.stringContaining('has changed since shard 1/2'), file: VALUES } },
      { reason: { message: expect.stringContaining('has changed since shard 2/2'), file: VALUES } },
    ])
  })

  it('that opened two states of one file are no whole', async () => {
    const first = kept(await shard(1))
    touch(VALUES)()
    const second = kept(await shard(2))
    expect(() => mergePartials([first, second])).toThrow(/not the same file .*values\.h5/)
  })

  it('name the same files as one run', async () => {
    const [merged] = mergePartials([kept(await shard(1)), kept(await shard(2))])
    const { original, manipulated, close } = await openCircuits(plain, [linked], [])
    const [whole] = await verify({ original, manipulated })
    await close()
    expect(whole?.inputs.map(({ file }) => file)).toContain(VALUES)
    expect(merged?.inputs).toEqual(whole?.inputs)
  })
})
