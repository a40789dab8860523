/** Acceptance 6 of the issue: the notebook from one file. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connproof } from '../cli/run.ts'
import { LEFT_OUT, manipulate, type Notebook, VARIANTS, writeNotebook } from './notebook.ts'

let notebook: Notebook
const run = (...args: string[]) => connproof(args, { cwd: notebook.folder })

beforeAll(async () => {
  notebook = await writeNotebook()
}, 60_000)
afterAll(() => rmSync(notebook.folder, { recursive: true, force: true }))

/** Every file below the output folder with its content. */
function snapshot(): Map<string, string> {
  const files = readdirSync(notebook.out, { recursive: true, withFileTypes: true }).filter(entry =>
    entry.isFile(),
  )
  return new Map(
    files.map(entry => {
      const path = join(entry.parentPath, entry.name)
      return [path, `${statSync(path).mtimeMs} ${readFileSync(path).toString('base64')}`]
    }),
  )
}

describe('a campaign of seven manipulations', { timeout: 60_000 }, () => {
  it('says what it would do, and does nothing', async () => {
    const { code, stdout } = await run('select', 'campaign.yaml', '--dry-run')
    expect(code).toBe(0)
    expect(stdout.match(/^would write selection of .* \(not done yet\)$/gm)).toHaveLength(7)
    expect(stdout).toMatch(/^8 would be written$/m)
    expect(() => readdirSync(notebook.out)).toThrow()
  })

  it('selects', async () => {
    const { code, stdout, stderr } = await run('select', 'campaign.yaml')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [, , , total] = notebook.sizes
    expect(stdout.match(/<SIM\d> Randomly selected \d+ of \d+ reciprocal connections/g)).toHaveLength(7)
    expect(stdout).toContain(`<SIM3> Randomly selected ${total} of ${total} reciprocal`)
    expect(stdout).toMatch(/Created <\d+x\d+> adjacency matrix in CSC format with \d+ elements/)
    expect(readdirSync(join(notebook.out, 'RecipRemoval_Unstruct'))).toEqual(['0', '1', '2', '3'])
  })

  it('writes configurations', async () => {
    const { code, stdout } = await run('config', 'campaign.yaml')
    expect(code).toBe(0)
    expect(stdout.match(/Manipulation config written to/g)).toHaveLength(7)
    const file = join(notebook.out, 'manip_config__RecipRemoval_Unstruct-2.json')
    const [fct] = JSON.parse(readFileSync(file, 'utf8')).manip.fcts
    expect(fct).toMatchObject({
      source: 'conn_removal',
      sel_src: { node_set: 'All', synapse_class: 'EXC' },
      conn_mask_file: join(notebook.out, 'RecipRemoval_Unstruct/2/conns_removed_adjmat.npz'),
    })
  })

  it('verifies what is there and names what is not', async () => {
    for (const id of VARIANTS) if (!LEFT_OUT.includes(id)) await manipulate(notebook, id)
    const { code, stdout, stderr } = await run('verify', 'campaign.yaml')
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(
      /^Original circuit: 120 neurons in total; \d+ connections between \d+x\d+ selected neurons$/,
    )
    const [a, , c, all] = notebook.sizes
    const diffs = [a, undefined, c, Math.floor((all ?? 0) / 8), undefined, c, all]
    for (const [k, id] of VARIANTS.entries()) {
      const diff = diffs[k]
      expect(lines[k + 1]).toMatch(
        diff === undefined
          ? new RegExp(`^${id}: NOT FOUND!$`)
          : new RegExp(
              `^${id}: 120 neurons in total; \\d+ connections between \\d+x\\d+ selected neurons \\(DIFF: -${diff}\\): verified$`,
            ),
      )
    }
    expect(stdout).toContain('7 circuits: 5 verified, 2 not found')
    const proof = JSON.parse(readFileSync(join(notebook.out, 'RecipRemoval_Unstruct/3/proof.json'), 'utf8'))
    expect(proof).toMatchObject({
      circuit: 'RecipRemoval_Unstruct-3',
      verdict: 'verified',
      diff: -(all ?? 0),
    })
  })

  it('may allow missing circuits', async () => {
    expect((await run('verify', 'campaign.yaml', '--allow-missing')).code).toBe(0)
  })

  it('reports to continuous integration', async () => {
    expect((await run('verify', 'campaign.yaml', '--junit', 'junit.xml')).code).toBe(2)
    const xml = readFileSync(join(notebook.folder, 'junit.xml'), 'utf8')
    expect(xml.match(/<testsuite name="RecipRemoval_/g)).toHaveLength(7)
    expect(xml.match(/<error message="NOT FOUND!">/g)).toHaveLength(2)
    expect(xml).not.toContain('<failure')
    const again = await run('verify', 'campaign.yaml', '--junit', 'junit.xml')
    expect(again.stderr).toMatch(/--junit: exists already/)
    for (const own of ['connproof.lock.json', 'RecipRemoval_Unstruct/3/proof.json']) {
      const file = join(notebook.out, own)
      const before = readFileSync(file, 'utf8')
      const over = await run('verify', 'campaign.yaml', '--junit', file, '--force')
      expect(over).toMatchObject({ code: 2, stderr: expect.stringMatching(/would be overwritten/) })
      expect(readFileSync(file, 'utf8')).toBe(before)
    }
  })

  it('says all of it as JSON', async () => {
    const { stdout } = await run('verify', 'campaign.yaml', '--json', '--allow-missing')
    const records = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(records.map(({ type, circuit }) => [type, circuit])).toEqual(
      VARIANTS.map(id => [LEFT_OUT.includes(id) ? 'missing' : 'proof', id]),
    )
    const status = await run('status', 'campaign.yaml', '--json')
    const states = status.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(states.map(({ id, proof, circuit }) => [id, proof.verdict ?? circuit])).toEqual(
      VARIANTS.map(id => [id, LEFT_OUT.includes(id) ? null : 'verified']),
    )
  })

  it('does nothing a second time, and says so', async () => {
    const before = snapshot()
    for (const verb of ['select', 'config', 'verify'])
      expect((await run(verb, 'campaign.yaml')).stdout).toMatch(/^nothing to do: /m)
    expect(snapshot()).toEqual(before)
  })

  it('keeps track', async () => {
    const url = 'https://example.org/circuits/79abd252'
    const registered = await run('register', 'O1v5-SONATA_RecipRemoval_Unstruct-0', url)
    expect(registered).toEqual({
      code: 0,
      stdout: `* O1v5-SONATA_RecipRemoval_Unstruct-0: \`${url}\`\n`,
      stderr: '',
    })
    const { code, stdout } = await run('status', 'campaign.yaml')
    expect(code).toBe(0)
    const row = (id: string) =>
      stdout
        .split('\n')
        .find(line => line.startsWith(`${id} `))
        ?.split(/ {2,}/)
    expect(row('RecipRemoval_Unstruct-0')).toEqual([
      'RecipRemoval_Unstruct-0',
      expect.stringMatching(/^\d+$/),
      'yes',
      'yes',
      'found',
      expect.stringMatching(/^(connections|synapses|full), \d{4}-\d\d-\d\d \d\d:\d\d$/),
      url,
    ])
    expect(row('RecipRemoval_Unstruct-1')?.slice(2)).toEqual(['yes', 'yes', 'NOT FOUND', 'no', 'TO BE ADDED'])
    const list = await run('status', 'campaign.yaml', '--markdown')
    expect(list.stdout).toBe(
      VARIANTS.map(
        id => `* O1v5-SONATA_${id}: \`${id === 'RecipRemoval_Unstruct-0' ? url : 'TO BE ADDED!'}\`\n`,
      ).join(''),
    )
  })

  it('checks every artifact', async () => {
    const { code, stdout } = await run('status', 'campaign.yaml', '--check')
    expect(stdout).toMatch(/^checked: \d+ artifacts, each as it should be$/m)
    expect(code).toBe(0)
  })
})
