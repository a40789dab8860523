/** The command line of connectome-manipulator 1.0.4, several times. */
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MANIPULATOR_PYTHON } from '../../python.ts'

/** Exit codes of `manipulate-connectome CONFIG --output-dir DIR FLAGS`, one per pair; all output goes to the log. */
export function runPackage(
  runs: readonly (readonly [config: string, output: string])[],
  log: string,
  flags: readonly string[] = [],
): number[] {
  const commands = runs.map(([config, output]) => [
    'manipulate-connectome',
    config,
    '--output-dir',
    output,
    ...flags,
  ])
  const script = fileURLToPath(new URL('run_package.py', import.meta.url))
  const result = execFileSync(MANIPULATOR_PYTHON ?? '', [script], {
    input: JSON.stringify(commands),
    encoding: 'utf8',
    env: { ...process.env, CONNPROOF_LOG: log, OMP_NUM_THREADS: '1' },
  })
  return JSON.parse(result) as number[]
}

/** Likewise to the end: converted by the stand-in for parquet2hdf5, which `folder` is given. */
export function runAndConvert(
  runs: readonly (readonly [config: string, output: string])[],
  log: string,
  folder: string,
): number[] {
  const converter = join(folder, 'parquet2hdf5')
  const script = fileURLToPath(new URL('../../facing/parquet2hdf5.py', import.meta.url))
  writeFileSync(converter, `#!/bin/sh\nexec "${MANIPULATOR_PYTHON}" "${script}" "$@"\n`)
  chmodSync(converter, 0o755)
  const path = process.env.PATH
  process.env.PATH = `${folder}${delimiter}${path}`
  try {
    return runPackage(runs, log, ['--convert-to-sonata'])
  } finally {
    process.env.PATH = path
  }
}
