/** Which run a file is of, and whether that run has ended. Known where there is a /proc. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'

const TAG = /^([0-9a-f]{8})-(\d+)$/

/** Of this run, to name its files by; `none` where runs cannot be told. */
export function runTag(): string {
  const machine = machineTag()
  return machine === undefined ? 'none' : `${machine}-${readlinkSync('/proc/self')}`
}

/** Whether the run of a tag was on this machine, since it was started, and is gone. Of others nobody here knows. */
export function hasEnded(tag: string): boolean {
  const [, machine, pid] = TAG.exec(tag) ?? []
  if (machine === undefined || machine !== machineTag()) return false
  return !existsSync(`/proc/${pid}`)
}

let known: { readonly tag: string | undefined } | undefined

/** This boot of this machine, and the numbers that processes have here: containers count on their own. */
function machineTag(): string | undefined {
  known ??= { tag: look() }
  return known.tag
}

function look(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    const numbers = readlinkSync('/proc/self/ns/pid')
    return createHash('sha256').update(`${boot} ${numbers}`).digest('hex').slice(0, 8)
  } catch {
    return undefined
  }
}
