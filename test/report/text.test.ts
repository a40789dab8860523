import { describe, expect, it } from 'vitest'
import { adviceFor } from '../../src/report/advice.ts'
import {
  connectionsLine,
  culpritSentence,
  FINDING_WORDS,
  findingSentence,
  troubleLines,
} from '../../src/report/sentences.ts'
import { proofsToText, proofToText } from '../../src/report/text.ts'
import { CODES, FINDINGS, proofWith, unreadable } from './proofs.ts'

/** Long lines joined again; culprits are indented alike, but are lines of their own. */
const unwrapped = (...args: Parameters<typeof proofToText>): string =>
  proofToText(...args).replace(/\n {4}(?!\d+ ->|\.\.\.)/g, ' ')

describe('every finding', () => {
  it('has words, and no words are left over', () => {
    expect(Object.keys(FINDING_WORDS).toSorted()).toEqual(CODES.toSorted())
  })

  it.each(CODES)('%s is said with its count, its culprit, a cause and a next step', code => {
    const finding = FINDINGS[code]
    const proof = proofWith([finding])
    const text = unwrapped(proof, { show: 5 })
    expect(findingSentence(finding)).toContain(String(finding.count))
    expect(text).toContain(`  ${findingSentence(finding)} [${code}]\n`)
    for (const culprit of finding.culprits) {
      expect(text).toContain(`    11 -> 7  (GIDs 12 -> 8)  ${FINDING_WORDS[code].edges(culprit)}\n`)
    }
    for (const value of [finding.expected, finding.found]) {
      if (value !== undefined) expect(findingSentence(finding)).toContain(String(value))
    }
    expect(text).toMatch(/\n {2}likely cause: .+\n {2}next: .+\n/)
    expect(text).not.toContain('undefined')
  })

  it('has a sentence of its own', () => {
    expect(new Set(CODES.map(code => findingSentence(FINDINGS[code]))).size).toBe(CODES.length)
  })
})

describe('culprits', () => {
  const culprit = { source: 0, target: 9, original: 3, manipulated: 1 }

  it('say what was expected and what is there', () => {
    expect(culpritSentence('lost.not_asked', { ...culprit, manipulated: 0 })).toBe(
      '0 -> 9  (GIDs 1 -> 10)  expected 3 edges, found 0 edges',
    )
    expect(culpritSentence('asked.still_there', culprit)).toBe(
      '0 -> 9  (GIDs 1 -> 10)  expected none, found 1 edge',
    )
    expect(culpritSentence('asked.absent', { ...culprit, original: 0 })).toContain(
      'found 0 edges in the original',
    )
    expect(culpritSentence('multiplicity.changed', culprit)).toContain('expected 3 edges, found 1 edge')
  })

  it('are cut at --show, and the rest is counted', () => {
    const culprits = [1, 2, 3, 4].map(source => ({ ...culprit, source }))
    const proof = proofWith([{ ...FINDINGS['lost.not_asked'], count: 9, culprits }])
    const text = unwrapped(proof, { show: 2 })
    expect(text.match(/GIDs/g)).toHaveLength(2)
    expect(text).toContain('... and 7 more (')
    expect(proofToText(proof, { show: 0 })).toContain('... and 9 more (')
  })
})

describe('the line of the notebook', () => {
  it('has exactly its shape', () => {
    expect(connectionsLine(proofWith([]))).toBe(
      'new: 100 neurons in total; 40 connections between 12x13 selected neurons (DIFF: -8)',
    )
  })

  it('has the sign of the difference, and 0 without one', () => {
    const line = (original: number, manipulated: number) =>
      connectionsLine(proofWith([], { connections: { original, manipulated } }))
    expect(line(40, 43)).toMatch(/\(DIFF: 3\)$/)
    expect(line(40, 40)).toMatch(/\(DIFF: 0\)$/)
  })

  it('is the first line of a proof', () => {
    const proof = proofWith([])
    expect(proofToText(proof, { show: 5 }).split('\n')[0]).toBe(connectionsLine(proof))
  })
})

