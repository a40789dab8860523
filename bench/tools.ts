/** Programs of the machine that peers need; each may be missing. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUILD = `${ROOT}build/bench`

export interface Python {
  readonly path: string
  /** Package name to version, of those that are installed. */
  readonly packages: Readonly<Record<string, string>>
}

const PYTHON_PROBE = `
import json, platform
from importlib.metadata import version, PackageNotFoundError
found = {"python": platform.python_version()}
for name in ("numpy", "scipy", "h5py", "libsonata"):
    try: found[name] = version(name)
    except PackageNotFoundError: pass
print(json.dumps(found))`

/** The first that can import what the peers need: CONNPROOF_PYTHON, the project's own environment, python3. */
export function findPython(): Python | undefined {
  const candidates = [process.env.CONNPROOF_PYTHON, `${ROOT}.venv/bin/python`, 'python3']
  for (const path of candidates) {
    if (path === undefined) continue
    const { status, stdout } = spawnSync(path, ['-c', PYTHON_PROBE], { encoding: 'utf8' })
    if (status !== 0) continue
    const packages: Record<string, string> = JSON.parse(stdout)
    if (['numpy', 'scipy', 'h5py'].every(name => name in packages)) return { path, packages }
  }
  return undefined
}

export type Built = { readonly path: string; readonly version: string } | { readonly missing: string }

/** Compile the C++ peer with the flags that the HDF5 library names for itself. */
export function buildNative(): Built {
  const flags = hdf5Flags()
  if (flags === undefined) return { missing: 'no HDF5 C library (pkg-config hdf5, h5cc)' }
  mkdirSync(BUILD, { recursive: true })
  const path = `${BUILD}/verify`
  const args = ['-std=c++17', '-O3', '-march=native', '-o', path, `${ROOT}bench/peers/verify.cpp`, ...flags]
  const compiled = spawnSync('g++', args, { encoding: 'utf8' })
  if (compiled.status !== 0)
    return { missing: `g++ failed: ${compiled.error?.message ?? compiled.stderr.slice(-500)}` }
  const compiler = spawnSync('g++', ['-dumpfullversion'], { encoding: 'utf8' }).stdout.trim()
  const library = spawnSync('pkg-config', ['--modversion', 'hdf5'], { encoding: 'utf8' }).stdout?.trim()
  return { path, version: `g++ ${compiler}, HDF5 ${library || 'of h5cc'}` }
}

function hdf5Flags(): string[] | undefined {
  const asked = spawnSync('pkg-config', ['--cflags', '--libs', 'hdf5'], { encoding: 'utf8' })
  if (asked.status === 0) return asked.stdout.trim().split(/\s+/)
  const shown = spawnSync('h5cc', ['-show'], { encoding: 'utf8' })
  // "gcc -I... -L... libraries": everything but the compiler.
  return shown.status === 0 ? shown.stdout.trim().split(/\s+/).slice(1) : undefined
}

/** E1 measures whole processes, so its peer in TypeScript must not pay for a loader that ours does not use. */
export function buildPlain(): Built {
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`
  const compiled = spawnSync(process.execPath, [tsc, '-p', `${ROOT}bench/peers/tsconfig.json`], {
    encoding: 'utf8',
  })
  if (compiled.status !== 0) return { missing: `tsc failed: ${compiled.stdout.slice(0, 500)}` }
  mkdirSync(`${BUILD}/build`, { recursive: true })
  copyFileSync(`${ROOT}build/kernels.wasm`, `${BUILD}/build/kernels.wasm`)
  return { path: `${BUILD}/bench/peers/e1-plain.js`, version: `Node ${process.versions.node}` }
}

/** Compiled CLI, or nothing before `npm run build`. */
export function cliPath(): string | undefined {
  const path = `${ROOT}dist/cli/main.js`
  return existsSync(path) ? path : undefined
}

/** The processor, as a word for folders: `amd-epyc`. */
export function hostName(): string {
  const model = cpus()[0]?.model ?? 'unknown'
  const words = model.replace(/\((R|TM)\)|CPU|Processor|@.*$/gi, ' ').trim()
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
