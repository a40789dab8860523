/** The verb `verify`: its flags. */
import { type Command, Option } from 'commander'
import { InputError } from '../errors.ts'
import type { Shard } from '../shards/partial.ts'
import type { Level } from '../verification/proof.ts'
import {
  collect,
  comparisonOptions,
  parseCount,
  parseIdBase,
  parseLevel,
  parseShard,
  parseSplits,
} from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface VerifyFlags {
  readonly removed?: string
  readonly added?: string
  readonly source?: string
  readonly target?: string
  readonly nodes?: string
  readonly population?: string
  readonly manipulatedPopulation?: string
  readonly sourcePopulation?: string
  readonly targetPopulation?: string
  readonly idBase?: 0 | 1
  readonly level?: Level
  /** A manip_config.json, the splits it ran with, and the folder of its npz logs. */
  readonly config?: string
  readonly splits?: number
  readonly logs?: string
  readonly allow?: readonly string[]
  readonly show: number
  readonly json?: true
  readonly proof?: string
  readonly writeDifferences?: string
  /** `FILE.npy`: old row -> new row. */
  readonly writeEdgeMap?: string
  readonly force?: true
  readonly memory?: number
  readonly tmp?: string
  readonly jobs?: number
  readonly quiet?: true
  readonly sha256?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  /** Of a campaign. */
  readonly allowMissing?: true
  readonly dryRun?: true
  readonly junit?: string
  /** One block of targets, into a partial result. */
  readonly shard?: Shard
  readonly partial?: string
  readonly anyOrder?: true
  /** Of a campaign: the variant that the shard is of. */
  readonly variant?: string
}

export function addVerify(program: Command, session: Session): void {
  const verb = program
    .command('verify')
    .helpGroup('Prove:')
    .summary('prove that circuits differ from an original exactly as asked')
    .description('Prove that each MANIPULATED circuit differs from ORIGINAL exactly as asked.')
    .usage('[options] ORIGINAL MANIPULATED... | CAMPAIGN')
    .argument('<original>')
    .argument('[manipulated...]')
    .option('--removed <mask>', 'connections asked to be removed (SciPy .npz)')
    .option('--added <mask>', 'connections asked to be added (SciPy .npz)')
    .option('--source <set>', 'presynaptic: node set, attr=value, A&B, id file')
    .option('--target <set>', 'postsynaptic, likewise; --nodes <set>: both sides')
    .addOption(new Option('--nodes <set>').conflicts(['source', 'target']).hideHelp())
    .addOption(
      new Option('--config <file>', 'a manip_config.json says what was asked').conflicts(ASKED_OTHERWISE),
    )
    .addOption(new Option('--splits <n>').argParser(parseSplits).hideHelp())
    .addOption(new Option('--logs <dir>').hideHelp())
    .option('--population <name>', 'of ORIGINAL; --manipulated-population: of others')
    .addOption(new Option('--manipulated-population <name>').hideHelp())
    .addOption(new Option('--id-base <0|1>').argParser(parseIdBase).hideHelp())
    .option('--level <level>', 'connections, synapses (default) or full', parseLevel)
    .option('--allow <code>', 'accept asked.absent, population.lost, level.lower', collect)
    .option('--show <k>', 'culprits to list per finding', parseCount, 5)
    .option('--json', 'JSON Lines on stdout')
    .option('--proof <file>', 'write the proof as JSON')
    .option('--write-differences <file>', 'every culprit: .csv, .npz; --write-edge-map: rows')
    .addOption(new Option('--write-edge-map <file>').hideHelp())
    .option('--force', 'overwrite these files; of a CAMPAIGN: prove again')
    .addOption(new Option('--allow-missing').hideHelp())
    .addOption(new Option('--dry-run').hideHelp())
    .addOption(new Option('--junit <file>').hideHelp())
    .addOption(new Option('--shard <i/n>').argParser(parseShard).hideHelp())
    .addOption(new Option('--partial <file>').hideHelp())
    .addOption(new Option('--any-order').hideHelp())
    .addOption(new Option('--variant <id>').hideHelp())
    .addOption(new Option('--sha256').hideHelp())
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
  comparisonOptions(verb)
    .option('-q, --quiet', 'no progress on stderr')
    .addHelpOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', EXAMPLE)
    .action(async (original: string, manipulated: string[], flags: VerifyFlags) => {
      if (flags.shard !== undefined) {
        const { runShardVerb } = await import('./shard-run.ts')
        session.exitCode = await runShardVerb(
          original,
          manipulated,
          { ...flags, shard: flags.shard },
          session,
        )
        return
      }
      refuseOfShards(flags)
      if (flags.config !== undefined) {
        const { runConfigVerify } = await import('./verify-run.ts')
        session.exitCode = await runConfigVerify(
          original,
          manipulated,
          { ...flags, config: flags.config },
          session,
        )
        return
      }
      if (manipulated.length === 0 && (await isCampaign(original))) {
        const { runCampaignVerify } = await import('./campaign-verify-run.ts')
        session.exitCode = await runCampaignVerify(original, flags, session)
        return
      }
      const { runVerify } = await import('./verify-run.ts')
      session.exitCode = await runVerify(original, manipulated, flags, session)
    })
}

/** Else there would be no such file, without a word. */
function refuseOfShards({ partial, anyOrder }: VerifyFlags): void {
  const field = partial === undefined ? anyOrder && '--any-order' : '--partial'
  if (field) throw new InputError('goes with --shard I/N only', { field })
}

/** What a configuration says itself. */
const ASKED_OTHERWISE = ['removed', 'added', 'source', 'target', 'nodes', 'writeDifferences', 'shard']

const isCampaign = async (file: string): Promise<boolean> =>
  (await import('../campaign/recognise.ts')).isCampaignFile(file)

const EXAMPLE =
  'Also: --splits --logs --id-base --shard --junit\n  --allow-missing --dry-run --sha256 --reproducible --relative-to\nExample: connproof verify O1v5/ out/*/circuit_config.json --removed mask.npz'
