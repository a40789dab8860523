/** How stretches of text look; the terminal decides, reports only say what a stretch is. */
export interface Style {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly unsure: (text: string) => string
  readonly strong: (text: string) => string
  readonly weak: (text: string) => string
}

const as = (text: string): string => text

/** No decoration at all: files, pipes, NO_COLOR. */
export const PLAIN: Style = { good: as, bad: as, unsure: as, strong: as, weak: as }
