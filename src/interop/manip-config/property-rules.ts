/** Traps that show in the edges: what 1.0.4 cannot read or loses of them, and what an operation needs of them. */
import type { EdgeSource } from '../../connectome/edges.ts'
import type { EdgeTable, PropertyColumn } from '../../connectome/table.ts'
import { nearestName } from '../../errors.ts'
import { openHdf5 } from '../../formats/hdf5/open.ts'
import type { Hdf5File } from '../../formats/hdf5/types.ts'
import { readEdgeLayout } from '../../sonata/edge-layout.ts'
import { TEXT } from '../../sonata/edge-table.ts'
import { argumentPath } from './arguments.ts'
import type { Findings } from './diagnostics.ts'
import { NAN_REMEDY, nanProperties, nanSentence } from './nan-properties.ts'
import type { CallOf, OperationCall } from './operations.ts'
import type { ManipConfig } from './parse.ts'
import { checkOperand } from './property-values.ts'

const AT = 'circuit_config'
const OUTSIDE = '../'

/** @throws InputError if the edges cannot be read at all */
export async function checkEdges(config: ManipConfig, edges: EdgeSource, findings: Findings): Promise<void> {
  const table = await edges.table?.()
  if (table === undefined) return
  if (edges.edgeCount === 0)
    findings.error('circuit.refused', AT, 'there are no edges: the package stops (ValueError)')
  checkLayout(table, config, findings)
  await checkFile(edges, findings)
  await checkTypes(table, findings)
  const { found, unread } = await nanProperties(edges)
  for (const property of found) findings.warning('property.nan', AT, nanSentence(property), NAN_REMEDY)
  if (unread.length > 0)
    findings.note(
      'property.nan',
      AT,
      `not looked at for NaN, as there are too many edges: ${unread.join(', ')}`,
    )
  for (const call of config.functions) await checkCallOnEdges(call, config, table, findings)
}

function checkLayout(table: EdgeTable, config: ManipConfig, findings: Findings): void {
  const stops = (what: string, hint?: string): void =>
    findings.error('circuit.refused', AT, `${what}: the package stops`, hint)
  if (table.traits.includes('ends_unnamed'))
    stops(
      'an id column has no attribute node_population, without which libsonata opens no edges',
      'Write the attribute to source_node_id and target_node_id.',
    )
  if (table.onlyByGuide !== undefined)
    stops(
      `${table.onlyByGuide}: libsonata reads row i of group 0 for edge i`,
      'Write all properties into group 0, one row per edge.',
    )
  for (const { name, reason, holds } of table.unreadable)
    if (!isRead(name) || holds === TEXT || reason.includes('@library')) continue
    else if (holds === undefined) stops(`property ${name}: ${reason}`, TYPES)
    else stops(unread(name, holds), TYPES)
  for (const { name, type, shape, members } of table.columns)
    if (!isRead(name)) continue
    else if (shape !== undefined) stops(unread(name, `${1 + shape.length} dimensions`), TYPES)
    else if (members !== undefined) stops(unread(name, 'an enumeration (h5py writes bool so)'), TYPES)
    else if (type === 'f16') stops(unread(name, 'float16'), TYPES)
  // conn_wiring drops the column where it makes a connection.
  const wired = config.functions.some(({ source }) => source === 'conn_wiring')
  const texts = table.columns.filter(column => column.texts !== undefined).map(({ name }) => name)
  const more = table.unreadable.filter(({ holds }) => holds === TEXT).map(({ name }) => name)
  for (const name of [...texts, ...more].filter(isRead))
    findings[wired ? 'warning' : 'error'](
      'property.refused',
      AT,
      `property ${name} is text: conn_extraction and conn_rewiring stop at it, and after the others the converter refuses the column, so that there are no usable edges`,
      'Take it out of the edges, or write it as integers.',
    )
}

/** A property of an edge for libsonata; `edge_type_id` and what lies beside group 0 is not read. */
const isRead = (name: string): boolean => !name.startsWith(OUTSIDE) && name !== 'edge_type_id'

const unread = (name: string, holds: string): string =>
  `property ${name} holds ${holds}, which libsonata does not read, and the package reads every property`

const TYPES =
  'Write it as little-endian integers of 8 to 64 bits, or as float32 or float64, one value for each edge.'

/** What shows in the file alone: its groups, byte order and index. */
async function checkFile(edges: EdgeSource, findings: Findings): Promise<void> {
  if (edges.file === undefined) return
  const h5 = await openHdf5(edges.file)
  try {
    const stops = (what: string, hint: string): void =>
      findings.error('circuit.refused', AT, `${what}: the package stops`, hint)
    const { groups, index } = await readEdgeLayout(h5, edges.population)
    if (!groups.includes('0'))
      stops(
        'the edges have no group 0, without which libsonata opens none',
        'Make an empty group 0 beside source_node_id.',
      )
    for (const what of await unreadMembers(h5, `/edges/${edges.population}/0`)) stops(what, TYPES)
    const named = index?.group === 'indices' && index.name === 'node_id_to_ranges'
    if (!named || !index.dirs.includes('target_to_source'))
      stops(
        'the edges have no index indices/target_to_source, by which the package reads them',
        'libsonata.EdgePopulation.write_indices writes one.',
      )
  } finally {
    h5.close()
  }
}

const DYNAMICS = 'dynamics_params'

