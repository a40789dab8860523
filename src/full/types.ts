/** What node and edge types say in two circuits, as findings of level full. */
import { openHdf5 } from '../formats/hdf5/open.ts'
import { type TypedComparison, type TypedDifference, typedDifferences } from '../sonata/typed-differences.ts'
import type { FullFinding, ReadsOfBoth } from './full-checks.ts'

export interface TypedFiles {
  readonly file: string
  /** CSV of types. */
  readonly typesFile: string | undefined
}

/** @throws InputError if a file cannot be read */
export async function compareTypes(
  side: 'nodes' | 'edges',
  population: string,
  [before, after]: readonly [TypedFiles, TypedFiles],
  [reads, readsAfter]: ReadsOfBoth,
): Promise<TypedComparison> {
  if (before.typesFile === undefined && after.typesFile === undefined)
    return { differences: [], labels: false }
  const one = await openHdf5(before.file, reads)
  try {
    const other = await openHdf5(after.file, readsAfter)
    try {
      return await typedDifferences(
        { h5: one, side, population, typesFile: before.typesFile },
        { h5: other, side, population, typesFile: after.typesFile },
      )
    } finally {
      other.close()
    }
  } finally {
    one.close()
  }
}

/** One finding for each property. */
export const typeFinding = (
  side: 'nodes' | 'edges',
  population: string,
  [before, after]: readonly [TypedFiles, TypedFiles],
  { property, count, row, ...values }: TypedDifference,
): FullFinding => {
  const said = (value: string | null, { typesFile }: TypedFiles): string =>
    value === null ? `nothing (${typesFile ?? 'no table of types'})` : `"${value}" (${typesFile})`
  return {
    code: 'types.changed',
    check: side === 'nodes' ? 'nodes.files' : 'populations.others',
    count,
    expected: `${property} of ${side.slice(0, -1)} ${row} of ${population} ${said(values.before, before)}`,
    found: said(values.after, after),
  }
}
