/** The other populations of a circuit: there, and the same, by file or by what is in them. */
import { realpath } from 'node:fs/promises'
import { type InputError, isInputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { FullFinding } from './full-checks.ts'
import { differencesOf } from './same-tree.ts'
import { compareTypes, type TypedFiles, typeFinding } from './types.ts'

interface Listed {
  readonly population: string | undefined
  readonly file: string
  readonly typesFile?: string | undefined
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
    const path = `/${side}/${population}`
    const same = await isSameFile(info.file, other.file)
    const datasets = same ? [] : await contents(info.file, other.file, path)
    const files = [typedFiles(info), typedFiles(other)] as const
    const types = await compareTypes(side, population, ...files)
    for (const one of types.differences) findings.push(typeFinding(side, population, files, one))
    // Where types say the same of every row, their numbers are but labels.
    const labels = types.labels && types.differences.length === 0
    const differences = datasets.filter(one => !labels || one.path !== `${path}/${side.slice(0, -1)}_type_id`)
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

const typedFiles = ({ file, typesFile }: Listed): TypedFiles => ({ file, typesFile })

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
