/** What `select` does: the list, held against the circuit, drawn from, written. */
import { basename, join, resolve } from 'node:path'
import { isCampaignFile } from '../campaign/recognise.ts'
import type { Circuit, FileRead } from '../connectome/circuit.ts'
import { type EdgeSource, MAX_NODES } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import type { WrittenFile } from '../formats/file-set.ts'
import { FilesRead } from '../formats/files-read.ts'
import { refuseChanged } from '../identify.ts'
import { readPairList } from '../inputs/pair-list.ts'
import { MASK_FILE, RECORD_FILE, REMOVAL_FILES } from '../interop/removal-files.ts'
import { openEdges } from '../open-edges.ts'
import { jsonLines } from '../report/json.ts'
import {
  fileRecord,
  leftOutSentence,
  lintSentence,
  refusalOf,
  selectionLines,
  selectionRecord,
} from '../report/selection.ts'
import {
  heldTo,
  type ListSource,
  type PreparedList,
  prepareList,
  type SelectCircuit,
  selectFrom,
  writeSelection,
} from '../select.ts'
import type { Amount } from '../selection/amount.ts'
import type { SelectionMode } from '../selection/draw.ts'
import { effectiveSeed } from '../selection/seed.ts'
import { readIdList } from '../sonata/id-file.ts'
import { AS_ASKED } from './exit-codes.ts'
import { refuseOverwriting, refuseRead } from './overwriting.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { formOf } from './record-flags.ts'
import { resourcesFor } from './resources.ts'
import { amountOf, type SelectFlags } from './select.ts'

/** Returns the exit code; throws InputError where nothing is written. */
export async function runSelect(
  list: string | undefined,
  flags: SelectFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const { terminal } = session
  if (list !== undefined && (await isCampaignFile(list))) {
    const { runCampaignSelect } = await import('./campaign-select-run.ts')
    return runCampaignSelect(list, flags, session)
  }
  const asked = parseAsked(list, flags)
  const index = Number(/^\d+$/.exec(basename(resolve(asked.output)))?.[0] ?? 0)
  const seed = seedOf(asked.seed, index, flags)
  const outputs = [...REMOVAL_FILES, RECORD_FILE].map(name => ({
    path: join(asked.output, name),
    field: '--output',
  }))
  refuseOverwriting(outputs, [
    list,
    flags.circuit,
    flags.nodes,
    flags.source,
    flags.target,
    flags.pre,
    flags.post,
  ])
  const reads = new FilesRead()
  if (list !== undefined) reads.note(list)
  const opened = flags.circuit === undefined ? undefined : await openSelected(flags.circuit, flags)
  try {
    const prepared = heldTo(await prepare(list, opened, asked.mode, flags, session), asked.amount)
    for (const finding of prepared.findings.filter(({ severity }) => severity !== 'error'))
      terminal.err(`connproof: ${finding.severity}: ${lintSentence(finding)}\n`)
    const left = leftOutSentence(prepared)
    if (left !== undefined) terminal.err(`connproof: ${left}\n`)
    const refusal = refusalOf(prepared)
    if (refusal !== undefined) throw refusal
    const read = [...reads.list(), ...(opened?.filesRead() ?? [])]
    await refuseChanged(read)
    refuseRead(
      outputs,
      read.map(({ file }) => file),
    )
    const selection = selectFrom(prepared, { amount: asked.amount, seed, generator: flags.generator })
    const record = selectionRecord(selection)
    const files = await writeSelection(asked.output, selection, {
      force: flags.force,
      dryRun: flags.dryRun,
      record: `${JSON.stringify(record, undefined, 2)}\n`,
    })
    if (flags.json)
      terminal.out(
        jsonLines(
          [{ ...record, dry_run: flags.dryRun === true, files: files.map(fileRecord) }],
          formOf(flags),
        ),
      )
    else {
      const mask = join(asked.output, MASK_FILE)
      const lines = selectionLines(selection, { index, mask })
      terminal.out([...lines, ...fileLines(files, flags.dryRun === true)].map(line => `${line}\n`).join(''))
    }
    return AS_ASKED
  } finally {
    await opened?.close()
  }
}

interface Asked {
  readonly mode: SelectionMode
  readonly amount: Amount
  readonly seed: number
  readonly output: string
}

