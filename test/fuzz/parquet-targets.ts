/** Runs of connectome-manipulator before conversion, made of the fixtures that pyarrow wrote. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpy } from '../../src/formats/npy.ts'
import { EXPECTED, FIXTURES, fixture } from '../formats/parquet-fixtures.ts'
import { pairsOf } from './content.ts'
import { DONE_DAMAGE, PARQUET_DAMAGE } from './fatal.ts'
import type { FuzzTarget } from './target.ts'

/** Compressed with a dictionary, plain, and with pages of version 2. */
const FILES = ['default', 'plain', 'gzip_v2'] as const

export async function parquetTargets(folder: string): Promise<FuzzTarget[]> {
  mkdirSync(folder)
  const { source = [], target = [] } = EXPECTED.default ?? {}
  const list = join(folder, 'edges.npy')
  writeFileSync(
    list,
    encodeNpy({ shape: [2, source.length], data: Uint32Array.from([...source, ...target]) }),
  )
  const targets = FILES.map(name => {
    const run = writeRun(join(folder, name), name)
    // An id that no node has is told of the run, which is what was opened.
    return targetOf(run, 'edges.parquet', list, {
      format: `parquet ${name}`,
      fatal: PARQUET_DAMAGE,
      leads: true,
    })
  })
  const run = writeRun(join(folder, 'whole'), 'default')
  return [
    ...targets,
    targetOf(run, '_metadata', list, { format: 'parquet _metadata', fatal: [], leads: true }),
    targetOf(run, 'parquet.DONE', list, { format: 'parquet.DONE', fatal: DONE_DAMAGE, leads: true }),
  ]
}

function writeRun(run: string, name: string): string {
  const parquet = join(run, 'parquet')
  mkdirSync(parquet, { recursive: true })
  copyFileSync(fixture(name), join(parquet, 'edges.parquet'))
  copyFileSync(join(FIXTURES, '_metadata'), join(parquet, '_metadata'))
  writeFileSync(join(parquet, 'parquet.DONE'), '["edges"]')
  return run
}

const targetOf = (
  run: string,
  file: string,
  list: string,
  rest: Pick<FuzzTarget, 'format' | 'fatal' | 'leads'>,
): FuzzTarget => ({
  file: join(run, 'parquet', file),
  args: ['diff', list, run, '--id-base', '0'],
  whole: 0,
  content: () => pairsOf(run),
  ...rest,
})
