/** An esbuild plugin: what `src/assets.ts` reads from files, and h5wasm, as text inside the program. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param worker JavaScript expression: the URL of the worker's program as the file that holds it sees it
 * @param beside file of h5wasm's code that the program reads where it lies beside it; without, the program holds it
 */
export function embeddedAssets(worker: string, beside?: string): Plugin {
  return {
    name: 'embedded-assets',
    setup({ onResolve, onLoad }) {
      onLoad({ filter: /\/src\/assets\.ts$/ }, () => ({ contents: assets(worker), loader: 'ts' }))
      onResolve({ filter: /^h5wasm\/node$/ }, ({ path }) => ({ path, namespace: 'packed' }))
      onLoad({ filter: /.*/, namespace: 'packed' }, async () => ({ contents: await packedH5wasm(beside) }))
    },
  }
}

/** commander can run subcommands that are programs of their own; ours are not, and loading what it would take costs 4 ms. */
export const LAZY_SUBPROCESSES: Plugin = {
  name: 'lazy-subprocesses',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /node_modules\/commander\//.test(importer) ? { path, namespace: 'lazy' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `exports.spawn = (...given) => require('node:child_process').spawn(...given)`,
    }))
  },
}

const packed = (bytes: Uint8Array): string => JSON.stringify(gzipSync(bytes, { level: 9 }).toString('base64'))

/** The checked build of the kernels is for tests, which run from source. */
const assets = (worker: string): string => `
import { gunzipSync } from 'node:zlib'
export const kernelBytes = () =>
  gunzipSync(Buffer.from(${packed(readFileSync(`${ROOT}build/kernels.wasm`))}, 'base64'))
export const workerProgram = () => ${worker}
`

/**
 * Of 4 MB most runs need nothing: as compressed text it costs them no parsing. It is unpacked and compiled on first
 * use. CommonJS, because code that comes from a string has no imports.
 */
async function packedH5wasm(beside: string | undefined): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['h5wasm/node'],
    absWorkingDir: ROOT,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    // Else the wasm inside it grows by half.
    charset: 'utf8',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'moduleUrl' },
    write: false,
    logLevel: 'warning',
  })
  const bytes = outputFiles[0]?.contents ?? new Uint8Array()
  if (beside !== undefined) writeFileSync(beside, bytes)
  const code =
    beside === undefined
      ? `gunzipSync(Buffer.from(${packed(bytes)}, 'base64'))`
      : `readFileSync(new URL('./${basename(beside)}', import.meta.url))`
  return `
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import { gunzipSync } from 'node:zlib'
const module = { exports: {} }
const code = ${code}.toString()
compileFunction(code, ['require', 'module', 'exports', 'moduleUrl'], { filename: 'h5wasm' })(
  createRequire(import.meta.url), module, module.exports, import.meta.url)
export const { File, ready } = module.exports
`
}
