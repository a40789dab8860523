/** What `verify` does: outputs made sure of first, then the proof, then the reports. */

import { mayBeLogs } from '../contract/rewiring-logs.ts'
import { InputError } from '../errors.ts'
import { openCircuits } from '../list-circuits.ts'
import { openCircuit } from '../open-circuit.ts'
import { jsonLines, proofFile, proofRecord, proofRecords } from '../report/json.ts'
import { junitXml, proofSuite } from '../report/junit.ts'
import { formed } from '../report/made.ts'
import { proofsToText } from '../report/text.ts'
import { readMask } from '../selection/mask.ts'
import type { FindingCode, Proof } from '../verification/proof.ts'
import { type VerifyOptions, verify } from '../verify.ts'
import { verifyConfig } from '../verify-config.ts'
import { AS_ASKED, CANNOT_TELL, DIFFERS } from './exit-codes.ts'
import { edgeMapPaths, planOutputs } from './outputs.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { formOf } from './record-flags.ts'
import { resourcesFor } from './resources.ts'
import { STDOUT, saidOn } from './stdout-file.ts'
import type { VerifyFlags } from './verify.ts'

/** Culprits in JSON where `--show` does not ask for more. */
export const KEEP = 10

/** Returns the exit code; throws InputError where nothing can be told of any circuit. */
export async function runVerify(
  original: string,
  manipulated: readonly string[],
  flags: VerifyFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  if (manipulated.length === 0)
    throw new InputError('expected ORIGINAL and at least one MANIPULATED, or a campaign file', {
      file: original,
      hint: 'connproof verify --help',
    })
  refuseOfCampaigns(flags)
  const form = formOf(flags)
  const say = saidOn(session.terminal, writtenBy(flags), flags.json)
  const outputs = planOutputs(flags, [...readBy(flags), original, ...manipulated], manipulated)
  try {
    const proofs = (await prove(original, manipulated, flags, session)).map(asAsked(flags))
    session.signal.throwIfAborted()
    await outputs.write(
      proofFile(proofs, form),
      proofs.map(proof => proof.differences),
      junitXml(proofs.map(proof => proofSuite(formed(proofRecord(proof), form)))),
      filesRead(proofs),
    )
    const { terminal } = session
    if (flags.json) terminal.out(jsonLines(proofs.flatMap(proofRecords), form))
    else say(proofsToText(proofs, { show: flags.show, style: terminal.style }))
    return exitCodeOf(proofs)
  } finally {
    outputs.abort()
  }
}

/** Against a manip_config.json. Returns the exit code; throws InputError where the file cannot be used. */
export async function runConfigVerify(
  original: string,
  manipulated: readonly string[],
  flags: VerifyFlags & { readonly config: string },
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  if (manipulated.length === 0)
    throw new InputError('expected ORIGINAL and at least one MANIPULATED', {
      file: original,
      hint: 'connproof verify ORIGINAL MANIPULATED --config manip_config.json',
    })
  refuseOfCampaigns(flags)
  const form = formOf(flags)
  const say = saidOn(terminal, writtenBy(flags), flags.json)
  const logs = manipulated.flatMap(result => mayBeLogs(result, flags.logs))
  const outputs = planOutputs(flags, [...readBy(flags), original, ...manipulated, ...logs], manipulated)
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'comparing',
  })
  const circuit = await openCircuit(original, {
    source: flags.sourcePopulation,
    target: flags.targetPopulation,
  })
  try {
    const made = await verifyConfig({
      original: circuit,
      manipulated,
      config: flags.config,
      level: flags.level,
      sha256: flags.sha256,
      splits: flags.splits,
      logs: flags.logs,
      allow: (flags.allow ?? []) as FindingCode[],
      population: flags.population,
      manipulatedPopulation: flags.manipulatedPopulation,
      sourcePopulation: flags.sourcePopulation,
      targetPopulation: flags.targetPopulation,
      keep: Math.max(flags.show, KEEP),
      edgeMaps: edgeMapPaths(flags.writeEdgeMap, manipulated),
      force: flags.force,
      ...resourcesFor(flags),
      folder: flags.tmp,
      signal,
      onProgress: (done, total) => progress.update(done, total),
    })
    progress.clear()
    signal.throwIfAborted()
    const proofs = made.map(asAsked(flags))
    await outputs.write(
      proofFile(proofs, form),
      proofs.map(proof => proof.differences),
      junitXml(proofs.map(proof => proofSuite(formed(proofRecord(proof), form)))),
      filesRead(proofs),
    )
    if (flags.json) terminal.out(jsonLines(proofs.flatMap(proofRecords), form))
    else say(proofsToText(proofs, { show: flags.show, style: terminal.style }))
    return exitCodeOf(proofs)
  } finally {
    progress.clear()
    circuit.close()
    outputs.abort()
  }
}

