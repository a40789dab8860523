/** Unconverted edges as a circuit. */
import { basename, dirname, extname, resolve } from 'node:path'
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import { type CircuitOptions, SonataCircuit } from '../sonata/circuit.ts'
import { type ParquetEdgeSource, readParquetEdges } from './parquet-edges.ts'

/**
 * Open what connectome-manipulator left as a circuit with one edge population. There are no nodes beside it:
 * `options.nodesFrom` says whose they are; without it only their number is known, from `_metadata`.
 *
 * @param path from `findParquet`
 * @throws InputError as `readParquetEdges` does
 */
export async function openParquetCircuit(path: string, options: CircuitOptions): Promise<SonataCircuit> {
  const file = resolve(path)
  const { nodesFrom } = options
  const reads = new FilesRead()
  const edges = await readParquetEdges(file, nodesFrom?.edges, reads)
  const { population, nodes } = edges
  const { sourcePopulation, targetPopulation, sourceCount, targetCount } = nodes
  if (sourcePopulation === targetPopulation && sourceCount !== targetCount)
    throw new InputError(
      `${sourceCount} sources and ${targetCount} targets in population "${sourcePopulation}"`,
      {
        file: edges.splits.metadata ?? file,
        field: 'target_population_size',
      },
    )
  const opened: ParquetEdgeSource[] = []
  const open = async (): Promise<EdgeSource> => {
    const source = await edges.open()
    opened.push(source)
    return source
  }
  const config = {
    file,
    nodes: [],
    edges: [{ population, file, type: 'chemical', typesFile: undefined }],
    nodeSetsFile: undefined,
  }
  const nodeCounts = { [sourcePopulation]: sourceCount, [targetPopulation]: targetCount }
  return new SonataCircuit(file, config, { ...options, nodeCounts }, new Map(), {
    name: nameOf(file),
    reads,
    namedBy: 'part',
    edgeFiles: {
      ends: async () => ({ sourcePopulation, targetPopulation }),
      open,
      close: () => {
        for (const source of opened) source.close()
      },
    },
    ...(nodesFrom === undefined
      ? {}
      : { select: (name, expression, how) => nodesFrom.circuit.select(name, expression, how) }),
  })
}

/** The folder of the run for `<run>/parquet`, else the name of the file or folder. */
const nameOf = (file: string): string =>
  basename(file) === 'parquet' ? basename(dirname(file)) : basename(file, extname(file))
