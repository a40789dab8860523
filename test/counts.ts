/**
 * How much of it a test makes. `CONNPROOF_TESTS` is `fast` (also where it is not set: `npm test`, `.ci/run`) or
 * `nightly` (`npm run test:nightly`, where a test makes as many cases as were made of it when it was written).
 */
const NIGHTLY = process.env.CONNPROOF_TESTS === 'nightly'

/**
 * Cases of a test: few enough for every run, and as many as are made at night.
 *
 * @example
 * await fc.assert(property, { numRuns: runs(200, 1500) })
 */
export const runs = (fast: number, nightly: number): number => (NIGHTLY ? nightly : fast)

/**
 * Likewise for fast-check, always the same ones where they are few: for tests that also want to have met every kind
 * of outcome, which few random cases may not.
 */
export const seeded = (fast: number, nightly: number): { numRuns: number; seed?: number } =>
  NIGHTLY ? { numRuns: nightly } : { numRuns: fast, seed: 1 }

/** Every `step`-th of a list, beginning with a place that depends on nothing; all of it at night. */
export const some = <T>(list: readonly T[], step: number): T[] =>
  list.filter((_, k) => NIGHTLY || k % step === 0)
