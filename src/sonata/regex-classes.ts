/** Character classes of regular expressions over bytes, as source of a JavaScript class: members between brackets. */

/** ASCII members of the POSIX classes, as source of a JavaScript class: the "C" locale has no others. */
export const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  d: '0-9',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  s: ' \\t-\\r',
  space: ' \\t-\\r',
  upper: 'A-Z',
  w: '0-9A-Z_a-z',
  xdigit: '0-9A-Fa-f',
}
/** `\s` of JavaScript has the byte of a no-break space as well. */
export const ESCAPED_CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  s: ' \\t-\\r',
  w: '0-9A-Z_a-z',
}

/** `\D`, `\S`, `\W` inside a class, over bytes. */
export const complement = (escaped: string): string =>
  ({ D: '\\x00-\\/:-\\xff', S: '\\x00-\\x08\\x0e-\\x1f!-\\xff', W: '\\x00-\\/:-@\\[-\\^`{-\\xff' })[
    escaped
  ] ?? ''
