/** Whether two groups of HDF5 files hold the same: names, types, shapes, every value and every attribute. */
import { isInputError } from '../errors.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5File } from '../formats/hdf5/types.ts'
import { sameCodes, sameIntegers, sameValues } from './same-values.ts'

export interface TreeDifference {
  /** Absolute path in the file. */
  readonly path: string
  readonly what: string
}

export interface TreeComparison {
  /** In the order of names. */
  readonly differences: readonly TreeDifference[]
  /** What neither file could be asked for, and why. */
  readonly unchecked: readonly string[]
}

/** Compare the group (or dataset) `path` of both files. Links are followed; groups that hold themselves end it. */
export async function compareTrees(a: Hdf5File, b: Hdf5File, path: string): Promise<TreeComparison> {
  const walk = new TreeWalk(a, b)
  await walk.visit(path)
  return walk
}

/** Integers whose width is up to who writes them: ids, groups, indices. */
const IDS =
  /\/(source_node_id|target_node_id|(node|edge)_(id|type_id|group_id|group_index)|node_id_to_ranges?|range_to_edge_id)$/
const LIBRARY = '@library'

class TreeWalk implements TreeComparison {
  readonly differences: TreeDifference[] = []
  readonly unchecked: string[] = []
  readonly #a: Hdf5File
  readonly #b: Hdf5File
  /** Pairs of objects that were compared already, however they are reached. */
  readonly #seen = new Set<string>()

  constructor(a: Hdf5File, b: Hdf5File) {
    this.#a = a
    this.#b = b
  }

  async visit(path: string): Promise<void> {
    const both = await this.#ask(path, h5 => h5.identity(path))
    if (both === undefined) return
    const pair = both.join('\n')
    if (this.#seen.has(pair)) return
    this.#seen.add(pair)
    await this.#attributes(path)
    const groups = await this.#ask(path, h5 => h5.members(path))
    if (groups === undefined) return
    const [here, there] = groups
    if (here === undefined && there === undefined) await this.#datasets(path)
    else if (here === undefined || there === undefined)
      this.differences.push({ path, what: 'is a group in one and a dataset in the other' })
    else await this.#members(path, here, there)
  }

  async #members(path: string, here: readonly string[], there: readonly string[]): Promise<void> {
    const coded = here.includes(LIBRARY) && there.includes(LIBRARY) ? await this.#libraries(path) : []
    for (const name of new Set([...here, ...there])) {
      const inner = `${path}/${name}`
      if (!there.includes(name)) this.differences.push({ path: inner, what: 'is missing' })
      else if (!here.includes(name)) this.differences.push({ path: inner, what: 'is not in the original' })
      else if (name === LIBRARY && coded.length > 0) {
        for (const text of coded) await this.#enumeration(path, text)
      } else if (!coded.includes(name)) await this.visit(inner)
    }
  }

  /** Enumerated properties of a group, where all of its library is of such: a code means what its library says. */
  async #libraries(path: string): Promise<string[]> {
    const groups = await this.#ask(path, h5 => h5.members(`${path}/${LIBRARY}`))
    const [here = [], there = []] = groups ?? []
    if (here.join('/') !== there.join('/')) return []
    for (const name of here) {
      const kinds = await this.#ask(path, async h5 => [
        (await h5.dataset(`${path}/${name}`))?.type.kind,
        (await h5.dataset(`${path}/${LIBRARY}/${name}`))?.type.kind,
      ])
      if (kinds?.some(kind => kind.join() !== 'int,string') !== false) return []
    }
    return here
  }

  async #enumeration(path: string, name: string): Promise<void> {
    const [codes, library] = [`${path}/${name}`, `${path}/${LIBRARY}/${name}`]
    await this.#attributes(codes)
    await this.#attributes(library)
    const found = await this.#ask(codes, async h5 => {
      const [data, texts] = [await h5.dataset(codes), await h5.dataset(library)]
      return data && { data, texts: texts?.shape === undefined ? [] : await texts.strings() }
    })
    const [one, other] = found ?? []
    if (one !== undefined && other !== undefined)
      await this.#told(codes, () => sameCodes(one.data, one.texts, other.data, other.texts))
  }

  async #datasets(path: string): Promise<void> {
    const found = await this.#ask(path, h5 => h5.dataset(path))
    const [one, other] = found ?? []
    if (one === undefined || other === undefined) return
    if (isOther(one) && isOther(other) && one.type.description === other.type.description) {
      const shapes = [one, other].map(({ shape }) => String(shape))
      if (shapes[0] === shapes[1]) this.unchecked.push(`${path} (holds ${one.type.description})`)
      else this.differences.push({ path, what: `has shape (${other.shape}) instead of (${one.shape})` })
      return
    }
    await this.#told(path, () => (IDS.test(path) ? sameIntegers(one, other) : sameValues(one, other)))
  }

  async #attributes(path: string): Promise<void> {
    const names = await this.#ask(path, h5 => h5.attributeNames(path))
    if (names === undefined) return
    const [here, there] = names
    for (const name of new Set([...here, ...there])) {
      const at = `${path}@${name}`
      if (!there.includes(name)) this.differences.push({ path: at, what: 'is missing' })
      else if (!here.includes(name)) this.differences.push({ path: at, what: 'is not in the original' })
      else {
        const values = await this.#ask(at, h5 => h5.attribute(path, name))
        const [before, after] = values?.map(attributeText) ?? []
        if (before !== after) this.differences.push({ path: at, what: `is ${after} instead of ${before}` })
      }
    }
  }

  /** The same question to both files. What neither can answer is not checked, what one alone can is a difference. */
  async #ask<T>(path: string, question: (h5: Hdf5File) => Promise<T>): Promise<[T, T] | undefined> {
    const [one, other] = [await answer(() => question(this.#a)), await answer(() => question(this.#b))]
    if ('value' in one && 'value' in other) return [one.value, other.value]
    if ('value' in one || 'value' in other)
      this.differences.push({
        path,
        what: 'value' in other ? 'can be read, that of the original cannot' : other.reason,
      })
    else this.unchecked.push(`${path} (${one.reason})`)
    return undefined
  }

  async #told(path: string, compare: () => Promise<string | undefined>): Promise<void> {
    const result = await answer(compare)
    // Which of the two could not be read is not known, nor whether the other could.
    if ('reason' in result) this.unchecked.push(`${path} (${result.reason})`)
    else if (result.value !== undefined) this.differences.push({ path, what: result.value })
  }
}

type Answer<T> = { readonly value: T } | { readonly reason: string }

async function answer<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await ask() }
  } catch (error) {
    if (isInputError(error)) return { reason: error.message }
    throw error
  }
}

const isOther = (
  data: Hdf5Dataset,
): data is Hdf5Dataset & { readonly type: { kind: 'other'; description: string } } =>
  data.type.kind === 'other'

const attributeText = (value: Hdf5Attribute | undefined): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' || typeof one === 'number' ? `#${one}` : one,
  ) ?? 'nothing'
