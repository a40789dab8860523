/** What `diff` does. */
import { diff } from '../diff.ts'
import { diffRecord, diffToText } from '../report/diff.ts'
import { jsonLines } from '../report/json.ts'
import type { DiffFlags } from './diff.ts'
import { AS_ASKED, DIFFERS } from './exit-codes.ts'
import { planOutputs } from './outputs.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { formOf } from './record-flags.ts'
import { resourcesFor } from './resources.ts'
import { comparesSilenced, runSilencedDiff } from './silenced-run.ts'
import { saidOn } from './stdout-file.ts'

/** Connections in JSON where `--show` does not ask for more. */
const KEEP = 10

/** Returns the exit code; throws InputError where one of the two cannot be read. */
export async function runDiff(
  a: string,
  b: string,
  flags: DiffFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  if (await comparesSilenced(a, b)) return runSilencedDiff(a, b, flags, { terminal, signal })
  const say = saidOn(terminal, { '--write-differences': flags.writeDifferences }, flags.json)
  const outputs = planOutputs({ ...flags, ...{ proof: undefined } }, [a, b], [b])
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'comparing',
  })
  try {
    const result = await diff(a, b, {
      ...flags,
      ...resourcesFor(flags),
      folder: flags.tmp,
      keep: Math.max(flags.show, KEEP),
      all: flags.writeDifferences !== undefined,
      signal,
      onProgress: (done, total) => progress.update(done, total),
    }).finally(() => progress.clear())
    signal.throwIfAborted()
    await outputs.write('', [result.differences], undefined, result.files)
    if (flags.json) terminal.out(jsonLines([diffRecord(result)], formOf(flags)))
    else say(diffToText(result, { show: flags.show, style: terminal.style }))
    return result.equal ? AS_ASKED : DIFFERS
  } finally {
    outputs.abort()
  }
}
