import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

/**
 * What each folder may import, itself aside; the files beside them (`verify.ts`, `inspect.ts`, `index.ts`) put the
 * parts together. Verification judges what demo made: it must never see the code that made it.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'bench',
    'cluster',
    'parallel',
    'kernels',
    'shards',
    'campaign',
    'contract',
    'root',
    'report',
    'selection',
    'verification',
    'demo',
    'inputs',
    'interop',
    'sonata',
    'formats',
    'connectome',
  ],
  bench: ['root', 'connectome', 'kernels', 'formats'],
  cluster: ['campaign', 'shards', 'interop', 'verification', 'report', 'root', 'formats'],
  campaign: [
    'root',
    'report',
    'selection',
    'verification',
    'interop',
    'inputs',
    'sonata',
    'formats',
    'connectome',
  ],
  full: ['verification', 'sonata', 'formats', 'connectome'],
  root: [
    'full',
    'contract',
    'parallel',
    'inputs',
    'selection',
    'verification',
    'interop',
    'sonata',
    'formats',
    'connectome',
    'kernels',
  ],
  contract: ['manipulation', 'interop', 'verification', 'sonata', 'formats', 'connectome', 'kernels'],
  interop: ['sonata', 'formats', 'connectome'],
  shards: ['root', 'parallel', 'verification', 'formats', 'connectome'],
  parallel: ['verification', 'formats', 'connectome', 'kernels'],
  inputs: ['sonata', 'formats', 'connectome'],
  report: ['root', 'selection', 'verification', 'interop', 'formats', 'connectome'],
  verification: ['formats', 'connectome', 'kernels'],
  selection: ['formats', 'connectome', 'kernels'],
  manipulation: ['selection', 'connectome'],
  demo: ['selection', 'sonata', 'formats', 'connectome'],
  sonata: ['formats', 'connectome', 'kernels'],
  formats: ['connectome', 'kernels'],
  connectome: ['kernels'],
  kernels: [],
}

/** Without imports of their own; everyone may use them. */
const EVERYWHERE = ['errors.ts', 'version.ts', 'assets.ts']

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const text = (file: string): string => readFileSync(join(SRC, file), 'utf8')
const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : 'root')

function importsOf(file: string): string[] {
  const specifiers = text(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'|^import '(\.[^']+)'/gm)
  return [...specifiers].map(([, a, b]) => join(file, '..', a ?? b ?? ''))
}

describe('dependencies', () => {
  it('are found at all', () => {
    expect(FILES.length).toBeGreaterThan(30)
    expect(importsOf('cli/main.ts')).toEqual(['version.ts', 'cli/relaunch.ts', 'cli/run.ts'])
  })

  it('point one way', () => {
    const wrong = FILES.flatMap(file =>
      importsOf(file)
        .filter(imported => !EVERYWHERE.includes(imported))
        .filter(imported => folderOf(imported) !== folderOf(file))
        .filter(imported => !MAY_IMPORT[folderOf(file)]?.includes(folderOf(imported)))
        .map(imported => `${file} -> ${imported}`),
    )
    expect(wrong).toEqual([])
  })

  it('show circuits to verification and selection as interfaces only, never as HDF5', () => {
    const judges = FILES.filter(file => ['verification', 'selection'].includes(folderOf(file)))
    expect(judges).not.toEqual([])
    expect(
      judges.filter(file => importsOf(file).some(path => /^(formats\/hdf5|sonata)\//.test(path))),
    ).toEqual([])
  })

  it('keep the code that predicts away from the code that compares', () => {
    const predicting = FILES.filter(file => importsOf(file).some(path => /^(manipulation|demo)\//.test(path)))
    expect(
      predicting
        .map(folderOf)
        .filter(folder => !['contract', 'manipulation', 'demo', 'cli'].includes(folder)),
    ).toEqual([])
  })

  it('have no cycles between files', () => {
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')]
      if (done.has(file)) return []
      const cycles = valueImportsOf(file).flatMap(imported => visit(imported, [...path, file]))
      done.add(file)
      return cycles
    }
    expect(FILES.flatMap(file => visit(file, []))).toEqual([])
  })

  it.each([
    ['commander', /^cli\//],
    ['h5wasm', /^formats\/hdf5\//],
    ['hyparquet', /^formats\/parquet\//],
    ['fzstd', /^formats\/parquet\//],
    ['npyjs', /^formats\/npy\.ts$/],
    ['seedrandom', /^demo\//],
    ['@assemblyscript/loader', /^kernels\//],
  ])('%s is used in one place', (name, place) => {
    const users = FILES.filter(file => new RegExp(`(from|import\\() ?'${name}[/']`).test(text(file)))
    expect(users.filter(file => !place.test(file))).toEqual([])
    expect(users).not.toEqual([])
  })
})

describe('source files', () => {
  it('of the library neither print nor touch the process', () => {
    const touching = FILES.filter(file => !file.startsWith('cli/')).filter(file =>
      /\bprocess\.|\bconsole\.|'node:process'/.test(withoutComments(text(file))),
    )
    expect(touching).toEqual([])
  })

  it('have at most 400 lines: a file is one subject', () => {
    expect(FILES.filter(file => text(file).trimEnd().split('\n').length > 400)).toEqual([])
  })
})

/** Imports that are there at run time: types and lazy imports make no cycles. */
function valueImportsOf(file: string): string[] {
  const specifiers = text(file).matchAll(
    /^(?:import|export)(?! type)[^'"]*?from '(\.[^']+)'|^import '(\.[^']+)'/gm,
  )
  return [...specifiers].map(([, a, b]) => join(file, '..', a ?? b ?? ''))
}

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
