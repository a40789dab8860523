/** Whether a simulation silences exactly the connections of a mask. */
import { requireArguments, requirePath, stopIfAborted } from './arguments.ts'
import { type EdgeSource, MAX_NODES } from './connectome/edges.ts'
import { InputError } from './errors.ts'
import { readJsonFile } from './formats/json.ts'
import { sniff } from './formats/sniff.ts'
import { refuseChanged } from './identify.ts'
import type { PairOptions } from './inputs/pairs.ts'
import { openSimulation } from './interop/open-simulation.ts'
import { refusePartialOverrides } from './interop/override-model.ts'
import { isSimulation } from './interop/simulation-config.ts'
import { openEdges } from './open-edges.ts'
import { countEffects, isSilenced, isUncertain, pathwayOf, type SilencedOptions } from './silenced.ts'
import { passRows } from './verification/row-pass.ts'

export const SILENCED_CLASSES = ['asked_with_effect', 'asked_absent', 'not_asked', 'cannot_tell'] as const
export type SilencedClass = (typeof SILENCED_CLASSES)[number]

export interface SilencedDiffOptions extends PairOptions, Omit<SilencedOptions, 'all'> {}

export interface SilencedDiff {
  /** The simulation configuration, and the mask (or list). */
  readonly simulation: string
  readonly mask: string
  readonly population: string
  readonly source: string
  readonly target: string
  readonly verdict: 'equal' | 'different' | 'cannot tell'
  /** Connections of the edge population, of the mask, and without effect; each counted once. */
  readonly connections: number
  readonly asked: number
  readonly silenced: number
  /** Asked and without effect. */
  readonly asAsked: number
  /** Asked, and their targets are not simulated: without effect whatever the overrides say. */
  readonly askedNotSimulated: number
  /**
   * `asked_with_effect`: they keep a weight; `asked_absent`: no connection of the circuit; `not_asked`: silenced all the
   * same; `cannot_tell`: see `SilencedCounts.cannotTell`.
   */
  readonly counts: Readonly<Record<SilencedClass, number>>
  /** The first of each, ascending by (target, source); node ids, 0-based. */
  readonly culprits: Readonly<Record<SilencedClass, readonly (readonly [source: number, target: number])[]>>
  readonly dependsOnProcesses: readonly string[]
}

/** Whether a file is the configuration of a SONATA simulation, and not of a circuit. */
export async function isSimulationFile(file: string): Promise<boolean> {
  if ((await sniff(file).catch(() => 'other')) !== 'json') return false
  return readJsonFile(file).then(isSimulation, () => false)
}

/**
 * Compare the connections that a simulation leaves without effect with a mask, in one edge population.
 *
 * @param file `simulation_config.json`
 * @param mask a mask or adjacency (SciPy .npz, dense .npy of bool) of all nodes or with its ids beside it, or a list of
 *   pairs (.npy, .csv) with `idBase`
 * @throws InputError if one of them cannot be used; if the circuit has several edge populations and none is named
 * @example
 * const { verdict } = await diffSilenced('simulation_config.json', 'conns_removed_adjmat.npz')
 */
export async function diffSilenced(
  file: string,
  mask: string,
  options: SilencedDiffOptions = {},
): Promise<SilencedDiff> {
  requirePath(file, 'file')
  requirePath(mask, 'mask')
  requireArguments(options)
  const opened = await openSimulation(file, { oneProcess: options.oneProcess })
  try {
    await refusePartialOverrides(opened.simulation, opened.nodes)
    const edges = await opened.circuit.edgePopulation(options.population)
    const infos = await opened.circuit.edgePopulations()
    const info = infos.find(({ population }) => population === edges.population)
    if (info === undefined) throw new InputError('no such edge population', { file, field: edges.population })
    const pathway = await pathwayOf(opened, info)
    const { asked, filesRead } = await readAsked(mask, edges, options)
    const judge = new Judge(asked, options.keep ?? 10)
    const counts = await countEffects(edges, pathway, options, () => {
      judge.begin()
      return (source, target, effect) =>
        judge.see(
          source,
          target,
          isUncertain(effect) ? undefined : isSilenced(effect),
          effect === 'not simulated',
        )
    })
    judge.close()
    await refuseChanged([...opened.reads.list(), ...opened.circuit.filesRead(), ...filesRead])
    stopIfAborted(options)
    const { asked_with_effect, asked_absent, not_asked, cannot_tell } = judge.counts
    const different = asked_with_effect + asked_absent + not_asked > 0
    return {
      simulation: file,
      mask,
      population: edges.population,
      source: edges.sourcePopulation,
      target: edges.targetPopulation,
      verdict: different ? 'different' : cannot_tell > 0 ? 'cannot tell' : 'equal',
      connections: counts.connections,
      asked: asked.target.length,
      silenced: counts.silenced,
      asAsked: judge.asAsked,
      askedNotSimulated: judge.askedNotSimulated,
      counts: judge.counts,
      culprits: judge.culprits,
      dependsOnProcesses: pathway.dependsOnProcesses,
    }
  } finally {
    opened.close()
  }
}

