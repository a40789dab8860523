/** Traps in the arguments of one function. */
import { extname } from 'node:path'
import { argumentPath } from './arguments.ts'
import type { Findings } from './diagnostics.ts'
import { checkGenerator } from './generators.ts'
import { checkModels } from './model-rules.ts'
import type { CallOf, OperationCall } from './operations.ts'
import type { ManipConfig } from './parse.ts'
import { checkRewiring, checkWiring } from './rewiring-rules.ts'

export function checkCall(call: OperationCall, config: ManipConfig, findings: Findings): void {
  checkModels(call, config, findings)
  switch (call.source) {
    case 'conn_removal':
      checkRemoval(call, config, findings)
      break
    case 'conn_extraction':
      if (call.targetName === undefined)
        findings.error(
          'key.missing',
          argumentPath(call, 'target_name', config),
          'without "target_name" nothing is kept: an empty connectome, which cannot be converted',
        )
      break
    case 'syn_removal':
      if (call.rescaleGsyn)
        findings.note(
          'environment',
          argumentPath(call, 'rescale_gsyn', config),
          '1.0.4 stops here with NumPy 2.4 and later, and where a split is left without selected synapses',
          'Run it with NumPy 2.3.',
        )
      break
    case 'syn_prop_alteration':
      checkAlteration(call, config, findings)
      break
    case 'conn_rewiring':
      checkRewiring(call, config, findings)
      break
    case 'conn_wiring':
      checkWiring(call, findings)
      break
    default:
  }
}

function checkRemoval(call: CallOf<'conn_removal'>, config: ManipConfig, findings: Findings): void {
  const { connMaskFile, minSynPerConn, maxSynPerConn } = call
  if (connMaskFile !== undefined && extname(connMaskFile).toLowerCase() !== '.npz')
    findings.error(
      'mask.format',
      argumentPath(call, 'conn_mask_file', config),
      `the package takes .npz files only, found ${connMaskFile}`,
    )
  if (minSynPerConn !== undefined && maxSynPerConn !== undefined && minSynPerConn > maxSynPerConn)
    findings.warning(
      'key.conflict',
      argumentPath(call, 'min_syn_per_conn', config),
      `no connection has at least ${minSynPerConn} and at most ${maxSynPerConn} synapses: nothing is removed`,
    )
}

function checkAlteration(call: CallOf<'syn_prop_alteration'>, config: ManipConfig, findings: Findings): void {
  const { newValue } = call
  const how = argumentPath(call, 'new_value', config)
  if ('rng' in newValue) checkGenerator(newValue, how, findings)
  if ('range' in newValue && newValue.range !== undefined && newValue.range[0] > newValue.range[1])
    findings.error(
      'key.range',
      `${how}.range`,
      `the range [${newValue.range.join(', ')}] is upside down: ${newValue.range[1]} is taken for every value`,
      'Write [lowest, highest].',
    )
  if (['@source_node', '@target_node'].includes(call.synProp))
    findings.error('key.value', argumentPath(call, 'syn_prop', config), 'node ids cannot be altered')
  if (call.synProp === 'edge_type_id')
    findings.error(
      'key.value',
      argumentPath(call, 'syn_prop', config),
      'edge_type_id is no property: the package stops, and sets every edge_type_id to 0',
      'Write the types of the edges into a property of group 0, or alter the column after the run.',
    )
  if (call.newValue.mode === 'shuffle' && config.splits > 1)
    findings.error(
      'splits.shuffle',
      argumentPath(call, 'new_value', config),
      `mode shuffle stops with ${config.splits} splits`,
      'Set N_split_nodes to 1.',
    )
  for (const [property, values] of Object.entries(call.synFilter))
    if (values.some(value => typeof value === 'number' && Math.fround(value) !== value))
      findings.warning(
        'filter.float',
        `${argumentPath(call, 'syn_filter', config)}.${property}`,
        'decimal fractions match nothing where the property is stored in single precision',
      )
}
