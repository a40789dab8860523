/** Phases of a real verification of connections, next to what its bytes cost at least. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Circuit } from '../connectome/circuit.ts'
import { type EdgeSource, ID_BYTES } from '../connectome/edges.ts'
import { statPath } from '../formats/stat-path.ts'
import { observeKernels } from '../kernels/load.ts'
import { openCircuit } from '../open-circuit.ts'
import { type VerifyOptions, verify } from '../verify.ts'
import { spread } from './spread.ts'
import { type Phase, Stopwatch } from './stopwatch.ts'

/**
 * Milliseconds. `open`: populations, selections and masks, before the first row; `judge`: from what was found to the
 * proof, after the last.
 */
export type Round = Readonly<Record<Phase | 'open' | 'judge' | 'wall', number>>

export interface CircuitBench {
  readonly rows: number
  /** Of id columns, as stored. */
  readonly bytes: number
  readonly rounds: number
  /** Of the fastest round: what else runs on the machine is in it least. */
  readonly milliseconds: Round
  /** To read as many bytes of the same files and do nothing with them. */
  readonly floor: number
  /** Sum of the phases over the wall time. */
  readonly share: number
  readonly verdict: string
  /** Milliseconds of every round. */
  readonly raw: readonly Round[]
}

/** Compared in one thread, at level connections. Circuits that are given by path are opened first. */
export async function benchCircuit(question: VerifyOptions, rounds: number): Promise<CircuitBench> {
  const edges = await question.original.edgePopulation(question.population)
  const nodesFrom = { circuit: question.original, edges }
  const manipulated = await Promise.all(
    question.manipulated.map(one => (typeof one === 'string' ? openCircuit(one, { nodesFrom }) : one)),
  )
  const raw: Round[] = []
  const floors: number[] = []
  let verdict = ''
  let files: EdgeSource[] = []
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const watch = new Stopwatch()
    const opened = new Opening(watch)
    observeKernels(watch.observe)
    const started = performance.now()
    const [proof] = await verify({
      ...question,
      original: opened.circuit(question.original),
      manipulated: manipulated.map(one => opened.circuit(one)),
      level: 'connections',
      jobs: 1,
    }).finally(() => observeKernels(undefined))
    const ended = performance.now()
    verdict = proof?.verdict ?? ''
    files = [...opened.edges]
    if (round === 0) continue
    const { at = started, counted = 0 } = watch.firstRead ?? {}
    const judge = ended - Math.max(watch.lastAt, started)
    raw.push({ ...watch.milliseconds, open: at - started - counted, judge, wall: ended - started })
    floors.push(floorOf(files))
  }
  for (const [k, circuit] of manipulated.entries())
    if (typeof question.manipulated[k] === 'string') circuit.close()
  const [milliseconds] = raw.toSorted((a, b) => a.wall - b.wall)
  if (milliseconds === undefined) throw new RangeError('no rounds')
  const { wall, ...phases } = milliseconds
  const sum = Object.values(phases).reduce((all, one) => all + one, 0)
  return {
    rows: files.reduce((all, edges) => all + edges.edgeCount, 0),
    bytes: files.reduce((all, edges) => all + idBytes(edges), 0),
    rounds,
    milliseconds,
    floor: spread(floors).min,
    share: sum / wall,
    verdict,
    raw,
  }
}

const idBytes = ({ edgeCount, source, target }: EdgeSource): number =>
  edgeCount * (ID_BYTES[source.type] + ID_BYTES[target.type])

/** Circuits whose edges are timed. */
class Opening {
  readonly edges = new Set<EdgeSource>()
  readonly #watch: Stopwatch

  constructor(watch: Stopwatch) {
    this.#watch = watch
  }

  circuit(circuit: Circuit): Circuit {
    return {
      name: circuit.name,
      file: circuit.file,
      edgePopulation: async name => this.#timed(await circuit.edgePopulation(name)),
      namedBy: circuit.namedBy,
      edgePopulations: () => circuit.edgePopulations(),
      select: (population, expression, options) => circuit.select(population, expression, options),
      close: () => {},
    }
  }

  #timed(edges: EdgeSource): EdgeSource {
    const timed = {
      ...edges,
      source: this.#watch.column(edges.source),
      target: this.#watch.column(edges.target),
    }
    this.edges.add(timed)
    return timed
  }
}

const WINDOW = 512 * 1024

/** Milliseconds to read as many bytes as the id columns have, or all of a file that is smaller (compressed). */
function floorOf(files: readonly EdgeSource[]): number {
  const window = new Uint8Array(WINDOW)
  const started = performance.now()
  for (const edges of files) {
    if (!statPath(edges.file)?.isFile()) continue
    const file = openSync(edges.file, 'r')
    for (let left = idBytes(edges), at = 0; left > 0; ) {
      const got = readSync(file, window, 0, Math.min(WINDOW, left), at)
      if (got === 0) break
      left -= got
      at += got
    }
    closeSync(file)
  }
  return performance.now() - started
}
