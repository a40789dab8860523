/** Real runs, ready to be examined: copied to where their paths say, opened, and what their config determines. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { type Determined, determine } from '../../src/contract/examine.ts'
import { planOf } from '../../src/contract/plan.ts'
import { readManipConfig } from '../../src/interop/manip-config/parse.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import type { SonataCircuit } from '../../src/sonata/circuit.ts'
import type { RealRun } from '../e2e/real-runs.ts'
import { facingEdges } from '../populations.ts'
import { SHARED } from '../shared.ts'

export interface CopiedRun {
  original: string
  config: string
  /** `--splits` of the command, where it had one. */
  splits: number | undefined
  folder: string
  /** What can be verified: the converted circuit and the folder before conversion, as far as they are there. */
  results: string[]
}

/** Copy a run below `folder`, tokens of its paths replaced. */
export function copyRun(run: RealRun, folder: string): CopiedRun {
  const circuit = join(SHARED, 'data', 'circuits', run.circuit)
  const copy = join(folder, run.name)
  mkdirSync(copy, { recursive: true })
  cpSync(run.folder, copy, { recursive: true })
  const place = (text: string): string => text.replaceAll('@CIRCUIT@', circuit).replaceAll('@RUN@', copy)
  for (const file of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.json') || file === 'expected.json') continue
    writeFileSync(join(copy, file), place(readFileSync(join(copy, file), 'utf8')))
  }
  const { command } = JSON.parse(readFileSync(join(run.folder, 'expected.json'), 'utf8')) as {
    command?: string
  }
  const splits = /--splits (\d+)/.exec(command ?? '')?.[1]
  return {
    original: place(run.expected.input.circuit_config),
    config: join(copy, 'manip_config.json'),
    splits: splits === undefined ? undefined : Number(splits),
    folder: copy,
    results: [
      ...(existsSync(join(copy, 'edges.h5')) ? [join(copy, 'circuit_config.json')] : []),
      ...(existsSync(join(copy, 'parquet')) ? [join(copy, 'parquet')] : []),
    ],
  }
}

export interface OpenRun {
  edges: EdgeSource
  result: EdgeSource
  determined: Determined
  close: () => void
}

/** Open original and converted result. */
export async function openRun(copied: CopiedRun): Promise<OpenRun> {
  const circuit = await openCircuit(copied.original)
  const edges = await circuit.edgePopulation()
  const config = await readManipConfig(copied.config)
  const plan = await planOf(config, { circuit, ...edges }, copied.splits)
  const manipulated: SonataCircuit = await openCircuit(join(copied.folder, 'circuit_config.json'))
  const result = await facingEdges(edges, manipulated)
  return {
    edges,
    result,
    determined: await determine(edges, plan),
    close: () => {
      circuit.close()
      manipulated.close()
    },
  }
}
