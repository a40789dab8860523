/** A level that was asked for and not reached: one rule for masks, configurations, campaigns and shards. */
import type { CheckResult, Finding, FindingCode, Level, Trouble } from './proof.ts'
import { LEVELS } from './proof.ts'

/** What became of the level: no trouble and no finding where it was reached. */
export interface Reached {
  /** Why there is no verdict, although what the reached level compares is as asked. */
  readonly trouble?: Trouble | undefined
  /** One instead, where the caller accepts that. */
  readonly findings: readonly Finding[]
}

/**
 * @param asked undefined: as deep as the files allow
 * @param checks of the proof: those that were not made say why
 */
export function reached(
  asked: Level | undefined,
  level: Level,
  checks: readonly CheckResult[],
  allow: readonly FindingCode[],
): Reached {
  if (asked === undefined || LEVELS.indexOf(level) >= LEVELS.indexOf(asked)) return { findings: [] }
  const missing = checks.filter(
    ({ status, level: of }) => status === 'not_checked' && LEVELS.indexOf(of) > LEVELS.indexOf(level),
  )
  const partly = checks.filter(({ except = [] }) => except.length > 0)
  const reasons = [
    ...missing.map(({ id, reason }) => `${id} (${reason ?? 'not checked'})`),
    ...partly.map(({ id, except = [] }) => `${id} for ${except.join(', ')} (cannot be compared)`),
  ]
  const why = reasons.length === 0 ? '' : `: not checked ${reasons.join(', ')}`
  const found = `${level}${why}`
  if (allow.includes('level.lower'))
    return {
      findings: [
        {
          code: 'level.lower',
          check: missing[0]?.id ?? partly[0]?.id ?? 'properties.same',
          severity: 'warning',
          count: Math.max(missing.length + partly.length, 1),
          expected: asked,
          found,
          culprits: [],
        },
      ],
    }
  return {
    findings: [],
    trouble: {
      message: `level ${asked} was asked for, what was proven is level ${found}`,
      field: 'level',
      hint: 'add --allow level.lower if that is enough',
    },
  }
}
