/** The verb `config`: what it does. */
import { isCampaignFile } from '../campaign/recognise.ts'
import { InputError, isInputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { readTextFile } from '../formats/json.ts'
import { refuseChanged } from '../identify.ts'
import { checkManipConfig, isAccepted } from '../interop/manip-config/check.ts'
import { migrateManipConfig } from '../interop/manip-config/migrate.ts'
import { configCheckRecord, configCheckToText } from '../report/config-check.ts'
import { errorRecord, jsonLines } from '../report/json.ts'
import { troubleLines } from '../report/sentences.ts'
import type { ConfigFlags } from './config.ts'
import { refuseExisting } from './config-files-run.ts'
import { AS_ASKED, CANNOT_TELL, DIFFERS } from './exit-codes.ts'
import { realPath } from './outputs.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'

export async function runConfig(
  files: readonly string[],
  flags: ConfigFlags,
  session: Session,
): Promise<number> {
  const modes = (['check', 'migrate', 'job', 'simulation'] as const).filter(mode => flags[mode] !== undefined)
  if (modes.length > 1)
    throw new InputError(`--${modes.join(' and --')} exclude each other`, { field: `--${modes[1]}` })
  if (flags.check) return checkAll(files, flags, session)
  const [file = '', another] = files
  if (another !== undefined)
    throw new InputError('expected one file', { file: another, hint: 'several go with --check only' })
  if (flags.migrate !== undefined) return migrate(file, flags.migrate, flags, session)
  if ((flags.job ?? flags.simulation) !== undefined && flags.json && flags.output === undefined)
    throw new InputError('stdout takes one of --output and --json', {
      field: '--json',
      hint: 'give a file for the other: -o',
    })
  if (flags.job) {
    const { writeJob } = await import('./config-files-run.ts')
    return writeJob(file, flags, session)
  }
  if (flags.simulation !== undefined) {
    const { writeSimulation } = await import('./config-simulation-run.ts')
    return writeSimulation(file, flags, session)
  }
  if (await isCampaignFile(file)) {
    const { runCampaignConfig } = await import('./campaign-config-run.ts')
    return runCampaignConfig(file, flags, session)
  }
  throw new InputError('expected a mode, such as --check, or a campaign file', {
    file,
    hint: 'connproof config --help',
  })
}

/** 1: the package refuses a file, or runs something else than it says; 2: a file cannot be read. */
async function checkAll(
  files: readonly string[],
  { folder, json, for: release, ...flags }: ConfigFlags,
  { terminal }: Session,
): Promise<number> {
  let worst = AS_ASKED as number
  for (const file of files) {
    try {
      const check = await checkManipConfig(file, { folder, release })
      await refuseChanged(check.reads)
      terminal.out(
        json
          ? jsonLines([configCheckRecord(check)], formOf(flags))
          : configCheckToText(check, terminal.style),
      )
      if (!isAccepted(check)) worst = Math.max(worst, DIFFERS)
    } catch (error) {
      if (!isInputError(error)) throw error
      worst = CANNOT_TELL
      terminal.err(`connproof: ${troubleLines(error).join('\n  ')}\n`)
      if (json) terminal.out(jsonLines([errorRecord(error)], formOf(flags)))
    }
  }
  return worst
}

async function migrate(
  file: string,
  to: 'A' | 'B',
  { output, json, ...flags }: ConfigFlags,
  { terminal }: Session,
): Promise<number> {
  const { text, notes } = migrateManipConfig(await readTextFile(file), file, to)
  // A file may be rewritten in its place: the circuit that it names may not.
  const others = output !== undefined && realPath(output) === realPath(file) ? [] : [file]
  if (output !== undefined) refuseExisting([output], flags, others)
  if (output !== undefined) writeFileAtomic(output, text)
  else if (json !== true) terminal.out(`${text}\n`)
  if (json)
    terminal.out(
      jsonLines([{ type: 'migrated', file, to, output: output ?? null, notes, text }], formOf(flags)),
    )
  else for (const note of notes) terminal.err(`connproof: ${note}\n`)
  return AS_ASKED
}