describe('verdicts', () => {
  it('verified says what was done, proven and not checked', () => {
    const text = unwrapped(proofWith([]), { show: 5 })
    expect(text).toContain(
      '\nverified: 8 connections removed, exactly as asked; no other connection changed\n',
    )
    expect(text).toMatch(/\n {2}proven, level connections: .*same nodes.*edges as before/)
    expect(text).toContain('\n  not checked: synapse properties; indices\n')
    expect(text).not.toContain('likely cause')
  })

  it('differs says how many checks failed and which passed', () => {
    const text = unwrapped(proofWith([FINDINGS['lost.not_asked'], FINDINGS['count.differs']]), { show: 5 })
    expect(text).toContain('\ndiffers: 2 of 6 checks failed\n')
    expect(text).toMatch(/\n {2}passed, level connections: .*same nodes/)
    expect(text).not.toMatch(/passed.*count adds up/)
  })

  it('an allowed finding stays visible without a cause', () => {
    const text = unwrapped(proofWith([{ ...FINDINGS['asked.absent'], severity: 'warning' }]), { show: 5 })
    expect(text).toContain('allowed: 2 connections asked to be removed, but never existed')
    expect(text).toMatch(/\nverified: /)
    expect(text).not.toContain('likely cause')
  })

  it('cannot tell names file, field and hint, and proves nothing', () => {
    const text = unwrapped(unreadable(), { show: 5 })
    expect(text).toBe(
      '/data/gone.h5\ncannot tell: nothing was proven for this circuit\n' +
        '  /data/gone.h5: /edges: no such file\n  try: check the path\n',
    )
  })

  it('several circuits are summed up', () => {
    const text = proofsToText([proofWith([]), proofWith([FINDINGS['lost.not_asked']]), unreadable()], {
      show: 5,
    })
    expect(text).toMatch(/\n\n3 circuits: 1 verified, 1 differs, 1 cannot tell\n$/)
    expect(proofsToText([proofWith([])], { show: 5 })).not.toContain('circuits:')
  })
})

describe('what several circuits have in common', () => {
  const lost = FINDINGS['lost.not_asked']
  const named = (circuit: string, findings: Parameters<typeof proofWith>[0]) =>
    proofWith(findings, { circuit })
  const text = (...proofs: ReturnType<typeof proofWith>[]) => proofsToText(proofs, { show: 5 })

  it('is told once, with their names', () => {
    const said = text(named('a', [lost]), named('b', [lost]), named('c', [lost, FINDINGS['count.differs']]))
    expect(said.match(/connections lost, though not asked/g)).toHaveLength(1)
    expect(said.match(/likely cause: /g)).toHaveLength(2)
    expect(said).toContain('\n  the same in: b, c\n')
    expect(said.match(/\n {2}as in a: \[lost\.not_asked\]\n/g)).toHaveLength(2)
    expect(said).toContain('the count is off')
  })

  it('is the same in all that is known of it', () => {
    const other = { ...lost, culprits: [{ source: 5, target: 7, original: 3, manipulated: 0 }] }
    expect(text(named('a', [lost]), named('b', [other])).match(/though not asked/g)).toHaveLength(2)
    expect(text(named('a', [lost]), named('b', [other]))).not.toContain('as in')
  })

  it('may be why nothing could be told', () => {
    const gone = text({ ...unreadable(), circuit: 'a' }, { ...unreadable(), circuit: 'b' })
    expect(gone.match(/try: check the path/g)).toHaveLength(1)
    expect(gone).toMatch(/the same in: b\n(.|\n)*\n {2}as in a: no such file\n/)
  })
})