/** @throws InputError naming the flag that is missing, or that does not go with another */
function parseAsked(list: string | undefined, flags: SelectFlags): Asked {
  const { mode, seed, output } = flags
  const amount = amountOf(flags)
  if (mode === undefined)
    throw missing('--mode', 'reciprocal for pairs that lose one direction, directed else')
  if (amount === undefined) throw missing('--count, --fraction or --all', 'give exactly one of them')
  if (seed === undefined) throw missing('--seed', 'the same seed draws the same connections')
  if (output === undefined) throw missing('--output', 'the folder to write to')
  const between = flags.pre !== undefined || flags.post !== undefined
  const sources = [list, flags.from, between || undefined].filter(given => given !== undefined)
  if (sources.length !== 1) throw missing('LIST, --from or --pre and --post', 'give exactly one of them')
  if (between && (flags.pre === undefined || flags.post === undefined))
    throw missing('--pre and --post', 'the connections between two sets need both')
  if (list === undefined && flags.circuit === undefined)
    throw missing('--circuit', 'connections are listed from a circuit')
  if (flags.circuit === undefined && (flags.nodes ?? flags.source ?? flags.target) !== undefined)
    throw missing('--circuit', 'nodes are selected in a circuit')
  return { mode, amount, seed, output }
}

const missing = (field: string, why: string): InputError => new InputError(`missing: ${why}`, { field })

function seedOf(seed: number, index: number, { seedMode, simSeed }: SelectFlags): number {
  try {
    return effectiveSeed(seed, seedMode, { index, simulationSeed: simSeed })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(error.message, {
      field: simSeed === undefined ? '--sim-seed' : '--seed',
      cause: error,
    })
  }
}

async function prepare(
  list: string | undefined,
  opened: Opened | undefined,
  mode: SelectionMode,
  flags: SelectFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<PreparedList> {
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'reading',
  })
  return prepareList(await listOf(list, opened, flags), {
    mode,
    circuit: opened?.circuit,
    allow: flags.allow,
    show: flags.show,
    memory: resourcesFor(flags).memory,
    signal,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.clear())
}

async function listOf(
  list: string | undefined,
  opened: Opened | undefined,
  flags: SelectFlags,
): Promise<ListSource> {
  if (list !== undefined) return readPairList(list, { idBase: flags.idBase, pairs: flags.pairs })
  if (flags.from !== undefined || opened === undefined) return { from: 'reciprocal' }
  const source = await opened.select('source', flags.pre)
  return { from: 'connections', source, target: await opened.select('target', flags.post) }
}

interface Opened {
  readonly circuit: SelectCircuit
  select(side: 'source' | 'target', expression: string | undefined): Promise<NodeSelection>
  filesRead(): readonly FileRead[]
  close(): Promise<void>
}

async function openSelected(path: string, flags: SelectFlags): Promise<Opened> {
  const file = await openEdges(path, { population: flags.population, idBase: flags.idBase })
  try {
    const { edges, circuit } = file
    const select: Opened['select'] = (side, expression) =>
      selectNodes(edges, circuit, side, expression, flags.idBase)
    const source = await select('source', flags.source ?? flags.nodes)
    const target = await select('target', flags.target ?? flags.nodes)
    return {
      circuit: { edges, source, target },
      select,
      filesRead: file.filesRead,
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** A shape costs nothing to claim, but its nodes take memory: as many are always believed, and so many per connection. */
const BELIEVED_NODES = 2 ** 24
const NODES_PER_EDGE = 64

/** Of an adjacency matrix, whose nodes have numbers and nothing else: all, or a file of ids. */
async function selectNodes(
  edges: EdgeSource,
  circuit: Circuit | undefined,
  side: 'source' | 'target',
  expression: string | undefined,
  idBase: 0 | 1 | undefined,
): Promise<NodeSelection> {
  const [population, count] =
    side === 'source'
      ? [edges.sourcePopulation, edges.sourceCount]
      : [edges.targetPopulation, edges.targetCount]
  if (circuit !== undefined) return circuit.select(population, expression, { idBase })
  if (count === MAX_NODES)
    throw new InputError('does not say how many nodes there are', {
      file: edges.file,
      field: '--circuit',
      hint: 'give a circuit or an adjacency matrix (.npz)',
    })
  if (count > Math.max(BELIEVED_NODES, NODES_PER_EDGE * edges.edgeCount))
    throw new InputError(`${count} nodes are not plausible with ${edges.edgeCount} connections`, {
      file: edges.file,
      hint: 'The file is damaged.',
    })
  const common = { population, populationSize: count, expression: expression ?? 'all nodes' }
  if (expression === undefined) return { ...common, ids: new Uint32Array(count).map((_, id) => id) }
  return { ...common, ids: (await readIdList(expression, count, idBase)).ids }
}

function fileLines(files: readonly WrittenFile[], dryRun: boolean): string[] {
  const changed = files.filter(({ change }) => change !== 'unchanged')
  if (changed.length === 0) return [`All ${files.length} files are as they were.`]
  const verb = { written: 'write', removed: 'remove', unchanged: 'leave' }
  if (dryRun) return changed.map(({ path, change }) => `Would ${verb[change]} ${path}`)
  const written = changed.filter(({ change }) => change === 'written').length
  const removed = changed.length - written
  const of = removed === 0 ? '' : `, ${removed} of an earlier selection removed`
  return [`${written} files written${of}.`]
}
