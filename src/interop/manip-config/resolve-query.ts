/**
 * `sel_src` and `sel_dest` on a circuit, as connectome-manipulator resolves them (`get_node_ids` of 1.0.4): text is
 * compared with text and numbers with numbers; an unknown value of an enumerated attribute is an error, of another
 * one it selects nothing.
 */
import { InputError, nearestName } from '../../errors.ts'
import type { NodeSetSource } from '../../sonata/circuit-parts.ts'
import { allIds, intersectIds, isAscending, sortedUnique } from '../../sonata/id-sets.ts'
import type { NodeColumn } from '../../sonata/node-columns.ts'
import type { Nodes } from '../../sonata/nodes.ts'
import type { AttributeTest, AttributeValue, NodeQuery } from './node-query.ts'

export interface QueryContext {
  readonly nodes: Nodes
  readonly nodeSets: NodeSetSource | undefined
}

export interface ResolvedQuery {
  /** 0-based, ascending, unique. */
  readonly ids: Uint32Array
  /** Only for lists that are not ascending and unique: the ids as given. Rows of a mask are in this order. */
  readonly listed: Uint32Array | undefined
}

/** May be empty. @throws InputError for what the package stops at: unknown sets, attributes, values, ids. */
export async function resolveNodeQuery(query: NodeQuery, context: QueryContext): Promise<ResolvedQuery> {
  const ascending = (ids: Uint32Array): ResolvedQuery => ({ ids, listed: undefined })
  switch (query.kind) {
    case 'all':
      return ascending(allIds(context.nodes.size))
    case 'snap':
      throw new InputError(
        'a query of bluepysnap, which only versions up to 0.0.4 read and connproof does not',
        {
          field: query.path,
          hint: 'Write a node set and give its name.',
        },
      )
    case 'nothing':
      return ascending(new Uint32Array(0))
    case 'set':
      return ascending(await nodeSet(query.name, context))
    case 'ids':
      return listedIds(query.ids, context.nodes)
    case 'attributes':
      return ascending(await byAttributes(query, context))
  }
}

async function nodeSet(name: string, { nodes, nodeSets }: QueryContext): Promise<Uint32Array> {
  // The package has them read by libsonata, which takes a file whole or not at all.
  if (nodeSets?.problem !== undefined) throw nodeSets.problem
  if (nodeSets?.has(name)) return nodeSets.evaluate(name, nodes)
  const names = nodeSets?.names ?? []
  const nearest = nearestName(name, names)
  const known =
    names.length === 0 ? 'The circuit has no node sets.' : `Node sets: ${names.slice(0, 12).join(', ')}.`
  throw new InputError(`no node set "${name}"`, {
    file: nodeSets?.file ?? nodes.file,
    field: name,
    hint: nearest === undefined ? known : `Did you mean "${nearest}"?`,
  })
}

function listedIds(list: readonly number[], nodes: Nodes): ResolvedQuery {
  const outside = list.find(id => id >= nodes.size)
  if (outside !== undefined)
    throw new InputError(
      `node id ${outside} is not in population "${nodes.name}", which has ids 0 to ${nodes.size - 1}`,
      { file: nodes.file, hint: 'Ids here are SONATA node ids: GID - 1.' },
    )
  const listed = Uint32Array.from(list)
  return isAscending(listed)
    ? { ids: listed, listed: undefined }
    : { ids: sortedUnique(listed.slice()), listed }
}

async function byAttributes(
  query: Extract<NodeQuery, { kind: 'attributes' }>,
  context: QueryContext,
): Promise<Uint32Array> {
  let ids = query.nodeSet === undefined ? undefined : await nodeSet(query.nodeSet, context)
  for (const test of query.tests) {
    const matching = await matchTest(test, await context.nodes.attribute(test.attribute))
    ids = ids === undefined ? matching : intersectIds(ids, matching)
  }
  return ids ?? allIds(context.nodes.size)
}

async function matchTest(test: AttributeTest, column: NodeColumn): Promise<Uint32Array> {
  const texts = new Set(test.values.filter(value => typeof value === 'string'))
  if (column.kind === 'library') {
    await refuseUnknownValues(test, column)
    return column.matchText(text => texts.has(text))
  }
  refuseVague(test, column)
  if (column.kind === 'text') return column.matchText(text => texts.has(text))
  const numbers = new Set(test.values.flatMap(asNumber))
  return column.matchNumbers(number => numbers.has(number))
}

/** True equals 1 in Python. */
const asNumber = (value: AttributeValue): number[] => (typeof value === 'string' ? [] : [Number(value)])

/** What selects one thing or another by the types that NumPy happens to choose is not guessed at. */
function refuseVague({ attribute, values, single }: AttributeTest, column: NodeColumn): void {
  const wanted = column.kind === 'text' ? 'string' : 'number'
  if (!single && values.some(value => (typeof value === 'string' ? 'string' : 'number') !== wanted))
    throw new InputError(
      `${attribute} holds ${column.kind === 'text' ? 'text' : 'numbers'}; a list with other values in it is compared as text by NumPy, or not`,
      { ...column.place, hint: 'Write all values as the attribute has them.' },
    )
  const inexact = values.find(value => typeof value === 'number' && Math.fround(value) !== value)
  if (column.kind === 'float' && inexact !== undefined)
    throw new InputError(
      `${attribute} is compared with ${inexact}, which depends on the precision it is stored in`,
      { ...column.place, hint: 'Write a node set with $gte and $lte and give its name.' },
    )
}

async function refuseUnknownValues(test: AttributeTest, column: NodeColumn): Promise<void> {
  const library = new Set<string>()
  // Sees every value of the library, used or not, and reads no node.
  await column.matchText(value => {
    library.add(value)
    return false
  })
  const unknown = test.values.find(value => typeof value !== 'string' || !library.has(value))
  if (unknown === undefined) return
  const nearest = nearestName(String(unknown), library)
  throw new InputError(
    `${test.attribute} has no value ${JSON.stringify(unknown)}; the package stops at it (ValueError)`,
    {
      ...column.place,
      hint:
        nearest === undefined
          ? `Values: ${[...library].slice(0, 20).join(', ')}.`
          : `Did you mean ${JSON.stringify(nearest)}?`,
    },
  )
}

/** Would select other nodes if text and numbers were mixed up: the attribute's kind, where the types do not fit. */
export async function mismatchedType(
  test: AttributeTest,
  nodes: Nodes,
): Promise<'text' | 'numbers' | undefined> {
  const { kind } = await nodes.attribute(test.attribute)
  const texts = test.values.filter(value => typeof value === 'string').length
  if (kind === 'text' && texts < test.values.length) return 'text'
  return (kind === 'integer' || kind === 'float') && texts > 0 ? 'numbers' : undefined
}
