/**
 * References from other edge populations to rows of the manipulated one: a removal gives rows other numbers, and whoever
 * names them must follow. Rows are followed by what was proven of them, never by what they look like.
 */

import type { EdgePopulationFacts } from '../connectome/circuit.ts'
import { isInputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import type { Named } from '../sonata/choose-population.ts'
import { checkIndices } from '../sonata/edge-index.ts'
import { readEdgeLayout } from '../sonata/edge-layout.ts'
import { type EdgeReference, edgeReferences } from '../sonata/edge-references.ts'
import { openEdgePopulation } from '../sonata/edges.ts'
import type { Facing } from '../sonata/facing.ts'
import type { Finding } from '../verification/proof.ts'
import { type LookupOptions, RowLookup } from '../verification/rows/row-lookup.ts'
import { isRowMap, type NoRowMap, type RowMap } from '../verification/rows/row-map.ts'
import { type Following, following, type RowChange } from './edge-rows-expected.ts'
import {
  compareFollowed,
  edgesThatRemain,
  populationChanged,
  type Remaining,
  type Renamed,
  type Side,
} from './follow-references.ts'
import type { ReadsOfBoth } from './full-checks.ts'
import { namesFollowed } from './reference-names.ts'
import { remainingRows } from './remaining-rows.ts'

export interface ReferenceProof {
  readonly findings: readonly Finding[]
  /** Why references were not followed, where they were not. */
  readonly reasons: readonly string[]
  readonly notChecked: readonly string[]
  /** Populations that should be other than in the original: they are compared here, and must not be elsewhere. */
  readonly followed: ReadonlySet<string>
}

export interface Referring {
  readonly facing: Facing
  readonly rows: RowMap | NoRowMap
  readonly options: LookupOptions
  readonly reads: ReadsOfBoth
}

/** Undefined where nothing refers to edges. @throws InputError if a population that does cannot be read any more */
export async function proveReferences(referring: Referring): Promise<ReferenceProof | undefined> {
  const { compared, others, lost, added } = referring.facing
  const before = [compared.original, ...others.map(pair => pair.original), ...lost]
  const references = await edgeReferences(before, referring.reads[0])
  if (references.length === 0) return undefined
  const after = [compared.manipulated, ...others.map(pair => pair.manipulated), ...added]
  const renamed: Renamed = new Map([[compared.original.population, compared.manipulated.population]])
  const follower = new Follower(referring, renamed)
  try {
    await follower.run(references)
  } finally {
    follower.close()
  }
  return {
    ...follower,
    findings: [
      ...(await namesFollowed(references, before, after, renamed, referring.reads[1])),
      ...follower.findings,
    ],
  }
}

class Follower {
  readonly findings: Finding[] = []
  readonly reasons: string[] = []
  readonly notChecked: string[] = []
  readonly followed = new Set<string>()
  readonly #referring: Referring
  readonly #renamed: Renamed
  /** Of populations whose rows have other numbers now. */
  readonly #changes = new Map<string, RowChange>()
  readonly #lookups: RowLookup[] = []

  constructor(referring: Referring, renamed: Renamed) {
    this.#referring = referring
    this.#renamed = renamed
  }

  close(): void {
    for (const lookup of this.#lookups) lookup.close()
  }

  async run(references: readonly EdgeReference[]): Promise<void> {
    const { facing, rows } = this.#referring
    const own = facing.compared.original.population
    const referred = ({ to, possible }: EdgeReference): boolean =>
      to === undefined ? possible?.includes(own) !== false : to === own
    if (!references.some(referred)) return
    const pending = new Set(references.map(({ population }) => population))
    if (isRowMap(rows)) await this.#know(own, rows)
    else {
      this.reasons.push(`${rows.reason}, so that no row can be followed`)
      for (const one of references.filter(referred)) this.followed.add(one.population)
      return
    }
    // Whoever refers to edges that go with others comes after these.
    for (let ready = [own]; ready.length > 0; ) {
      for (const population of ready) {
        pending.delete(population)
        const its = references.filter(one => one.population === population)
        await this.#follow(population, its, references)
      }
      ready = [...pending].filter(
        name => !references.some(one => one.population === name && pending.has(one.to ?? '')),
      )
    }
    for (const name of pending) this.reasons.push(`references of ${name} lead round in a circle`)
  }

  async #know(population: string, rows: RowMap): Promise<void> {
    const lookup = await RowLookup.of(rows, this.#referring.options)
    this.#lookups.push(lookup)
    this.#changes.set(population, lookup)
  }

  async #follow(
    population: string,
    references: readonly EdgeReference[],
    all: readonly EdgeReference[],
  ): Promise<void> {
    const { compared, others } = this.#referring.facing
    const changed = references.filter(({ to, possible }) =>
      to === undefined ? possible?.includes(compared.original.population) !== false : this.#changes.has(to),
    )
    if (changed.length === 0) return
    if (population === compared.original.population) {
      this.reasons.push(`${population} refers to its own edges`)
      return
    }
    const pair = others.find(({ original }) => original.population === population)
    if (pair === undefined) {
      this.reasons.push(`${population} is lost`)
      return
    }
    const files = [pair.original.file, pair.manipulated.file] as const
    await opened(files, this.#referring.reads, async (a, b) => {
      const before = await sideOf(a, pair.original)
      const followings = this.#followings(changed, before)
      if (followings === undefined) return
      const remaining = await edgesThatRemain(before.edges, followings)
      const unclear = changed.find(({ to, possible }) => to === undefined && possible !== undefined)
      if (unclear !== undefined) {
        // As it may mean the edges that moved, it is only right to stay as it was where nothing moved.
        if (!remaining.moved) return
        this.followed.add(population)
        this.reasons.push(
          `${unclear.property} of ${population} may refer to ${unclear.possible?.join(' or ')}: its attribute edge_population, in both circuits, should say to which`,
        )
        return
      }
      this.#tellNowhere(population, changed, remaining)
      const renamed = changed.some(({ to }) => (this.#renamed.get(to ?? '') ?? to) !== to)
      if (!remaining.moved && !renamed) return
      this.followed.add(population)
      const after = await sideOf(b, pair.manipulated)
      this.findings.push(...(await compareFollowed(before, after, followings, remaining, this.#renamed)))
      this.findings.push(...(await this.#around(a, b, before, after)))
      if (all.some(({ to }) => to === population))
        await this.#know(population, remainingRows(before.edges.edgeCount, remaining))
    })
  }

  #followings(references: readonly EdgeReference[], { table }: Side): Following[] | undefined {
    try {
      return references.map(one => following(one, table, this.#changes))
    } catch (error) {
      if (!isInputError(error)) throw error
      // What it should be is not known: neither is it held to be what it was.
      this.followed.add(references[0]?.population ?? '')
      this.reasons.push(`${error.field} of ${references[0]?.population} ${error.message}`)
      return undefined
    }
  }

  #tellNowhere(population: string, references: readonly EdgeReference[], { nowhere }: Remaining): void {
    if (nowhere === 0) return
    const properties = references.map(({ property }) => property).join(', ')
    this.notChecked.push(
      `${nowhere} references of ${population} (${properties}) that lead to no edge of the original`,
    )
  }

  /** What other populations are compared by that are as they were: node populations, and indices, which must fit. */
  async #around(a: Hdf5File, b: Hdf5File, before: Side, after: Side): Promise<Finding[]> {
    const { population } = before.edges
    const findings: Finding[] = []
    for (const side of ['sourcePopulation', 'targetPopulation'] as const) {
      const [was, is] = [before.edges[side], after.edges[side]]
      if (was !== is) findings.push(populationChanged(1, `${side} of ${population}: ${was}`, is))
    }
    const lost = await lostIndices(a, b, population)
    for (const direction of lost)
      findings.push(populationChanged(1, `${population} to have an index ${direction}`, 'none'))
    for (const { message, direction } of await checkIndices(b, population, after.edges))
      findings.push(populationChanged(1, `${direction} of ${population} as the id columns say`, message))
    return findings
  }
}

async function lostIndices(a: Hdf5File, b: Hdf5File, population: string): Promise<string[]> {
  const [before, after] = [await readEdgeLayout(a, population), await readEdgeLayout(b, population)]
  return (before.index?.dirs ?? []).filter(direction => after.index?.dirs.includes(direction) !== true)
}

async function sideOf(h5: Hdf5File, { population, ends }: Named<EdgePopulationFacts>): Promise<Side> {
  const edges = await openEdgePopulation(h5, population, {
    source: ends?.sourcePopulation,
    target: ends?.targetPopulation,
  })
  const table = await edges.table?.()
  return { edges, table: table ?? { rows: edges.edgeCount, columns: [], traits: [], unreadable: [] } }
}

async function opened(
  [before, after]: readonly [string, string],
  [reads, readsAfter]: ReadsOfBoth,
  use: (a: Hdf5File, b: Hdf5File) => Promise<void>,
): Promise<void> {
  const a = await openHdf5(before, reads)
  try {
    const b = await openHdf5(after, readsAfter)
    try {
      await use(a, b)
    } finally {
      b.close()
    }
  } finally {
    a.close()
  }
}