/** Flags that may name files which are read. */
export const readBy = ({ removed, added, config, source, target, nodes }: VerifyFlags) => [
  ...[removed, added, config],
  ...[source, target, nodes],
]

const filesRead = (proofs: readonly Proof[]): string[] =>
  proofs.flatMap(({ inputs }) => inputs.map(({ file }) => file))

/** Files that are written, by flag. */
const writtenBy = (flags: VerifyFlags): Record<string, string | undefined> => ({
  '--proof': flags.proof,
  '--write-differences': flags.writeDifferences,
  '--write-edge-map': flags.writeEdgeMap,
  '--junit': flags.junit,
})

/** A map of rows that goes to stdout is a file on its way only. */
const asAsked =
  ({ writeEdgeMap }: VerifyFlags) =>
  (proof: Proof): Proof =>
    writeEdgeMap === STDOUT && proof.edgeMap !== undefined
      ? { ...proof, edgeMap: { ...proof.edgeMap, file: STDOUT } }
      : proof

/** A missing circuit must not be taken for one that may be missing. */
function refuseOfCampaigns({ allowMissing, dryRun, variant }: VerifyFlags): void {
  const [flag] = [
    ...(allowMissing ? ['--allow-missing'] : []),
    ...(dryRun ? ['--dry-run'] : []),
    ...(variant === undefined ? [] : ['--variant']),
  ]
  if (flag !== undefined) throw new InputError('goes with a campaign file only', { field: flag })
}

const prove = (
  original: string,
  manipulated: readonly string[],
  flags: VerifyFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<Proof[]> => withQuestion(original, manipulated, flags, session, verify)

/** Open what the command line names, do something with it, close it. */
export async function withQuestion<T>(
  original: string,
  manipulated: readonly string[],
  flags: VerifyFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
  run: (options: VerifyOptions) => Promise<T>,
): Promise<T> {
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'comparing',
  })
  const removed = await optionalMask(flags.removed)
  const added = await optionalMask(flags.added)
  const circuits = await openCircuits(original, manipulated, [removed, added], flags)
  try {
    return await run({
      original: circuits.original,
      manipulated: circuits.manipulated,
      removed,
      added,
      population: flags.population,
      manipulatedPopulation: flags.manipulatedPopulation,
      sourcePopulation: flags.sourcePopulation,
      targetPopulation: flags.targetPopulation,
      source: flags.source ?? flags.nodes,
      target: flags.target ?? flags.nodes,
      idBase: flags.idBase,
      level: flags.level,
      sha256: flags.sha256,
      // verify refuses codes that do not exist or cannot be allowed.
      allow: (flags.allow ?? []) as FindingCode[],
      keep: Math.max(flags.show, KEEP),
      all: flags.writeDifferences !== undefined,
      edgeMaps: edgeMapPaths(flags.writeEdgeMap, manipulated),
      force: flags.force,
      ...resourcesFor(flags),
      folder: flags.tmp,
      signal,
      onProgress: (done, total) => progress.update(done, total),
    })
  } finally {
    progress.clear()
    await circuits.close()
  }
}

const optionalMask = (file: string | undefined) => (file === undefined ? undefined : readMask(file))

/** The worst verdict counts; not being able to tell is worse than a difference. */
export function exitCodeOf(proofs: readonly Proof[]): number {
  if (proofs.some(proof => proof.verdict === 'cannot_tell')) return CANNOT_TELL
  return proofs.some(proof => proof.verdict === 'differs') ? DIFFERS : AS_ASKED
}
