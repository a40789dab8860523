/** What a circuit says of its edges by their type: the columns of edge_types.csv. */
import { stat } from 'node:fs/promises'
import type { EdgeTypes } from '../connectome/table.ts'
import type { FilesRead } from '../formats/files-read.ts'
import { readTypesTable, typeValues } from './types-table.ts'

const ID = 'edge_type_id'

/**
 * Read what the types of an edge population say.
 *
 * @param table the CSV that the configuration names; `configured` by itself says that it names none
 * @throws InputError naming file and line if the table is there and cannot be read
 */
export async function readEdgeTypes(
  population: string,
  { configured, table, reads }: TypesOrigin,
): Promise<EdgeTypes> {
  if (table === undefined) return { file: configured, columns: new Map() }
  reads?.note(table)
  if (!(await isThere(table))) return { file: table, lost: true, columns: new Map() }
  return { file: table, columns: typeValues(await readTypesTable(table, ID, population), ID) }
}

export interface TypesOrigin {
  /** The configuration. */
  readonly configured: string
  readonly table: string | undefined
  /** Gains the table. */
  readonly reads?: FilesRead | undefined
}

export const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )
