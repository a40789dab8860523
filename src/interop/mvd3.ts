/**
 * Cells of MVD3 files: one value per cell in `/cells/properties/<name>`, for text as codes into `/library/<name>`.
 * Cells count from 1 by row (the GID), here from 0. Source: BBP's MVD3 description, as voxcell writes it.
 */
import { MAX_NODES } from '../connectome/edges.ts'
import { InputError, nearestName } from '../errors.ts'
import type { Hdf5Dataset, Hdf5File } from '../formats/hdf5/types.ts'
import { libraryColumn, type NodeColumn, numberColumn, textColumn } from '../sonata/node-columns.ts'
import type { Nodes } from '../sonata/nodes.ts'

const PROPERTIES = '/cells/properties'

export const isMvd3 = async (h5: Hdf5File): Promise<boolean> => (await h5.members(PROPERTIES)) !== undefined

export class Mvd3Nodes implements Nodes {
  readonly name: string
  readonly size: number
  readonly file: string
  readonly #h5: Hdf5File
  readonly #names: readonly string[]

  private constructor(h5: Hdf5File, name: string, size: number, names: readonly string[]) {
    this.#h5 = h5
    this.file = h5.path
    this.name = name
    this.size = size
    this.#names = names
  }

  /**
   * @param name of the population, which MVD3 files do not say
   * @throws InputError if the properties are missing or of different lengths
   */
  static async open(h5: Hdf5File, name: string): Promise<Mvd3Nodes> {
    const names = (await h5.members(PROPERTIES)) ?? []
    const lengths = new Map<number, string>()
    for (const property of names) {
      const shape = (await h5.dataset(`${PROPERTIES}/${property}`))?.shape
      if (shape?.length === 1 && shape[0] !== undefined) lengths.set(shape[0], property)
    }
    const [first, second] = [...lengths]
    const place = { file: h5.path, field: PROPERTIES }
    if (first === undefined) throw new InputError('expected the properties of cells, found none', place)
    if (second !== undefined)
      throw new InputError(
        `expected one value for each cell, found ${first[0]} of ${first[1]} and ${second[0]} of ${second[1]}`,
        place,
      )
    if (first[0] > MAX_NODES)
      throw new InputError(`${first[0]} cells; at most ${MAX_NODES} are supported`, place)
    return new Mvd3Nodes(h5, name, first[0], names)
  }

  attributeNames = async (): Promise<readonly string[]> => this.#names

  async attribute(name: string): Promise<NodeColumn> {
    const path = `${PROPERTIES}/${name}`
    const place = { file: this.file, field: path }
    const data = this.#names.includes(name) ? await this.#h5.dataset(path) : undefined
    if (data === undefined) throw this.#unknown(name)
    if (data.shape?.length !== 1) throw new InputError(`${path}: expected one value for each cell`, place)
    const library = await this.#h5.dataset(`/library/${name}`)
    if (library !== undefined && data.type.kind === 'int')
      return libraryColumn(name, place, data, await library.strings())
    if (data.type.kind === 'string') return textColumn(name, place, data)
    if (isNumber(data)) return numberColumn(name, place, data)
    throw new InputError(`${path}: expected text or numbers, found ${data.type.kind}`, place)
  }

  #unknown(name: string): InputError {
    const nearest = nearestName(name, this.#names)
    return new InputError(`no such attribute: "${name}" of the cells`, {
      file: this.file,
      field: `${PROPERTIES}/${name}`,
      hint: `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}Attributes: ${this.#names.join(', ')}.`,
    })
  }
}

const isNumber = (data: Hdf5Dataset): boolean => data.type.kind === 'int' || data.type.kind === 'float'
