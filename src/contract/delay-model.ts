/** LinDelayModel of connectome-manipulator, inline or in a file of its own: what delays it can draw. */
import { resolve } from 'node:path'
import type { DelayModel } from '../connectome/operations.ts'
import { isJsonObject, readJsonFile } from '../formats/json.ts'
import { numberOf, type PythonJson } from '../formats/python-json.ts'
import type { Nodes } from '../sonata/nodes.ts'

const DEFAULTS = { delay_mean_coeff_a: 0.75, delay_mean_coeff_b: 0.003, delay_std: 0.5, delay_min: 0.2 }

/**
 * Undefined for models of other kinds. `spec` undefined: the one that conn_wiring takes then.
 *
 * @throws InputError if the file cannot be read
 */
export async function readDelayModel(
  spec: Readonly<Record<string, PythonJson>> | undefined,
  nodes: Nodes,
): Promise<DelayModel | undefined> {
  const given = spec ?? { model: 'LinDelayModel' }
  const model = typeof given.file === 'string' ? await readModel(resolve(given.file)) : given
  if (model?.model !== 'LinDelayModel') return undefined
  const value = (name: keyof typeof DEFAULTS): number | undefined =>
    model[name] === undefined ? DEFAULTS[name] : numberOf(model[name])
  const [a, b] = [value('delay_mean_coeff_a'), value('delay_mean_coeff_b')]
  const [std, min] = [value('delay_std'), value('delay_min')]
  if (a === undefined || b === undefined || std === undefined || min === undefined) return undefined
  return { a, b, std, min, positions: await positionsOf(nodes) }
}

async function readModel(file: string): Promise<Readonly<Record<string, PythonJson>> | undefined> {
  const json = await readJsonFile(file)
  return isJsonObject(json) ? json : undefined
}

/** x, y and z of all nodes, in um; undefined where the population has none. */
async function positionsOf(nodes: Nodes): Promise<Float64Array[] | undefined> {
  const names = await nodes.attributeNames()
  const positions: Float64Array[] = []
  for (const axis of ['x', 'y', 'z']) {
    if (!names.includes(axis)) return undefined
    const column = await nodes.attribute(axis)
    if (column.kind !== 'float' && column.kind !== 'integer') return undefined
    const values = new Float64Array(nodes.size)
    let next = 0
    await column.matchNumbers(value => {
      values[next++] = value
      return false
    })
    if (next !== nodes.size) return undefined
    positions.push(values)
  }
  return positions
}
