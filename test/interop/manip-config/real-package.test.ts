/** Our configurations through connectome-manipulator 1.0.4 itself, and what it made of them through `verify`. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IdColumn } from '../../../src/connectome/edges.ts'
import type { PythonJson } from '../../../src/formats/python-json.ts'
import { writeMaskNpz } from '../../../src/formats/scipy-sparse.ts'
import { checkManipConfig, isAccepted } from '../../../src/interop/manip-config/check.ts'
import { emitManipConfig } from '../../../src/interop/manip-config/emit.ts'
import { findManipulatedCircuit } from '../../../src/interop/manip-config/find-result.ts'
import { requireMaskNodes } from '../../../src/interop/manip-config/mask-selection.ts'
import { readManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { cooToCsc } from '../../../src/kernels/csc.ts'
import { openCircuit } from '../../../src/open-circuit.ts'
import { readMask } from '../../../src/selection/mask.ts'
import type { Proof } from '../../../src/verification/proof.ts'
import { verify } from '../../../src/verify.ts'
import { verifyConfig } from '../../../src/verify-config.ts'
import { MANIPULATOR_PYTHON } from '../../python.ts'
import { hasShared, SHARED } from '../../shared.ts'
import { runPackage } from './run-package.ts'

interface Given {
  readonly config: string
  /** For `verify`: what the package calls `sel_src` and `sel_dest`. */
  readonly source: string
  readonly target: string
  readonly sel_src: PythonJson
  readonly sel_dest: PythonJson
}

const CIRCUITS: Readonly<Record<string, Given>> = {
  cm_unit: {
    config: 'circuit_sonata.json',
    source: 'synapse_class=EXC',
    target: 'synapse_class=EXC',
    sel_src: { synapse_class: 'EXC' },
    sel_dest: { synapse_class: 'EXC' },
  },
  cm_functional: {
    config: 'circuit_100_167.json',
    source: `node_id=${Array.from({ length: 60 }, (_, id) => id).join(',')}`,
    target: 'synapse_class=EXC',
    sel_src: Array.from({ length: 60 }, (_, id) => id),
    sel_dest: { synapse_class: ['EXC'] },
  },
  synth: {
    config: 'circuit_config.json',
    source: 'Excitatory',
    target: 'layer=2,3',
    sel_src: 'Excitatory',
    sel_dest: { layer: [2, 3] },
  },
}
const NAMES = Object.keys(CIRCUITS)

