import { join } from 'node:path'

/** Where the state of a campaign is kept. */
export const lockFile = (output: string): string => join(output, 'connproof.lock.json')
