/** Licences of what a build carries inside itself. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Metafile } from 'esbuild'
import { ROOT } from './assets.ts'

/** Compiled into the kernels, or packed where esbuild does not count it. */
const ALWAYS = ['assemblyscript', 'h5wasm']

/** Names, versions and the full licence texts. */
export function thirdParties(inputs: Metafile['inputs']): string {
  const used = Object.keys(inputs).flatMap(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  const names = [...new Set([...used, ...ALWAYS])].sort()
  return ascii(`connproof contains parts of these packages.\n${names.map(entry).join('')}`)
}

function entry(name: string): string {
  const folder = `${ROOT}node_modules/${name}`
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|notice|copying)/i.test(file))
  const texts = files.map(file => readFileSync(`${folder}/${file}`, 'utf8').trim())
  return `\n${'-'.repeat(72)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`
}

interface Manifest {
  readonly version: string
  readonly license?: string
}

/** V8 reads a program twice as fast where every character is one byte; names lose their accents for it. */
const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^\n -~]/g, '?')
