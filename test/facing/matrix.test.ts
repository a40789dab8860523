/** Acceptance: whatever edge populations a circuit has, there is a right verdict, or a message that leads to it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type Case, drawCase, writeCase } from './circuits.ts'
import { alternativesIn, command, hintOf, type Said } from './command.ts'

/** More with RUNS=3000. */
const RUNS = Number(process.env.RUNS ?? 60)
const SEED = process.env.SEED ?? 'facing'

const root = mkdtempSync(join(tmpdir(), 'connproof-facing-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Led {
  readonly said: Said
  /** What the messages said to add. */
  readonly added: readonly string[]
  readonly rounds: number
}

/** Run; where it cannot tell, run again with what the message says of the pair that is meant. */
async function led(args: readonly string[], pair: Case['pair']): Promise<Led> {
  let added: string[] = []
  for (let rounds = 0; ; rounds++) {
    const said = await command([...args, ...added])
    const hint = hintOf(said)
    if (said.code !== 2 || hint === undefined || rounds === 2) return { said, added, rounds }
    const settling = alternativesIn(hint).find(([flag, original, other, manipulated]) => {
      const ofOriginal = flag === '--population' && original === pair.original
      return ofOriginal && (other === undefined || manipulated === pair.manipulated)
    })
    if (settling === undefined) return { said, added, rounds }
    added = settling
  }
}

const troublesOf = ({ records }: Said): string =>
  records
    .flatMap(record => [record.type === 'error' ? record : record.error])
    .map(trouble => JSON.stringify(trouble))
    .join(' ')

/** Names of the populations that the proof says are lost. */
const lostIn = ({ records }: Said): string[] =>
  records
    .flatMap(
      ({ type, findings }) => (type === 'proof' ? findings : []) as { code: string; expected: string }[],
    )
    .filter(({ code }) => code === 'population.lost')
    .map(
      ({ expected }) => /^edge population (.*?) \((?:not readable|\w+ -> )/.exec(expected)?.[1] ?? expected,
    )
    .sort()

/** Where nothing needs to be said: the rule as the documentation has it, for results that are called as they should. */
function settled({ by, original, maker, layout, manipulated, pair }: Case): boolean {
  if (by === 'mask' && original.length > 1) return false
  if (maker === 'own') return true
  const ends = (name: string) => original.find(one => one.name === name)
  const [meant] = original.filter(({ name }) => name === pair.original)
  if (maker === 'package') return ends(pair.manipulated) === undefined || manipulated.length === 1
  const fresh = manipulated.filter(
    ({ name, source, target, broken }) =>
      ends(name) === undefined &&
      broken === undefined &&
      source === meant?.source &&
      target === meant?.target,
  )
  // One that is called like a result may be one.
  const like = manipulated.some(({ name }) => name === `${meant?.source}__${meant?.target}__chemical`)
  return layout !== 'unlisted' && !like && fresh.length === 1
}

it(`tells ${RUNS} circuits of several edge populations, or says how to`, {
  timeout: 60_000 + RUNS * 1000,
}, async () => {
  const counts = { unasked: 0, asked: 0, verified: 0, differs: 0, broken: 0 }
  for (let k = 0; k < RUNS; k++) {
    const drawn = drawCase(`${SEED} ${k}`)
    const folder = join(root, String(k))
    mkdirSync(folder)
    const { original, manipulated, asked } = await writeCase(folder, drawn)
    const args = [
      'verify',
      original,
      manipulated,
      ...asked,
      '-q',
      '--jobs',
      '1',
      '--level',
      k % 2 === 0 ? 'synapses' : 'connections',
    ].filter((_, at, all) => drawn.by === 'mask' || at < all.length - 2)
    const { said, added, rounds } = await led(args, drawn.pair)
    const about = {
      seed: `${SEED} ${k}`,
      layout: drawn.layout,
      maker: drawn.maker,
      fault: drawn.fault,
      by: drawn.by,
      added,
      trouble: troublesOf(said),
    }
    expect({ ...about, code: said.code }).toEqual({ ...about, code: drawn.code })
    if (settled(drawn))
      expect({ ...about, rounds }).toEqual({ ...about, rounds: drawn.code === 2 ? rounds : 0 })
    const proof = said.records.find(({ type }) => type === 'proof')
    if (drawn.code !== 2) {
      expect(proof, JSON.stringify(about)).toMatchObject({ edge_populations: drawn.pair })
      expect({ ...about, lost: lostIn(said) }).toEqual({ ...about, lost: drawn.lost.toSorted() })
    }
    if (drawn.lost.length > 0) {
      const allowed = await command([...args, ...added, '--allow', 'population.lost'])
      expect({ ...about, allowed: allowed.code }).toEqual({ ...about, allowed: drawn.allowed })
    }
    if (rounds > 0) counts.asked++
    else counts.unasked++
    counts[drawn.code === 0 ? 'verified' : drawn.code === 1 ? 'differs' : 'broken']++
    rmSync(folder, { recursive: true })
  }
  // All of it occurs.
  for (const [what, count] of Object.entries(counts))
    expect({ what, some: count > 0 }).toEqual({ what, some: true })
  if (process.env.RUNS !== undefined) console.info(counts)
})
