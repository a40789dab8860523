/** Arguments of a call by their names in the file. */
import type { OperationCall } from './operations.ts'
import type { ManipConfig } from './parse.ts'

/** Paths that the operation opens; as argument name and path in the file. */
export function filesOf(call: OperationCall): readonly (readonly [name: string, file: string])[] {
  const files: (readonly [string, string | undefined])[] = []
  if (call.source === 'conn_removal') files.push(['conn_mask_file', call.connMaskFile])
  if (call.source === 'conn_extraction') files.push(['node_sets_file', call.nodeSetsFile])
  if (call.source === 'conn_rewiring' || call.source === 'conn_wiring') {
    for (const file of call.posMapFile ?? []) files.push(['pos_map_file', file])
    for (const [name, spec] of [
      ['prob_model_spec', call.probModel],
      ['delay_model_spec', call.delayModel],
      ['nsynconn_model_spec', call.nsynconnModel],
      ...(call.source === 'conn_rewiring'
        ? ([
            ['props_model_spec', call.propsModel],
            ['syn_pos_model_spec', call.synPosModel],
          ] as const)
        : []),
    ] as const)
      if (spec !== undefined && 'file' in spec) files.push([name, spec.file])
  }
  return files.flatMap(([name, file]) => (file === undefined ? [] : [[name, file] as const]))
}

/** Where an argument stands: inside `kwargs` or `model_config`, or flat. */
export const argumentPath = (call: OperationCall, name: string, config: ManipConfig): string => {
  if (config.generation !== 'B') return `${call.path}.kwargs.${name}`
  return name.endsWith('_spec') ? `${call.path}.model_config.${name}` : `${call.path}.${name}`
}
