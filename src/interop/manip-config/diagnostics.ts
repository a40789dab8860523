/** What is wrong with a configuration, as data: a code, a place, a sentence and what to do about it. */
import type { PythonDocument, PythonJson } from '../../formats/python-json.ts'
import { isPythonList, isPythonObject, PythonFloat } from '../../formats/python-json.ts'

/**
 * error: the package refuses the file, or runs something else than it says.
 * warning: it runs, but not as a reader of the file would think.
 * note: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note'

export type DiagnosticCode =
  | 'json.duplicate-key'
  | 'key.missing'
  | 'key.unknown'
  | 'key.type'
  | 'key.range'
  | 'key.value'
  | 'key.renamed'
  | 'key.dead'
  | 'key.conflict'
  | 'generation.half-migrated'
  | 'generation.dual'
  | 'generation.mixed'
  | 'generation.none'
  | 'operation.unknown'
  | 'operation.retired'
  | 'selection.operator'
  | 'selection.empty'
  | 'selection.key'
  | 'selection.node-set'
  | 'selection.order'
  | 'selection.repeats'
  | 'selection.nothing'
  | 'selection.unknown'
  | 'population.ambiguous'
  | 'population.unknown'
  | 'population.ends'
  | 'population.dropped'
  | 'population.no-mtype'
  | 'path.relative'
  | 'path.missing'
  | 'mask.format'
  | 'mask.shape'
  | 'seed.overflow'
  | 'seed.zero'
  | 'splits.shuffle'
  | 'splits.sample'
  | 'splits.rounding'
  | 'splits.empty'
  | 'splits.columns'
  | 'filter.float'
  | 'wiring.drops'
  | 'wiring.morphology'
  | 'model.unknown'
  | 'model.parameter'
  | 'model.table'
  | 'model.role'
  | 'property.missing'
  | 'property.value'
  | 'property.nan'
  | 'property.types'
  | 'property.refused'
  | 'circuit.refused'
  | 'circuit.order'
  | 'circuit.class'
  | 'environment'
  | 'circuit.unread'
  | 'versions.none'
  | 'versions.unreleased'
  | 'versions.outside'

export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  /** `manip.fcts[0].kwargs.amount_pct`; empty for the whole file. */
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly message: string
  readonly hint: string | undefined
}

/** Collects diagnostics while a file is read. */
export class Findings {
  readonly all: Diagnostic[] = []
  readonly #document: Pick<PythonDocument, 'lineOf'>

  constructor(document: Pick<PythonDocument, 'lineOf'>) {
    this.#document = document
  }

  error(code: DiagnosticCode, path: string, message: string, hint?: string): void {
    this.#add('error', code, path, message, hint)
  }

  warning(code: DiagnosticCode, path: string, message: string, hint?: string): void {
    this.#add('warning', code, path, message, hint)
  }

  note(code: DiagnosticCode, path: string, message: string, hint?: string): void {
    this.#add('note', code, path, message, hint)
  }

  #add(severity: Severity, code: DiagnosticCode, path: string, message: string, hint?: string): void {
    this.all.push({ code, severity, path, line: this.#document.lineOf(path), message, hint })
  }
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')

/** What a value is, for messages: `an object`, `the int 3`, `the text "x"`. */
export function describeValue(value: PythonJson | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (isPythonList(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isPythonObject(value)) return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
  if (value instanceof PythonFloat) return `the float ${value.value}`
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 40))}`
  return typeof value === 'boolean' ? String(value) : `the int ${value}`
}
