/**
 * Which versions of connectome-manipulator a configuration is for. Time runs over the commits of the package's
 * history, because its development versions were what people ran for two years; releases are points on it.
 */

/** `YYYY-MM-DD` of a commit; compared as text. */
export type Day = string

/** Half open; `until` absent: still so in the newest known version. */
export interface Window {
  readonly from: Day
  readonly until?: Day
}

export interface Release {
  readonly name: string
  readonly day: Day
}

/** Releases, oldest first. 0.0.2 to 0.0.4 followed 0.0.1 within a week. */
export const RELEASES: readonly Release[] = [
  { name: '0.0.1', day: '2023-03-22' },
  { name: '0.0.4', day: '2023-03-28' },
  { name: '0.0.5', day: '2023-07-25' },
  { name: '0.0.7', day: '2023-08-29' },
  { name: '0.0.10', day: '2024-05-07' },
  { name: '1.0.0', day: '2024-07-11' },
  { name: '1.0.2', day: '2024-11-05' },
  { name: '1.0.3', day: '2025-01-28' },
  { name: '1.0.4', day: '2025-10-17' },
]

/** What changed when, by the commit that did it. */
export const DAYS = {
  first: '2021-08-11',
  extraction: '2022-01-24',
  populationName: '2022-02-07',
  mask: '2023-01-12',
  commandLine: '2023-02-21',
  noBlueConfig: '2023-03-03',
  classes: '2023-03-29',
  modelSpecs: '2023-04-06',
  flatKeys: '2023-06-06',
  edgesPopulation: '2023-08-29',
  rewireMode: '2023-10-13',
  reusePositions: '2023-10-30',
  positionModes: '2024-01-22',
  synapseClasses: '2024-02-28',
  nodePopulations: '2024-05-01',
  offset: '2024-05-13',
  reuseStrict: '2024-05-31',
} as const

/** Version file of the package at each of these commits, and the commit. */
const COMMITS: Readonly<Record<Day, string>> = {
  '2021-08-11': '0.0.1.dev0, 87faa38',
  '2022-01-24': '0.0.1.dev0, fe98219',
  '2022-02-07': '0.0.1.dev0, 141ce7f',
  '2023-01-12': '0.0.1.dev0, 82b818c',
  '2023-02-21': '0.0.1.dev0, de85ad2',
  '2023-03-03': '0.0.1.dev0, f51efd3',
  '2023-03-29': '0.0.5.dev1, efd586c',
  '2023-04-06': '0.0.5.dev1, 017a662',
  '2023-06-06': '0.0.5.dev1, bdfb53f',
  '2023-08-29': '0.0.7, 6f42dc1',
  '2023-10-13': '0.0.10.dev0, 1a82b36',
  '2023-10-30': '0.0.10.dev1, cb6721c',
  '2024-01-22': '0.0.10.dev2, 239f924',
  '2024-02-28': '0.0.10.dev3, 8a3dd6e',
  '2024-05-01': '0.0.10, a48a305',
  '2024-05-13': '0.0.11.dev0, 132cb22',
  '2024-05-31': '0.0.11.dev1, b522d4b',
}

export const ALWAYS: readonly Window[] = [{ from: DAYS.first }]
export const since = (from: Day): Window[] => [{ from }]
export const before = (until: Day): Window[] => [{ from: DAYS.first, until }]

/** Days that are in one of `a` and in one of `b`. */
export function intersect(a: readonly Window[], b: readonly Window[]): Window[] {
  return a.flatMap(x =>
    b.flatMap(y => {
      const from = [x.from, y.from].sort()[1] ?? x.from
      const until = [x.until, y.until].filter(day => day !== undefined).sort()[0]
      if (until !== undefined && until <= from) return []
      return [until === undefined ? { from } : { from, until }]
    }),
  )
}

export const contains = (windows: readonly Window[], day: Day): boolean =>
  windows.some(({ from, until }) => from <= day && (until === undefined || day < until))

/** Names of the releases inside, oldest first. */
export const releasesIn = (windows: readonly Window[]): string[] =>
  RELEASES.filter(({ day }) => contains(windows, day)).map(({ name }) => name)

/** For people: `releases 0.0.7 to 1.0.4`, `no release; commits from 2023-10-30 (...) to before 2024-01-22 (...)`. */
export function describeWindows(windows: readonly Window[]): string {
  if (windows.length === 0) return 'no version'
  return windows.map(describeWindow).join('; ')
}

function describeWindow(window: Window): string {
  const names = releasesIn([window])
  const [first, last] = [names[0], names.at(-1)]
  const releases =
    first === undefined ? 'no release' : first === last ? `release ${first}` : `releases ${first} to ${last}`
  const start = window.from === DAYS.first ? '' : ` from ${describeDay(window.from)}`
  const end = window.until === undefined ? '' : ` to before ${describeDay(window.until)}`
  return start === '' && end === '' ? 'every version' : `${releases} (commits${start}${end})`
}

export function describeDay(day: Day): string {
  const commit = COMMITS[day]
  return commit === undefined ? day : `${day} [${commit}]`
}