const folder = mkdtempSync(join(tmpdir(), 'connproof-package-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const circuitFile = (name: string): string => join(folder, name, CIRCUITS[name]?.config ?? '')
const outputFolder = (run: string): string => join(folder, 'out', run)

/** Selected connections of the circuit, by (source, target). */
interface Chosen {
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly pairs: readonly (readonly [number, number])[]
  readonly all: readonly (readonly [number, number])[]
  readonly nodes: number
}

/** The columns of these circuits are 64-bit, with small ids. */
async function readIds(column: IdColumn): Promise<number[]> {
  const { length } = column
  const words = new Uint32Array(2 * length)
  await column.readInto(0, length, new Uint8Array(words.buffer))
  return Array.from({ length }, (_, k) => words[2 * k] ?? 0)
}

async function choose(name: string, given: Given): Promise<Chosen> {
  const circuit = await openCircuit(circuitFile(name))
  try {
    const edges = await circuit.edgePopulation()
    const [source, target] = [given.source, given.target]
    const s = (await circuit.select(edges.sourcePopulation, source)).ids
    const t = (await circuit.select(edges.targetPopulation, target)).ids
    const [from, to] = [await readIds(edges.source), await readIds(edges.target)]
    const seen = new Map(from.map((id, k) => [`${id},${to[k]}`, [id, to[k] ?? 0] as const]))
    const all = [...seen.values()]
    const pairs = all.filter(([from, to]) => s.includes(from) && t.includes(to))
    return { source: s, target: t, pairs, all, nodes: edges.sourceCount }
  } finally {
    circuit.close()
  }
}

async function writeMask(
  file: string,
  pairs: readonly (readonly [number, number])[],
  source: Uint32Array,
  target: Uint32Array,
): Promise<void> {
  const csc = cooToCsc({
    rows: source.length,
    columns: target.length,
    row: Uint32Array.from(pairs, ([from]) => source.indexOf(from)),
    column: Uint32Array.from(pairs, ([, to]) => target.indexOf(to)),
  })
  await writeMaskNpz(file, { ...csc, label: file })
}

const OPERATIONS = ['mask', 'percentage', 'extraction', 'synapses'] as const
const chosen = new Map<string, Chosen>()
const codes = new Map<string, number>()
const half = join(folder, 'half-migrated.json')

/** The nodes that conn_extraction keeps: every second one. */
const isPicked = (id: number): boolean => id % 2 === 0

async function writeConfig(
  name: string,
  operation: (typeof OPERATIONS)[number],
  { source, target, pairs, nodes }: Chosen,
): Promise<string> {
  const { sel_src = null, sel_dest = null } = CIRCUITS[name] ?? {}
  const mask = join(folder, `${name}.npz`)
  const sets = join(folder, `${name}-sets.json`)
  const functions = {
    mask: { source: 'conn_removal', arguments: { sel_src, sel_dest, amount_pct: 100, conn_mask_file: mask } },
    percentage: { source: 'conn_removal', arguments: { sel_src, sel_dest, amount_pct: 50 } },
    extraction: { source: 'conn_extraction', arguments: { target_name: 'EveryOther', node_sets_file: sets } },
    synapses: { source: 'syn_removal', arguments: { sel_src, sel_dest, keep_conns: true } },
  }
  if (operation === 'mask')
    await writeMask(
      mask,
      pairs.filter((_, k) => k % 3 !== 1),
      source,
      target,
    )
  if (operation === 'extraction') {
    const node_id = Array.from({ length: nodes }, (_, id) => id).filter(isPicked)
    writeFileSync(sets, JSON.stringify({ EveryOther: { node_id } }))
  }
  const file = join(folder, `${name}-${operation}.json`)
  writeFileSync(
    file,
    emitManipConfig({
      generation: 'B',
      circuitConfig: circuitFile(name),
      seed: 7,
      splits: 1,
      name: `${name}-${operation}`,
      functions: [functions[operation]],
    }),
  )
  return file
}

const available = hasShared && MANIPULATOR_PYTHON !== undefined

describe.skipIf(!available)('connectome-manipulator 1.0.4', () => {
  beforeAll(async () => {
    const jobs: (readonly [run: string, config: string])[] = []
    for (const name of NAMES) {
      const given = CIRCUITS[name]
      if (given === undefined) continue
      cpSync(`${SHARED}/data/circuits/${name}`, join(folder, name), { recursive: true })
      const selected = await choose(name, given)
      chosen.set(name, selected)
      for (const operation of OPERATIONS)
        jobs.push([`${name}-${operation}`, await writeConfig(name, operation, selected)])
    }
    const entry = { source: 'conn_removal', kwargs: { amount_pct: 10, sel_src: [1, 2, 3] }, model_config: {} }
    const root = { circuit_config: circuitFile('cm_functional'), manip: { name: 'half', fcts: [entry] } }
    writeFileSync(half, JSON.stringify(root))
    jobs.push(['half', half])
    const log = join(folder, 'log.txt')
    for (const [k, code] of runPackage(
      jobs.map(([run, config]) => [config, outputFolder(run)]),
      log,
    ).entries())
      codes.set(jobs[k]?.[0] ?? '', code)
    const failed = [...codes].filter(([, code]) => code !== 0)
    if (failed.length > 0) throw new Error(`${failed.join('; ')}\n${readFileSync(log, 'utf8').slice(-4000)}`)
  }, 300_000)

  const prove = async (
    name: string,
    operation: string,
    options: { readonly removed?: string; readonly everywhere?: boolean } = {},
  ): Promise<Proof | undefined> => {
    const original = await openCircuit(circuitFile(name))
    try {
      const found = await findManipulatedCircuit({
        generation: 'B',
        outputFolder: outputFolder(`${name}-${operation}`),
        name,
      })
      expect(found?.kind).toBe('parquet')
      const { source, target } = options.everywhere ? {} : (CIRCUITS[name] ?? {})
      const [proof] = await verify({
        original,
        manipulated: [found?.path ?? ''],
        source,
        target,
        ...(options.removed === undefined ? {} : { removed: await readMask(options.removed) }),
      })
      return proof
    } finally {
      original.close()
    }
  }

  it.each(NAMES)('%s: our checks accept what we wrote', async name => {
    for (const operation of OPERATIONS) {
      const check = await checkManipConfig(join(folder, `${name}-${operation}.json`))
      expect({
        accepted: isAccepted(check),
        circuit: check.circuit,
        code: codes.get(`${name}-${operation}`),
      }).toEqual({
        accepted: true,
        circuit: true,
        code: 0,
      })
    }
  })

  it.each(NAMES)('%s: removal by mask is proven from parquet', async name => {
    const { source, target, pairs } = chosen.get(name) ?? { pairs: [] }
    const config = await readManipConfig(join(folder, `${name}-mask.json`))
    const circuit = await openCircuit(circuitFile(name))
    await requireMaskNodes(config, circuit, {
      source: source ?? new Uint32Array(0),
      target: target ?? new Uint32Array(0),
    }).finally(() => circuit.close())
    const proof = await prove(name, 'mask', { removed: join(folder, `${name}.npz`) })
    expect(proof?.verdict).toBe('verified')
    expect(proof?.classes?.removed_as_asked).toBe(pairs.filter((_, k) => k % 3 !== 1).length)
    expect(pairs.length).toBeGreaterThan(4)
    // A proof that any mask would pass is none.
    const wrong = join(folder, `${name}-wrong.npz`)
    await writeMask(
      wrong,
      pairs.filter((_, k) => k % 3 === 0),
      source ?? new Uint32Array(0),
      target ?? new Uint32Array(0),
    )
    expect((await prove(name, 'mask', { removed: wrong }))?.verdict).toBe('differs')
  })

  it.each(NAMES)('%s: extraction keeps the connections among the picked nodes, and is proven', async name => {
    const { all, nodes } = chosen.get(name) ?? { all: [], nodes: 0 }
    const lost = all.filter(([from, to]) => !isPicked(from) || !isPicked(to))
    const ids = Uint32Array.from({ length: nodes }, (_, id) => id)
    const mask = join(folder, `${name}-extraction.npz`)
    await writeMask(mask, lost, ids, ids)
    const proof = await prove(name, 'extraction', { removed: mask, everywhere: true })
    expect(proof?.verdict).toBe('verified')
    expect(proof?.classes?.removed_as_asked).toBe(lost.length)
    expect(proof?.connections?.manipulated).toBe(all.length - lost.length)
  })

  it.each(NAMES)('%s: half of the selected connections is gone, and nothing else', async name => {
    const { pairs } = chosen.get(name) ?? { pairs: [] }
    const exact = pairs.length / 2
    const even = Math.floor(exact) + (Number.isInteger(exact) || Math.floor(exact) % 2 === 0 ? 0 : 1)
    const proof = await prove(name, 'percentage')
    expect(proof?.classes).toMatchObject({
      lost_not_asked: even,
      added_not_asked: 0,
      multiplicity_changed: 0,
      outside_changed: 0,
    })
  })

  it.each(NAMES)('%s: one synapse is left of every selected connection', async name => {
    const proof = await prove(name, 'synapses')
    expect(proof?.classes).toMatchObject({ lost_not_asked: 0, added_not_asked: 0, outside_changed: 0 })
    const edges = proof?.edges
    expect(edges?.manipulated).toBeLessThan(edges?.original ?? 0)
    expect(proof?.classes?.multiplicity_changed).toBeGreaterThan(0)
  })

  it.each(NAMES)(
    '%s: each result is what its own configuration says, and not what another says',
    async name => {
      const original = await openCircuit(circuitFile(name))
      const verdictOf = async (config: string, result: string): Promise<string | undefined> => {
        const manipulated = [outputFolder(`${name}-${result}`)]
        const [proof] = await verifyConfig({
          original,
          manipulated,
          config: join(folder, `${name}-${config}.json`),
        })
        return proof?.verdict
      }
      try {
        for (const operation of OPERATIONS)
          expect([operation, await verdictOf(operation, operation)]).toEqual([operation, 'verified'])
        expect(await verdictOf('percentage', 'mask')).toBe('differs')
        expect(await verdictOf('synapses', 'percentage')).toBe('differs')
      } finally {
        original.close()
      }
    },
  )

  it('the half-migrated configuration empties the circuit with exit code 0; our check refuses it', async () => {
    expect(codes.get('half')).toBe(0)
    const parquet = join(outputFolder('half'), 'parquet')
    expect(JSON.parse(readFileSync(join(parquet, 'parquet.DONE'), 'utf8'))).toEqual(['edges'])
    // All 167 synapses are gone: a split without edges leaves no file.
    expect(readdirSync(parquet).filter(file => file.endsWith('.parquet'))).toEqual([])
    const check = await checkManipConfig(half)
    expect(isAccepted(check)).toBe(false)
    expect(check.diagnostics.map(({ code }) => code)).toContain('generation.half-migrated')
    await expect(readManipConfig(half)).rejects.toThrow('half migrated')
  })

  it('left the circuits alone', () => {
    for (const name of NAMES) {
      const given = CIRCUITS[name]?.config ?? ''
      expect(existsSync(join(folder, name, given))).toBe(true)
      expect(readdirSync(join(folder, name)).sort()).toEqual(
        readdirSync(`${SHARED}/data/circuits/${name}`).sort(),
      )
    }
  })
})
