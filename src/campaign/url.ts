/**
 * Whether a text is a URL of the web and nothing else. The parser of the web standard takes blanks and line breaks
 * around and within it, `https:host`, and backslashes; lists of `status --markdown` would be broken by them.
 */
export const isUrl = (text: string): boolean =>
  /^https?:\/\/[^/?#]/.test(text) && !/[\s\p{C}<>"`{}|\\^]/u.test(text) && URL.canParse(text)
