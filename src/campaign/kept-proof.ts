/** A `proof.json` that was kept, and whether the lock file says what it says. */
import { InputError, isInputError } from '../errors.ts'
import { isJsonObject, type JsonObject, readJsonFile } from '../formats/json.ts'
import { RECORD_SCHEMA } from '../report/made.ts'
import type { StepRecord } from './lock.ts'

/**
 * Read what an earlier run wrote.
 *
 * @throws InputError if it is no proof of one circuit, or its records are newer than those that are known here
 */
export async function readKeptProof(file: string): Promise<JsonObject> {
  const record = await readJsonFile(file)
  if (!isJsonObject(record) || record.type !== 'proof')
    throw new InputError('expected the proof of one circuit', { file, hint: 'connproof verify CAMPAIGN' })
  const { schema } = record
  if (schema === RECORD_SCHEMA) return record
  const newer = typeof schema === 'number' && schema > RECORD_SCHEMA
  throw new InputError(`has schema ${JSON.stringify(schema)}, and schema ${RECORD_SCHEMA} is read here`, {
    file,
    field: 'schema',
    hint: newer ? 'it is of a newer connproof: use that one' : 'connproof verify CAMPAIGN --force',
  })
}

/** What the lock file keeps of a proof, from the proof. */
export const resultOfKept = (proof: JsonObject): JsonObject => {
  const { verdict, level, neurons, selection, connections, diff, not_checked } = proof
  const size = (side: string): JsonObject[string] => {
    const sides = isJsonObject(selection) ? selection[side] : undefined
    return isJsonObject(sides) ? (sides.size ?? null) : null
  }
  return {
    verdict: verdict ?? null,
    level: level ?? null,
    neurons: neurons ?? null,
    selected: [size('source'), size('target')],
    connections: connections ?? null,
    diff: diff ?? null,
    not_checked: not_checked ?? null,
  }
}

/** Why the proof of a record is not to be believed; none: it says what the lock file says of it. */
export async function keptReasons(record: StepRecord, file: string): Promise<string[]> {
  try {
    const proof = await readKeptProof(file)
    const result = resultOfKept(proof)
    const other = Object.keys(result).find(
      key => JSON.stringify(record.result[key] ?? null) !== JSON.stringify(result[key]),
    )
    const found = other === undefined ? [] : [`the lock file says another ${other} than the proof`]
    return proof.file === record.parameters.circuit ? found : [...found, 'the proof is of another circuit']
  } catch (error) {
    if (!isInputError(error)) throw error
    return [`the proof ${error.message}`]
  }
}
