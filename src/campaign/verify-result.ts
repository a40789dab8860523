/** What the lock file keeps of a proof. */
import type { JsonObject } from '../formats/json.ts'
import { differenceOf } from '../report/sentences.ts'
import type { Proof } from '../verification/proof.ts'

/** What `status` and a second run say without reading the proof. */
export const resultOf = (proof: Proof): JsonObject => ({
  verdict: proof.verdict,
  level: proof.level ?? null,
  neurons: proof.neurons,
  selected: [proof.selection.source.size, proof.selection.target.size],
  connections: proof.connections ? { ...proof.connections } : null,
  diff: differenceOf(proof) ?? null,
  not_checked: [...proof.notChecked],
})

export interface Counts {
  readonly neurons: number
  readonly selected: readonly [number, number]
  readonly connections: { readonly original: number; readonly manipulated: number } | null
  readonly diff: number | null
}

export const countsOf = (result: JsonObject): Counts => result as unknown as Counts
