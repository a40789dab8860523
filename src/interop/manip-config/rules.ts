/** Traps of a configuration that show without the circuit: reference/connectome-manipulator.md 1.4 to 1.6 and 2. */
import { extname, isAbsolute } from 'node:path'
import { isPythonList, isPythonObject } from '../../formats/python-json.ts'
import { argumentPath, filesOf } from './arguments.ts'
import { checkCall } from './call-rules.ts'
import type { Findings } from './diagnostics.ts'
import type { NodeQuery } from './node-query.ts'
import type { OperationCall } from './operations.ts'
import type { ManipConfig, ParsedManipConfig } from './parse.ts'
import { checkOverridden } from './parse-call.ts'

const MAX_SEED = 2 ** 32 - 1

export function checkRules(
  config: ManipConfig,
  document: ParsedManipConfig['document'],
  findings: Findings,
): void {
  checkSeed(config, findings)
  checkSplits(config, findings)
  checkTopLevel(config, document, findings)
  const { value } = document
  const manip = isPythonObject(value) && isPythonObject(value.manip) ? value.manip : {}
  const entries = config.generation === 'B' && isPythonList(manip.fcts) ? manip.fcts : []
  for (const [k, entry] of entries.entries())
    if (isPythonObject(entry)) checkOverridden(entry, `manip.fcts[${k}]`, findings)
  for (const call of config.functions) {
    for (const [name, file] of filesOf(call)) relative(argumentPath(call, name, config), file, findings)
    checkSelections(call, config, findings)
    checkCall(call, config, findings)
  }
}

/** Draws random numbers: the result depends on seed and splits. */
function isRandom(call: OperationCall): boolean {
  const partly = (percent: number): boolean => percent > 0 && percent < 100
  switch (call.source) {
    case 'null_manipulation':
    case 'conn_extraction':
      return false
    case 'conn_removal':
      return partly(call.amountPct)
    case 'syn_removal':
      return partly(call.amountPct) || call.keepConns
    case 'syn_subsampling':
      return partly(call.keepPct)
    case 'syn_prop_alteration':
      return partly(call.amountPct) || /^(rand|shuffle)/.test(call.newValue.mode)
    default:
      return true
  }
}

function checkSeed({ seed, splits, generation, functions }: ManipConfig, findings: Findings): void {
  const largest = generation === 'A1' ? seed : seed * splits
  if (largest > MAX_SEED) {
    const first = Math.floor(MAX_SEED / seed)
    findings.error(
      'seed.overflow',
      'seed',
      generation === 'A1' || first === 0
        ? `NumPy's seeds end at ${MAX_SEED}, found ${seed}`
        : `split i is seeded with ${seed} * (i + 1); from split ${first} on that is above ${MAX_SEED} and stops`,
      `With ${splits} splits the seed may be ${Math.floor(MAX_SEED / splits)} at most.`,
    )
  }
  if (seed === 0 && splits > 1 && generation !== 'A1' && functions.some(isRandom))
    findings.warning(
      'seed.zero',
      'seed',
      `every one of the ${splits} splits draws the same random numbers: 0 * (i + 1) is 0`,
      'Take another seed, or one split.',
    )
}

function checkSplits({ splits, functions }: ManipConfig, findings: Findings): void {
  if (splits === 1) return
  for (const call of functions) {
    const [name, percent] =
      'amountPct' in call
        ? (['amount_pct', call.amountPct] as const)
        : call.source === 'syn_subsampling'
          ? (['keep_pct', call.keepPct] as const)
          : ([undefined, 0] as const)
    if (name !== undefined && percent > 0 && percent < 100)
      findings.note(
        'splits.rounding',
        `${call.path}.${name}`,
        `${percent} % is rounded to a whole number in each of the ${splits} splits: few candidates a split may give none`,
      )
    if (call.source === 'syn_subsampling')
      findings.note(
        'splits.empty',
        call.path,
        'the package stops at a split whose target nodes have no edges (1.0.4)',
      )
  }
}

