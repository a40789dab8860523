/** S1, edge by edge: who takes part, and how each one is started. */
import { againstPeers, type Field } from './contenders.ts'
import type { S1Files } from './data.ts'
import { ROOT } from './tools.ts'

/** Sorted: against GNU cmp of two equal files of that size, and h5py with NumPy. */
export function s1Field({ sorted, copy }: S1Files): Field {
  const edges = `${sorted.original}/edges.h5`
  return againstPeers(sorted, [1, 2], python => [
    {
      name: 'GNU cmp of two equal files',
      group: 'cmp',
      command: ['cmp', edges, copy],
      clock: 'process',
      parse: () => [],
      silent: true,
    },
    ...(python === undefined
      ? []
      : [
          {
            name: 'h5py + NumPy, chunked',
            group: 'NumPy',
            command: [python, `${ROOT}bench/peers/s1.py`, sorted.original, sorted.manipulated, sorted.mask],
            clock: 'process' as const,
            parse: (stdout: string) => [JSON.parse(stdout)],
          },
        ]),
  ])
}

/** Random order before, grouped by splits after. */
export const s1ShuffledField = ({ shuffled }: S1Files): Field => againstPeers(shuffled, [1, 2], () => [])
