/** What this machine allows, thing by thing. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { slurmClient } from '../cluster/slurm.ts'
import { probeFilters } from '../formats/hdf5/filters-available.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { workersStart } from '../parallel/check.ts'
import { addressSpaceLimit, runsWithoutReserve } from './relaunch.ts'
import { memoryLimits, resourcesFor, threadsAllowed, threadsIn } from './resources.ts'

export interface Finding {
  readonly item: string
  /** `limited`: works, with the costs named. */
  readonly status: 'ok' | 'limited' | 'missing'
  readonly value: string
  /** What is slower or impossible. */
  readonly costs?: string | undefined
  /** How to get it. */
  readonly remedy?: string | undefined
  /** The same as numbers, for programs. */
  readonly numbers?: Readonly<Record<string, number | null>>
}

export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const folder = temporaryFolder()
  try {
    return [
      node(),
      threads(env),
      await workers(),
      memory(env),
      addressSpace(),
      webAssembly(),
      simd(),
      ...(await hdf5(folder)),
      temporarySpace(folder),
      ...(await slurm(env)),
    ]
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const old = major < 20 || (major === 20 && minor < 19)
  const value = `${process.version} ${process.platform} ${process.arch}`
  if (!old) return { item: 'Node', status: 'ok', value }
  return {
    item: 'Node',
    status: 'missing',
    value,
    costs: 'connproof needs 20.19 or later',
    remedy: 'module load nodejs, or unpack one from nodejs.org into your folder',
  }
}

function threads(env: NodeJS.ProcessEnv): Finding {
  const machine = cpus().length
  const allowed = availableParallelism()
  const { threads: wanted, because } = threadsAllowed(env)
  const room = threadsIn(addressSpaceLimit())
  const used = Math.min(wanted, room)
  const why = room < wanted ? 'ulimit -v has no room for more' : because
  const numbers = { machine, allowed, used }
  const value = `${used} of ${machine}${allowed < machine ? ` (${allowed} by affinity)` : ''}: ${why}`
  if (used === allowed) return { item: 'threads', status: 'ok', value, numbers }
  return { item: 'threads', status: 'limited', value, costs: 'more with --jobs N', numbers }
}

async function workers(): Promise<Finding> {
  if (await workersStart()) return { item: 'worker threads', status: 'ok', value: 'start' }
  return { item: 'worker threads', status: 'missing', value: 'do not start', costs: 'one thread is used' }
}

function memory(env: NodeJS.ProcessEnv): Finding {
  const limits = memoryLimits(env)
  const budget = resourcesFor({}).memory
  const sources = limits.map(({ source, bytes }) => `${source} ${gib(bytes)}`).join(', ')
  const numbers = {
    total: totalmem(),
    ...Object.fromEntries(limits.map(({ source, bytes }) => [source, bytes])),
    budget,
  }
  const value = `${gib(budget)} for sorting (${sources})`
  if (budget >= 2 ** 28) return { item: 'memory', status: 'ok', value, numbers }
  const costs = 'rows out of order go through temporary files: slower'
  return { item: 'memory', status: 'limited', value, costs, remedy: 'ask for more with --mem', numbers }
}

function addressSpace(): Finding {
  const limit = addressSpaceLimit()
  const numbers = { limit: limit ?? null }
  if (limit === undefined) return { item: 'address space', status: 'ok', value: 'no limit', numbers }
  const value = `${gib(limit)} (ulimit -v)${runsWithoutReserve() ? ', started a second time to do with it' : ''}`
  const remedy = 'ulimit -v unlimited, where you may'
  return {
    item: 'address space',
    status: 'limited',
    value,
    costs: 'starts 0.1 s later, fewer threads',
    remedy,
    numbers,
  }
}

function webAssembly(): Finding {
  try {
    new KernelMemory().kernels.heapBase()
    return { item: 'WebAssembly', status: 'ok', value: 'kernels run' }
  } catch (error) {
    const value = error instanceof Error ? error.message : String(error)
    const remedy = 'raise ulimit -v, or set NODE_OPTIONS=--disable-wasm-trap-handler'
    return { item: 'WebAssembly', status: 'missing', value, costs: 'nothing can be compared', remedy }
  }
}

/** A module of one function that makes a vector and drops it: (func v128.const 0; drop). */
const VECTOR = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00, 0x0a, 0x17, 0x01, 0x15, 0x00, 0xfd, 0x0c],
  ...new Array<number>(16).fill(0),
  ...[0x1a, 0x0b],
])

function simd(): Finding {
  if (WebAssembly.validate(VECTOR)) return { item: 'SIMD', status: 'ok', value: '128 bits' }
  const remedy = 'another processor (SSE4.1 or NEON), or a Node that was built with it'
  return { item: 'SIMD', status: 'missing', value: 'none', costs: 'the kernels need it', remedy }
}

async function hdf5(folder: string | undefined): Promise<Finding[]> {
  const remedy = 'h5repack -f GZIP=1 IN OUT, or raise ulimit -v'
  if (folder === undefined)
    return [{ item: 'HDF5', status: 'limited', value: 'not tried: there is no temporary folder' }]
  try {
    const probes = await probeFilters(folder)
    const have = probes.filter(({ available }) => available).map(({ name }) => name)
    const lack = probes.filter(({ available }) => !available).map(({ name }) => name)
    return [
      { item: 'HDF5', status: 'ok', value: 'own readers, and the library for the rest' },
      { item: 'HDF5 filters', status: 'ok', value: have.join(', ') },
      ...(lack.length === 0
        ? []
        : [
            {
              item: '',
              status: 'limited',
              value: `without ${lack.join(', ')}`,
              costs: 'files with these cannot be read',
              remedy: 'h5repack -f GZIP=1 IN OUT',
            } as const,
          ]),
    ]
  } catch (error) {
    const value = `the library does not start (${error instanceof Error ? error.message.split('\n')[0] : error})`
    return [{ item: 'HDF5', status: 'limited', value, costs: 'plain and gzip files only', remedy }]
  }
}

function temporaryFolder(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'connproof-doctor-'))
  } catch {
    return undefined
  }
}

function temporarySpace(folder: string | undefined): Finding {
  const item = 'temporary'
  if (folder === undefined) {
    const costs = 'rows out of order beyond memory cannot be sorted'
    return { item, status: 'missing', value: `${tmpdir()} cannot be written`, costs, remedy: 'set TMPDIR' }
  }
  const { bavail, bsize } = statfsSync(folder)
  const numbers = { free: bavail * bsize }
  const value = `${gib(numbers.free)} in ${tmpdir()}`
  if (numbers.free >= 2 ** 30) return { item, status: 'ok', value, numbers }
  return {
    item,
    status: 'limited',
    value,
    costs: 'large unsorted files need more',
    remedy: 'set TMPDIR',
    numbers,
  }
}

async function slurm(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { version, trouble } = await slurmClient()
  const inside: Finding[] =
    env.SLURM_JOB_ID === undefined
      ? []
      : [
          {
            item: 'Slurm job',
            status: 'ok',
            value: `${env.SLURM_JOB_ID} on ${env.SLURMD_NODENAME ?? 'this node'}`,
          },
        ]
  if (version !== undefined) return [{ item: 'Slurm', status: 'ok', value: version }, ...inside]
  const remedy = 'a login node, or module load slurm'
  return [
    {
      item: 'Slurm',
      status: 'missing',
      value: trouble ?? 'none',
      costs: 'no submit, all else works',
      remedy,
    },
    ...inside,
  ]
}
