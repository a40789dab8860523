/** What is asked of a manipulated circuit: selections and masks, with files for connproof and sets for the oracle. */
import { join } from 'node:path'
import { type Circuit, type EdgePopulation, nodesOf, type Row } from './model.ts'
import type { Random } from './random.ts'
import { type MaskEntries, writeIds, writeMask } from './write-small.ts'

/** A selection: what connproof is told, and what it means on a circuit. */
export interface Selector {
  text: string | undefined
  ids: (circuit: Circuit) => number[]
  /** Where a file lists them in another order, which rows or columns of a mask then have. */
  order: number[] | undefined
}

export interface MaskQuestion {
  kind: 'mask'
  source: Selector
  target: Selector
  /** `source,target` of each connection. */
  removed: Set<string> | undefined
  added: Set<string> | undefined
  removedFile: string | undefined
  addedFile: string | undefined
  idBase: 0 | 1
}

export const pairOf = ({ source, target }: Pick<Row, 'source' | 'target'>): string => `${source},${target}`

function drawSelector(
  random: Random,
  circuit: Circuit,
  population: string,
  file: string,
  base: 0 | 1,
): Selector {
  const all = (of: Circuit): number[] => Array.from({ length: nodesOf(of, population).size }, (_, id) => id)
  const having = (of: Circuit, name: string, value: unknown): number[] =>
    all(of).filter(id => nodesOf(of, population).rows[id]?.get(name) === value)
  const set = `${population}_some`
  const inSet = (of: Circuit): number[] => of.nodeSets.get(set)?.ids ?? []
  const both = (of: Circuit): number[] => having(of, 'layer', 4).filter(id => inSet(of).includes(id))
  switch (random.weighted({ all: 4, set: 2, class: 2, both: both(circuit).length > 0 ? 1 : 0, file: 1 })) {
    case 'all':
      return { text: undefined, ids: all, order: undefined }
    case 'set':
      return { text: set, ids: inSet, order: undefined }
    case 'class':
      return { text: 'synapse_class=EXC', ids: of => having(of, 'synapse_class', 'EXC'), order: undefined }
    case 'both':
      return { text: `${set} & layer=4`, ids: both, order: undefined }
    default: {
      const some = random.shuffled(random.some(all(circuit), 0.7))
      const listed = some.length > 0 ? some : [0]
      const order = random.chance(0.5) ? listed : listed.sort((a, b) => a - b)
      writeIds(file, order, base)
      const ids = [...order].sort((a, b) => a - b)
      return { text: file, ids: () => ids, order }
    }
  }
}

export function drawQuestion(
  random: Random,
  circuit: Circuit,
  main: EdgePopulation,
  folder: string,
): MaskQuestion {
  const idBase = random.pick([0, 1] as const)
  const extension = random.pick(['.npy', '.txt', '.csv'])
  const [source, target] = (['source', 'target'] as const).map(side =>
    drawSelector(random, circuit, main[side], join(folder, `${side}_ids${extension}`), idBase),
  )
  if (source === undefined || target === undefined) throw new Error('two selections')
  const kind = random.weighted({ removal: 6, addition: 2, both: 1, nothing: 2 })
  const question: MaskQuestion = {
    ...{ kind: 'mask', source, target, idBase },
    ...{ removed: undefined, added: undefined, removedFile: undefined, addedFile: undefined },
  }
  const rows = source.order ?? source.ids(circuit)
  const columns = target.order ?? target.ids(circuit)
  const there = new Set(main.rows.map(pairOf))
  const pairs = rows.flatMap((s, row) =>
    columns.map((t, column) => ({ row, column, pair: pairOf({ source: s, target: t }) })),
  )
  const ask = (name: string, likely: (pair: string) => number, not: ReadonlySet<string>) => {
    const chosen = pairs.filter(({ pair }) => !not.has(pair) && random.chance(likely(pair)))
    const rest = pairs.filter(({ pair }) => !chosen.some(one => one.pair === pair))
    // Said twice, or stored and False: SciPy takes both.
    const noise = random.chance(0.2)
    const entries = [
      ...chosen.map(({ row, column }) => ({ row, column, value: true })),
      ...(noise ? random.some(rest, 0.2).map(({ row, column }) => ({ row, column, value: false })) : []),
    ]
    const mask: MaskEntries = {
      ...{ rows: rows.length, columns: columns.length, entries: random.shuffled(entries) },
      format: random.pick(['csc', 'csc', 'csr', 'coo']),
      type: random.pick(['bool', 'f4']),
    }
    const file = join(folder, name)
    writeMask(file, mask)
    return { file, asked: new Set(chosen.map(({ pair }) => pair)) }
  }
  if (kind === 'removal' || kind === 'both') {
    const absent = random.chance(0.15) ? 0.1 : 0
    const { file, asked } = ask('removed.npz', pair => (there.has(pair) ? 0.35 : absent), new Set())
    Object.assign(question, { removed: asked, removedFile: file })
  }
  if (kind === 'addition' || kind === 'both') {
    const already = random.chance(0.15) ? 0.1 : 0
    const { file, asked } = ask(
      'added.npz',
      pair => (there.has(pair) ? already : 0.15),
      question.removed ?? new Set(),
    )
    Object.assign(question, { added: asked, addedFile: file })
  }
  return question
}
