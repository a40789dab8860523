/** Help, versions and wrong use, on the built command. */
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.ts'
import { connproof } from './run.ts'

const VERBS = [
  'verify',
  'diff',
  'inspect',
  'select',
  'config',
  'submit',
  'merge',
  'status',
  'register',
  'demo',
  'doctor',
  'bench',
]

describe('help', () => {
  it.each(VERBS)('of %s fits a screen of 80 x 24 and has an example', async verb => {
    const { code, stdout, stderr } = await connproof([verb, '--help'])
    const lines = stdout.trimEnd().split('\n')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(new RegExp(`^Example: connproof ${verb} `, 'm'))
  })

  it('of the program fits too, and names every verb', async () => {
    const { code, stdout } = await connproof(['--help'])
    const lines = stdout.trimEnd().split('\n')
    expect(code).toBe(0)
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'))
    expect(stdout).toMatch(/Exit codes: 0 .*1 .*2 .*70 /)
  })

  it.each(['--version', '-V'])('%s prints the version', async flag => {
    expect(await connproof([flag])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  it('without arguments goes to stderr, exit code 2', async () => {
    const { code, stdout, stderr } = await connproof([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: connproof')
  })
})

describe('wrong use exits 2, prints nothing on stdout and says what is wrong', () => {
  it.each([
    [['verfy'], "unknown command 'verfy'", 'Did you mean verify?'],
    [['--jsn'], "unknown option '--jsn'", '--help'],
    [['verify', '--remvd', 'm.npz', 'a', 'b'], "unknown option '--remvd'", 'Did you mean --removed?'],
    [['inspect', '--nods', 'a', 'b'], "unknown option '--nods'", 'Did you mean --nodes?'],
    [['select', 'a', '--sed', '1'], "unknown option '--sed'", 'connproof select --help'],
    [['inspect', 'a', 'b'], 'too many arguments', 'connproof inspect --help'],
    [['verify', 'a'], 'expected ORIGINAL and at least one MANIPULATED', '--help'],
    [['verify', 'a', 'b', '--partial', 'p.json'], '--partial', 'goes with --shard'],
    [['verify', 'a', 'b', '--any-order'], '--any-order', 'connproof verify --help'],
    [['verify', 'a', 'b', '--nodes', 'E', '--source', 'F'], '--nodes <set>', 'cannot be used with'],
    [['verify', 'a', 'b', '--memory', 'lots'], "'lots' is invalid", '64M or 2G'],
    [['verify', 'a', 'b', '--show', '-3'], "'-3' is invalid", 'whole number'],
    [['verify', 'a', 'b', '--id-base', '2'], "'2' is invalid", 'Expected 0'],
    [['verify', 'a', 'b', '--removed'], "'--removed <mask>' argument missing", '--help'],
    [['verify', 'a', 'b', '--write-differences', 'd.txt'], '--write-differences', '.csv or .npz'],
    [['verify', 'a', 'b', '--allow-missing'], '--allow-missing', 'campaign file only'],
    [['verify', 'a.yaml', '--removed', 'm.npz'], '--removed', 'does not go with a campaign file'],
    [['select', 'a.yaml', '--seed', '1'], '--seed', 'does not go with a campaign file'],
    [['config', 'a.yaml', '--folder', 'f'], '--folder', 'does not go with a campaign file'],
    [['verify', 'a.yaml'], 'a.yaml', 'no such file'],
    [['status', 'a.yaml'], 'a.yaml', 'no such file'],
    [['register', 'a', 'b', '--campaign', 'a.yaml'], 'a.yaml', 'no such file'],
    [['inspect', 'a', '--ids'], '--ids', '--nodes SET'],
    [['select', 'a.npy', '--mode', 'both'], "'both' is invalid", 'reciprocal or directed'],
    [['select', 'a.npy', '--mode', 'directed', '--seed', '1', '--output', 'o'], '--count', 'exactly one'],
    [['select', 'a.npy', '--fraction', '1.5'], "'1.5' is invalid", 'from 0 to 1'],
    [['select', 'a.npy', '--seed', '4294967296'], "'4294967296' is invalid", '4294967295'],
    [['select', 'a.npy', '--allow', 'list.repeat'], "'list.repeat' is invalid", 'list.repeats'],
  ])('%j', async (args, ...expected) => {
    const { code, stdout, stderr } = await connproof(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const text of expected) expect(stderr).toContain(text)
    expect(stderr).toMatch(/^connproof: /)
    expect(stderr).not.toMatch(/\n {4}at |bug/)
  })
})
