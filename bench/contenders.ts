/** Who takes part in which workload, and how each one is started. Missing peers are named, never silently left out. */
import type { E1Files } from './data.ts'
import type { Answer, Contender, Report } from './measure.ts'
import { buildNative, buildPlain, cliPath, findPython, ROOT } from './tools.ts'

export interface Field {
  /** Ours first. */
  readonly contenders: readonly Contender[]
  readonly missing: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  /** Commands to run once, before anything is measured. */
  readonly prepare: readonly (readonly string[])[]
}

const PEERS = `${ROOT}bench/peers`
/** Where NumPy's AVX-512 sort is slow (Zen 4), this is its honest best; harmless elsewhere. */
const NO_AVX512 = { NPY_DISABLE_CPU_FEATURES: 'X86_V4 AVX512_ICL' }

const oneAnswer = (stdout: string): Answer[] => [JSON.parse(stdout)]
const reported = (stdout: string): Answer[] => [...(JSON.parse(stdout) as Report).answers]

export function e1Field(files: E1Files): Field {
  const paths = [files.original, files.manipulated, files.mask]
  const missing: string[] = []
  const cli = cliPath()
  if (cli === undefined) throw new Error('dist/cli/main.js is missing: npm run build')
  const contenders: Contender[] = [
    {
      name: 'connproof verify',
      group: 'ours',
      command: [process.execPath, cli, 'verify', files.original, files.manipulated, ...flags(files.mask, 1)],
      clock: 'process',
      parse: proofAnswer,
    },
    {
      name: 'connproof verify --jobs 2',
      group: 'two threads',
      command: [process.execPath, cli, 'verify', files.original, files.manipulated, ...flags(files.mask, 2)],
      clock: 'process',
      parse: proofAnswer,
    },
  ]
  const whole = (
    name: string,
    group: string,
    command: readonly string[],
    more: Partial<Contender> = {},
  ): void => {
    contenders.push({
      name,
      group,
      command: [...command, ...paths],
      clock: 'process',
      parse: oneAnswer,
      ...more,
    })
  }
  const native = buildNative()
  if ('missing' in native) missing.push(`native C++: ${native.missing}`)
  else whole('native C++, HDF5 library', 'native', [native.path])
  const plain = buildPlain()
  if ('missing' in plain) missing.push(`plain TypeScript: ${plain.missing}`)
  else whole('plain TypeScript, our algorithm', 'plain', [process.execPath, plain.path])
  const python = findPython()
  const peer = (variant: string): string[] => [python?.path ?? '', `${PEERS}/e1.py`, variant]
  if (python === undefined)
    missing.push('all Python peers: no Python with numpy, scipy and h5py (CONNPROOF_PYTHON)')
  else {
    for (const variant of ['numpy-keys', 'numpy-keys-u32', 'numpy-rows', 'numpy-rows-offset', 'numpy-whole'])
      whole(`h5py + NumPy (${variant.slice(6)})`, 'NumPy', peer(variant))
    whole('h5py + SciPy sparse', 'SciPy', peer('scipy'))
    if (python.packages.libsonata === undefined) missing.push('libsonata: not installed')
    else whole('libsonata connecting_edges + SciPy', 'libsonata', peer('libsonata'))
    whole('notebook steps, pairs by h5py', 'notebook', peer('notebook'), { once: true })
  }
  const indexed = python?.packages.libsonata !== undefined
  return {
    contenders,
    missing,
    versions: { ...python?.packages, ...('version' in native ? { native: native.version } : {}) },
    prepare: indexed ? [[...peer('write-indices'), files.original, files.manipulated]] : [],
  }
}

/** Rows sorted by (target, source): ours against the variants of E1 that can keep up. */
export function w2SortedField(files: E1Files): Field {
  const paths = [files.original, files.manipulated, files.mask]
  return againstNumpy(files, [{ name: 'connproof verify', jobs: 1, group: 'ours' }, TWO], NO_OTHERS, python =>
    ['numpy-keys', 'numpy-rows', 'numpy-rows-offset'].map(variant => ({
      name: `h5py + NumPy (${variant.slice(6)})`,
      group: 'NumPy',
      command: [python, `${PEERS}/e1.py`, variant, ...paths],
      clock: 'process',
      parse: oneAnswer,
    })),
  )
}

/** Rows in any order: NumPy sorts keys, with its vectorised sort and without. */
export function w2ShuffledField(files: E1Files): Field {
  const paths = [files.original, files.manipulated, files.mask]
  const runs: readonly OurRun[] = [
    { name: 'connproof verify', jobs: 1, group: 'ours' },
    { name: 'connproof verify --memory 256M', jobs: 1, group: 'small memory', memory: '256M' },
    TWO,
  ]
  const native = buildNative()
  const others = {
    missing: 'missing' in native ? [`native C++: ${native.missing}`] : [],
    contenders: ('missing' in native ? [] : [native.path]).map(path => ({
      name: 'native C++, HDF5 library, our algorithm',
      group: 'native',
      command: [path, ...paths, 'any-order'],
      clock: 'process' as const,
      parse: oneAnswer,
    })),
  }
  return againstNumpy(files, runs, others, python => {
    const sort = (name: string, env: Readonly<Record<string, string>>): Contender => ({
      name,
      group: 'NumPy',
      command: [python, `${PEERS}/e1.py`, 'numpy-sort', ...paths],
      env,
      clock: 'process',
      parse: oneAnswer,
    })
    return [sort('h5py + NumPy (sort)', {}), sort('h5py + NumPy (sort), no AVX-512', NO_AVX512)]
  })
}

interface OurRun {
  readonly name: string
  readonly group: string
  readonly jobs: number
  readonly memory?: string
}

const NO_OTHERS = { contenders: [], missing: [] }

