/** Populations that both circuits have: the same, by file or by what is in them. */
import { type InputError, isInputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import type { PopulationInfo } from '../sonata/choose-population.ts'
import type { FullFinding, Looked, ReadsOfBoth } from './full-checks.ts'
import { comparePaths, isSameFile, sameBytes } from './same-path.ts'
import { compareTrees, type TreeComparison } from './same-tree.ts'
import { compareTypes, type TypedFiles, typeFinding } from './types.ts'

const NOUN = { nodes: 'node', edges: 'edge' } as const

/** Two populations that face each other. */
export interface PopulationPair {
  readonly original: Place
  readonly manipulated: Place
}

type Place = Pick<PopulationInfo, 'file' | 'population'> & { readonly typesFile?: string | undefined }

/**
 * What a population holds otherwise than the one that it faces: every dataset with its attributes.
 *
 * @param side group of the files, `nodes` or `edges`
 */
export async function comparePopulations(
  side: 'nodes' | 'edges',
  pairs: readonly PopulationPair[],
  reads: ReadsOfBoth,
): Promise<Looked> {
  const check: FullFinding['check'] = side === 'nodes' ? 'nodes.files' : 'populations.others'
  const findings: FullFinding[] = []
  const unchecked: string[] = []
  for (const { original, manipulated } of pairs) {
    const of = `${NOUN[side]} population ${original.population}`
    const types = await typesOf(side, original, manipulated, reads)
    findings.push(...types.findings.map(one => ({ ...one, check })))
    unchecked.push(...types.unchecked.map(what => `${of}: ${what}`))
    if (await isSameFile(original.file, manipulated.file)) continue
    const path = `/${side}/${original.population}`
    const { differences: all, unchecked: more } = await contents(
      [original.file, manipulated.file],
      path,
      reads,
    )
    // Where types say the same of every row, their numbers are but labels.
    const differences = all.filter(
      one => !types.labels || one.path !== `${path}/${side.slice(0, -1)}_type_id`,
    )
    const [first] = differences
    if (first !== undefined)
      findings.push({
        code: 'population.changed',
        check,
        count: differences.length,
        expected: `${of} as in ${original.file}`,
        found: `${manipulated.file}: ${first.path} ${first.what}`,
      })
    unchecked.push(...more.map(what => `${of}: ${what}`))
  }
  return { findings, unchecked }
}

/** Node populations of the one circuit and the other, by name; and those that one of them alone has. */
export async function compareNodes(
  original: readonly PopulationInfo[],
  manipulated: readonly PopulationInfo[],
  reads: ReadsOfBoth,
): Promise<Looked> {
  const findings: FullFinding[] = []
  const pairs: PopulationPair[] = []
  const tell = (code: FullFinding['code'], expected: string, found: string): void => {
    findings.push({ code, check: 'nodes.files', count: 1, expected, found })
  }
  for (const info of original) {
    const other = manipulated.find(({ population }) => population === info.population)
    // A file that could not be listed has no names to look for.
    if (info.population === undefined) continue
    const expected = `node population ${info.population} of ${info.file}`
    if (other === undefined) tell('population.lost', expected, 'nothing')
    else if (info.listed && !other.listed)
      tell(
        'population.lost',
        expected,
        `an entry for ${other.file} that names no populations: libsonata and snap see none`,
      )
    else pairs.push({ original: info, manipulated: other })
  }
  for (const { population, file, listed } of manipulated) {
    if (population === undefined || original.some(info => info.population === population)) continue
    const named = listed || original.every(info => !info.listed)
    if (named) tell('population.added', 'no other node population', `${population} in ${file}`)
  }
  const unlisted = original.filter(({ population }) => population === undefined)
  const compared = await comparePopulations('nodes', pairs, reads)
  return {
    findings: [...findings, ...compared.findings],
    unchecked: [
      ...unlisted.map(
        ({ file, problem }) => `${file}: ${problem?.message ?? 'its populations are not known'}`,
      ),
      ...compared.unchecked,
    ],
  }
}

/** What tables of types say of each row. */
async function typesOf(
  side: 'nodes' | 'edges',
  before: Place,
  after: Place,
  reads: ReadsOfBoth,
): Promise<Looked & { readonly labels: boolean }> {
  const files: readonly [TypedFiles, TypedFiles] = [typedFiles(before), typedFiles(after)]
  const [from, to] = files.map(({ typesFile }) => typesFile)
  const nothing = { findings: [], unchecked: [], labels: false }
  if (from === to && (await isSameFile(before.file, after.file))) return nothing
  try {
    const { differences, labels } = await compareTypes(side, before.population ?? '', files, reads)
    const findings = differences.map(one => typeFinding(side, before.population ?? '', files, one))
    return { findings, unchecked: [], labels: labels && findings.length === 0 }
  } catch (error) {
    if (!isInputError(error)) throw error
    const found = [error.file, error.field, error.message].filter(Boolean).join(': ')
    const compared = from === undefined || to === undefined ? undefined : await comparePaths(from, to, reads)
    // What the original itself cannot tell is no fault of the manipulation.
    if (compared !== undefined && compared.result !== 'differs') return { ...nothing, unchecked: [found] }
    const expected = `types of ${before.population} that can be read`
    const finding = { code: 'config.unresolved', check: 'config.sound', count: 1, expected, found } as const
    return { ...nothing, findings: [finding] }
  }
}

const typedFiles = ({ file, typesFile }: Place): TypedFiles => ({ file, typesFile })

async function contents(
  [before, after]: readonly [string, string],
  path: string,
  [reads, readsAfter]: ReadsOfBoth,
): Promise<TreeComparison> {
  const [one, other] = [await opened(before), await opened(after)]
  try {
    if (isInputError(one) || isInputError(other)) {
      const what = [one, other].find(isInputError)?.message ?? ''
      if (!isInputError(one)) return { differences: [{ path, what }], unchecked: [] }
      const same = isInputError(other) && (await sameBytes(before, after).catch(() => false))
      return { differences: [], unchecked: same ? [] : [`${path} (${what})`] }
    }
    const found = await compareTrees(one, other, path)
    // Equal files hold the same whatever it is, unless they lead to others.
    const alone = one.reads.list().length === 1 && other.reads.list().length === 1
    reads.noteAll(one.reads)
    readsAfter.noteAll(other.reads)
    if (found.differences.length + found.unchecked.length > 0 && alone && (await sameBytes(before, after)))
      return { differences: [], unchecked: [] }
    return found
  } finally {
    for (const h5 of [one, other]) if (!isInputError(h5)) h5.close()
  }
}

const opened = (file: string): Promise<Hdf5File | InputError> =>
  openHdf5(file).catch(error => {
    if (isInputError(error)) return error
    throw error
  })
