/** Puts a question to connproof, through its public library. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  openCircuit,
  type Proof,
  readMask,
  type VerifyOptions,
  verify,
  verifyConfig,
} from '../../src/index.ts'
import type { Level } from './judge.ts'
import type { Plan } from './operations.ts'
import type { MaskQuestion } from './question.ts'
import { writeMask } from './write-small.ts'

export interface Question {
  originalPath: string
  /** Of the original; undefined where it has but one, or a configuration says it. */
  population: string | undefined
  question: MaskQuestion | Plan
  level: Level
  allow: NonNullable<VerifyOptions['allow']>
  windowRows: number | undefined
  folder: string
}

/** One proof for each path, or what stopped it all. `named`: the manipulated population. */
export async function ask(
  { originalPath, population, question, folder, ...more }: Question,
  main: string,
  paths: readonly string[],
  named?: string,
): Promise<Proof[] | Error> {
  let original: Awaited<ReturnType<typeof openCircuit>> | undefined
  try {
    original = await openCircuit(originalPath)
    const common = { ...more, original, manipulated: paths, population, manipulatedPopulation: named }
    if ('functions' in question)
      return await verifyConfig({ ...common, config: writeConfig(question, originalPath, main, folder) })
    const { source, target, removedFile, addedFile, idBase } = question
    return await verify({
      ...common,
      removed: removedFile === undefined ? undefined : await readMask(removedFile),
      added: addedFile === undefined ? undefined : await readMask(addedFile),
      ...{ source: source.text, target: target.text, idBase },
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    original?.close()
  }
}

function writeConfig(
  { seed, splits, functions, masks }: Plan,
  circuit: string,
  main: string,
  folder: string,
): string {
  for (const [name, mask] of masks) writeMask(join(folder, name), mask)
  const fcts = functions.map(one =>
    typeof one.conn_mask_file === 'string'
      ? { ...one, conn_mask_file: join(folder, one.conn_mask_file) }
      : one,
  )
  const file = join(folder, 'manip_config.json')
  const manip = { name: 'oracle', fcts }
  const config = { circuit_config: circuit, edges_popul_name: main, seed, N_split_nodes: splits, manip }
  writeFileSync(file, JSON.stringify(config, undefined, 1))
  return file
}