/** Groups and big-endian numbers in a group of properties. */
async function unreadMembers(h5: Hdf5File, group: string): Promise<string[]> {
  const found: string[] = []
  for (const name of (await h5.members(group)) ?? []) {
    if (name === '@library') continue
    const path = `${group}/${name}`
    if ((await h5.members(path)) === undefined) {
      const type = (await h5.dataset(path))?.type
      if (type !== undefined && 'bigEndian' in type) found.push(unread(name, 'big-endian numbers'))
    } else if (name === DYNAMICS) found.push(...(await unreadMembers(h5, path)))
    else found.push(`${path} is a group, which libsonata takes for a property`)
  }
  return found
}

async function checkTypes(table: EdgeTable, findings: Findings): Promise<void> {
  const types = await table.types?.()
  const names = [...(types?.columns.keys() ?? [])]
  if (names.length > 0)
    findings.error(
      'property.types',
      AT,
      `${names.join(', ')} come from ${types?.file ?? 'edge types'}: the package does not read them, sets every edge_type_id to 0 and drops edge_types_file`,
      'Write them into group 0 first, or put edge_type_id and edge_types_file back into the result.',
    )
}

async function checkCallOnEdges(
  call: OperationCall,
  config: ManipConfig,
  table: EdgeTable,
  findings: Findings,
): Promise<void> {
  const columns = new Map(
    table.columns
      .filter(({ name }) => !name.startsWith(OUTSIDE) && name !== 'edge_type_id')
      .map(column => [column.name, column]),
  )
  const needs = (names: readonly string[], path: string): void => {
    const missing = names.filter(
      name => !columns.has(name) && !table.unreadable.some(each => each.name === name),
    )
    if (missing.length > 0)
      findings.error(
        'property.missing',
        path,
        `${call.source} needs ${missing.join(', ')} of the edges, which the circuit does not have: the package stops (KeyError)`,
        `The edges have ${[...columns.keys()].join(', ') || 'no properties'}.`,
      )
  }
  switch (call.source) {
    case 'syn_removal':
      if (call.rescaleGsyn) needs(['conductance'], argumentPath(call, 'rescale_gsyn', config))
      break
    case 'syn_prop_alteration':
      await checkAlteration(call, config, columns, findings)
      break
    case 'conn_rewiring':
      needs(['syn_type_id', 'afferent_center_x', 'afferent_center_y', 'afferent_center_z'], call.path)
      if (!columns.has('delay'))
        findings.warning(
          'property.missing',
          call.path,
          'the edges have no delay: the delays that conn_rewiring draws are not written',
        )
      break
    case 'conn_wiring':
      // Only what it makes itself is written with the columns of its own.
      if (call.probModel === undefined) break
      needs([...DEFAULT_COLUMNS.keys()], call.path)
      // It joins rows of its own types to old ones only where it drops what it does not make.
      if ([...columns.keys()].every(name => DEFAULT_COLUMNS.has(name))) break
      for (const [name, type] of DEFAULT_COLUMNS) {
        const found = columns.get(name)
        if (found !== undefined && (found.type !== type || found.texts !== undefined))
          findings.error(
            'property.value',
            call.path,
            `conn_wiring wants ${name} as ${type}, and the edges have ${found.texts === undefined ? found.type : 'text'}: the package stops where it makes a connection`,
          )
      }
      break
    default:
  }
}

/** Beside ids and type: what conn_wiring leaves of edges that exist. */
const DEFAULT_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['afferent_section_id', 'i64'],
  ['afferent_section_pos', 'f32'],
  ['afferent_section_type', 'i64'],
  ['afferent_center_x', 'f32'],
  ['afferent_center_y', 'f32'],
  ['afferent_center_z', 'f32'],
  ['syn_type_id', 'i64'],
  ['delay', 'f32'],
])

async function checkAlteration(
  call: CallOf<'syn_prop_alteration'>,
  config: ManipConfig,
  columns: ReadonlyMap<string, PropertyColumn>,
  findings: Findings,
): Promise<void> {
  const unknown = (name: string, path: string, what: string): void => {
    if (columns.has(name)) return
    const nearest = nearestName(name, columns.keys())
    findings.error(
      'property.missing',
      path,
      `${what}: the edges have no property "${name}": the package stops`,
      nearest === undefined
        ? `The edges have ${[...columns.keys()].join(', ') || 'no properties'}.`
        : `Did you mean "${nearest}"?`,
    )
  }
  const path = argumentPath(call, 'syn_prop', config)
  // These are said without the circuit.
  if (!['edge_type_id', '@source_node', '@target_node'].includes(call.synProp))
    unknown(call.synProp, path, 'syn_prop')
  for (const [name, values] of Object.entries(call.synFilter)) {
    const at = argumentPath(call, 'syn_filter', config)
    unknown(name, `${at}.${name}`, 'syn_filter')
    const texts = columns.get(name)?.texts !== undefined
    if (columns.has(name) && values.every(value => (typeof value === 'string') !== texts))
      findings.error(
        'property.value',
        `${at}.${name}`,
        `syn_filter: "${name}" holds ${texts ? 'text' : 'numbers'}, so that nothing is altered`,
      )
  }
  const column = columns.get(call.synProp)
  if (column !== undefined)
    await checkOperand(call.newValue, column, argumentPath(call, 'new_value', config), findings)
}
