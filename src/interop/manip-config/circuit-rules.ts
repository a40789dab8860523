/** Traps that show only with the circuit: populations, what the selections select, whether the mask fits. */
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { isInputError, nearestName } from '../../errors.ts'
import { isJsonObject, readJsonFile } from '../../formats/json.ts'
import { readSparse } from '../../formats/scipy-sparse.ts'
import type { SonataCircuit } from '../../sonata/circuit.ts'
import { argumentPath, filesOf } from './arguments.ts'
import type { DiagnosticCode, Findings } from './diagnostics.ts'
import { DEFAULT_EDGES, droppedSentences, droppedWith } from './edge-population.ts'
import { checkMorphologies } from './morphology-rules.ts'
import type { CallOf, OperationCall } from './operations.ts'
import type { ManipConfig } from './parse.ts'
import { checkEdges } from './property-rules.ts'
import { mismatchedType, type QueryContext, type ResolvedQuery, resolveNodeQuery } from './resolve-query.ts'
import { checkRewiredRows } from './rewiring-on-circuit.ts'
import { checkSplitRows } from './split-rules.ts'

export interface Ends {
  /** The edge population that is manipulated. */
  readonly edges: string
  readonly source: QueryContext
  readonly target: QueryContext
}

/** `folder`: what relative paths are relative to. */
export async function checkOnCircuit(
  config: ManipConfig,
  circuit: SonataCircuit,
  folder: string,
  findings: Findings,
): Promise<void> {
  const ends = await findEnds(config, circuit, findings)
  if (ends !== undefined && config.synPropsInit !== undefined)
    findings.error('key.conflict', 'manip.syn_props_init', 'the package stops: the circuit has edges already')
  const edges =
    ends &&
    (await circuit.edgePopulation(ends.edges).catch(unlessBug(findings, 'circuit.refused', 'circuit_config')))
  if (edges !== undefined)
    await checkEdges(config, edges, findings).catch(unlessBug(findings, 'circuit.refused', 'circuit_config'))
  for (const call of config.functions) {
    const missing = await checkFiles(call, config, folder, findings)
    if (ends === undefined) continue
    const source = await resolveSide(call, 'sel_src', ends.source, config, findings)
    const target = await resolveSide(call, 'sel_dest', ends.target, config, findings)
    await checkNodeAttributes(call, ends, findings)
    await checkPathways(call, config, ends, findings)
    if (call.source === 'conn_rewiring' && edges !== undefined)
      await checkRewiredRows(
        call,
        { edges, ends, sources: source?.ids, targets: target?.ids },
        config,
        findings,
      ).catch(unlessBug(findings, 'circuit.refused', 'circuit_config'))
    if (placesSynapses(call))
      await checkMorphologies(
        call,
        { circuit, nodes: ends.target.nodes, targets: target?.ids },
        config,
        findings,
      )
    if (edges !== undefined)
      await checkSplitRows(
        call,
        config,
        { edges, ends, selected: { sources: source?.ids, targets: target?.ids } },
        findings,
      ).catch(unlessBug(findings, 'circuit.refused', 'circuit_config'))
    if (call.source === 'conn_extraction' && !missing) await checkTarget(call, ends, config, folder, findings)
    if (call.source === 'conn_removal' && source !== undefined && target !== undefined && !missing)
      await checkMask(call, { source, target, folder }, config, findings)
  }
}

/** The edge population that the package takes, and its nodes. */
export async function findEnds(
  config: ManipConfig,
  circuit: SonataCircuit,
  findings: Findings,
): Promise<Ends | undefined> {
  const infos = await circuit.edgePopulations()
  const names = infos.flatMap(({ population }) => population ?? [])
  const name = chooseEdges(config, names, findings)
  const chosen = infos.find(({ population }) => population === name && population !== undefined)
  if (chosen?.problem !== undefined)
    findings.error('population.unknown', 'circuit_config', chosen.problem.message, chosen.problem.hint)
  if (chosen?.ends === undefined || name === undefined) return undefined
  const dropped = await droppedWith(circuit, name)
  for (const sentence of droppedSentences(name, dropped))
    findings.warning(
      'population.dropped',
      'circuit_config',
      sentence,
      'Give it an entry of its own before the run, or put it back into the result; verify takes --allow population.lost.',
    )
  const { sourcePopulation, targetPopulation } = chosen.ends
  checkNamed('src_node_popul_name', config.sourcePopulation, sourcePopulation, findings)
  checkNamed('tgt_node_popul_name', config.targetPopulation, targetPopulation, findings)
  if (sourcePopulation !== targetPopulation)
    findings.error(
      'population.ends',
      'edges_popul_name',
      `"${name}" is between two populations, "${sourcePopulation}" and "${targetPopulation}", whose ids both start at 0: the package stops`,
    )
  const nodeSets = await circuit.nodeSets()
  const context = async (population: string): Promise<QueryContext | undefined> => {
    const nodes = await circuit
      .nodes(population)
      .catch(unlessBug(findings, 'population.unknown', 'circuit_config'))
    if (nodes === undefined) return undefined
    if (config.generation === 'B' && !(await nodes.attributeNames()).includes('mtype'))
      findings.error(
        'population.no-mtype',
        'circuit_config',
        `population "${population}" has no attribute "mtype", which every operation of the package reads`,
      )
    return { nodes, nodeSets }
  }
  const source = await context(sourcePopulation)
  const target = sourcePopulation === targetPopulation ? source : await context(targetPopulation)
  return source === undefined || target === undefined ? undefined : { edges: name, source, target }
}

