/** What the verbs of campaigns have in common. */
import { hostname } from 'node:os'

/** For another process that finds us at work. */
export const whoWeAre = (): string =>
  `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`
