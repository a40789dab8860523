/** The verb `select`: its flags. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { PairShape } from '../inputs/pairs.ts'
import type { Amount } from '../selection/amount.ts'
import { GENERATORS, type GeneratorName, SELECTION_MODES, type SelectionMode } from '../selection/draw.ts'
import { LINT_CODES, type LintCode } from '../selection/lint.ts'
import { MAX_SEED, SEED_MODES, type SeedMode } from '../selection/seed.ts'
import { parseCount, parseIdBase, parseSplits } from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface SelectFlags {
  readonly from?: 'reciprocal'
  /** A manip_config.json, and the splits that it will run with. */
  readonly fromConfig?: string
  readonly splits?: number
  readonly pre?: string
  readonly post?: string
  readonly mode?: SelectionMode
  readonly count?: number
  readonly fraction?: number
  readonly all?: true
  readonly seed?: number
  readonly seedMode: SeedMode
  readonly simSeed?: number
  readonly generator?: GeneratorName
  readonly output?: string
  readonly circuit?: string
  readonly population?: string
  readonly nodes?: string
  readonly source?: string
  readonly target?: string
  readonly idBase?: 0 | 1
  readonly pairs?: PairShape
  readonly allow?: readonly LintCode[]
  readonly show: number
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  readonly dryRun?: true
  readonly force?: true
  readonly memory?: number
  readonly quiet?: true
}

export function addSelect(program: Command, session: Session): void {
  program
    .command('select')
    .helpGroup('Prepare:')
    .summary('draw the connections to remove, as NumPy would')
    .description('Draw connections from LIST into DIR; with --circuit also their mask.')
    .usage('[options] [LIST] | CAMPAIGN')
    .argument('[list]')
    .option('--mode <mode>', 'reciprocal (pairs that lose a direction) or directed', oneOf(SELECTION_MODES))
    .option('--count <k>', 'how many of the list; or', parseCount)
    .option('--fraction <f>', 'which part of it, 0 to 1; or', parseFraction)
    .option('--all', 'all of it')
    .option('--seed <s>', 'of the draw', parseSeed)
    .option('--generator <name>', 'RandomState (default) or default_rng', oneOf(GENERATORS))
    .option('--output <dir>', 'folder of conns_removed.npy, .csv, .target, ...', parseFolder)
    .option('--circuit <path>', 'check LIST against it, write a mask')
    .option('--nodes <set>', 'rows and columns of the mask; or --source, --target')
    .option(
      '--from <what>',
      'instead of LIST: reciprocal, all pairs of CIRCUIT',
      oneOf(['reciprocal'] as const),
    )
    .option('--pre <set>', 'instead of LIST, with --post: connections of CIRCUIT')
    .option('--id-base <0|1>', 'LIST counts from 0 or, by default, 1 (GIDs)', parseIdBase)
    .option('--allow <code>', 'accept list.absent, list.outside, ...', collectCodes)
    .option('--dry-run', 'say what would be written')
    .option('--force', 'overwrite another selection')
    .option('--json', 'what was selected, as a JSON line')
    .addOption(hidden('--from-config <file>').conflicts(DRAWN_OTHERWISE))
    .addOption(hidden('--splits <n>').argParser(parseSplits))
    .addOption(hidden('--source <set>').conflicts('nodes'))
    .addOption(hidden('--target <set>').conflicts('nodes'))
    .addOption(hidden('--post <set>'))
    .addOption(hidden('--population <name>'))
    .addOption(hidden('--pairs <how>').choices(['rows', 'columns']))
    .addOption(hidden('--seed-mode <mode>').argParser(oneOf(SEED_MODES)).default('constant'))
    .addOption(hidden('--sim-seed <s>').argParser(parseSeed))
    .addOption(hidden('--show <k>').argParser(parseCount).default(5))
    .addOption(hidden('-q, --quiet'))
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', EXAMPLE)
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (list: string | undefined, flags: SelectFlags) => {
      if (flags.fromConfig !== undefined) {
        const { runConfigSelect } = await import('./select-config-run.ts')
        session.exitCode = await runConfigSelect(flags.fromConfig, list, flags, session)
        return
      }
      const { runSelect } = await import('./select-run.ts')
      session.exitCode = await runSelect(list, flags, session)
    })
}

/** What a configuration says itself. */
const DRAWN_OTHERWISE = [
  'mode',
  'count',
  'fraction',
  'all',
  'seed',
  'from',
  'pre',
  'nodes',
  'source',
  'target',
]

const EXAMPLE =
  '\nAlso: --from-config FILE --splits N (what it will remove), --population, --pairs\nExample: connproof select p.npy --mode reciprocal --count 9 --seed 1 --output o'

const hidden = (flags: string): Option => new Option(flags).hideHelp()

const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find(choice => choice === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`Expected ${choices.join(' or ')}.`)
  }

function parseFolder(path: string): string {
  if (path !== '-') return path
  throw new InvalidArgumentError('Several files are written: give a folder.')
}

function parseFraction(text: string): number {
  const fraction = Number(text)
  if (/^[\d.]+(e-?\d+)?$/i.test(text) && fraction >= 0 && fraction <= 1) return fraction
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

function parseSeed(text: string): number {
  const seed = parseCount(text)
  if (seed <= MAX_SEED) return seed
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${MAX_SEED}.`)
}

const collectCodes = (text: string, earlier: readonly LintCode[] = []): LintCode[] => [
  ...earlier,
  ...text.split(',').map(oneOf(LINT_CODES)),
]

/** The one amount that was given; undefined where none or several were. */
export function amountOf({ count, fraction, all }: SelectFlags): Amount | undefined {
  const given: Amount[] = [
    ...(count === undefined ? [] : [{ count }]),
    ...(fraction === undefined ? [] : [{ fraction }]),
    ...(all ? (['all'] as const) : []),
  ]
  return given.length === 1 ? given[0] : undefined
}
