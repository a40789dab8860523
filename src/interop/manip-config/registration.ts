/**
 * The registration of a manipulated circuit with bbp-workflow: the workflow configuration from a template, and the
 * command line. Source: connectome-manipulator, create_workflow_config; the notebook's last cell.
 */
import { basename, extname } from 'node:path'

export interface Registration {
  /** Folder of the base circuit, as `circuit_path` has it. */
  readonly circuitPath: string
  /** `manip.name`. */
  readonly name: string
  /** Configuration of the manipulated circuit, which is registered. */
  readonly circuitConfig: string
  /** File name of the template; the extension is kept. */
  readonly template: string
  /** `YYYY-MM-DD HH:MM:SS`. */
  readonly date: string
}

export interface WorkflowConfig {
  /** Below the folder of the manipulated circuit. */
  readonly path: string
  readonly text: string
}

/**
 * The template with its variables filled in, byte for byte as the package does it: every occurrence is replaced, also
 * in comments; lines are joined by `\n` without one at the end.
 */
export function workflowConfig(template: string, registration: Registration): WorkflowConfig {
  const { circuitPath, name, circuitConfig, date } = registration
  const file = workflowFile(registration)
  const values: readonly (readonly [string, string])[] = [
    ['$CIRCUIT_NAME', [...circuitPath.split('/').slice(-4), name].join('_')],
    ['$CIRCUIT_DESCRIPTION', `${name} applied to ${circuitPath}`],
    ['$CIRCUIT_TYPE', 'Circuit manipulated by connectome_manipulator'],
    ['$CIRCUIT_CONFIG', circuitConfig],
    ['$DATE', `${date} [generated from template]`],
    ['$FILE_NAME', file],
  ]
  const lines = template.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  const text = lines
    .map(line => values.reduce((filled, [variable, value]) => filled.replaceAll(variable, () => value), line))
    .join('\n')
  return { path: `workflows/${file}`, text }
}

/** `<template>_<name>.cfg`. */
function workflowFile({ template, name }: Pick<Registration, 'template' | 'name'>): string {
  const extension = extname(template)
  return `${basename(template, extension)}_${name}${extension}`
}

/** To be given within the folder of the manipulated circuit. */
export const registrationCommand = (registration: Pick<Registration, 'template' | 'name'>): string =>
  `bbp-workflow launch --follow --config workflows/${workflowFile(registration)} bbp_workflow.circuit.task RegisterDetailedCircuit`
