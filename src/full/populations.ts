/** The other populations of a circuit: there, and the same, by file or by what is in them. */
import { realpath } from 'node:fs/promises'
import { type InputError, isInputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { FullFinding } from './full-checks.ts'
import { differencesOf } from './same-tree.ts'

interface Listed {
  readonly population: string | undefined
  readonly file: string
  readonly problem: InputError | undefined
}

const NOUN = { nodes: 'node', edges: 'edge' } as const

/**
 * Populations of the original that the manipulated circuit lacks or has otherwise.
 *
 * @param side group of the files, `nodes` or `edges`
 */
export async function comparePopulations(
  side: 'nodes' | 'edges',
  original: readonly Listed[],
  manipulated: readonly Listed[],
): Promise<FullFinding[]> {
  const check = side === 'nodes' ? 'nodes.files' : 'populations.others'
  const findings: FullFinding[] = []
  for (const info of original) {
    const { population } = info
    // What the original itself cannot read is no fault of the manipulation.
    if (population === undefined || info.problem !== undefined) continue
    const other = manipulated.find(candidate => candidate.population === population)
    const of = `${NOUN[side]} population ${population}`
    if (other === undefined) {
      findings.push({
        code: 'population.lost',
        check,
        count: 1,
        expected: `${of} of ${info.file}`,
        found: 'nothing',
      })
      continue
    }
    if (await isSameFile(info.file, other.file)) continue
    const differences = await contents(info.file, other.file, `/${side}/${population}`)
    const [first] = differences
    if (first === undefined) continue
    findings.push({
      code: 'population.changed',
      check,
      count: differences.length,
      expected: `${of} as in ${info.file}`,
      found: `${other.file}: ${first.path} ${first.what}`,
    })
  }
  return findings
}

async function contents(before: string, after: string, path: string) {
  const one = await openHdf5(before)
  try {
    const other = await openHdf5(after).catch(error => {
      if (isInputError(error)) return error
      throw error
    })
    if (isInputError(other)) return [{ path, what: other.message }]
    try {
      return await differencesOf(one, other, path)
    } finally {
      other.close()
    }
  } finally {
    one.close()
  }
}

/** Links followed. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const real = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined)
  const [x, y] = [await real(a), await real(b)]
  return x !== undefined && x === y
}
