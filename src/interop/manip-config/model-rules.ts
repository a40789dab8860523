/** Model specifications that are written out in a configuration: what `init_model` of the package makes of them. */
import { nearestName } from '../../errors.ts'
import { isPythonObject, numberOf, type PythonJson } from '../../formats/python-json.ts'
import { argumentPath } from './arguments.ts'
import { describeValue, type Findings } from './diagnostics.ts'
import type { ModelSpec } from './key-types.ts'
import { boundsOf, type Default, HANDED, MODELS, type Model, modelOf } from './models.ts'
import type { CallOf, OperationCall } from './operations.ts'
import type { ManipConfig } from './parse.ts'

type Inline = Extract<ModelSpec, { readonly model: string }>
type WithModels = CallOf<'conn_rewiring' | 'conn_wiring'>

/** Specifications of a call, by their names in the file. */
export function specsOf(call: WithModels): readonly (readonly [name: string, spec: ModelSpec | undefined])[] {
  const { probModel, delayModel, nsynconnModel } = call
  const both = [
    ['prob_model_spec', probModel],
    ['delay_model_spec', delayModel],
    ['nsynconn_model_spec', nsynconnModel],
  ] as const
  if (call.source === 'conn_wiring') return both
  return [...both, ['props_model_spec', call.propsModel], ['syn_pos_model_spec', call.synPosModel]]
}

export function checkModels(call: OperationCall, config: ManipConfig, findings: Findings): void {
  if (call.source !== 'conn_rewiring' && call.source !== 'conn_wiring') return
  for (const [name, spec] of specsOf(call))
    if (spec !== undefined && 'model' in spec) {
      const path = argumentPath(call, name, config)
      checkInline(spec, { key: name, path, findings, config })
      if (name === 'prob_model_spec') checkNever(call, spec, path, findings)
    }
}

function checkInline({ model: name, parameters }: Inline, place: Place): void {
  const { key, path, findings } = place
  const model = modelOf(name)
  if (model === undefined) {
    const nearest = nearestName(name, Object.keys(MODELS))
    findings.error(
      'model.unknown',
      `${path}.model`,
      `${key}: no model "${name}": the package stops (AttributeError)`,
      nearest === undefined ? `Models: ${Object.keys(MODELS).join(', ')}.` : `Did you mean "${nearest}"?`,
    )
    return
  }
  if (model.tables.length > 0) {
    findings.error(
      'model.table',
      `${path}.model`,
      `${key}: ${name} has its data in a table (${model.tables.join(', ')}), which cannot be written out here: the package stops`,
      'Save the model with the package, and give {"file": "MODEL.json"} with its .h5 file beside it.',
    )
    return
  }
  const missed = model.inputs.filter(input => !(HANDED[key] ?? model.inputs).includes(input as never))
  if (missed.length > 0)
    findings.error(
      'model.role',
      `${path}.model`,
      `${key}: ${name} wants ${missed.join(' and ')}, which the operation does not hand to it: the package stops (KeyError)`,
    )
  checkParameters(name, model, parameters, place)
}

/** A probability of 0 for every pair. */
function checkNever(call: WithModels, { model, parameters }: Inline, path: string, findings: Findings): void {
  const [factor] = FACTORS.filter(({ models }) => models.includes(model))
  if (factor === undefined || call.source !== 'conn_rewiring' || !call.keepIndegree || call.amountPct === 0)
    return
  const value = parameters[factor.name]
  if (
    value === undefined
      ? call.pScale !== 0 && modelOf(model)?.parameters[factor.name] !== 0
      : numberOf(value) !== 0 && call.pScale !== 0
  )
    return
  findings.error(
    'model.parameter',
    path,
    'prob_model_spec: no connection has a chance, and keep_indegree wants as many as before: the package stops',
    'Give the probability that is meant.',
  )
}

/** What the whole probability is a multiple of. */
const FACTORS: readonly { readonly name: string; readonly models: readonly string[] }[] = [
  { name: 'p_conn', models: ['ConnProb1stOrderModel'] },
  { name: 'scale', models: ['ConnProb2ndOrderExpModel'] },
  { name: 'coeff_a', models: ['ConnProbModel'] },
]

interface Place {
  readonly key: string
  readonly path: string
  readonly findings: Findings
  readonly config: ManipConfig
}

/** Handed over by the operation itself. */
const BY_PATHWAY = ['src_type_map', 'tgt_type_map', 'pathway_specs']

