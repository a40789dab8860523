/** The circuits of the demo in a temporary folder, for tests that run the command on files. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '../../src/demo/circuit.ts'
import type { Fault } from '../../src/demo/faults.ts'
import { writeDemo } from '../../src/demo/files.ts'

export interface Circuits {
  readonly original: string
  readonly good: string
  readonly faulty: string
  readonly mask: string
  /** Node set that the mask was made for. */
  readonly nodeSet: string
  readonly asked: readonly Connection[]
  /** What is wrong in `faulty`. */
  readonly faults: readonly Fault[]
  /** A new empty folder. */
  readonly folder: () => string
  readonly remove: () => void
}

export async function writeCircuits(): Promise<Circuits> {
  const root = mkdtempSync(join(tmpdir(), 'connproof-cli-'))
  const demo = await writeDemo(join(root, 'demo'), { seed: 'cli tests', neurons: 200, removals: 60 })
  return {
    original: join(root, 'demo/original'),
    good: join(root, 'demo/removed_ok'),
    faulty: join(root, 'demo/removed_faulty'),
    mask: join(root, 'demo/conns_removed_adjmat.npz'),
    nodeSet: demo.nodeSet,
    asked: demo.asked,
    faults: demo.faults,
    folder: () => mkdtempSync(join(root, 'out-')),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
