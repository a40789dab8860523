/** Targets of one or several files as the named sets of a circuit. */
import { gidToNodeId } from '../connectome/selection.ts'
import { InputError, nearestName } from '../errors.ts'
import type { NodeSetSource } from '../sonata/circuit-parts.ts'
import { sortedUnique } from '../sonata/id-sets.ts'
import type { Nodes } from '../sonata/nodes.ts'
import { readTargetFile, type Target } from './target-file.ts'

/** The target that a configuration calls its CircuitTarget can be selected by this name. */
export const CIRCUIT_TARGET = 'CircuitTarget'

export class Targets implements NodeSetSource {
  readonly what = 'target'
  readonly file: string
  readonly #targets: ReadonlyMap<string, Target>
  readonly #circuitTarget: string | undefined

  private constructor(file: string, targets: ReadonlyMap<string, Target>, circuitTarget: string | undefined) {
    this.file = file
    this.#targets = targets
    this.#circuitTarget = circuitTarget
  }

  /**
   * @param options.circuitTarget what {@link CIRCUIT_TARGET} stands for; `population:NAME` is allowed
   * @throws InputError for a file that cannot be read or parsed, and for a name that occurs twice (as bluepy does)
   */
  static async read(
    files: readonly string[],
    options: { file: string; circuitTarget?: string | undefined },
  ): Promise<Targets> {
    const all: Target[] = []
    for (const file of files) all.push(...(await readTargetFile(file)))
    return Targets.of(all, options)
  }

  /** `options.file` stands for all files in messages. */
  static of(
    targets: Iterable<Target>,
    options: { file: string; circuitTarget?: string | undefined },
  ): Targets {
    const byName = new Map<string, Target>()
    for (const target of targets) {
      const before = byName.get(target.name)
      if (before !== undefined)
        throw new InputError(
          `the target ${target.name} occurs twice: in line ${before.line} of ${before.file} and in line ${target.line}`,
          {
            file: target.file,
            field: target.name,
            hint: 'Target names are unique across start.target and TargetFile; was the file appended to?',
          },
        )
      byName.set(target.name, target)
    }
    return new Targets(options.file, byName, options.circuitTarget)
  }

  get names(): readonly string[] {
    const names = [...this.#targets.keys()]
    return this.#circuitTarget === undefined || names.includes(CIRCUIT_TARGET)
      ? names
      : [...names, CIRCUIT_TARGET]
  }

  has(name: string): boolean {
    return this.#find(this.#meant(name)) !== undefined
  }

  /**
   * The cells of a target as node ids. Of `population:NAME` the population must be that of the nodes, unless there
   * is a target of exactly this name.
   *
   * @throws InputError naming the target: unknown names, targets that contain themselves, GIDs that are no cells
   */
  async evaluate(name: string, nodes: Nodes): Promise<Uint32Array> {
    const reference = this.#meant(name)
    const ids: number[] = []
    for (const target of this.#reachable(reference, nodes.name)) {
      for (const gid of target.gids) {
        if (gid < 1 || gid > nodes.size) throw noSuchCell(gid, target, nodes)
        ids.push(gidToNodeId(gid))
      }
    }
    return sortedUnique(Uint32Array.from(ids))
  }

  #meant(name: string): string {
    return name === CIRCUIT_TARGET && !this.#targets.has(name) ? (this.#circuitTarget ?? name) : name
  }

  #find(reference: string): Target | undefined {
    return this.#targets.get(reference) ?? this.#targets.get(withoutPopulation(reference).name)
  }

  #resolve(reference: string, population: string, from: Target | undefined): Target {
    const exact = this.#targets.get(reference)
    if (exact !== undefined) return exact
    const { population: prefix, name } = withoutPopulation(reference)
    const target = this.#targets.get(name)
    const place = { file: from?.file ?? this.file, field: from?.name ?? reference }
    const inside = from === undefined ? '' : `, a member of target ${from.name} (line ${from.line})`
    if (target === undefined) {
      const nearest = nearestName(reference, this.#targets.keys())
      throw new InputError(`no target "${reference}"${inside}`, {
        ...place,
        hint: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
      })
    }
    if (prefix !== population)
      throw new InputError(
        `the target "${reference}"${inside} is one of population "${prefix}", not of "${population}"`,
        place,
      )
    return target
  }

  /** The target and all below it, each once. Depth first, on a stack of its own: chains may be long. */
  #reachable(reference: string, population: string): Target[] {
    const root = this.#resolve(reference, population, undefined)
    const done = new Set<Target>()
    const path: { target: Target; next: number }[] = [{ target: root, next: 0 }]
    const onPath = new Set([root])
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const member = top.target.members[top.next++]
      if (member === undefined) {
        path.pop()
        onPath.delete(top.target)
        done.add(top.target)
        continue
      }
      const target = this.#resolve(member, population, top.target)
      if (onPath.has(target)) throw containsItself(target, path)
      if (done.has(target)) continue
      path.push({ target, next: 0 })
      onPath.add(target)
    }
    return [...done]
  }
}

function withoutPopulation(reference: string): { population: string | undefined; name: string } {
  const colon = reference.indexOf(':')
  return colon < 0
    ? { population: undefined, name: reference }
    : { population: reference.slice(0, colon), name: reference.slice(colon + 1) }
}

function containsItself(target: Target, path: readonly { target: Target }[]): InputError {
  const names = path.map(step => step.target.name)
  const circle = [...names.slice(names.indexOf(target.name)), target.name]
  const shown = circle.length > 8 ? [...circle.slice(0, 4), '...', ...circle.slice(-3)] : circle
  return new InputError(`the target ${target.name} contains itself: ${shown.join(' -> ')}`, {
    file: target.file,
    field: target.name,
  })
}

function noSuchCell(gid: number, target: Target, nodes: Nodes): InputError {
  return new InputError(
    `the target ${target.name} has the GID ${gid}, but the cells of population "${nodes.name}" are 1 to ${nodes.size}`,
    {
      file: target.file,
      field: target.name,
      hint:
        gid > nodes.size
          ? 'GIDs above the cells are fibres of projections: choose a target without them.'
          : 'GIDs count from 1.',
    },
  )
}