/** Distinct, ascending by (target, source). */
interface Asked {
  readonly source: Uint32Array
  readonly target: Uint32Array
}

async function readAsked(
  mask: string,
  { sourceCount, targetCount }: EdgeSource,
  options: SilencedDiffOptions,
): Promise<{ readonly asked: Asked; readonly filesRead: Parameters<typeof refuseChanged>[0] & object }> {
  const opened = await openEdges(mask, { idBase: options.idBase, pairs: options.pairs })
  try {
    if (opened.circuit !== undefined)
      throw new InputError('expected a mask or a list of connections, found a circuit', { file: mask })
    const { edges } = opened
    const fits = (own: number, nodes: number): boolean => own === MAX_NODES || own === nodes
    if (!fits(edges.sourceCount, sourceCount) || !fits(edges.targetCount, targetCount))
      throw new InputError(
        `mask is ${edges.sourceCount} x ${edges.targetCount}, but there are ${sourceCount} x ${targetCount} nodes`,
        {
          file: mask,
          field: 'shape',
          hint: 'Put the ids of its rows and columns beside it, as select does.',
        },
      )
    const asked = await passRows(
      { ...edges, sourceCount, targetCount },
      () => {
        const [source, target] = [new Uint32Array(edges.edgeCount), new Uint32Array(edges.edgeCount)]
        let length = 0
        return {
          rows(sources, targets) {
            for (let k = 0; k < sources.length; k++) {
              const [from, to] = [sources[k] ?? 0, targets[k] ?? 0]
              if (length > 0 && source[length - 1] === from && target[length - 1] === to) continue
              source[length] = from
              target[length++] = to
            }
          },
          close: () => ({ source: source.subarray(0, length), target: target.subarray(0, length) }),
        }
      },
      { memory: options.memory, folder: options.folder, signal: options.signal },
    )
    return { asked, filesRead: opened.filesRead() }
  } finally {
    await opened.close()
  }
}

/** Merges the connections of the circuit with those that are asked for; both ascend. */
class Judge {
  readonly #asked: Asked
  readonly #keep: number
  #at = 0
  asAsked = 0
  askedNotSimulated = 0
  counts: Record<SilencedClass, number> = none(() => 0)
  culprits: Record<SilencedClass, (readonly [number, number])[]> = none(() => [])

  constructor(asked: Asked, keep: number) {
    this.#asked = asked
    this.#keep = keep
  }

  begin(): void {
    this.#at = 0
    this.asAsked = 0
    this.askedNotSimulated = 0
    this.counts = none(() => 0)
    this.culprits = none(() => [])
  }

  /** @param silenced undefined where it cannot be told */
  see(source: number, target: number, silenced: boolean | undefined, notSimulated: boolean): void {
    const asked = this.#takeUpTo(source, target)
    if (silenced === undefined) this.#add('cannot_tell', source, target)
    else if (asked && notSimulated) this.askedNotSimulated++
    else if (asked && silenced) this.asAsked++
    else if (asked) this.#add('asked_with_effect', source, target)
    else if (silenced) this.#add('not_asked', source, target)
  }

  close(): void {
    this.#takeUpTo(MAX_NODES, MAX_NODES)
  }

  /** Whether the connection is asked for; what comes before it and was not seen is no connection. */
  #takeUpTo(source: number, target: number): boolean {
    const { source: sources, target: targets } = this.#asked
    for (; this.#at < targets.length; this.#at++) {
      const [from, to] = [sources[this.#at] ?? 0, targets[this.#at] ?? 0]
      if (to > target || (to === target && from > source)) return false
      if (to === target && from === source) {
        this.#at++
        return true
      }
      this.#add('asked_absent', from, to)
    }
    return false
  }

  #add(kind: SilencedClass, source: number, target: number): void {
    this.counts[kind]++
    if (this.culprits[kind].length < this.#keep) this.culprits[kind].push([source, target])
  }
}

const none = <T>(make: () => T): Record<SilencedClass, T> => ({
  asked_with_effect: make(),
  asked_absent: make(),
  not_asked: make(),
  cannot_tell: make(),
})
