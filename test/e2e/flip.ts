/** Masks with one bit flipped, and what a verification must then say. */

import type { Circuit } from '../../src/connectome/circuit.ts'
import type { MaskFile } from '../../src/selection/mask.ts'
import type { SonataCircuit } from '../../src/sonata/circuit.ts'
import type { Proof } from '../../src/verification/proof.ts'

export interface Bit {
  row: number
  column: number
}

export function flipped(mask: MaskFile, bit: Bit): MaskFile {
  const kept = Array.from(mask.row.keys()).filter(k => !isBit(mask, k, bit))
  const wasTrue = kept.length < mask.row.length
  const row = kept.map(k => mask.row[k] ?? 0)
  const column = kept.map(k => mask.column[k] ?? 0)
  if (!wasTrue) {
    row.push(bit.row)
    column.push(bit.column)
  }
  return { ...mask, row: Uint32Array.from(row), column: Uint32Array.from(column) }
}

export const isTrue = (mask: MaskFile, bit: Bit): boolean =>
  Array.from(mask.row.keys()).some(k => isBit(mask, k, bit))

const isBit = (mask: MaskFile, k: number, bit: Bit): boolean =>
  mask.row[k] === bit.row && mask.column[k] === bit.column

/** What rows and columns of the mask stand for: ascending ids, or the list as it was given. */
export async function meaning(circuit: SonataCircuit, expression: string | undefined, population: string) {
  const selection = await circuit.select(population, expression, { idBase: 0 })
  return selection.listOrder ?? selection.ids
}

/** Findings without the count, which cannot be right when one connection is not. */
export function named(proof: Proof | undefined) {
  return (proof?.findings ?? [])
    .filter(finding => finding.code !== 'count.differs')
    .map(({ code, count, culprits }) => ({
      code,
      count,
      pairs: culprits.map(({ source, target }) => [source, target]),
    }))
}

/** The same circuit, asked the same things again and again: every answer is made once. */
export function remembering(circuit: Circuit): Circuit {
  const answers = new Map<string, Promise<unknown>>()
  const once = <T>(key: unknown[], answer: () => Promise<T>): Promise<T> => {
    const text = JSON.stringify(key)
    if (!answers.has(text)) answers.set(text, answer())
    return answers.get(text) as Promise<T>
  }
  return {
    name: circuit.name,
    file: circuit.file,
    edgePopulation: name => once(['edges', name], () => circuit.edgePopulation(name)),
    namedBy: circuit.namedBy,
    edgePopulations: () => once(['list'], () => circuit.edgePopulations()),
    select: (...given) => once(['select', ...given], () => circuit.select(...given)),
    close: () => circuit.close(),
  }
}
