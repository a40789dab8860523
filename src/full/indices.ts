/** The indices of the manipulated edges: as many as before, where readers look for them, and as the ids say. */
import type { EdgeSource } from '../connectome/edges.ts'
import type { FilesRead } from '../formats/files-read.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { checkIndices } from '../sonata/edge-index.ts'
import { type IndexLayout, readEdgeLayout } from '../sonata/edge-layout.ts'
import type { FullFinding, Looked, ReadsOfBoth } from './full-checks.ts'

const CHECK = 'indices.consistent'

/** Neither circuit having any is a way to be the same; that all are gone cannot be compared with the ids. */
export async function lookAtIndices(
  original: EdgeSource,
  manipulated: EdgeSource,
  [reads, readsAfter]: ReadsOfBoth,
): Promise<Looked> {
  const place = manipulated.target.place
  if (place === undefined) return unknown(`${manipulated.file} has none before it is converted`)
  const before = await layoutOf(original, reads)
  const h5 = await openHdf5(place.file, readsAfter)
  try {
    const { index: after } = await readEdgeLayout(h5, manipulated.population)
    if (after === null) {
      const none = before === null && original.target.place !== undefined
      return none ? { findings: [], unchecked: [] } : unknown(`${manipulated.file} has none`)
    }
    const problems = await checkIndices(h5, manipulated.population, manipulated)
    const wrong = problems.map(
      ({ message, direction }): FullFinding => ({
        code: 'indices.wrong',
        check: CHECK,
        count: 1,
        expected: `${direction} as the id columns say`,
        found: message,
      }),
    )
    return { findings: [...lost(before, after), ...wrong], unchecked: [] }
  } finally {
    h5.close()
  }
}

/** Undefined: not known; null: none. */
async function layoutOf(
  { target, population }: EdgeSource,
  reads: FilesRead,
): Promise<IndexLayout | null | undefined> {
  if (target.place === undefined) return undefined
  const h5 = await openHdf5(target.place.file, reads)
  try {
    return (await readEdgeLayout(h5, population)).index
  } finally {
    h5.close()
  }
}

/** Directions that are gone, and names that readers of the original would look for in vain. */
function lost(before: IndexLayout | null | undefined, after: IndexLayout): FullFinding[] {
  if (!before) return []
  const tell = (expected: string, found: string): FullFinding => ({
    code: 'indices.lost',
    check: CHECK,
    count: 1,
    expected,
    found,
  })
  const gone = before.dirs.filter(direction => !after.dirs.includes(direction))
  return [
    ...gone.map(direction => tell(`an index ${direction}`, 'nothing')),
    ...(before.group === after.group || after.group === 'indices'
      ? []
      : [tell(`the group ${before.group}`, after.group)]),
    ...(before.name === after.name || after.name === 'node_id_to_ranges'
      ? []
      : [tell(`the dataset ${before.name}`, after.name)]),
  ]
}

const unknown = (reason: string): Looked => ({ findings: [], unchecked: [reason] })
