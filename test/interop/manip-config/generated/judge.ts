/** What `config --check --for 1.0.4` says of a case, what 1.0.4 made of it, and whether the two are of one mind. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isInputError } from '../../../../src/errors.ts'
import { checkManipConfig } from '../../../../src/interop/manip-config/check.ts'
import { openCircuit } from '../../../../src/open-circuit.ts'
import { verifyConfig } from '../../../../src/verify-config.ts'
import { runPackage } from '../run-package.ts'
import type { Case, Written } from './cases.ts'

export interface Judged {
  readonly name: string
  readonly says: 'runs' | 'error'
  /** Codes of its errors. */
  readonly errors: readonly string[]
  /** Of the package. */
  readonly exit: number
  /** What became of it: `stops`, `verified` by its own configuration, `something else` than was meant. */
  readonly became: string
  readonly right: boolean
  readonly why: readonly string[]
}

/** Runs each configuration by the package, and what was meant where that tells whether an error is one. */
export async function judgeAll(cases: readonly (readonly [Case, Written])[], log: string): Promise<Judged[]> {
  const exits = runPackage(
    cases.map(([, { config, output }]) => [config, output]),
    log,
  )
  const checked = []
  for (const [k, [drawn, written]] of cases.entries()) {
    const { diagnostics } = await checkManipConfig(written.config, { release: '1.0.4' })
    const wrong = diagnostics.filter(({ severity }) => severity === 'error')
    checked.push({ drawn, written, wrong, exit: exits[k] ?? -1 })
  }
  const asked = checked.filter(({ wrong, exit }) => wrong.length > 0 && exit === 0)
  const others = runPackage(
    asked.map(({ written: { meant, other } }) => [meant, other]),
    log,
  )
  // What was meant stops as well: it is not what was run.
  const stopped = new Set(asked.filter((_, k) => others[k] !== 0).map(({ written }) => written))
  const judged: Judged[] = []
  for (const { drawn, written, wrong, exit } of checked) {
    const says = wrong.length > 0 ? 'error' : 'runs'
    const [became, why] = await whatBecame(written, says, exit, stopped.has(written))
    judged.push({
      name: `${drawn.name} (${drawn.seed})`,
      says,
      errors: [...new Set(wrong.map(({ code }) => code))],
      exit,
      became,
      right: says === 'runs' ? became === 'verified' : became === 'stops' || became === 'something else',
      why: [...wrong.map(({ message }) => message), ...why],
    })
  }
  return judged
}

/** And why: findings of a verification that says so. */
async function whatBecame(
  written: Written,
  says: 'runs' | 'error',
  exit: number,
  meantStops: boolean,
): Promise<readonly [string, readonly string[]]> {
  if (exit !== 0) return ['stops', []]
  if (says === 'error' && (meantStops || !sameFiles(written))) return ['something else', []]
  const [verdict, why] = await proven(written)
  if (says === 'runs') return [verdict, why]
  // What the circuit has is lost on the way.
  return [verdict === 'differs' ? 'something else' : 'as meant', why]
}

/** pyarrow writes equal tables as equal bytes. */
function sameFiles({ output, other }: Written): boolean {
  const tables = (folder: string): Map<string, string> => {
    const at = join(folder, 'parquet')
    const files = existsSync(at) ? readdirSync(at).filter(file => file.endsWith('.parquet')) : []
    return new Map(files.sort().map(file => [file, readFileSync(join(at, file)).toString('base64')]))
  }
  return JSON.stringify([...tables(output)]) === JSON.stringify([...tables(other)])
}

async function proven({ original, config, output }: Written): Promise<readonly [string, readonly string[]]> {
  const circuit = await openCircuit(original)
  try {
    const manipulated = [join(output, 'parquet')]
    const [proof] = await verifyConfig({ original: circuit, manipulated, config, jobs: 1 })
    const found = proof?.findings.map(({ code }) => code) ?? []
    const trouble = proof?.trouble === undefined ? [] : [proof.trouble.message]
    return [proof?.verdict ?? 'cannot_tell', [...found, ...trouble]]
  } catch (error) {
    if (!isInputError(error)) throw error
    return ['cannot_tell', [error.message]]
  } finally {
    circuit.close()
  }
}
