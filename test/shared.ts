import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Real circuits and runs used by the tests where they are present; never part of the repository. */
export const SHARED = process.env.CONNPROOF_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url))
export const hasShared = existsSync(`${SHARED}/data/edges_facts.json`)
