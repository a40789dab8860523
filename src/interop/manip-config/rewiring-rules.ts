/** What conn_rewiring and conn_wiring assert of their arguments before they start. */
import { extname } from 'node:path'
import { filesOf } from './arguments.ts'
import type { Findings } from './diagnostics.ts'
import type { CallOf } from './operations.ts'
import type { ManipConfig } from './parse.ts'

type Rewiring = CallOf<'conn_rewiring'>

interface Rule {
  readonly at: string
  readonly broken: (call: Rewiring) => boolean
  readonly message: string
}

const keepsAll = (call: Rewiring): boolean => call.keepIndegree && call.reuseConns

/** Of the class that came with 0.0.5; the functions before it knew fewer arguments. */
const RULES: readonly Rule[] = [
  {
    at: 'keep_conns',
    broken: call => call.keepIndegree && call.keepConns,
    message: 'keep_conns stops with keep_indegree (which is on by default): UnboundLocalError',
  },
  {
    at: 'estimation_run',
    broken: call => call.keepIndegree && call.estimationRun,
    message: 'estimation_run needs keep_indegree false',
  },
  {
    at: 'opt_nconn',
    broken: call => call.optNconn && (call.keepIndegree || call.estimationRun),
    message: 'opt_nconn needs keep_indegree false, and no estimation_run',
  },
  {
    at: 'rewire_mode',
    broken: call => call.keepIndegree && call.rewireMode !== undefined,
    message: 'rewire_mode needs keep_indegree false',
  },
  {
    at: 'gen_method',
    broken: call => keepsAll(call) && call.genMethod !== undefined,
    message: 'gen_method must not be given with keep_indegree and reuse_conns (both on by default)',
  },
  {
    at: 'gen_method',
    broken: call => !keepsAll(call) && call.genMethod === undefined,
    message: 'gen_method (sample or randomize) is needed unless keep_indegree and reuse_conns are both on',
  },
  {
    at: 'syn_pos_mode',
    broken: call => keepsAll(call) && !call.synPosMode.startsWith('reuse'),
    message: 'with keep_indegree and reuse_conns the mode must be reuse or reuse_strict',
  },
  {
    at: 'props_model_spec',
    broken: call => (call.genMethod === 'randomize') !== (call.propsModel !== undefined),
    message: 'props_model_spec is needed with gen_method randomize, and refused without',
  },
  {
    at: 'nsynconn_model_spec',
    broken: call => call.genMethod !== 'randomize' && call.nsynconnModel !== undefined,
    message: 'nsynconn_model_spec is refused without gen_method randomize',
  },
  {
    at: 'syn_pos_model_spec',
    broken: call => (call.synPosMode === 'external') !== (call.synPosModel !== undefined),
    message: 'syn_pos_model_spec is needed with syn_pos_mode external, and refused without',
  },
  {
    at: 'prob_model_spec',
    broken: call => call.probModel === undefined,
    message: 'conn_rewiring needs prob_model_spec',
  },
  {
    at: 'delay_model_spec',
    broken: call => call.delayModel === undefined,
    message: 'conn_rewiring needs delay_model_spec',
  },
  { at: 'p_scale', broken: call => call.pScale < 0, message: 'p_scale must not be negative' },
]

/** Model files are JSON; positions may also come as a map of voxels. */
function checkFileTypes(call: Rewiring | CallOf<'conn_wiring'>, findings: Findings): void {
  for (const [name, file] of filesOf(call)) {
    const types = name === 'pos_map_file' ? ['.json', '.nrrd'] : ['.json']
    if (!types.includes(extname(file).toLowerCase()))
      findings.error(
        'key.value',
        `${call.path}.${name}`,
        `expected a ${types.join(' or ')} file, found ${file}`,
      )
  }
}

export function checkRewiring(call: Rewiring, config: ManipConfig, findings: Findings): void {
  checkFileTypes(call, findings)
  if (config.generation === 'B')
    for (const { at, broken, message } of RULES)
      if (broken(call)) findings.error('key.conflict', `${call.path}.${at}`, message)
  if (call.estimationRun)
    findings.warning(
      'key.value',
      `${call.path}.estimation_run`,
      'an estimation run makes no connectome: it writes its figures to the logs, and no edges',
    )
  if (call.genMethod === 'sample' && config.splits > 1)
    findings.warning(
      'splits.sample',
      `${call.path}.gen_method`,
      'gen_method sample draws from synapses of the same split only',
      'Set N_split_nodes to 1 to sample from all.',
    )
  if (config.generation === 'B')
    findings.note(
      'environment',
      call.path,
      '1.0.4 stops with pandas 3 where the property "delay" is stored in single precision',
      'Run it with pandas 2.',
    )
}

export function checkWiring(call: CallOf<'conn_wiring'>, findings: Findings): void {
  checkFileTypes(call, findings)
  findings.warning(
    'wiring.drops',
    call.path,
    'of edges that exist, every property outside the 11 default ones is dropped',
  )
}