function chooseEdges(config: ManipConfig, names: readonly string[], findings: Findings): string | undefined {
  const key = config.generation === 'B' ? 'edges_popul_name' : 'population_name'
  const { edgesPopulation: named } = config
  if (named !== undefined) {
    if (names.includes(named)) return named
    const nearest = nearestName(named, names)
    findings.error(
      'population.unknown',
      key,
      `no edge population "${named}"; there are ${names.join(', ') || 'none'}`,
      nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
    )
    return undefined
  }
  if (names.length <= 1) return names[0]
  const taken = DEFAULT_EDGES.find(name => names.includes(name))
  const message = `${names.length} edge populations (${names.join(', ')}) and none is named`
  if (taken === undefined)
    findings.error('population.ambiguous', key, `${message}: the package stops`, `Add "${key}".`)
  else
    findings.warning('population.ambiguous', key, `${message}: the package takes "${taken}"`, `Add "${key}".`)
  return taken
}

function checkNamed(key: string, named: string | undefined, found: string, findings: Findings): void {
  if (named !== undefined && named !== found)
    findings.error(
      'population.ends',
      key,
      `the edges are those of "${found}", not "${named}": the package stops`,
    )
}

/** On morphologies. */
const placesSynapses = (call: OperationCall): call is CallOf<'conn_wiring' | 'conn_rewiring'> =>
  call.source === 'conn_wiring' || (call.source === 'conn_rewiring' && call.synPosMode === 'random')

/** What models and rows are told by: positions, classes, morphologies. */
async function checkNodeAttributes(call: OperationCall, ends: Ends, findings: Findings): Promise<void> {
  if (call.source !== 'conn_rewiring' && call.source !== 'conn_wiring') return
  const sampled = call.source === 'conn_rewiring' && call.genMethod === 'sample' ? ['layer'] : []
  for (const [side, { nodes }, wanted] of [
    ['source', ends.source, ['synapse_class', 'x', 'y', 'z', ...sampled]],
    ['target', ends.target, ['x', 'y', 'z', ...(placesSynapses(call) ? ['morphology'] : []), ...sampled]],
  ] as const) {
    const names = await nodes.attributeNames()
    const missing = wanted.filter(name => !names.includes(name))
    if (missing.length > 0)
      findings.error(
        'property.missing',
        call.path,
        `${call.source} needs ${missing.join(', ')} of the ${side} nodes, which "${nodes.name}" does not have: the package stops`,
      )
  }
}

/** `model_pathways` is relative to the folder of the configuration; of a single function it splits targets by region. */
async function checkPathways(
  call: OperationCall,
  config: ManipConfig,
  ends: Ends,
  findings: Findings,
): Promise<void> {
  if (call.modelPathways === undefined) return
  const path = `${call.path}.model_pathways`
  const file = resolve(dirname(resolve(config.file)), call.modelPathways)
  if ((await stat(file).catch(() => undefined)) === undefined)
    findings.error('path.missing', path, `no such file: ${file}`, 'It is looked for beside this file.')
  if (config.functions.length > 1) return
  for (const { nodes } of new Set([ends.source, ends.target])) {
    const names = await nodes.attributeNames()
    const missing = ['hemisphere', 'region'].filter(name => !names.includes(name))
    if (missing.length > 0)
      findings.error(
        'property.missing',
        path,
        `model_pathways needs ${missing.join(' and ')} of the nodes, which "${nodes.name}" does not have: the package stops`,
      )
  }
}

/** True where a file that the operation opens is not there. */
async function checkFiles(
  call: OperationCall,
  config: ManipConfig,
  folder: string,
  findings: Findings,
): Promise<boolean> {
  let missing = false
  for (const [name, file] of filesOf(call)) {
    if (await stat(resolve(folder, file)).catch(() => undefined)) continue
    missing = true
    const hint = isAbsolute(file) ? undefined : `Looked for in ${folder}.`
    findings.error('path.missing', argumentPath(call, name, config), `no such file: ${file}`, hint)
  }
  return missing
}