describe('advice', () => {
  const cause = (...args: Parameters<typeof proofWith>) => adviceFor(proofWith(...args))?.cause ?? ''
  const stillThere = { ...FINDINGS['asked.still_there'], count: 8 }
  const untouched = { connections: { original: 48, manipulated: 48 } }

  it('knows an unmanipulated copy', () => {
    const same = { ...untouched, edges: { original: 200, manipulated: 200 } }
    const there = { ...stillThere, culprits: [{ source: 1, target: 2, original: 4, manipulated: 4 }] }
    expect(cause([there], same)).toContain('copy of the original')
    expect(cause([there], { ...same, original: '/a', file: '/a' })).toContain('copy of the original')
    const unlike = { ...FINDINGS['rewiring.nothing'], severity: 'warning' as const }
    expect(cause([unlike], { original: '/a', file: '/a' })).not.toContain('given twice')
    const onePopulation = { original: 'default', manipulated: 'default' }
    const twice = { original: '/a', file: '/a', edgePopulations: onePopulation }
    expect(cause([unlike], twice)).toContain('given twice')
    expect(cause([{ ...there, count: 3 }], same)).not.toContain('copy of the original')
    expect(cause([there], { ...same, edges: { original: 200, manipulated: 199 } })).not.toContain('copy')
    const notAdded = { ...FINDINGS['asked.not_added'], count: 8 }
    const addition = { ...same, asked: { removed: 0, added: 8 } }
    expect(cause([notAdded], addition)).toContain('copy of the original')
    expect(cause([notAdded, FINDINGS['property.changed']], addition)).not.toContain('copy')
  })

  it('knows arguments that are swapped, and masks given as the other kind', () => {
    const here = { source: 1, target: 2, original: 0, manipulated: 3 }
    const absent = { ...FINDINGS['asked.absent'], count: 8, culprits: [here] }
    const added = { ...FINDINGS['added.not_asked'], count: 8 }
    expect(cause([absent, added])).toMatch(/^the arguments are swapped/)
    expect(cause([absent, { ...added, count: 7 }])).not.toContain('swapped')
    expect(cause([{ ...absent, culprits: [{ ...here, manipulated: 0 }] }, added])).not.toContain('swapped')
    const already = {
      ...FINDINGS['asked.already_there'],
      count: 8,
      culprits: [{ ...here, original: 3, manipulated: 0 }],
    }
    const lost = { ...FINDINGS['lost.not_asked'], count: 8 }
    const addition = { asked: { removed: 0, added: 8 } }
    expect(cause([already, lost], addition)).toMatch(/given as --added/)
    expect(cause([already, { ...lost, count: 9 }], addition)).not.toMatch(/given as --added/)
  })

  it('knows types that only the pipeline leaves on the side of the original', () => {
    const zeroed = { source: 1, target: 2, before: 0, after: 3, property: 'edge_type_id' }
    const types = { ...FINDINGS['edge_type.changed'], count: 170, edges: [zeroed] }
    expect(cause([types])).toMatch(/^the arguments are swapped: every edge_type_id of ORIGINAL is 0/)
    expect(cause([{ ...types, count: 169 }])).not.toContain('swapped')
    expect(cause([{ ...types, edges: [{ ...zeroed, before: 1 }] }])).not.toContain('swapped')
  })

  it('knows that no mask was given', () => {
    const unasked = { asked: { removed: 0, added: 0 }, inputs: [] }
    expect(cause([FINDINGS['lost.not_asked']], unasked)).toMatch(/^no mask was given/)
    expect(cause([FINDINGS['added.not_asked']], unasked)).toMatch(/^no mask was given/)
    expect(cause([FINDINGS['lost.not_asked'], FINDINGS['added.not_asked']], unasked)).toMatch('rewired')
    // An empty mask is one.
    expect(cause([FINDINGS['lost.not_asked']], { ...unasked, inputs: proofWith([]).inputs })).not.toMatch(
      /^no mask/,
    )
  })

  it('knows a mask applied to other nodes', () => {
    const lost = { ...FINDINGS['lost.not_asked'], count: 3 }
    expect(cause([{ ...stillThere, count: 3 }, lost])).toContain('applied to other nodes')
    expect(cause([{ ...stillThere, count: 4 }, lost])).toContain('another mask')
  })

  it('knows a circuit that lost everything', () => {
    const more = { connections: { original: 48, manipulated: 0 } }
    expect(cause([FINDINGS['lost.not_asked']], more)).toContain('no connection is left')
  })

  it('knows parts merged twice', () => {
    const culprits = [{ source: 1, target: 2, original: 3, manipulated: 6 }]
    expect(cause([{ ...FINDINGS['multiplicity.changed'], culprits }])).toContain('merged more than once')
    expect(cause([FINDINGS['multiplicity.changed']])).toContain('single synapses')
  })

  it('has nothing to say about a verified circuit', () => {
    expect(adviceFor(proofWith([]))).toBeUndefined()
  })
})

describe('lines', () => {
  it('of findings-free proofs fit 80 columns, and lose no word', () => {
    const proof = proofWith([], { notChecked: ['word '.repeat(40).trim()] })
    const text = proofToText(proof, { show: 5 })
    expect(
      text
        .split('\n')
        .slice(1)
        .map(line => line.length)
        .filter(length => length > 80),
    ).toEqual([])
    expect(text.match(/\bword\b/g)).toHaveLength(40)
  })
})

describe('troubles', () => {
  it('leave out what is not known', () => {
    expect(troubleLines({ message: 'broken' })).toEqual(['broken'])
    expect(troubleLines({ message: 'broken', file: 'a', field: 'b', hint: 'c' })).toEqual([
      'a: b: broken',
      'try: c',
    ])
  })
})
