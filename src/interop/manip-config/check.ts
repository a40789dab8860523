/** Everything that is known to be wrong with a manip_config.json, and which versions it is for. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { FileRead } from '../../connectome/circuit.ts'
import { InputError } from '../../errors.ts'
import { FilesRead } from '../../formats/files-read.ts'
import { readTextFile } from '../../formats/json.ts'
import { isPythonList, isPythonObject, type PythonJson } from '../../formats/python-json.ts'
import { openCircuit } from '../../sonata/circuit.ts'
import { type Acceptance, acceptance, decisive } from './accepted.ts'
import { checkOnCircuit } from './circuit-rules.ts'
import { type Diagnostic, Findings, hasErrors } from './diagnostics.ts'
import { type Generation, type ManipConfig, parseManipConfig } from './parse.ts'
import { checkRules } from './rules.ts'
import { contains, describeWindows, RELEASES, releasesIn } from './versions.ts'

export interface ConfigCheck {
  readonly file: string
  /** Absent where it cannot be told. */
  readonly generation: Generation | undefined
  /** `manip.name`. */
  readonly name: string | undefined
  readonly operations: readonly string[]
  readonly acceptance: Acceptance
  /** Findings in the order of the file. */
  readonly diagnostics: readonly Diagnostic[]
  /** The circuit was there, so that selections, populations and masks were looked at. */
  readonly circuit: boolean
  /** What was read, as it was before: whoever answers with this makes sure that it still is. */
  readonly reads: readonly FileRead[]
}

export interface CheckOptions {
  /** What relative paths are relative to: the folder in which the job will start. Default: that of the file. */
  readonly folder?: string | undefined
  /** A release (`1.0.4`) that must run the file and read all its keys. */
  readonly release?: string | undefined
}

/** @throws InputError if the file cannot be read or is no JSON: nothing can be told of it */
export async function checkManipConfig(file: string, options: CheckOptions = {}): Promise<ConfigCheck> {
  const reads = new FilesRead()
  reads.note(file)
  const text = await readTextFile(file)
  const { config, diagnostics, document } = parseManipConfig(text, file)
  const findings = new Findings(document)
  findings.all.push(...diagnostics)
  const accepted = acceptance(document.value)
  let circuit = false
  if (config !== undefined) {
    checkRules(config, document, findings)
    circuit = await checkCircuit(config, options.folder ?? dirname(resolve(file)), findings, reads)
  }
  checkVersions(accepted, findings)
  if (options.release !== undefined) checkRelease(options.release, accepted, findings)
  const found = findings.all.toSorted((a, b) => a.line - b.line)
  return {
    file,
    ...identity(config, document.value),
    acceptance: accepted,
    diagnostics: found,
    circuit,
    reads: reads.list(),
  }
}

export const isAccepted = (check: ConfigCheck): boolean => !hasErrors(check.diagnostics)

/** Where the package looks for the circuit. `folder`: its working directory. */
export const circuitFileOf = (
  { circuitPath, circuitConfig }: Pick<ManipConfig, 'circuitPath' | 'circuitConfig'>,
  folder: string,
): string => resolve(folder, circuitPath ?? '', circuitConfig)

async function checkCircuit(
  config: ManipConfig,
  folder: string,
  findings: Findings,
  reads: FilesRead,
): Promise<boolean> {
  const file = circuitFileOf(config, folder)
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    findings.note(
      'circuit.unread',
      'circuit_config',
      `the circuit is not on this machine (${file}): selections, populations and masks were not checked`,
    )
    return false
  }
  const circuit = await openCircuit(file)
  try {
    await checkOnCircuit(config, circuit, folder, findings)
    for (const read of circuit.filesRead()) reads.add(read)
  } finally {
    circuit.close()
  }
  return true
}

function checkVersions(accepted: Acceptance, findings: Findings): void {
  const { runs } = accepted
  if (releasesIn(runs).length > 0) return
  const limits = decisive(accepted)
  const because = limits.map(({ what, windows }) => `${what} (${describeWindows(windows)})`).join(', ')
  if (runs.length === 0) findings.error('versions.none', '', `no version runs this file: ${because}`)
  else findings.warning('versions.unreleased', '', `no release runs this file: ${because}`)
}

/** @throws InputError for a release that is not known */
function checkRelease(name: string, { limits }: Acceptance, findings: Findings): void {
  const release = RELEASES.find(candidate => candidate.name === name)
  if (release === undefined)
    throw new InputError(`no release "${name}" of connectome-manipulator is known`, {
      hint: `Known: ${RELEASES.map(known => known.name).join(', ')}.`,
    })
  for (const { path, what, windows, stops } of limits) {
    if (contains(windows, release.day)) continue
    const message = `${name} ${stops ? 'stops at' : 'ignores'} ${what}: it is for ${describeWindows(windows)}`
    if (stops) findings.error('versions.outside', path, message)
    else findings.warning('versions.outside', path, message)
  }
}

/** What can be said of a file that has errors in it, too. */
function identity(
  config: ManipConfig | undefined,
  root: PythonJson,
): Pick<ConfigCheck, 'generation' | 'name' | 'operations'> {
  if (config !== undefined)
    return {
      generation: config.generation,
      name: config.name,
      operations: config.functions.map(({ source }) => source),
    }
  const manip = isPythonObject(root) && isPythonObject(root.manip) ? root.manip : {}
  const entries = isPythonList(manip.fcts) ? manip.fcts.filter(isPythonObject) : []
  return {
    generation: undefined,
    name: typeof manip.name === 'string' ? manip.name : undefined,
    operations: entries.flatMap(({ source }) => (typeof source === 'string' ? source : [])),
  }
}