async function resolveSide(
  call: OperationCall,
  name: 'sel_src' | 'sel_dest',
  context: QueryContext,
  config: ManipConfig,
  findings: Findings,
): Promise<ResolvedQuery | undefined> {
  if (!('selSrc' in call)) return undefined
  const query = name === 'sel_src' ? call.selSrc : call.selDest
  const path = argumentPath(call, name, config)
  const resolved = await resolveNodeQuery(query, context).catch(
    unlessBug(findings, 'selection.unknown', path),
  )
  if (resolved === undefined || resolved.ids.length > 0) return resolved
  const mixed =
    query.kind !== 'attributes'
      ? []
      : await Promise.all(
          query.tests.map(async test => [test.attribute, await mismatchedType(test, context.nodes)] as const),
        )
  const [wrong] = mixed.filter(([, kind]) => kind !== undefined)
  const stops = 'connMaskFile' in call && call.connMaskFile !== undefined
  findings.error(
    'selection.nothing',
    path,
    `selects no node${stops ? '; with a mask the package stops (ValueError)' : ', without a message'}`,
    wrong === undefined ? undefined : `"${wrong[0]}" holds ${wrong[1]}: compare it with such values.`,
  )
  return undefined
}

/** Ids of the set in `file`: the package takes `node_id` and nothing else. */
async function checkListedSet(
  file: string,
  name: string,
  at: { readonly target: string; readonly file: string },
  findings: Findings,
): Promise<void> {
  const json = await readJsonFile(file).catch(unlessBug(findings, 'key.value', at.file))
  if (json === undefined) return
  const set = isJsonObject(json) ? json[name] : undefined
  const names = isJsonObject(json) ? Object.keys(json) : []
  const nearest = nearestName(name, names)
  if (set === undefined)
    findings.error(
      'selection.unknown',
      at.target,
      `no node set "${name}" in the circuit, and none in ${file}: the package stops`,
      nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
    )
  else if (!isJsonObject(set) || set.node_id === undefined)
    findings.error(
      'selection.unknown',
      at.target,
      `"${name}" of ${file} has no node_id, and the package resolves no other rule of this file: it stops`,
      'Write its ids as {"node_id": [...]}, or put the set into the node sets of the circuit.',
    )
}

async function checkTarget(
  call: CallOf<'conn_extraction'>,
  ends: Ends,
  config: ManipConfig,
  folder: string,
  findings: Findings,
): Promise<void> {
  const { targetName, nodeSetsFile } = call
  const { nodeSets } = ends.source
  if (targetName === undefined) return
  const at = argumentPath(call, 'target_name', config)
  if (nodeSets?.has(targetName)) {
    await resolveNodeQuery({ kind: 'set', name: targetName }, ends.source).catch(
      unlessBug(findings, 'selection.unknown', at),
    )
    return
  }
  if (nodeSetsFile !== undefined) {
    const places = { target: at, file: argumentPath(call, 'node_sets_file', config) }
    await checkListedSet(resolve(folder, nodeSetsFile), targetName, places, findings)
    return
  }
  const nearest = nearestName(targetName, nodeSets?.names ?? [])
  findings.error(
    'selection.unknown',
    at,
    `no node set "${targetName}" in the circuit, and no node_sets_file`,
    nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
  )
}

async function checkMask(
  call: CallOf<'conn_removal'>,
  { source, target, folder }: { source: ResolvedQuery; target: ResolvedQuery; folder: string },
  config: ManipConfig,
  findings: Findings,
): Promise<void> {
  if (call.connMaskFile === undefined) return
  const path = argumentPath(call, 'conn_mask_file', config)
  const mask = await readSparse(resolve(folder, call.connMaskFile)).catch(
    unlessBug(findings, 'mask.format', path),
  )
  if (mask === undefined) return
  if (mask.format === 'coo')
    findings.error(
      'mask.format',
      path,
      'a coo matrix: the package reads csc and csr only',
      'Save it as csc_matrix.',
    )
  const rows = (source.listed ?? source.ids).length
  const columns = (target.listed ?? target.ids).length
  if (mask.rows !== rows || mask.columns !== columns)
    findings.error(
      'mask.shape',
      path,
      `the mask is ${mask.rows} x ${mask.columns}, the selections have ${rows} x ${columns} nodes: the package stops`,
    )
}

/** What the input did wrong becomes a finding; our own bugs stay exceptions. */
const unlessBug =
  (findings: Findings, code: DiagnosticCode, path: string) =>
  (error: unknown): undefined => {
    if (!isInputError(error)) throw error
    findings.error(code, path, error.message, error.hint)
    return undefined
  }