function checkParameters(
  name: string,
  model: Model,
  given: Readonly<Record<string, PythonJson>>,
  place: Place,
): void {
  const { key, path, findings, config } = place
  const old = config.generation !== 'B' && given.delay_mean_coefs !== undefined
  const known = Object.keys(model.parameters)
  const missing = known.filter(parameter => given[parameter] === undefined)
  for (const parameter of Object.keys(given)) {
    if (known.includes(parameter) || parameter.startsWith('__') || BY_PATHWAY.includes(parameter)) continue
    if (parameter === 'delay_mean_coefs' && name === 'LinDelayModel') renamedCoefficients(old, path, findings)
    else unknownParameter(parameter, name, model, missing, place)
  }
  for (const parameter of known) {
    const value = given[parameter]
    if (value !== undefined) checkValue(value, parameter, model.parameters[parameter], place)
  }
  const needed = missing.filter(parameter => model.parameters[parameter] === undefined)
  if (needed.length > 0)
    findings.error(
      'model.parameter',
      path,
      `${key}: ${name} has no default for ${needed.join(', ')}: the package stops`,
      `Parameters: ${known.join(', ')}.`,
    )
  const defaults = missing.filter(parameter => !needed.includes(parameter))
  if (defaults.length === 0 || needed.length > 0 || old) return
  const taken = defaults.map(parameter => `${parameter} ${show(model.parameters[parameter])}`).join(', ')
  const sentence = `${key}: ${name} takes its defaults: ${taken}`
  // A probability of 0 is hardly meant, and who gives one parameter may think that he gave all.
  const never =
    key === 'prob_model_spec' && defaults.some(each => ['p_conn', 'scale', 'coeff_a'].includes(each))
  if (never)
    findings.warning(
      'model.parameter',
      path,
      `${sentence}: no connection is ever made`,
      `Give ${taken.split(' ')[0]}.`,
    )
  else if (defaults.length < known.length && name !== 'ConnPropsModel' && !isFirstOrder(name, given))
    findings.warning('model.parameter', path, sentence, 'Write out the ones that are meant.')
  else findings.note('model.parameter', path, sentence)
}

/** coeff_b is of the second order only. */
const isFirstOrder = (name: string, given: Readonly<Record<string, PythonJson>>): boolean =>
  name === 'ConnProbModel' && (numberOf(given.order) ?? 1) === 1

const show = (value: Default): string =>
  typeof value === 'object'
    ? '{}'
    : value === undefined
      ? 'nothing'
      : Number.isNaN(value)
        ? 'nan'
        : String(value)

function renamedCoefficients(old: boolean, path: string, findings: Findings): void {
  if (old) {
    findings.note(
      'key.renamed',
      `${path}.delay_mean_coefs`,
      'delay_mean_coefs [a, b] is called delay_mean_coeff_a and delay_mean_coeff_b from 0.0.5 on: config --migrate B writes it so',
    )
    return
  }
  findings.error(
    'key.renamed',
    `${path}.delay_mean_coefs`,
    'delay_mean_coefs [a, b] is called delay_mean_coeff_a and delay_mean_coeff_b from 0.0.5 on, which ignore it but for a line in the log and take 0.75 and 0.003',
    'Write "delay_mean_coeff_a": a, "delay_mean_coeff_b": b (connproof config --migrate B).',
  )
}

function unknownParameter(
  parameter: string,
  name: string,
  model: Model,
  missing: readonly string[],
  { key, path, findings }: Place,
): void {
  // "p" is nearer to nothing than to "p_conn" by letters alone.
  const begun = missing.filter(other => other.startsWith(parameter))
  const nearest =
    nearestName(parameter, missing) ??
    (begun.length === 1 || missing.length === 1 ? (begun[0] ?? missing[0]) : undefined)
  const instead = nearest === undefined ? undefined : model.parameters[nearest]
  const happens = nearest === undefined || instead === undefined ? '' : `, and ${nearest} is ${show(instead)}`
  findings.error(
    'model.parameter',
    `${path}.${parameter}`,
    `${key}: ${name} has no parameter "${parameter}": the package ignores it but for a line in the log${happens}`,
    nearest === undefined
      ? `Parameters: ${Object.keys(model.parameters).join(', ') || 'none'}.`
      : `Did you mean "${nearest}"?`,
  )
}

function checkValue(
  value: PythonJson,
  parameter: string,
  usual: Default,
  { key, path, findings }: Place,
): void {
  const at = `${path}.${parameter}`
  const wrong = (expected: string): void =>
    findings.error(
      'key.type',
      at,
      `${key}: expected ${expected}, found ${describeValue(value)}: the package stops`,
    )
  if (typeof usual === 'boolean') {
    if (typeof value !== 'boolean') wrong('true or false')
    return
  }
  if (parameter === 'src_types' || parameter === 'tgt_types') return
  if (typeof usual === 'object' || parameter === 'prop_stats') {
    if (!isPythonObject(value)) wrong('an object')
    return
  }
  const number = numberOf(value)
  if (number === undefined) {
    wrong('a number')
    return
  }
  const [low, high] = boundsOf(parameter) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const strictly = parameter === 'mean' && number <= 0
  if (parameter === 'bip_coord' && typeof value !== 'number') wrong('an int')
  else if (number < low || number > high || strictly)
    findings.error(
      'key.range',
      at,
      `${key}: ${parameter} ${number} is out of range: the package stops`,
      strictly
        ? 'It must be above 0.'
        : `It must be at least ${low}${Number.isFinite(high) ? ` and at most ${high}` : ''}.`,
    )
}
