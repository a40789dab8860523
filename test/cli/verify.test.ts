/** `verify` as a process: exit codes, both kinds of output, files it writes. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpz } from '../../src/formats/npz.ts'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof, shell } from './run.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

const verify = (manipulated: readonly string[], ...flags: readonly string[]) =>
  connproof([
    'verify',
    circuits.original,
    ...manipulated,
    '--removed',
    circuits.mask,
    '--nodes',
    circuits.nodeSet,
    ...flags,
  ])

const records = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('verdicts', () => {
  it('0: as asked, with the line of the notebook first', async () => {
    const { code, stdout, stderr } = await verify([circuits.good])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [first, second] = stdout.split('\n')
    expect(first).toMatch(
      /^removed_ok: 200 neurons in total; \d+ connections between (\d+)x\1 selected neurons \(DIFF: -(\d+)\)$/,
    )
    expect(first).toContain(`(DIFF: -${circuits.asked.length})`)
    expect(second).toMatch(/^verified: /)
  })

  it('1: differs, and every planted fault is named with ids and GIDs', async () => {
    const { code, stdout } = await verify([circuits.faulty])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^differs: /m)
    for (const { source, target } of circuits.faults) {
      expect(stdout).toContain(`    ${source} -> ${target}  (GIDs ${source + 1} -> ${target + 1})  expected `)
    }
    // And the edges of the kept connections that have too few or too many.
    const edges = stdout.match(/\(GIDs [^)]*\) {2}edge /g) ?? []
    expect(stdout.match(/\(GIDs /g)).toHaveLength(circuits.faults.length + edges.length)
  })

  it('2 wins over 1, and a circuit that is missing does not stop the others', async () => {
    const { code, stdout } = await verify([circuits.good, '/nowhere/at/all.h5', circuits.faulty])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^verified: /m)
    expect(stdout).toMatch(/^cannot tell: /m)
    expect(stdout).toMatch(/^differs: /m)
    expect(stdout).toMatch(/all\.h5: .*no such file/)
    expect(stdout).toMatch(/\n3 circuits: 1 verified, 1 differs, 1 cannot tell\n$/)
  })

  it('without a mask nothing may have changed', async () => {
    const same = await connproof(['verify', circuits.original, circuits.original])
    expect(same.code).toBe(0)
    expect(same.stdout).toContain('(DIFF: 0)')
    const other = await connproof(['verify', circuits.original, circuits.good, '--show', '2'])
    expect(other.code).toBe(1)
    expect(other.stdout.match(/\(GIDs /g)).toHaveLength(2)
    expect(other.stdout).toContain(`... and ${circuits.asked.length - 2} more`)
  })

  it('2: a run that cannot begin says which file, and what to do, on stderr', async () => {
    const { code, stdout, stderr } = await verify([circuits.good], '--removed', '/nowhere/mask.npz')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^connproof: \/nowhere\/mask\.npz: /)
    expect(stderr).not.toMatch(/bug|\n {4}at /)
  })

  it('2: a code that cannot be allowed', async () => {
    const { code, stderr } = await verify([circuits.good], '--allow', 'lost.not_asked')
    expect(code).toBe(2)
    expect(stderr).toContain('lost.not_asked')
    expect(stderr).toContain('asked.absent')
  })
})

describe('--json', () => {
  it('is checks and a proof per circuit, and nothing else anywhere', async () => {
    const { code, stdout, stderr } = await verify([circuits.good, circuits.faulty], '--json')
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const all = records(stdout)
    const checks = [
      'nodes.same',
      'populations.same',
      'removed.exactly',
      'added.exactly',
      'outside.connections',
      'count',
      'multiplicity',
      'properties.same',
      'synapses.same',
      'synapses.order',
    ]
    const each = [...checks.map(id => ['check', id]), ['proof', undefined]]
    expect(all.map(record => [record.type, record.id])).toEqual([...each, ...each])
    const proof = all.at(-1)
    expect(proof).toMatchObject({
      circuit: 'removed_faulty',
      verdict: 'differs',
      level: 'synapses',
      neurons: 200,
    })
    expect(proof.diff).toBe(proof.connections.manipulated - proof.connections.original)
    const planted: Record<string, number> = {}
    for (const fault of circuits.faults) planted[fault.class] = (planted[fault.class] ?? 0) + 1
    expect(proof.classes).toMatchObject(planted)
    expect(all[checks.length].classes.removed_as_asked).toBe(circuits.asked.length)
  })

  it('names culprits with both kinds of id', async () => {
    const proof = records((await verify([circuits.faulty], '--json')).stdout).at(-1)
    const culprits = proof.findings.flatMap((finding: { culprits: unknown[] }) => finding.culprits)
    expect(culprits).toHaveLength(circuits.faults.length)
    for (const { source, target, original, manipulated } of circuits.faults) {
      expect(culprits).toContainEqual({
        source,
        target,
        source_gid: source + 1,
        target_gid: target + 1,
        original_edges: original,
        manipulated_edges: manipulated,
      })
    }
  })

  it('says null for a circuit that is missing, and an error where nothing could begin', async () => {
    const missing = records((await verify(['/nowhere/a.h5'], '--json')).stdout).at(-1)
    expect(missing).toMatchObject({ type: 'proof', verdict: 'cannot_tell', level: null, classes: null })
    expect(missing.error.file).toContain('/nowhere/a.h5')
    const broken = await connproof(['verify', '/nowhere/b.h5', circuits.good, '--json'])
    expect(broken.code).toBe(2)
    expect(records(broken.stdout)).toEqual([
      {
        type: 'error',
        schema: 1,
        code: 'error.input',
        message: expect.any(String),
        file: '/nowhere/b.h5',
        hint: expect.any(String),
      },
    ])
    expect(broken.stderr).toContain('/nowhere/b.h5')
  })
})

describe('files', () => {
  it('--proof holds what --json says', async () => {
    const file = join(circuits.folder(), 'proof.json')
    const { code, stdout } = await verify([circuits.faulty], '--json', '--proof', file)
    expect(code).toBe(1)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(records(stdout).at(-1))
  })

  it('--proof is an array for several circuits, readable or not', async () => {
    const file = join(circuits.folder(), 'proof.json')
    await verify([circuits.good, '/nowhere/a.h5'], '--proof', file)
    const verdicts = JSON.parse(readFileSync(file, 'utf8')).map((proof: { verdict: string }) => proof.verdict)
    expect(verdicts).toEqual(['verified', 'cannot_tell'])
  })

  it('--write-differences holds every culprit, as csv', async () => {
    const file = join(circuits.folder(), 'd.csv')
    await verify([circuits.faulty], '--write-differences', file, '--show', '0')
    const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(header).toBe('class,source,target,source_gid,target_gid,original_edges,manipulated_edges')
    const expected = circuits.faults.map(({ class: name, source, target, original, manipulated }) =>
      [name, source, target, source + 1, target + 1, original, manipulated].join(),
    )
    expect(lines.toSorted()).toEqual(expected.toSorted())
  })

  it('--write-differences as npz, one per circuit that could be compared', async () => {
    const folder = circuits.folder()
    await verify(
      [circuits.good, '/nowhere/a.h5', circuits.faulty],
      '--write-differences',
      join(folder, 'd.npz'),
    )
    expect(readdirSync(folder).toSorted()).toEqual(['d.removed_faulty.npz', 'd.removed_ok.npz'])
    const rows = async (name: string) => (await readNpz(join(folder, name))).get('source')?.data.length
    expect(await rows('d.removed_ok.npz')).toBe(0)
    expect(await rows('d.removed_faulty.npz')).toBe(circuits.faults.length)
  })

  it('are overwritten with --force only', async () => {
    const file = join(circuits.folder(), 'proof.json')
    writeFileSync(file, 'mine')
    const refused = await verify([circuits.good], '--proof', file)
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(file)
    expect(refused.stderr).toContain('--force')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect((await verify([circuits.good], '--proof', file, '--force')).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('"verified"')
  })

  it('are refused before the run where they cannot be written', async () => {
    const folder = circuits.folder()
    const cases: [flag: string, path: string][] = [
      ['--proof', join(folder, 'no/such/folder/proof.json')],
      ['--proof', folder],
      ['--proof', '/dev/null'],
      ['--write-differences', join(folder, 'no/folder/d.csv')],
    ]
    for (const [flag, path] of cases) {
      const { code, stdout, stderr } = await verify([circuits.good], flag, path, '--force')
      expect({ path, code, stdout }).toEqual({ path, code: 2, stdout: '' })
      expect(stderr).toContain(path)
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('are never the inputs, not even through a link', async () => {
    const link = join(circuits.folder(), 'link')
    mkdirSync(join(link, '..'), { recursive: true })
    symlinkSync(join(circuits.mask, '..'), link)
    const before = readFileSync(circuits.mask)
    const through = join(link, 'conns_removed_adjmat.npz')
    const { code, stderr } = await verify([circuits.good], '--write-differences', through, '--force')
    expect(code).toBe(2)
    expect(stderr).toContain('is an input')
    expect(readFileSync(circuits.mask).equals(before)).toBe(true)
  })
})

describe('pipes and terminals', () => {
  it('a reader that goes away changes nothing but the output', async () => {
    // Large enough to outgrow the pipe: otherwise nothing would notice that the reader is gone.
    const args = `verify '${circuits.original}' ${`'${circuits.good}' `.repeat(40)} --show 1000`
    const whole = await shell(`connproof ${args}`)
    expect(whole.stdout.length).toBeGreaterThan(100_000)
    const { stdout, stderr } = await shell(`connproof ${args} | head -1; echo "exit \${PIPESTATUS[0]}"`)
    expect(stderr).toBe('')
    expect(stdout.split('\n').slice(1)).toEqual(['exit 1', ''])
  })

  it('writes no colour into a pipe', async () => {
    const { stdout } = await verify([circuits.faulty], '-q')
    expect(stdout).not.toContain('\x1b')
  })
})
