import { describe, expect, it } from 'vitest'
import type { JsonRecord } from '../../src/report/json.ts'
import { errorCase, junitXml, proofSuite } from '../../src/report/junit.ts'

const RECORD = {
  tool: { name: 'connproof', version: '0.1.0' },
  circuit: 'Unstruct-0',
  file: 'out/<a>&"b"',
  original: 'o',
  verdict: 'differs',
  level: 'connections',
  not_checked: ['this', 'that'],
  checks: [
    { id: 'count', status: 'passed' },
    { id: 'removed.exactly', status: 'failed' },
    { id: 'multiplicity', status: 'not_checked', reason: 'a list has none' },
  ],
  findings: [
    {
      code: 'lost.not_asked',
      check: 'removed.exactly',
      severity: 'error',
      count: 2,
      culprits: [{ source_gid: 3, target_gid: 4 }],
    },
    { code: 'asked.absent', check: 'removed.exactly', severity: 'warning', count: 1, culprits: [] },
  ],
} as const satisfies JsonRecord

describe('JUnit XML', () => {
  it('has a suite per circuit and a case per check', () => {
    const missing = {
      name: 'Unstruct-1',
      properties: {},
      cases: [errorCase('found', { message: 'NOT FOUND!' })],
    }
    expect(junitXml([proofSuite(RECORD), missing])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="connproof 0.1.0" tests="4" failures="1" errors="1" skipped="1">
  <testsuite name="Unstruct-0" tests="3" failures="1" errors="0" skipped="1">
    <properties>
      <property name="connproof" value="0.1.0"/>
      <property name="verdict" value="differs"/>
      <property name="level" value="connections"/>
      <property name="original" value="o"/>
      <property name="manipulated" value="out/&lt;a&gt;&amp;&quot;b&quot;"/>
      <property name="not_checked" value="this; that"/>
    </properties>
    <testcase classname="Unstruct-0" name="count"/>
    <testcase classname="Unstruct-0" name="removed.exactly">
      <failure message="lost.not_asked: 2">lost.not_asked: GIDs 3 -&gt; 4</failure>
    </testcase>
    <testcase classname="Unstruct-0" name="multiplicity">
      <skipped message="a list has none"></skipped>
    </testcase>
  </testsuite>
  <testsuite name="Unstruct-1" tests="1" failures="0" errors="1" skipped="0">
    <properties>
    </properties>
    <testcase classname="Unstruct-1" name="found">
      <error message="NOT FOUND!">NOT FOUND!</error>
    </testcase>
  </testsuite>
</testsuites>
`)
  })

  it('says that a circuit could not be told, and takes control characters out', () => {
    const record = {
      ...RECORD,
      verdict: 'cannot_tell',
      level: null,
      error: { message: 'bad \u0001 file', file: 'f' },
    }
    const xml = junitXml([proofSuite(record)])
    expect(xml).toContain('<error message="bad \ufffd file">f: bad \ufffd file</error>')
    expect(xml).toContain('errors="1"')
  })
})
