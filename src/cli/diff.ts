/** The verb `diff`: its flags. */
import { type Command, Option } from 'commander'
import type { PairShape } from '../inputs/pairs.ts'
import { comparisonOptions, parseCount, parseIdBase } from './options.ts'
import type { Session } from './program.ts'
import { relativeToOption, reproducibleOption } from './record-flags.ts'

export interface DiffFlags {
  readonly population?: string
  readonly manipulatedPopulation?: string
  readonly sourcePopulation?: string
  readonly targetPopulation?: string
  readonly idBase?: 0 | 1
  readonly pairs?: PairShape
  readonly connectionsOnly?: true
  readonly oneProcess?: true
  readonly show: number
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
  readonly writeDifferences?: string
  readonly force?: true
  readonly memory?: number
  readonly tmp?: string
  readonly jobs?: number
  readonly quiet?: true
}

export function addDiff(program: Command, session: Session): void {
  const verb = program
    .command('diff')
    .helpGroup('Prove:')
    .summary('say which connections two circuits or files do not share')
    .description(
      'Compare the connections of A and B: circuits, SONATA edges, adjacency matrices\n(SciPy .npz), lists of pairs (.npy, .csv); or what a simulation_config.json A\nsilences with a mask or list B. Exit code 0: equal, 1: different.',
    )
    .usage('[options] A B')
    .argument('<a>')
    .argument('<b>')
    .option('--population <name>', 'edge population of A, where there are several')
    .option('--manipulated-population <name>', 'of B; default: what faces that of A')
    .option('--id-base <0|1>', 'lists count from 0 (node ids) or 1 (GIDs)', parseIdBase)
    .addOption(new Option('--pairs <how>', 'a pair of a 2x2 .npy is one of its').choices(['rows', 'columns']))
    .option('--connections-only', 'whatever the number of edges per connection')
    .option('--show <k>', 'connections to list of each kind', parseCount, 5)
    .option('--json', 'one JSON object on stdout')
    .option('--write-differences <file>', 'write all of them: FILE.csv or FILE.npz')
    .option('--force', 'overwrite that file')
  comparisonOptions(verb)
    .option('-q, --quiet', 'no progress on stderr')
    .helpOption('-h, --help', 'print this')
    .addHelpText(
      'after',
      '\nExample: connproof diff old/edges.h5 new/edges.h5 --write-differences d.csv\n         connproof diff simulation_config.json conns_removed_adjmat.npz',
    )
    .addOption(new Option('--one-process').hideHelp())
    .addOption(relativeToOption())
    .addOption(reproducibleOption())
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const { runDiff } = await import('./diff-run.ts')
      session.exitCode = await runDiff(a, b, flags, session)
    })
}
