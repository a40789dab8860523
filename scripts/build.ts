/**
 * `npm run build` (the package: `dist/`) and `npm run bundle` (`connproof.mjs`, one file). Both carry all they need, so
 * that neither an installation nor a run reaches for the network.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { CAMPAIGN_SCHEMA } from '../src/campaign/schema.ts'
import { PROOF_SCHEMA } from '../src/report/schema.ts'
import { embeddedAssets, LAZY_SUBPROCESSES, ROOT } from './assets.ts'
import { thirdParties } from './third-parties.ts'

/** Some dependencies are CommonJS and ask for Node's modules with `require`. */
const REQUIRE = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  minifySyntax: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** One program for the main thread and for its workers. */
const PROGRAM = `
import { isMainThread } from 'node:worker_threads'
const entry = isMainThread ? import('./src/cli/main.ts') : import('./src/parallel/worker.ts')
export const finished = entry.then(({ finished }) => finished)
`

const program = (contents: string) => ({ contents, resolveDir: ROOT, loader: 'ts' }) as const

async function buildPackage(): Promise<void> {
  for (const folder of ['cli', 'chunks']) rmSync(`${ROOT}dist/${folder}`, { recursive: true, force: true })
  const inputs = { ...(await buildLibrary()), ...(await buildCli(`${ROOT}dist/cli`)) }
  writeFileSync(`${ROOT}dist/THIRD-PARTIES.txt`, thirdParties(inputs))
  for (const [name, schema] of [
    ['campaign', CAMPAIGN_SCHEMA],
    ['proof', PROOF_SCHEMA],
  ] as const)
    writeFileSync(`${ROOT}dist/${name}.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`)
}

/** Code that several entries need, and what only some runs need, are files of their own in `chunks/`. */
async function buildLibrary(): Promise<Metafile['inputs']> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['parallel/worker', 'index', 'kernels/index'].map(name => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
    // assets.ts is needed by several entries: it is in a chunk.
    plugins: [embeddedAssets(`new URL('../parallel/worker.js', import.meta.url)`)],
  })
  return metafile.inputs
}

/**
 * The program in one script, its compiled code in a second file, and `main.js`, which runs the first out of the second.
 * Names hold the digest of the program: V8 itself only looks at its length before it believes compiled code.
 */
async function buildCli(folder: string): Promise<Metafile['inputs']> {
  mkdirSync(folder, { recursive: true })
  const { outputFiles, metafile } = await build({
    ...COMMON,
    format: 'cjs',
    stdin: program(PROGRAM),
    minifyWhitespace: true,
    legalComments: 'none',
    // A script that is compiled by hand has no imports, and no `import.meta`.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'mainUrl' },
    banner: { js: '(function (require, module, mainUrl) {' },
    footer: { js: '})' },
    plugins: [embeddedAssets('new URL(mainUrl)', join(folder, 'h5wasm.cjs')), LAZY_SUBPROCESSES],
    write: false,
  })
  const code = outputFiles[0]?.text ?? ''
  const name = `program-${createHash('sha256').update(code).digest('hex').slice(0, 12)}`
  writeFileSync(join(folder, `${name}.cjs`), code)
  await build({
    ...COMMON,
    entryPoints: ['scripts/launcher.ts'],
    outfile: join(folder, 'main.js'),
    define: { PROGRAM: JSON.stringify(name) },
  })
  chmodSync(join(folder, 'main.js'), 0o755)
  compileAhead(folder, name)
  return metafile.inputs
}

/** What a run compiles is kept for all later ones; so this one does most of what there is to do. Without, starts are slower. */
function compileAhead(folder: string, name: string): void {
  const demo = mkdtempSync(join(tmpdir(), 'connproof-build-'))
  try {
    const args = [join(ROOT, 'scripts/compile-ahead.mjs'), join(folder, name), join(folder, 'main.js'), demo]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status !== 0) process.stderr.write(`no code was compiled ahead: ${stderr}\n`)
  } finally {
    rmSync(demo, { recursive: true, force: true })
  }
}

async function buildOneFile(folder: string): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: program(`${PROGRAM}\nawait finished`),
    minifyWhitespace: true,
    // Every start reads all of it. The package keeps names, for stack traces.
    minifyIdentifiers: true,
    legalComments: 'none',
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    plugins: [embeddedAssets('new URL(import.meta.url)'), LAZY_SUBPROCESSES],
    write: false,
  })
  const code = outputFiles[0]?.text ?? ''
  const file = `${code}/*\n${thirdParties(metafile.inputs).replaceAll('*/', '* /')}*/\n`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'connproof.mjs'), file, { mode: 0o755 })
  const sum = createHash('sha256').update(file).digest('hex')
  writeFileSync(join(folder, 'connproof.mjs.sha256'), `${sum}  connproof.mjs\n`)
}

const [, , what, folder = join(ROOT, 'build')] = process.argv
if (what === 'one-file') {
  await buildOneFile(folder)
  process.stdout.write(`${join(folder, 'connproof.mjs')}\n`)
} else await buildPackage()
