/** Whether the configuration of a manipulated circuit resolves, and points where that of the original does. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { readConfigPaths } from '../sonata/config-paths.ts'
import type { FullFinding } from './full-checks.ts'
import { isSameFile } from './populations.ts'

/**
 * Populations that cannot be opened, and paths that point elsewhere than in the original or nowhere. Known of the
 * package: path keys that libsonata does not expand come out relative to the output folder.
 *
 * @param replaced edge populations of original and manipulated that were compared edge by edge
 */
export async function checkConfig(
  original: SonataCircuit,
  manipulated: SonataCircuit,
  replaced: { readonly original: string; readonly manipulated: string },
): Promise<FullFinding[]> {
  return [...(await unresolved(original, manipulated)), ...(await moved(original, manipulated, replaced))]
}

async function unresolved(original: SonataCircuit, manipulated: SonataCircuit): Promise<FullFinding[]> {
  const before = [...(await original.nodePopulations()), ...(await original.edgePopulations())]
  const after = [...(await manipulated.nodePopulations()), ...(await manipulated.edgePopulations())]
  const known = new Set(
    before.filter(({ problem }) => problem !== undefined).map(({ population }) => population),
  )
  return after
    .filter(({ problem, population }) => problem !== undefined && !known.has(population))
    .map(({ problem, population, file }) => ({
      code: 'config.unresolved',
      check: 'config.sound',
      count: 1,
      expected: `population ${population ?? ''} in ${file}`,
      found: problem?.message ?? '',
    }))
}

async function moved(
  original: SonataCircuit,
  manipulated: SonataCircuit,
  replaced: { readonly original: string; readonly manipulated: string },
): Promise<FullFinding[]> {
  const [before, after] = [
    await readConfigPaths(original.config.file),
    await readConfigPaths(manipulated.config.file),
  ]
  const there = new Map(after.map(one => [one.of, one]))
  const populations = new Set(
    [...(await manipulated.nodePopulations()), ...(await manipulated.edgePopulations())].map(
      ({ population }) => population,
    ),
  )
  const findings: FullFinding[] = []
  for (const { of, path } of before) {
    const [side = '', name = ''] = of.split('/')
    const isPopulation = side === 'nodes' || side === 'edges'
    // The pipeline writes no other keys of the population that it replaces; lost ones are told elsewhere.
    if (isPopulation && ((side === 'edges' && name === replaced.original) || !populations.has(name))) continue
    const now = there.get(of)
    if (now !== undefined && (now.path === path || (await leadsToSame(path, now.path)))) continue
    // Neither exists: nothing that worked is broken.
    if (!(await exists(path)) && now !== undefined) continue
    findings.push({
      code: 'config.moved',
      check: 'config.sound',
      count: 1,
      expected: `${of}: ${path}`,
      found:
        now === undefined
          ? 'nothing'
          : `${now.path}${(await exists(now.path)) ? '' : ', which does not exist'}`,
    })
  }
  return findings
}

/** The same file or folder, or another one with the same in it: files byte by byte, folders by names and sizes. */
async function leadsToSame(a: string, b: string): Promise<boolean> {
  if (await isSameFile(a, b)) return true
  const [one, other] = [await stat(a).catch(() => undefined), await stat(b).catch(() => undefined)]
  if (one?.isDirectory() && other?.isDirectory()) return (await listing(a)) === (await listing(b))
  if (!one?.isFile() || !other?.isFile() || one.size !== other.size || one.size > MOST_BYTES) return false
  return Buffer.compare(await readFile(a), await readFile(b)) === 0
}

/** Files that a configuration names beside edges and nodes are small. */
const MOST_BYTES = 2 ** 26

async function listing(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort()
  const sizes = await Promise.all(
    names.map(async name => {
      const status = await stat(join(folder, name)).catch(() => undefined)
      return `${name} ${status?.isFile() ? status.size : ''}`
    }),
  )
  return sizes.join('\n')
}

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined
