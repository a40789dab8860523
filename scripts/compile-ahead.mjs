/** Run the demo and keep what V8 compiled for it. usage: compile-ahead PROGRAM MAIN FOLDER; see build.ts */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

const [, , path = '', main = '', folder = ''] = process.argv
process.argv = [process.execPath, main, 'demo', folder, '--force']
process.stdout.write = () => true
// Code of functions that ran long ago, as those that set up modules, must not be dropped.
setFlagsFromString('--no-flush-bytecode')
const script = new Script(readFileSync(`${path}.cjs`, 'latin1'), { filename: `${path}.cjs` })
process.on('exit', () => {
  // V8 takes compiled code only under the flags that it was compiled with.
  setFlagsFromString('--flush-bytecode')
  writeFileSync(`${path}.code`, script.createCachedData())
})
const module = { exports: {} }
script.runInThisContext()(createRequire(pathToFileURL(main)), module, pathToFileURL(main).href)
await module.exports.finished
