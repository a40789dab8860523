/** Node selections as they are written on the command line, resolved on one node population. */
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { SelectOptions } from '../connectome/circuit.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError, nearestName } from '../errors.ts'
import { selectByAttribute } from './attribute-term.ts'
import type { NodeSetSource } from './circuit-parts.ts'
import { ID_FILE_EXTENSIONS, readIdList } from './id-file.ts'
import { allIds, intersectIds } from './id-sets.ts'
import type { Nodes } from './nodes.ts'

export interface SelectionContext extends SelectOptions {
  readonly nodes: Nodes
  /** Node sets (or targets) of the circuit. */
  readonly nodeSets: NodeSetSource | undefined
}

/** Names listed in hints. */
const LISTED = 12

/**
 * Resolve a node selection:
 * - `undefined`: all nodes;
 * - the name of a node set (wins over everything else that is spelt the same);
 * - a file of ids (see {@link readIdList}): the only form that may keep an order;
 * - `attribute=value`, `attribute=value,value`: the values are compared as text, so that `layer=4` finds
 *   integers, text and @library values;
 * - several sets and `attribute=value` joined by `&`: nodes that fulfil all.
 *
 * @throws InputError naming the term: unknown set, attribute or value (with the nearest or the known ones),
 *   unusable file, or (unless `mayBeEmpty`) nothing selected.
 */
export async function resolveSelection(
  expression: string | undefined,
  context: SelectionContext,
): Promise<NodeSelection> {
  const { nodes } = context
  const common = { population: nodes.name, populationSize: nodes.size, expression: expression ?? 'all nodes' }
  const { ids, listOrder } =
    expression === undefined ? { ids: allIds(nodes.size) } : await resolve(expression.trim(), context)
  if (ids.length === 0 && context.mayBeEmpty !== true)
    throw new InputError(`"${common.expression}" selects no node of population "${nodes.name}"`, {
      file: nodes.file,
      field: common.expression,
      hint: nodes.size === 0 ? 'The population has no nodes.' : undefined,
    })
  return listOrder === undefined ? { ...common, ids } : { ...common, ids, listOrder }
}

interface Ids {
  readonly ids: Uint32Array
  readonly listOrder?: Uint32Array | undefined
}

async function resolve(expression: string, context: SelectionContext): Promise<Ids> {
  const { nodes, nodeSets, idBase } = context
  if (nodeSets?.has(expression)) return { ids: await nodeSets.evaluate(expression, nodes) }
  if (await isFile(expression)) return readIdList(expression, nodes.size, idBase)
  let ids: Uint32Array | undefined
  for (const term of expression.split('&')) {
    const matching = await resolveTerm(term.trim(), expression, context)
    ids = ids === undefined ? matching : intersectIds(ids, matching)
  }
  return { ids: ids ?? new Uint32Array(0) }
}

async function resolveTerm(
  term: string,
  expression: string,
  context: SelectionContext,
): Promise<Uint32Array> {
  const { nodes, nodeSets } = context
  if (term === '')
    throw new InputError(
      expression === '' ? 'an empty node selection' : `a term is missing in "${expression}"`,
      {
        field: expression,
        hint: FORMS,
      },
    )
  if (nodeSets?.has(term)) return nodeSets.evaluate(term, nodes)
  const equals = term.indexOf('=')
  if (equals > 0) return selectByAttribute(term.slice(0, equals).trim(), term.slice(equals + 1).trim(), nodes)
  throw await unknownTerm(term, expression, context)
}

const FORMS =
  'A node selection is a node set, attribute=value, several of these joined by "&", or a file of ids.'

async function unknownTerm(term: string, expression: string, context: SelectionContext): Promise<InputError> {
  if (term !== expression && (await isFile(term)))
    return new InputError(`a file of ids cannot be combined with other terms: "${expression}"`, {
      file: term,
    })
  if (ID_FILE_EXTENSIONS.includes(extname(term).toLowerCase()) || /[\\/]/.test(term))
    return new InputError('no such file of ids', { file: term, hint: FORMS })
  const { names = [], what = 'node set', problem } = context.nodeSets ?? {}
  // It may be one of those that cannot be read.
  if (names.length === 0 && problem !== undefined) return problem
  const nearest = nearestName(term, names)
  const known =
    context.nodeSets === undefined
      ? 'The circuit has no node sets.'
      : `${what[0]?.toUpperCase()}${what.slice(1)}s: ${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? `, ... (${names.length})` : ''}.`
  return new InputError(`no ${what} "${term}"`, {
    file: context.nodeSets?.file ?? context.nodes.file,
    field: term,
    hint: nearest === undefined ? `${known} ${FORMS}` : `Did you mean "${nearest}"?`,
  })
}

async function isFile(path: string): Promise<boolean> {
  try {
    return path !== '' && !path.includes('\0') && (await stat(path)).isFile()
  } catch {
    return false
  }
}
