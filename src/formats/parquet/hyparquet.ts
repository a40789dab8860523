/** The parts of hyparquet that are used, imported when the first Parquet file is opened. */

import type { parquetHeader } from 'hyparquet/src/column.js'
import type { deltaBinaryUnpack } from 'hyparquet/src/delta.js'
import type { byteStreamSplit } from 'hyparquet/src/encoding.js'
import type { parquetMetadata } from 'hyparquet/src/metadata.js'

export interface Hyparquet {
  readonly parquetMetadata: typeof parquetMetadata
  readonly parquetHeader: typeof parquetHeader
  readonly deltaBinaryUnpack: typeof deltaBinaryUnpack
  readonly byteStreamSplit: typeof byteStreamSplit
}

let loaded: Promise<Hyparquet> | undefined

export function loadHyparquet(): Promise<Hyparquet> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Hyparquet> {
  const [{ parquetMetadata }, { parquetHeader }, { deltaBinaryUnpack }, { byteStreamSplit }] =
    await Promise.all([
      import('hyparquet/src/metadata.js'),
      import('hyparquet/src/column.js'),
      import('hyparquet/src/delta.js'),
      import('hyparquet/src/encoding.js'),
    ])
  return { parquetMetadata, parquetHeader, deltaBinaryUnpack, byteStreamSplit }
}
