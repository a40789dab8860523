/** `config --job`: the script that runs a configuration. */

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { refuseChanged } from '../identify.ts'
import { checkManipConfig, isAccepted } from '../interop/manip-config/check.ts'
import { candidates, placeOf } from '../interop/manip-config/find-result.ts'
import { manipulationScript } from '../interop/manip-config/job-script.ts'
import { type ManipConfig, readManipConfig } from '../interop/manip-config/parse.ts'
import { jsonLines } from '../report/json.ts'
import type { ConfigFlags } from './config.ts'
import { AS_ASKED } from './exit-codes.ts'
import { refuseOverwriting } from './overwriting.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'

/** @throws InputError for a configuration with errors in it: no script for a run that does something else */
export async function writeJob(file: string, flags: ConfigFlags, { terminal }: Session): Promise<number> {
  const config = await readManipConfig(file)
  const check = await checkManipConfig(file, { folder: flags.folder })
  await refuseChanged(check.reads)
  const bad = check.diagnostics.find(({ severity }) => severity === 'error')
  if (!isAccepted(check) && bad !== undefined)
    throw new InputError(`${bad.message} [${bad.code}]`, { file, field: bad.path, hint: bad.hint })
  const path = resolve(file)
  const logFolder = join(dirname(resolve(flags.output ?? file)), 'logs')
  const script = manipulationScript({
    generation: config.generation === 'B' ? 'B' : 'A',
    config: path,
    name: config.name,
    outputFolder: flags.outputDir === undefined ? undefined : resolve(flags.outputDir),
    circuitFolder: config.circuitPath ?? dirname(config.circuitConfig),
    logFolder,
    flags: {
      profile: flags.profile === true,
      resume: flags.resume === true,
      keepParquet: flags.keepParquet === true,
    },
    slurm: {},
    setup: [],
  })
  if (flags.output === undefined) terminal.out(script)
  else {
    refuseExisting([flags.output], flags, [file])
    makeFolders(logFolder)
    writeFileAtomic(flags.output, script)
    if (flags.json)
      terminal.out(
        jsonLines([{ type: 'job', file: flags.output, submit: `sbatch ${flags.output}` }], formOf(flags)),
      )
    else
      terminal.err(`connproof: sbatch --account=... ${flags.output}\n${whereNext(config, flags.outputDir)}`)
  }
  return AS_ASKED
}

/** The job's result, as `verify` takes it. */
function whereNext(config: ManipConfig, outputDir: string | undefined): string {
  const place = placeOf(config, outputDir)
  const [first] = place === undefined ? [] : candidates(place)
  return first === undefined ? '' : `  then: connproof verify ORIGINAL ${first.path}\n`
}

/** @param inputs what is read, and the files it is made of, is not overwritten even with `--force` */
export function refuseExisting(
  paths: readonly string[],
  { force }: ConfigFlags,
  inputs: readonly string[],
): void {
  refuseOverwriting(
    paths.map(path => ({ path, field: '--output' })),
    inputs,
  )
  const there = paths.find(path => existsSync(path))
  if (there !== undefined && force !== true)
    throw new InputError('exists already', {
      file: there,
      field: '--output',
      hint: 'add --force to overwrite it',
    })
}
