/** Edges as connectome-manipulator leaves them before conversion: Parquet files, ids in two of their columns. */
import { type EdgeSource, MAX_NODES } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import { columnNames, type IntegerColumn, integerColumn } from '../formats/parquet/columns.ts'
import { type ParquetFile, readParquetFile } from '../formats/parquet/footer.ts'
import { openIdColumn } from '../formats/parquet/id-column.ts'
import { UNNAMED } from './lists.ts'
import { findSplits, type Splits } from './parquet-splits.ts'
import { openParquetTable, type ParquetTable } from './parquet-table.ts'

/** The node populations that the edges connect. */
export interface EdgeNodes {
  readonly sourcePopulation: string
  readonly targetPopulation: string
  readonly sourceCount: number
  readonly targetCount: number
}

export interface ParquetEdges {
  /** As the converter would call it. */
  readonly population: string
  readonly nodes: EdgeNodes
  readonly splits: Splits
  /** The edges, with columns of their own. */
  open(): Promise<ParquetEdgeSource>
}

export interface ParquetEdgeSource extends EdgeSource {
  close(): void
}

/** The first is what the files hold, the second what tables are called in memory. */
const NAMES = { source: ['source_node_id', '@source_node'], target: ['target_node_id', '@target_node'] }

/**
 * Open the edges of a run, or of one Parquet file. Footers are read, rows are not.
 *
 * Node populations are those of `_metadata` (`source_population_name`, `source_population_size`, ...), else
 * `fallback`, else unknown.
 *
 * @param path from {@link findParquet}
 * @param reads where the files are noted
 * @throws InputError if splits are missing or do not belong there, or if a file is damaged or holds no edges
 */
export async function readParquetEdges(
  path: string,
  fallback?: EdgeNodes,
  reads = new FilesRead(),
): Promise<ParquetEdges> {
  const splits = await findSplits(path)
  for (const part of [...splits.files, splits.metadata ?? []].flat()) reads.note(part)
  const files = await readFooters(splits.files)
  const source = files.map(file => idColumn(file, 'source'))
  const target = files.map(file => idColumn(file, 'target'))
  const metadata = splits.metadata === undefined ? [] : [await readParquetFile(splits.metadata)]
  const known = [...metadata, ...files].map(namedNodes).find(found => found !== undefined) ?? fallback
  const nodes = nodesOnly(known ?? NO_NODES)
  if (known !== undefined && known !== fallback) refuseImplausible(known, files, splits, fallback)
  const population = `${nodes.sourcePopulation}__${nodes.targetPopulation}__chemical`
  const facts = {
    population: known === undefined ? 'default' : population,
    file: splits.path,
    ...nodes,
    edgeCount: files.reduce((all, { rows }) => all + rows, 0),
    ...(known === undefined ? { unknown: ['nodes'] as const } : {}),
  }
  const open = (): Promise<ParquetEdgeSource> => openColumns(facts, source, target, files)
  return { population: facts.population, nodes, splits, open }
}

/** The fallback may be a whole edge source; its file and its columns are not those of these edges. */
const nodesOnly = ({
  sourcePopulation,
  targetPopulation,
  sourceCount,
  targetCount,
}: EdgeNodes): EdgeNodes => ({
  sourcePopulation,
  targetPopulation,
  sourceCount,
  targetCount,
})

/** So many nodes are always believed; more only where there are edges, or other nodes, to match: each takes memory. */
const BELIEVED_NODES = 2 ** 24
const NODES_PER_EDGE = 64

function refuseImplausible(
  nodes: EdgeNodes,
  files: readonly ParquetFile[],
  splits: Splits,
  others: EdgeNodes | undefined,
): void {
  const rows = files.reduce((all, file) => all + file.rows, 0)
  const most = Math.max(nodes.sourceCount, nodes.targetCount)
  const known = Math.max(others?.sourceCount ?? 0, others?.targetCount ?? 0)
  if (most <= Math.max(BELIEVED_NODES, NODES_PER_EDGE * rows, known)) return
  throw new InputError(`a population of ${most} nodes is not plausible with ${rows} edges`, {
    file: splits.metadata ?? splits.path,
    hint: 'The file is damaged.',
  })
}

const NO_NODES: EdgeNodes = {
  sourcePopulation: UNNAMED,
  targetPopulation: UNNAMED,
  sourceCount: MAX_NODES,
  targetCount: MAX_NODES,
}

/** A few at a time: each waits for the disk. Of several that are damaged, the first says so. */
async function readFooters(paths: readonly string[]): Promise<ParquetFile[]> {
  const files: ParquetFile[] = []
  for (let first = 0; first < paths.length; first += TOGETHER)
    files.push(...(await Promise.all(paths.slice(first, first + TOGETHER).map(readParquetFile))))
  return files
}

const TOGETHER = 16

async function openColumns(
  facts: Omit<EdgeSource, 'source' | 'target'>,
  sources: readonly IntegerColumn[],
  targets: readonly IntegerColumn[],
  files: readonly ParquetFile[],
): Promise<ParquetEdgeSource> {
  const source = await openIdColumn(sources, `${facts.file}: ${sources[0]?.name ?? NAMES.source[0]}`)
  const target = await openIdColumn(targets, `${facts.file}: ${targets[0]?.name ?? NAMES.target[0]}`)
  let properties: Promise<ParquetTable> | undefined
  const table = (): Promise<ParquetTable> => {
    properties ??= openParquetTable(files, facts.edgeCount, Object.values(NAMES).flat())
    return properties
  }
  const close = (): void => {
    source.close()
    target.close()
    properties?.then(
      opened => opened.close(),
      () => {}, // it was never open
    )
  }
  return { ...facts, source, target, table, close }
}

function idColumn(file: ParquetFile, side: 'source' | 'target'): IntegerColumn {
  const names = columnNames(file)
  const [name, another] = NAMES[side].filter(candidate => names.includes(candidate))
  if (name !== undefined && another === undefined) return integerColumn(file, name)
  const expected = `expected a column ${NAMES[side].join(' or ')}`
  const found = name === undefined ? listed(names) : 'both'
  throw new InputError(`${expected}, found ${found}`, { file: file.path, field: NAMES[side][0] })
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.slice(0, 8).join(', ') + (names.length > 8 ? ', ...' : '')

/** @throws InputError if a name has no size beside it, or the other way round */
function namedNodes(file: ParquetFile): EdgeNodes | undefined {
  const source = namedSide(file, 'source')
  const target = namedSide(file, 'target')
  if (source === undefined || target === undefined) return undefined
  return {
    sourcePopulation: source.name,
    sourceCount: source.size,
    targetPopulation: target.name,
    targetCount: target.size,
  }
}

function namedSide(file: ParquetFile, side: 'source' | 'target'): { name: string; size: number } | undefined {
  const name = file.metadata.get(`${side}_population_name`)
  const text = file.metadata.get(`${side}_population_size`)
  if (name === undefined || text === undefined) return undefined
  const size = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (size < MAX_NODES) return { name, size }
  throw new InputError(
    `expected a number of nodes below ${MAX_NODES}, found ${JSON.stringify(text.slice(0, 40))}`,
    {
      file: file.path,
      field: `${side}_population_size`,
    },
  )
}