const TWO: OurRun = { name: 'connproof verify --jobs 2', jobs: 2, group: 'two threads' }

function againstNumpy(
  files: E1Files,
  runs: readonly OurRun[],
  others: Pick<Field, 'contenders' | 'missing'>,
  peers: (python: string) => Contender[],
): Field {
  const cli = cliPath()
  if (cli === undefined) throw new Error('dist/cli/main.js is missing: npm run build')
  const verify = [process.execPath, cli, 'verify', files.original, files.manipulated]
  const ours = runs.map(({ name, group, jobs, memory }): Contender => {
    const budget = memory === undefined ? [] : ['--memory', memory]
    return {
      name,
      group,
      command: [...verify, ...flags(files.mask, jobs), ...budget],
      clock: 'process',
      parse: proofAnswer,
    }
  })
  const python = findPython()
  return {
    contenders: [...ours, ...others.contenders, ...(python === undefined ? [] : peers(python.path))],
    missing: [
      ...others.missing,
      ...(python === undefined ? ['NumPy: no Python with numpy, scipy and h5py (CONNPROOF_PYTHON)'] : []),
    ],
    versions: { ...python?.packages },
    prepare: [],
  }
}

/** At the default level, with what `peers` adds; `python` is undefined where there is none. */
export function againstPeers(
  files: E1Files,
  jobs: readonly number[],
  peers: (python: string | undefined) => Contender[],
): Field {
  const cli = cliPath()
  if (cli === undefined) throw new Error('dist/cli/main.js is missing: npm run build')
  const python = findPython()
  const ours = jobs.map((count, k): Contender => {
    const command = [process.execPath, cli, 'verify', files.original, files.manipulated]
    return {
      name: `connproof verify${count === 1 ? '' : ` --jobs ${count}`}`,
      group: k === 0 ? 'ours' : 'two threads',
      command: [...command, ...edgeFlags(files.mask, count)],
      clock: 'process',
      parse: proofAnswer,
    }
  })
  return {
    contenders: [...ours, ...peers(python?.path)],
    missing: python === undefined ? ['NumPy: no Python with numpy, scipy and h5py (CONNPROOF_PYTHON)'] : [],
    versions: { ...python?.packages },
    prepare: [],
  }
}

/** E1, W1 and W2 are about connections. */
const flags = (mask: string, jobs: number): string[] => ['--level', 'connections', ...edgeFlags(mask, jobs)]

const edgeFlags = (mask: string, jobs: number): string[] => [
  ...['--removed', mask, '--source', 'synapse_class=EXC', '--target', 'synapse_class=EXC', '--json'],
  ...['--jobs', String(jobs)],
]

/** The proof among the JSON Lines of `verify --json`. */
function proofAnswer(stdout: string): Answer[] {
  const lines = stdout.split('\n').filter(line => line !== '')
  return lines.flatMap(line => {
    const { type, verdict, connections, classes }: ProofLine = JSON.parse(line)
    if (type !== 'proof' || !connections) return []
    return [{ verified: verdict === 'verified', ...connections, removed: classes?.removed_as_asked ?? -1 }]
  })
}

interface ProofLine {
  type?: string
  verdict?: string
  connections?: { original: number; manipulated: number } | null
  classes?: { removed_as_asked: number } | null
}

/** Passes over all versions in one process, the first of which warms up. */
const RUNS = '3'

export function w1Field(folder: string, versions: number): Field {
  const missing: string[] = []
  const contenders: Contender[] = []
  const add = (
    name: string,
    group: string,
    command: readonly string[],
    more: Partial<Contender> = {},
  ): void => {
    const args = [folder, String(versions), more.once ? '1' : RUNS]
    contenders.push({
      name,
      group,
      command: [...command, ...args],
      clock: 'reported',
      parse: reported,
      ...more,
    })
  }
  const node = [process.execPath, '--import', 'tsx']
  add('connproof compareEdges', 'ours', [...node, `${PEERS}/w1-ours.ts`])
  add('plain TypeScript, our algorithm', 'plain', [...node, `${PEERS}/w1-plain.ts`])
  const python = findPython()
  if (python === undefined)
    missing.push('all Python peers: no Python with numpy, scipy and h5py (CONNPROOF_PYTHON)')
  else {
    const peer = (variant: string): string[] => [python.path, `${PEERS}/w1.py`, variant]
    for (const variant of ['numpy-keys', 'numpy-keys-chunked', 'numpy-rows', 'numpy-rows-chunked'])
      add(`NumPy (${variant.slice(6)})`, 'NumPy', peer(variant))
    add('NumPy (rows), no AVX-512', 'NumPy', peer('numpy-rows'), { env: NO_AVX512 })
    add('SciPy sparse', 'SciPy', peer('scipy'))
    add('notebook steps', 'notebook', peer('notebook'), { once: true })
  }
  return { contenders, missing, versions: { ...python?.packages }, prepare: [] }
}

/** Fresh processes, one pass each: a selection is drawn once. Agreement is about list length, flips and mask. */
export function l1Field(folder: string, list: 'pairs' | 'connections'): Field {
  const contender = (name: string, group: string, command: readonly string[]): Contender => ({
    name,
    group,
    command: [...command, folder, list, '1'],
    clock: 'reported',
    parse: reported,
  })
  const ours = [process.execPath, '--import', 'tsx', `${PEERS}/l1-ours.ts`]
  const python = findPython()
  return {
    contenders: [
      contender('connproof select', 'ours', ours),
      ...(python === undefined
        ? []
        : [contender('notebook steps', 'notebook', [python.path, `${PEERS}/l1.py`])]),
    ],
    missing: python === undefined ? ['notebook steps: no Python with numpy, scipy and h5py'] : [],
    versions: { ...python?.packages },
    prepare: [],
  }
}
