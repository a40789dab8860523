/** All invariants of a sequence of operations, in one walk over the targets of both populations. */
import type { EdgeSource } from '../../connectome/edges.ts'
import type { Operation, Rewiring, Wiring } from '../../connectome/operations.ts'
import { InputError } from '../../errors.ts'
import { targetBlocks } from '../synapses/blocks.ts'
import { pairColumns } from '../synapses/columns.ts'
import type { SynapseFinding, SynapseOptions } from '../synapses/expectation.ts'
import { AlterationJudge, type Pair } from './alterations.ts'
import { type ContractFinding, Findings } from './codes.ts'
import { knownValues } from './known-values.ts'
import { RemovalJudge } from './removals.ts'
import { ModelledJudge } from './rewiring.ts'
import { LogJudge, type SplitLog } from './rewiring-log.ts'
import { alignRows, connectionsOf, type Property, type TargetRows, targetsOf } from './target-rows.ts'
import { isOfTypes, TypeJudge } from './types.ts'

export interface Invariants {
  readonly findings: readonly ContractFinding[]
  /** Of the columns, where they do not go together, and of edge types. */
  readonly columns: readonly SynapseFinding[]
  /** Sentences: what nothing determines, with its number. */
  readonly notChecked: readonly string[]
}

export interface InvariantOptions extends SynapseOptions {
  readonly splits: number
  /** Of conn_rewiring, for each split. */
  readonly logs?: readonly (SplitLog | undefined)[] | undefined
  /** Edges are compared one by one with what was predicted: types of edges and columns are told there. */
  readonly predicted?: boolean | undefined
}

interface Judge {
  see(rows: TargetRows): void
  end(): void
}

/**
 * Check what must hold of any result of these operations, without knowing which one it is: no prediction.
 *
 * @throws InputError if a population cannot be read, or for a sequence around a modelled operation
 */
export async function checkInvariants(
  original: EdgeSource,
  manipulated: EdgeSource,
  operations: readonly Operation[],
  options: InvariantOptions,
): Promise<Invariants> {
  const { pairs, ...layout } = await pairColumns(original, manipulated, { order: { kind: 'any' } })
  const properties = pairs
    .filter(pair => !isOfTypes(pair))
    .map(({ name, type, bytes, texts }): Property => ({ name, type, bytes, text: texts !== undefined }))
  const findings = new Findings(options.keep ?? 10)
  const modelled = modelledOf(operations, original)
  const judge =
    modelled === undefined
      ? rowsJudge(operations, properties, original, options, findings)
      : await modelledJudge(modelled, properties, original, options, findings)
  const types = new TypeJudge(options.predicted === true ? [] : pairs, options.keep ?? 10)
  for await (const block of targetBlocks(original, manipulated, options))
    for (const rows of targetsOf(block)) {
      judge.see(rows)
      types.see(rows)
    }
  judge.end()
  types.end()
  const columns = [...layout.findings, ...types.findings()]
  return {
    findings: findings.all(),
    columns: columns.filter(finding => !(modelled?.operation.kind === 'conn_wiring' && isDroppable(finding))),
    notChecked: [...layout.notChecked, ...(judge.notChecked?.() ?? []), ...types.notChecked()],
  }
}

interface Modelled {
  readonly operation: Rewiring | Wiring
  readonly place: number
}

function modelledOf(operations: readonly Operation[], original: EdgeSource): Modelled | undefined {
  const place = operations.findIndex(({ kind }) => kind === 'conn_rewiring' || kind === 'conn_wiring')
  const operation = operations[place]
  if (operation?.kind !== 'conn_rewiring' && operation?.kind !== 'conn_wiring') return undefined
  const others = operations.filter((one, k) => k !== place && one.kind !== 'null_manipulation')
  if (others.length > 0)
    throw new InputError(`${operation.kind} together with ${others[0]?.kind} cannot be checked`, {
      file: original.file,
      hint: 'run the functions one by one, and verify each result against the one before',
    })
  if (operation.kind === 'conn_rewiring' && operation.estimation)
    throw new InputError('an estimation run makes no connectome', { file: original.file })
  return { operation, place }
}

type Told = Judge & { notChecked?: () => string[] }

function rowsJudge(
  operations: readonly Operation[],
  properties: readonly Property[],
  { targetCount }: EdgeSource,
  { splits }: InvariantOptions,
  findings: Findings,
): Told {
  const removals = new RemovalJudge(operations, targetCount, splits, findings)
  const alterations = new AlterationJudge(operations, properties, targetCount, splits, findings)
  const firm = properties.filter(property => !alterations.loose.includes(property))
  return {
    see(rows) {
      for (const connection of connectionsOf(rows)) {
        removals.see(connection)
        const { before, after, source, target } = connection
        const matched = alignRows(connection, firm)
        const found: Pair[] = []
        const strange: number[] = []
        for (const [k, old] of matched.entries()) {
          const place = after.places[k] ?? 0
          if (old >= 0) found.push([old, place])
          else strange.push(place)
        }
        // More rows than there were are told as that.
        const excess =
          before.places.length === 0
            ? strange.length
            : Math.max(0, after.places.length - before.places.length)
        for (const place of strange.slice(0, Math.max(0, strange.length - excess)))
          findings.add('kept.changed', { source, target, manipulatedEdge: after.rows.edge[place] })
        alterations.see(connection, found)
      }
    },
    end() {
      removals.end()
      alterations.end()
    },
  }
}

async function modelledJudge(
  { operation, place }: Modelled,
  properties: readonly Property[],
  original: EdgeSource,
  { splits, logs }: InvariantOptions,
  findings: Findings,
): Promise<Told> {
  const samples = operation.kind === 'conn_rewiring' && operation.method === 'sample'
  const judge = new ModelledJudge({
    operation,
    place,
    properties,
    targets: original.targetCount,
    splits,
    samePopulation: original.sourcePopulation === original.targetPopulation,
    known: samples ? await knownValues(original) : new Map(),
    findings,
  })
  const log = logs && new LogJudge(logs, properties, original.targetCount, findings, place)
  return {
    see(rows) {
      judge.see(rows)
      log?.see(rows)
    },
    end() {
      judge.end()
      log?.end()
    },
    notChecked() {
      const { redrawnDelays, newRows, equalRows } = judge.undetermined
      return [
        ...(redrawnDelays > 0
          ? [`delay of ${redrawnDelays} rewired synapses beyond its bounds (redrawn from a model)`]
          : []),
        ...(newRows > 0
          ? [`${newRows} new synapses beyond the bounds of their values (made by a model)`]
          : []),
        ...(equalRows > 0
          ? [
              `whether ${equalRows} rows that are bit by bit another one were copied (a model may draw equal rows)`,
            ]
          : []),
        ...(log === undefined && operation.kind === 'conn_rewiring'
          ? ['which connections were drawn (no RewiringIndices logs of the run)']
          : []),
        ...(operation.kind === 'conn_wiring' ? ['which connections were added (drawn from a model)'] : []),
      ]
    },
  }
}

/** Columns that conn_wiring keeps; source: connectome-manipulator.md 2.9. */
const WIRED = [
  'afferent_section_id',
  'afferent_section_pos',
  'afferent_section_type',
  'afferent_center_x',
  'afferent_center_y',
  'afferent_center_z',
  'syn_type_id',
  'edge_type_id',
  'delay',
]

const isDroppable = ({ code, property }: SynapseFinding): boolean =>
  code === 'property.missing' && property !== undefined && !WIRED.includes(property)
