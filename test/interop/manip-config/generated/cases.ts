/** Configurations, drawn from a seed: an operation, what is wrong with its entry, and with the circuit. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { picker } from '../../../contract/circuits.ts'
import { drawCircuit, writeCircuit } from './circuit.ts'
import { CIRCUIT_TRAPS } from './circuit-traps.ts'
import { CONFIG_TRAPS } from './config-traps.ts'
import { drawEntry, OPERATIONS, type Operation } from './operations.ts'
import type { Draft, Trap } from './trap.ts'

export interface Case {
  readonly name: string
  readonly seed: string
  readonly operation: Operation
  readonly trap: Trap
  readonly circuit: Trap
}

/**
 * `count` cases: every trap of a configuration on every operation that it concerns, and every trap of a circuit, as
 * evenly as the number allows; the other half is drawn, or sound.
 */
export function drawCases(count: number, seed: string): Case[] {
  const pick = picker(seed)
  const all = [
    ...CONFIG_TRAPS.flatMap(trap => trap.on.map(operation => ({ operation, trap, circuit: undefined }))),
    ...CIRCUIT_TRAPS.flatMap(circuit =>
      OPERATIONS.map(operation => ({ operation, trap: undefined, circuit })),
    ),
  ]
  const order = all.map((one, k) => [pick(2 ** 30), k, one] as const).sort(([a], [b]) => a - b)
  const [sound] = CIRCUIT_TRAPS
  const none = CONFIG_TRAPS.find(({ name }) => name === 'none')
  return Array.from({ length: count }, (_, k) => {
    const [, , chosen] = order[k % order.length] ?? []
    const { operation = 'null_manipulation' } = chosen ?? {}
    const other = <T>(list: readonly T[]): T => list[pick(list.length)] as T
    const mixed = pick(4) === 0
    const trap =
      chosen?.trap ?? (mixed ? other(CONFIG_TRAPS.filter(({ on }) => on.includes(operation))) : none)
    const circuit = chosen?.circuit ?? (mixed ? other(CIRCUIT_TRAPS) : sound)
    if (trap === undefined || circuit === undefined) throw new Error('no traps')
    return {
      name: `${operation}: ${trap.name}, ${circuit.name}`,
      seed: `${seed} ${k}`,
      operation,
      trap,
      circuit,
    }
  })
}

export interface Written {
  readonly original: string
  readonly config: string
  /** The same without what is wrong with the entry. */
  readonly meant: string
  readonly output: string
  /** For what the package makes of `meant`. */
  readonly other: string
}

export async function writeCase(folder: string, { seed, operation, trap, circuit }: Case): Promise<Written> {
  mkdirSync(folder, { recursive: true })
  const draft = (): Draft => {
    const pick = picker(seed)
    const drawn = drawCircuit(seed)
    const entry = drawEntry(operation, pick)
    // Whether each split of a wiring makes a connection is chance, and what it leaves is warned of.
    const splits = operation === 'conn_wiring' ? 1 : 1 + pick(2)
    return { top: { seed: 1 + pick(1000), N_split_nodes: splits }, entry, circuit: drawn, folder }
  }
  const [meant, spoilt] = [draft(), draft()]
  for (const one of [meant, spoilt]) {
    trap.both?.(one)
    circuit.spoil(one)
  }
  await trap.spoil(spoilt)
  trap.meant?.(meant)
  const original = writeCircuit(join(folder, 'circuit'), meant.circuit)
  const write = (name: string, { top, entry }: Draft): string => {
    const file = join(folder, name)
    const { syn_props_init, ...rest } = top
    const manip = { name, ...(syn_props_init === undefined ? {} : { syn_props_init }), fcts: [entry] }
    writeFileSync(file, JSON.stringify({ circuit_config: original, ...rest, manip }, null, 1))
    return file
  }
  return {
    original,
    config: write('manip_config.json', spoilt),
    meant: write('meant.json', meant),
    output: join(folder, 'out'),
    other: join(folder, 'other'),
  }
}
