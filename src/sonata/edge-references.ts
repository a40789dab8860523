/**
 * References from one edge population to rows of another: a dataset of whole numbers whose attribute `edge_population` names the
 * population that its numbers are rows of, such as `synapse_id` of the edges between astrocytes and synapses (Blue Brain
 * extension of SONATA, "Fields for synapse_astrocyte connection type edges"). Older files name it row by row, in the
 * property `synapse_population`; files of edges `synapse_astrocyte` that name none mean the only population that they can.
 */

import type { EdgePopulationFacts } from '../connectome/circuit.ts'
import { isInputError } from '../errors.ts'
import type { FilesRead } from '../formats/files-read.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'

export interface EdgeReference {
  /** Edge population that refers. */
  readonly population: string
  readonly file: string
  /** Path of the dataset below its population: `0/synapse_id`. */
  readonly dataset: string
  /** The same, as tables of edges call it: `synapse_id`, `@dynamics:x`, `../x`. */
  readonly property: string
  /** Edge population whose rows are meant; undefined where each row names its own in {@link NAMES_BY_ROW}. */
  readonly to: string | undefined
  /**
   * Where neither an attribute nor rows say which: the populations that may be meant. `to` is the only one of them.
   * Undefined where it is said.
   */
  readonly possible?: readonly string[]
}

export const NAMES_BY_ROW = 'synapse_population'
const ROWS_BY_NAME = 'synapse_id'
const GLIAL = 'synapse_astrocyte'
const ATTRIBUTE = 'edge_population'
/** `0/dynamics_params/x` is the deepest that there is; links may lead round in circles. */
const DEEPEST = 3

/** All that refer to edges in some populations; those that cannot be read are left out. `reads`: of their circuit. */
export async function edgeReferences(
  populations: readonly EdgePopulationFacts[],
  reads: FilesRead,
): Promise<EdgeReference[]> {
  const found: EdgeReference[] = []
  for (const { population, file, problem } of populations) {
    if (population === undefined || problem !== undefined) continue
    try {
      const h5 = await openHdf5(file, reads)
      try {
        for (const one of await referencesOf(h5, population)) {
          if (one.said) found.push({ ...one, population, file })
          else found.push(...unsaid({ ...one, population, file }, populations))
        }
      } finally {
        h5.close()
      }
    } catch (error) {
      if (!isInputError(error)) throw error
    }
  }
  return found
}

interface Reference extends Pick<EdgeReference, 'dataset' | 'property' | 'to'> {
  readonly said: boolean
}

/** Glial edges end at the targets of the synapses that they refer to. */
function unsaid(
  { dataset, property, population, file }: Reference & Pick<EdgeReference, 'population' | 'file'>,
  populations: readonly EdgePopulationFacts[],
): EdgeReference[] {
  const own = populations.find(one => one.population === population)
  if (own?.type !== GLIAL) return []
  const possible = populations.flatMap(({ population: name, type, ends }) => {
    const fits = ends === undefined || ends.targetPopulation === own.ends?.targetPopulation
    return name !== undefined && type !== GLIAL && fits ? [name] : []
  })
  if (possible.length === 0) return []
  const to = possible.length === 1 ? possible[0] : undefined
  return [{ population, file, dataset, property, to, possible }]
}

async function referencesOf(h5: Hdf5File, population: string): Promise<Reference[]> {
  const found: Reference[] = []
  const visit = async (names: readonly string[]): Promise<void> => {
    const dataset = names.join('/')
    const path = [`/edges/${population}`, ...names].join('/')
    const members = await h5.members(path)
    if (members !== undefined) {
      if (names.length < DEEPEST)
        for (const name of members) if (isProperty(name, names.length)) await visit([...names, name])
      return
    }
    const data = await h5.dataset(path)
    // Tables that had missing numbers once come out as floats.
    if (data?.type.kind !== 'int' && data?.type.kind !== 'float') return
    const to = nameIn(await data.attribute(ATTRIBUTE))
    const property = propertyOf(names)
    const said = to !== undefined || (property === ROWS_BY_NAME && (await namesByRow(h5, path)))
    if (said || property === ROWS_BY_NAME) found.push({ dataset, property, to, said })
  }
  await visit([])
  return found
}

/** Indices hold rows of their own population, and texts have no rows. */
const isProperty = (name: string, depth: number): boolean =>
  name !== '@library' && (depth > 0 || (name !== 'indices' && name !== 'indicies'))

const namesByRow = async (h5: Hdf5File, path: string): Promise<boolean> => {
  const group = path.slice(0, path.lastIndexOf('/'))
  return (await h5.members(group))?.includes(NAMES_BY_ROW) === true
}

function propertyOf(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  if (names.length === 1) return `../${last}`
  return names.at(-2) === 'dynamics_params' ? `@dynamics:${last}` : last
}

/** The name in an attribute, however it is stored; undefined for all that is no name. */
export function nameIn(attribute: unknown): string | undefined {
  const [name] = Array.isArray(attribute) ? attribute : [attribute]
  return typeof name === 'string' ? name : undefined
}
