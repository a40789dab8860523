/** `select --from-config`: the connections that a configuration will remove, as a mask. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { planOf } from '../contract/plan.ts'
import { predictRemoval } from '../contract/predicted-removal.ts'
import { InputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { writeMaskNpz } from '../formats/scipy-sparse.ts'
import { refuseChanged } from '../identify.ts'
import { manipulatedBy } from '../interop/manip-config/edge-population.ts'
import { readManipConfig } from '../interop/manip-config/parse.ts'
import { MASK_FILE } from '../interop/removal-files.ts'
import { openCircuit } from '../open-circuit.ts'
import { jsonLines } from '../report/json.ts'
import { AS_ASKED } from './exit-codes.ts'
import { refuseOverwriting, refuseRead } from './overwriting.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'
import type { SelectFlags } from './select.ts'

/** Returns the exit code; throws InputError where nothing is written. */
export async function runConfigSelect(
  file: string,
  list: string | undefined,
  flags: SelectFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  if (list !== undefined) throw new InputError('give a list or --from-config, not both', { file: list })
  if (flags.circuit === undefined || flags.output === undefined)
    throw new InputError('--from-config needs --circuit and --output', {
      file,
      hint: 'connproof select --from-config manip_config.json --circuit O1v5/ --output DIR',
    })
  const mask = join(flags.output, MASK_FILE)
  const reads = new FilesRead()
  reads.note(file)
  const config = await readManipConfig(file)
  const circuit = await openCircuit(flags.circuit)
  try {
    const edges = await circuit.edgePopulation(flags.population ?? (await manipulatedBy(config, circuit)))
    const plan = await planOf(config, { circuit, ...edges }, flags.splits)
    const predicted = await predictRemoval(edges, plan, { signal })
    await refuseChanged([...reads.list(), ...circuit.filesRead()])
    for (const warning of predicted.warnings) terminal.err(`connproof: warning: ${warning}\n`)
    if (!flags.dryRun) {
      refuseOverwriting([{ path: mask, field: '--output' }], [file, flags.circuit])
      refuseRead(
        [{ path: mask, field: '--output' }],
        circuit.filesRead().map(read => read.file),
      )
      refuseExisting(mask, flags.force === true)
      makeFolders(flags.output)
      await writeMaskNpz(mask, predicted.mask)
    }
    const { connections, edges: synapses, warnings } = predicted
    const { seed, splits } = plan
    const record = {
      type: 'predicted_removal',
      config: file,
      seed,
      splits,
      connections,
      edges: synapses,
      warnings,
      mask,
    }
    if (flags.json) terminal.out(jsonLines([{ ...record, dry_run: flags.dryRun === true }], formOf(flags)))
    else {
      const sizes = `${predicted.mask.rows} x ${predicted.mask.columns} nodes`
      const wrote = flags.dryRun ? 'would write' : 'wrote'
      terminal.out(
        `${connections} connections (${synapses} synapses) will be removed with seed ${seed} and ${splits} splits\n${wrote} ${mask} (${sizes})\n`,
      )
    }
    return AS_ASKED
  } finally {
    circuit.close()
  }
}

function refuseExisting(path: string, force: boolean): void {
  if (force || !existsSync(path)) return
  throw new InputError('exists already', { file: path, hint: 'give another folder, or --force' })
}
