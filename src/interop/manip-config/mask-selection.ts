/** Before a configuration is written: does its own selection give the nodes that the mask was made for? */
import { InputError } from '../../errors.ts'
import type { SonataCircuit } from '../../sonata/circuit.ts'
import { argumentPath } from './arguments.ts'
import { findEnds } from './circuit-rules.ts'
import { Findings, hasErrors } from './diagnostics.ts'
import type { ManipConfig } from './parse.ts'
import { resolveNodeQuery } from './resolve-query.ts'

/** Nodes that the rows and columns of a mask stand for, in their order; 0-based. */
export interface MaskNodes {
  readonly source: Uint32Array
  readonly target: Uint32Array
}

/**
 * Resolve `sel_src` and `sel_dest` of every function with a mask as the package will, and compare the ids with the
 * mask's one by one: a mask of the right shape for other nodes would remove other connections.
 *
 * @param circuit the one that the configuration names
 * @throws InputError naming the first id that differs, or what of the selection does not resolve
 */
export async function requireMaskNodes(
  config: ManipConfig,
  circuit: SonataCircuit,
  expected: MaskNodes,
): Promise<void> {
  const findings = new Findings({ lineOf: () => 1 })
  const ends = await findEnds(config, circuit, findings)
  const [first] = findings.all.filter(({ severity }) => severity === 'error')
  if (ends === undefined || hasErrors(findings.all))
    throw new InputError(first?.message ?? 'the edge population of the circuit cannot be used', {
      file: config.file,
      field: first?.path,
      hint: first?.hint,
    })
  for (const call of config.functions) {
    if (call.source !== 'conn_removal' || call.connMaskFile === undefined) continue
    for (const [name, query, context, ids] of [
      ['sel_src', call.selSrc, ends.source, expected.source],
      ['sel_dest', call.selDest, ends.target, expected.target],
    ] as const) {
      const resolved = await resolveNodeQuery(query, context)
      requireSame(resolved.listed ?? resolved.ids, ids, {
        file: config.file,
        field: argumentPath(call, name, config),
      })
    }
  }
}

function requireSame(
  selected: Uint32Array,
  expected: Uint32Array,
  place: { readonly file: string; readonly field: string },
): void {
  const length = Math.max(selected.length, expected.length)
  for (let k = 0; k < length; k++) {
    if (selected[k] === expected[k] && k < selected.length && k < expected.length) continue
    const node = (id: number | undefined): string =>
      id === undefined ? 'no node' : `node id ${id} (GID ${id + 1})`
    throw new InputError(
      `selects ${selected.length} nodes, the mask is made for ${expected.length}: number ${k} is ${node(selected[k])} here and ${node(expected[k])} there`,
      { ...place, hint: 'Select the nodes that the mask was made for, in the same order.' },
    )
  }
}
