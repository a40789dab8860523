/** All invariants of a sequence of operations, in one walk over the targets of both populations. */
import type { EdgeSource } from '../../connectome/edges.ts'
import type { Operation, Rewiring, Wiring } from '../../connectome/operations.ts'
import { InputError } from '../../errors.ts'
import { hasBit } from '../synapses/bits.ts'
import { blocksOf } from '../synapses/blocks.ts'
import { type ColumnPairs, pairColumns } from '../synapses/columns.ts'
import type { EdgeBits, SynapseFinding, SynapseOptions } from '../synapses/expectation.ts'
import { otherReading, typesDiffer } from '../synapses/type-reading.ts'
import { alignRows } from './align-rows.ts'
import { AlterationJudge, type Pair } from './alterations.ts'
import { type Amount, type ContractFinding, Findings } from './codes.ts'
import { knownValues } from './known-values.ts'
import { RemovalJudge } from './removals.ts'
import { ModelledJudge } from './rewiring.ts'
import { LogJudge, type SplitLog } from './rewiring-log.ts'
import { SequenceJudge } from './sequence.ts'
import { connectionsOf, type Property, type TargetRows, targetsOf } from './target-rows.ts'
import { isOfTypes, TypeJudge } from './types.ts'

export interface Invariants {
  readonly findings: readonly ContractFinding[]
  /** Of the columns, where they do not go together, and of edge types. */
  readonly columns: readonly SynapseFinding[]
  /** Sentences: what nothing determines, with its number. */
  readonly notChecked: readonly string[]
  /** Functions were judged together: nothing is said of each of them. */
  readonly asWhole: boolean
  /** Of the functions whose numbers follow from the configuration. */
  readonly amounts: Amounts
}

export interface Amounts {
  readonly removed?: Amount | undefined
  /** By property. */
  readonly altered: ReadonlyMap<string, Amount>
}

export interface InvariantOptions extends SynapseOptions {
  readonly splits: number
  /** Where it is known what the functions before `first` left: the rows of the original that remain. */
  readonly begun?: { readonly first: number; readonly remain: EdgeBits } | undefined
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
 * @throws InputError if a population cannot be read
 */
export async function checkInvariants(
  original: EdgeSource,
  manipulated: EdgeSource,
  operations: readonly Operation[],
  options: InvariantOptions,
): Promise<Invariants> {
  const first = await checkAs(original, manipulated, operations, options, undefined)
  const zeroed = await otherReading(manipulated, first, first.columns)
  if (zeroed === undefined) return first
  const second = await checkAs(original, manipulated, operations, options, zeroed)
  return typesDiffer(second.columns) ? first : second
}

/** `zeroed`: whether all edge types are to be 0, where that is known. */
async function checkAs(
  original: EdgeSource,
  manipulated: EdgeSource,
  operations: readonly Operation[],
  options: InvariantOptions,
  zeroed: boolean | undefined,
): Promise<Invariants & Pick<ColumnPairs, 'zeroed'>> {
  const { pairs, ...layout } = await pairColumns(original, manipulated, { order: { kind: 'any' } }, zeroed)
  const properties = pairs
    .filter(pair => !isOfTypes(pair))
    .map(({ name, type, bytes, texts }): Property => ({ name, type, bytes, text: texts !== undefined }))
  const findings = new Findings(options.keep ?? 10)
  const { first, remain } = options.begun ?? { first: 0, remain: undefined }
  const modelled = modelledOf(operations, first, original)
  const judge =
    modelled === undefined
      ? rowsJudge(operations, properties, original, options, findings)
      : modelled === 'sequence'
        ? sequenceJudge(operations.slice(first), properties, original, options, findings)
        : await modelledJudge(modelled, properties, original, options, findings)
  const types = new TypeJudge(options.predicted === true ? [] : pairs, options.keep ?? 10)
  const { from = 0, to = Number.POSITIVE_INFINITY } = options.targets ?? {}
  const wanted = (target: number): boolean => target >= from && target < to
  for await (const block of blocksOf(original, manipulated, pairs, wanted, options))
    for (const all of targetsOf(block)) {
      const rows = remain === undefined ? all : remaining(all, remain)
      judge.see(rows)
      types.see(rows)
    }
  judge.end()
  types.end()
  const columns = [...layout.findings, ...types.findings()]
  const wires = operations.some(({ kind }) => kind === 'conn_wiring')
  const dropped = wires ? columns.filter(isDroppable) : []
  return {
    findings: findings.all(),
    columns: columns.filter(finding => !dropped.includes(finding)),
    asWhole: modelled === 'sequence',
    zeroed: layout.zeroed,
    amounts: judge.amounts?.() ?? { altered: new Map() },
    notChecked: [
      ...layout.notChecked,
      ...(judge.notChecked?.() ?? []),
      ...types.notChecked(),
      ...droppedSentences(dropped),
    ],
  }
}

interface Modelled {
  readonly operation: Rewiring | Wiring
  readonly place: number
}

/** The operations that are left to judge: the one that follows a model, alone, or a sequence with some. */
function modelledOf(
  operations: readonly Operation[],
  first: number,
  { file }: EdgeSource,
): Modelled | 'sequence' | undefined {
  const left = operations.slice(first).filter(({ kind }) => kind !== 'null_manipulation')
  if (left.some(one => one.kind === 'conn_rewiring' && one.estimation))
    throw new InputError('an estimation run makes no connectome', { file })
  const operation = left.find(({ kind }) => kind === 'conn_rewiring' || kind === 'conn_wiring')
  if (operation?.kind !== 'conn_rewiring' && operation?.kind !== 'conn_wiring') return undefined
  return left.length > 1 ? 'sequence' : { operation, place: operations.indexOf(operation) }
}

type Told = Judge & {
  notChecked?: () => string[]
  amounts?: () => Amounts
}

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
        const matched = alignRows(connection, firm, (old, place) =>
          alterations.cost(connection, [old, place]),
        )
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
    amounts: () => ({ removed: removals.amount(), altered: alterations.amounts() }),
  }
}

/** The rows that functions before have left. */
const remaining = (rows: TargetRows, remain: EdgeBits): TargetRows => {
  const { before } = rows
  const places = before.places.filter(place => hasBit(remain, before.rows.edge[place] ?? 0))
  return { ...rows, before: { ...before, places } }
}

function sequenceJudge(
  operations: readonly Operation[],
  properties: readonly Property[],
  { sourcePopulation, targetPopulation, targetCount: targets }: EdgeSource,
  { splits }: InvariantOptions,
  findings: Findings,
): Told {
  const samePopulation = sourcePopulation === targetPopulation
  const judge = new SequenceJudge({ operations, properties, targets, splits, samePopulation, findings })
  return {
    see: rows => judge.see(rows),
    end: () => judge.end(),
    notChecked: () => judge.notChecked(),
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

const droppedSentences = (dropped: readonly SynapseFinding[]): string[] => {
  const names = dropped.flatMap(({ property }) => property ?? [])
  return names.length === 0
    ? []
    : [`${names.join(', ')} of every edge, which are gone: conn_wiring drops all properties but its own`]
}

const isDroppable = ({ code, property }: SynapseFinding): boolean =>
  code === 'property.missing' && property !== undefined && !WIRED.includes(property)
