/** Files of morphologies, on which conn_wiring places synapses, and conn_rewiring with syn_pos_mode random. */
import { readdir } from 'node:fs/promises'
import { share, splitBounds } from '../../connectome/operations.ts'
import type { SonataCircuit } from '../../sonata/circuit.ts'
import { readConfigValues } from '../../sonata/config-values.ts'
import type { Nodes } from '../../sonata/nodes.ts'
import { argumentPath } from './arguments.ts'
import type { Findings } from './diagnostics.ts'
import type { CallOf } from './operations.ts'
import type { ManipConfig } from './parse.ts'

/** As bluepysnap names them in `alternate_morphologies`; swc files are those of `morphologies_dir`. */
const ALTERNATES: Readonly<Record<string, string>> = { asc: 'neurolucida-asc', h5: 'h5v1' }
/** Names that are looked for. */
const MOST_NAMES = 2 ** 20

/** More targets of a split are drawn than have a morphology. */
function surelyDrawn(
  { amountPct }: CallOf<'conn_wiring' | 'conn_rewiring'>,
  { splits }: ManipConfig,
  nodes: number,
  missing: Uint32Array,
  targets: Uint32Array | undefined,
): boolean {
  const without = new Set(missing)
  const all = targets ?? Uint32Array.from({ length: nodes }, (_, id) => id)
  return splitBounds(nodes, splits).some(([from, to]) => {
    const inside = all.filter(id => id >= from && id < to)
    return share(amountPct, inside.length) > inside.filter(id => !without.has(id)).length
  })
}

/** `targets`: nodes that may be wired; `undefined` where the selection is not known. */
export async function checkMorphologies(
  call: CallOf<'conn_wiring' | 'conn_rewiring'>,
  { circuit, nodes, targets }: { circuit: SonataCircuit; nodes: Nodes; targets: Uint32Array | undefined },
  config: ManipConfig,
  findings: Findings,
): Promise<void> {
  const path = argumentPath(call, 'morph_ext', config)
  const stops = (what: string, hint?: string): void =>
    findings.error('wiring.morphology', path, `${what}: ${call.source} stops`, hint)
  const attributes = await nodes.attributeNames()
  if (!attributes.includes('morphology')) return // said with the other attributes
  const extension = call.morphExt
  const alternate = ALTERNATES[extension]
  if (extension !== 'swc' && alternate === undefined) {
    stops(`no morphologies of type "${extension}"`, 'morph_ext is one of swc, asc, h5.')
    return
  }
  const key = extension === 'swc' ? 'morphologies_dir' : `alternate_morphologies/${alternate}`
  const values = await readConfigValues(circuit.config.file, () => [])
  const value = values.get(`nodes/${nodes.name}/${key}`) ?? values.get(`components/${key}`)
  if (value === undefined) {
    stops(
      `the circuit names no ${key} for "${nodes.name}"`,
      extension === 'swc' ? 'Give morph_ext h5 or asc where the circuit has those.' : undefined,
    )
    return
  }
  const folder = value.path ?? String(value.value)
  const files = await readdir(folder).catch(() => undefined)
  if (files === undefined) {
    stops(`no folder of morphologies ${folder}`, 'A container of morphologies (one .h5 file) will not do.')
    return
  }
  const there = new Set(files)
  const column = await nodes.attribute('morphology')
  const missing = new Set(
    (await column.distinct(MOST_NAMES)).filter(name => !there.has(`${name}.${extension}`)),
  )
  if (missing.size === 0) return
  const concerned = await column.matchText(name => missing.has(name))
  const wanted = targets === undefined ? undefined : new Set(targets)
  const count = concerned.filter(id => wanted === undefined || wanted.has(id)).length
  if (count === 0) return
  const [first] = missing
  const what = `${folder} has no file for the morphology of ${count} target ${count === 1 ? 'node' : 'nodes'}, such as ${first}.${extension}`
  if (surelyDrawn(call, config, nodes.size, concerned, targets)) stops(what)
  else findings.warning('wiring.morphology', path, `${what}: ${call.source} stops if one of them is drawn`)
}
