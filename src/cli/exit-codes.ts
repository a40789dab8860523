/** What the exit code says. Part of the interface: scripts and job arrays rely on it. */

/** Every circuit is as asked. */
export const AS_ASKED = 0
/** At least one circuit differs from what was asked. */
export const DIFFERS = 1
/** At least one circuit could not be judged, or the command was wrong. Wins over {@link DIFFERS}. */
export const CANNOT_TELL = 2
/** A bug of connproof (EX_SOFTWARE of sysexits.h). */
export const BUG = 70
/** 128 + number of the signal, as shells report it. */
export const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
