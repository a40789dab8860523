/**
 * `npm run build` (the package: `dist/`) and `npm run bundle` (`connproof.mjs`, one file). Both carry all they need, so
 * that neither an installation nor a run reaches for the network.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { CAMPAIGN_SCHEMA } from '../src/campaign/schema.ts'
import { embeddedAssets, ROOT } from './assets.ts'
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

/** Code that several entries need, and what only some runs need, are files of their own in `chunks/`. */
async function buildPackage(): Promise<void> {
  for (const folder of ['cli', 'chunks']) rmSync(`${ROOT}dist/${folder}`, { recursive: true, force: true })
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['cli/main', 'parallel/worker', 'index', 'kernels/index'].map(name => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
    // assets.ts is needed by several entries: it is in a chunk.
    plugins: [embeddedAssets(`new URL('../parallel/worker.js', import.meta.url)`)],
  })
  writeFileSync(`${ROOT}dist/THIRD-PARTIES.txt`, thirdParties(metafile))
  writeFileSync(`${ROOT}dist/campaign.schema.json`, `${JSON.stringify(CAMPAIGN_SCHEMA, undefined, 2)}\n`)
}

/** The same file is the program of its worker threads. */
const ONE_FILE = `
import { isMainThread } from 'node:worker_threads'
await (isMainThread ? import('./src/cli/main.ts') : import('./src/parallel/worker.ts'))
`

async function buildOneFile(folder: string): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: { contents: ONE_FILE, resolveDir: ROOT, loader: 'ts' },
    minifyWhitespace: true,
    // Every start reads all of it. The package keeps names, for stack traces.
    minifyIdentifiers: true,
    legalComments: 'none',
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    plugins: [embeddedAssets('new URL(import.meta.url)')],
    write: false,
  })
  const code = outputFiles[0]?.text ?? ''
  const file = `${code}/*\n${thirdParties(metafile).replaceAll('*/', '* /')}*/\n`
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
