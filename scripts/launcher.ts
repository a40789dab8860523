#!/usr/bin/env node
/**
 * `dist/cli/main.js`: runs the program beside it out of the code that V8 compiled when the package was built; parsing it
 * again would cost every start 40 ms. Another V8 takes no such code and compiles the program itself.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

/** Name of the program, put in by the build. */
declare const PROGRAM: string

const path = fileURLToPath(new URL(`./${PROGRAM}`, import.meta.url))

function compiledCode(): Buffer | undefined {
  try {
    return readFileSync(`${path}.code`)
  } catch {
    return undefined
  }
}

/** A function, so that what it reads can be forgotten: V8 keeps what it needs. */
function load(): Script {
  const cachedData = compiledCode()
  // All of its characters are ASCII, which keeps it at one byte each in memory.
  return new Script(readFileSync(`${path}.cjs`, 'latin1'), {
    filename: `${path}.cjs`,
    ...(cachedData && { cachedData }),
  })
}

const module = { exports: { finished: Promise.resolve() } }
load().runInThisContext()(createRequire(import.meta.url), module, import.meta.url)
await module.exports.finished
