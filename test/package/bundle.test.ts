/** What is handed over: one file, and a package that installs without a network. Both are run where nothing else is. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connproof-bundle-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  // Nothing can be written below /proc: a home that cannot be, as on a node that does not mount it.
  const env = {
    PATH: process.env.PATH,
    HOME: '/proc/home',
    NO_COLOR: '1',
    npm_config_update_notifier: 'false',
  }
  return spawnSync(command, args, { cwd, env, encoding: 'utf8' })
}

function succeed(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/** As a network namespace of its own has no network at all. */
const canCutNetwork = spawnSync('unshare', ['--map-root-user', '--net', 'true']).status === 0

function emptyFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

describe('connproof.mjs', () => {
  let program: string
  beforeAll(() => {
    const made = emptyFolder('made')
    succeed(process.execPath, ['--import', 'tsx', 'scripts/build.ts', 'one-file', made], ROOT)
    const alone = emptyFolder('alone')
    program = join(alone, 'connproof.mjs')
    cpSync(join(made, 'connproof.mjs'), program)
  })

  it('has at most 1.5 MB when compressed, and the sum that is beside it', () => {
    const bytes = readFileSync(program)
    expect(gzipSync(bytes).length).toBeLessThan(1_500_000)
    const sum = createHash('sha256').update(bytes).digest('hex')
    expect(readFileSync(join(folder, 'made', 'connproof.mjs.sha256'), 'utf8')).toBe(`${sum}  connproof.mjs\n`)
  })

  it('has one-byte characters only: others make it start slower', () => {
    expect(readFileSync(program).every(byte => byte < 128)).toBe(true)
  })

  it('carries the licences of what is in it', () => {
    const text = readFileSync(program, 'utf8')
    for (const name of ['h5wasm', 'commander', 'hyparquet', 'assemblyscript', '@assemblyscript/loader']) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
    }
  })

  it('runs the demo from an empty folder', () => {
    const stdout = succeed(process.execPath, [program, 'demo', 'demo'], emptyFolder('demo'))
    expect(stdout).toMatch(/verified/)
    expect(readdirSync(join(folder, 'demo'))).toEqual(['demo'])
    expect(readdirSync(join(folder, 'alone'))).toEqual(['connproof.mjs'])
  })

  it.skipIf(!canCutNetwork)('runs it without a network (needs unshare)', () => {
    const alone = ['--map-root-user', '--net', process.execPath, program, 'demo', '.']
    expect(succeed('unshare', alone, emptyFolder('cut'))).toMatch(/verified/)
  })

  it('runs it where address space is limited, by starting itself once more', () => {
    const command = `ulimit -v 4000000 && exec "$0" "$1" demo .`
    expect(succeed('bash', ['-c', command, process.execPath, program], emptyFolder('limited'))).toMatch(
      /verified/,
    )
  })

  it('passes exit codes on from there', () => {
    const command = `ulimit -v 4000000 && exec "$0" "$1" verify nothing here`
    const { status, stderr } = run('bash', ['-c', command, process.execPath, program], folder)
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/no such file/) })
  })
})

describe('the package', () => {
  it('needs no other', () => {
    expect(manifest.dependencies).toBeUndefined()
  })

  it('installs offline from an empty cache, and runs', () => {
    const home = emptyFolder('home')
    const npm = (args: string[], cwd: string): string =>
      succeed('npm', [...args, '--cache', join(home, 'cache'), '--userconfig', join(home, 'npmrc')], cwd)
    npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', home], ROOT)
    const tarball = join(home, `connproof-${manifest.version}.tgz`)
    const prefix = join(home, 'prefix')
    npm(['install', '--offline', '--no-audit', '--no-fund', '-g', '--prefix', prefix, tarball], home)
    const program = join(prefix, 'bin', 'connproof')
    expect(succeed(program, ['demo', '.'], emptyFolder('installed'))).toMatch(/verified/)

    const library = join(prefix, 'lib', 'node_modules', 'connproof')
    const script = `
      const { VERSION, inspect, openCircuit } = await import('${library}/dist/index.js')
      const { reciprocalPairs } = await import('${library}/dist/kernels/index.js')
      process.stdout.write([VERSION, typeof inspect, typeof openCircuit, typeof reciprocalPairs].join(' '))`
    const said = succeed(process.execPath, ['--input-type=module', '-e', script], home)
    expect(said).toBe(`${manifest.version} function function function`)
    expect(readdirSync(library).toSorted()).toEqual(
      ['CHANGELOG.md', 'CITATION.cff', 'LICENSE', 'README.md', 'dist', 'package.json'].toSorted(),
    )
  })
})