function checkTopLevel(
  config: ManipConfig,
  { value }: ParsedManipConfig['document'],
  findings: Findings,
): void {
  const root = isPythonObject(value) ? value : {}
  const { generation } = config
  const dead =
    generation === 'B'
      ? ['output_path', 'blue_config_to_update', 'workflow_template', 'population_name']
      : ['edges_popul_name', 'src_node_popul_name', 'tgt_node_popul_name']
  for (const name of dead)
    if (root[name] !== undefined)
      findings.warning(
        'key.dead',
        name,
        generation === 'B'
          ? `"${name}" is not read since 2023-03-03`
          : `"${name}" is not read by versions up to 0.0.4`,
        DEAD_HINTS[name],
      )
  if (typeof root.N_split_nodes === 'number' && root.N_split_nodes < 1)
    findings.warning('key.range', 'N_split_nodes', `${root.N_split_nodes} splits act as 1`)
  if (generation === 'A1') checkScriptEra(config, findings)
  checkCircuitPaths(config, findings)
}

const DEAD_HINTS: Readonly<Record<string, string>> = {
  output_path: 'The folder is given on the command line: --output-dir.',
  population_name: 'It is called edges_popul_name since 0.0.7.',
  edges_popul_name: 'It was called population_name then.',
}

function checkScriptEra(config: ManipConfig, findings: Findings): void {
  if (config.circuitPath === undefined)
    findings.error('key.missing', 'circuit_path', 'the script (before 2023-02-21) needs "circuit_path"')
  if (extname(config.circuitConfig) !== '.json')
    findings.error('key.value', 'circuit_config', 'the script wants a file that ends in .json')
  for (const [name, path] of [
    ['circuit_config', config.circuitConfig],
    ['blue_config_to_update', config.blueConfig],
  ] as const)
    if (path !== undefined && isAbsolute(path))
      findings.error('key.value', name, `expected a path relative to circuit_path, found ${path}`)
  if (config.workflowTemplate !== undefined && config.blueConfig === undefined)
    findings.warning('key.dead', 'workflow_template', 'only read together with "blue_config_to_update"')
  if (/[\\/]/.test(config.name))
    findings.error('key.value', 'manip.name', 'the name becomes part of file names: no slashes')
}

function checkCircuitPaths(config: ManipConfig, findings: Findings): void {
  const { circuitPath, circuitConfig, outputPath, generation } = config
  if (circuitPath === undefined) relative('circuit_config', circuitConfig, findings)
  else relative('circuit_path', circuitPath, findings)
  if (generation === 'A1' && outputPath !== undefined) relative('output_path', outputPath, findings)
  if (generation === 'A1' && config.workflowTemplate !== undefined && !isAbsolute(config.workflowTemplate))
    findings.note(
      'path.relative',
      'workflow_template',
      'relative to the folder the job is started in; a missing file is only logged',
    )
}

function relative(path: string, value: string, findings: Findings): void {
  if (isAbsolute(value)) return
  findings.warning(
    'path.relative',
    path,
    `"${value}" is relative to the folder the process is started in, not to this file`,
    'Write an absolute path.',
  )
}

function checkSelections(call: OperationCall, config: ManipConfig, findings: Findings): void {
  if (!('selSrc' in call)) return
  const masked = call.source === 'conn_removal' && call.connMaskFile !== undefined
  for (const [name, query] of [
    ['sel_src', call.selSrc],
    ['sel_dest', call.selDest],
  ] as const)
    checkSelection(query, argumentPath(call, name, config), masked, findings)
}

function checkSelection(query: NodeQuery, path: string, masked: boolean, findings: Findings): void {
  if (query.kind === 'attributes' && query.nodeSet !== undefined && query.tests.length === 0)
    findings.note(
      'selection.node-set',
      path,
      'a node set as the only key stops 1.0.0 to 1.0.2 with NumPy 2.1 and later',
      `Write "${query.nodeSet}" without the object.`,
    )
  if (query.kind === 'snap')
    findings.note('selection.key', path, 'a query of bluepysnap; versions from 0.0.5 on do not know it')
  if (query.kind === 'ids') checkList(query.ids, path, masked, findings)
}

function checkList(ids: readonly number[], path: string, masked: boolean, findings: Findings): void {
  const repeats = ids.length - new Set(ids).size
  if (repeats > 0) {
    const message = `${repeats} of ${ids.length} node ids are repeats`
    if (masked)
      findings.error(
        'selection.repeats',
        path,
        `${message}: with a mask they add up in the package's table and other connections are meant`,
        'List every id once.',
      )
    else findings.note('selection.repeats', path, `${message}, which changes nothing without a mask`)
  }
  if (masked && ids.some((id, k) => k > 0 && id < (ids[k - 1] ?? 0)))
    findings.warning(
      'selection.order',
      path,
      'the ids are not ascending: rows of the mask are read in the order of this list, not ascending as documented',
      'List them in ascending order, and make the mask in that order.',
    )
}
