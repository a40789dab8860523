import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BaseCircuit } from '../../src/campaign/base.ts'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { configSteps } from '../../src/campaign/config-steps.ts'
import { readDocument } from '../../src/campaign/document.ts'
import { runSteps } from '../../src/campaign/run-steps.ts'
import { CAMPAIGN_SCHEMA } from '../../src/campaign/schema.ts'
import { selectSteps } from '../../src/campaign/select-steps.ts'
import { isUrl } from '../../src/campaign/url.ts'
import { validate } from '../../src/campaign/validate.ts'
import { ORIGINAL_STYLE, writeEdges } from '../../src/demo/write.ts'
import { isInputError } from '../../src/errors.ts'
import { campaignFile } from './files.ts'
import { writeNotebook } from './notebook.ts'

const HEAD = `circuit: circuit
name: O1v5-SONATA
output: out
nodes:
  column: { node_set: mc2_Column, synapse_class: EXC }
defaults: { nodes: column, mode: reciprocal, seed: 9900 }
`
const ONE = `${HEAD}manipulations:
  - name: Struct
    list: pairs.csv
    count: 2
`

/** What a file is refused for: line, message and suggestion. */
async function refusal(text: string, name?: string): Promise<string> {
  try {
    await readCampaign(campaignFile(text, name))
  } catch (error) {
    if (!isInputError(error)) throw error
    expect(error.file).toMatch(/campaign\.(yaml|json)$/)
    return [error.field, error.message, error.hint].filter(part => part !== undefined).join(' | ')
  }
  throw new Error('was accepted')
}

describe('a campaign file', () => {
  it('expands to variants with the paths of the notebook', async () => {
    const file = campaignFile(`${HEAD}manipulations:
  - { name: RecipRemoval_StructDim56, list: pairs.csv, all: true }
  - { name: RecipRemoval_Unstruct, from: reciprocal, count: [5, 10] }
`)
    const campaign = await readCampaign(file)
    const out = join(dirname(file), 'out')
    expect(campaign.variants.map(({ id, amount }) => [id, amount])).toEqual([
      ['RecipRemoval_StructDim56-0', 'all'],
      ['RecipRemoval_Unstruct-0', { count: 5 }],
      ['RecipRemoval_Unstruct-1', { count: 10 }],
    ])
    const last = campaign.variants[2]
    expect(last?.fullName).toBe('O1v5-SONATA_RecipRemoval_Unstruct-1')
    expect(last?.paths).toEqual({
      folder: join(out, 'RecipRemoval_Unstruct/1'),
      mask: join(out, 'RecipRemoval_Unstruct/1/conns_removed_adjmat.npz'),
      target: join(out, 'RecipRemoval_Unstruct/1/conns_removed.target'),
      config: join(out, 'manip_config__RecipRemoval_Unstruct-1.json'),
      proof: join(out, 'RecipRemoval_Unstruct/1/proof.json'),
    })
    expect(last?.manipulation).toMatchObject({
      operation: 'conn_removal',
      mode: 'reciprocal',
      seed: 9900,
      generator: 'RandomState',
      list: { kind: 'reciprocal' },
      source: {
        expression: 'mc2_Column&synapse_class=EXC',
        selection: { node_set: 'mc2_Column', synapse_class: 'EXC' },
      },
    })
  })

  it('is the same as YAML and as JSON', async () => {
    const value = {
      circuit: 'circuit',
      output: 'out',
      manipulations: [{ name: 'a', pairs: [[1, 2]], mode: 'directed', all: true, seed: 1 }],
    }
    const campaign = await readCampaign(campaignFile(JSON.stringify(value, null, '\t'), 'campaign.json'))
    expect(campaign.variants[0]?.manipulation.list).toEqual({ kind: 'pairs', pairs: [[1, 2]], idBase: 1 })
    expect(campaign.name).toBe('circuit')
  })

  it.each([
    ['constant', [7, 7]],
    ['add_sim_idx', [7, 8]],
    ['add_sim_seed, simulation_seed: 100', [107, 107]],
  ])('draws with seed mode %s', async (mode, seeds) => {
    const text = `${HEAD}manipulations: [{ name: a, list: pairs.csv, count: [1, 2], seed: 7, seed_mode: ${mode} }]`
    const { variants } = await readCampaign(campaignFile(text))
    expect(variants.map(({ seed }) => seed)).toEqual(seeds)
  })

  it('takes amounts of several kinds', async () => {
    const text = `${HEAD}manipulations: [{ name: a, list: pairs.csv, amounts: [{count: 1}, {fraction: 0.5}, all] }]`
    const { variants } = await readCampaign(campaignFile(text))
    expect(variants.map(({ amount }) => amount)).toEqual([{ count: 1 }, { fraction: 0.5 }, 'all'])
  })
})

describe('the README', () => {
  it('shows a campaign file that the schema takes', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, text = ''] = /```yaml\n(# campaign\.yaml\n[\s\S]*?)```/.exec(readme) ?? []
    expect(text).toContain('manipulations:')
    const document = await readDocument(campaignFile(text))
    await expect(validate(document, CAMPAIGN_SCHEMA)).resolves.toBeUndefined()
  })
})

describe('the campaign of the README', () => {
  it('works on a circuit with several edge populations, and says which key is missing', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, example = ''] = /```yaml\n(# campaign\.yaml\n[\s\S]*?)```/.exec(readme) ?? []
    const notebook = await writeNotebook()
    const { edges, nodes } = notebook.circuit
    const circuit = join(notebook.folder, 'O1v5-SONATA')
    writeEdges(join(circuit, 'more.h5'), edges, nodes.count, { ...ORIGINAL_STYLE, population: 'more' })
    const config = JSON.parse(readFileSync(join(circuit, 'circuit_config.json'), 'utf8'))
    config.networks.edges.push({ edges_file: 'more.h5', populations: { more: { type: 'chemical' } } })
    writeFileSync(join(circuit, 'circuit_config.json'), JSON.stringify(config))
    // Its circuit is larger.
    const text = example
      .replace('/sonata/', '/')
      .replace('mc2_Column', 'All')
      .replace(/count: \[.*?\]/, 'count: [1, 2, 3, 4]')
    const made = async (text: string) => {
      writeFileSync(notebook.campaign, text)
      const campaign = await readCampaign(notebook.campaign)
      const base = await BaseCircuit.open(campaign)
      const outcomes = [
        ...(await runSteps(campaign.output, selectSteps(campaign, base))),
        ...(await runSteps(campaign.output, configSteps(campaign, base))),
      ]
      base.close()
      return outcomes.map(({ trouble }) => trouble)
    }
    expect(new Set(await made(text))).toEqual(new Set([undefined]))
    await expect(made(text.replace(/^population:.*\n/m, ''))).rejects.toMatchObject({
      hint: expect.stringMatching(/population: default.*\(line 2 of campaign\.yaml\)/),
    })
    rmSync(notebook.folder, { recursive: true })
  })
})

describe('results', () => {
  const places = async (circuit: string, more: string) => {
    const file = campaignFile(
      `circuit: ${circuit}/circuit_config.json\noutput: out\n${more}\nmanipulations: [{name: a, arguments: {amount_pct: 1}}]`,
    )
    const folder = join(dirname(file), circuit)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'circuit_config.json'), '{}')
    return relative(dirname(file), (await readCampaign(file)).config.outputPath)
  }
  it.each([
    ['circuit', '', 'circuit__{name}'],
    ['O1/sonata', '', 'O1__{name}'],
    ['O1/networks', 'name: O1', 'O1__{name}'],
    ['O1/networks', '', 'O1/networks__{name}'],
    ['O1/sonata', 'name: sonata', 'O1/sonata__{name}'],
    ['O1/sonata', 'config: { circuit_path: O1/sonata }', 'O1/sonata__{name}'],
  ])('of %s (%s) lie beside the original', async (circuit, more, place) => {
    expect(await places(circuit, more)).toBe(place)
  })
})

describe('a registration', () => {
  it('is a URL and nothing else', async () => {
    const said = (url: string) =>
      refusal(`${ONE}registrations: { O1v5-SONATA_Struct-0: ${JSON.stringify(url)} }\n`)
    expect(await said('https://a.b c')).toMatch(/registrations.*expected a URL and nothing else/)
    for (const url of [
      'https:a.b',
      'https://',
      ' https://a.b',
      'https://a.b\n',
      'https://a`b',
      'ftp://a.b',
      'https:\\\\a.b',
      'https://a.b/ x',
      'see https://a.b',
    ])
      expect([url, isUrl(url)]).toEqual([url, false])
    for (const url of ['https://a.b', 'http://a.b:80/c?d=e%20f#g', 'https://u@a.b/~c/(d)'])
      expect([url, isUrl(url)]).toEqual([url, true])
  })
})

describe('a node selection', () => {
  const choice = async (nodes: string) => {
    const text = `circuit: circuit\noutput: out\nmanipulations: [{name: a, arguments: {amount_pct: 1}, nodes: ${nodes}}]`
    const { variants } = await readCampaign(campaignFile(text))
    const { expression, selection } = variants[0]?.manipulation.source ?? {}
    return { expression, selection }
  }
  it.each([
    ['Column', { expression: 'Column', selection: 'Column' }],
    ['{ node_set: Column }', { expression: 'Column', selection: 'Column' }],
    ['{ layer: [4, 5] }', { expression: 'layer=4,5', selection: { layer: [4, 5] } }],
    [
      '"Column & layer=4,5"',
      { expression: 'Column & layer=4,5', selection: { node_set: 'Column', layer: [4, 5] } },
    ],
  ])('%s is known to both languages', async (nodes, expected) => {
    expect(await choice(nodes)).toEqual(expected)
  })

  it('in a file is only for us', async () => {
    expect(await choice('ids.npy')).toEqual({
      expression: expect.stringMatching(/^\/.*ids\.npy$/),
      selection: undefined,
    })
  })
})

describe('what the circuit does not have', () => {
  it('is said with the key of the campaign file', async () => {
    const notebook = await writeNotebook()
    const said = async (head: string, manipulation: string) => {
      const text = `circuit: O1v5-SONATA\noutput: o\n${head}\nmanipulations:\n  - { name: a, from: reciprocal, mode: reciprocal, seed: 1, ${manipulation} }\n`
      writeFileSync(notebook.campaign, text)
      const campaign = await readCampaign(notebook.campaign)
      const base = await BaseCircuit.open(campaign)
      const [first] = await runSteps(campaign.output, selectSteps(campaign, base))
      base.close()
      return `${first?.trouble?.message}; ${first?.trouble?.hint}`
    }
    await expect(said('population: defalt', 'all: true')).rejects.toMatchObject({
      message: 'the circuit has no edge population "defalt"',
      field: 'line 3, population',
      hint: 'did you mean "default"?',
    })
    const nodes = 'nodes: { exc: { synapse_class: EXK } }'
    expect(await said(nodes, 'all: true, nodes: exc')).toMatch(
      /has synapse_class "EXK"; .* \(nodes\.exc of the/,
    )
    expect(await said(nodes, 'all: true, source: exd')).toMatch(
      /no node set "exd"; .* \(manipulations\[0\]\.source: exd \(the section nodes has exc\) of the campaign file\)/,
    )
    expect(await said('', 'count: 100000')).toMatch(/\(all: true\), or .* with allow: \[list\.short\]$/)
    rmSync(notebook.folder, { recursive: true })
  })
})

describe('a faulty campaign file is refused with its line', () => {
  it.each([
    [
      'mistyped key',
      ONE.replace('count', 'cuont'),
      /^line 10, manipulations\[0\]\.cuont \| unknown key "cuont" \| did you mean "count"\?$/,
    ],
    [
      'mistyped key at the top',
      ONE.replace('output', 'outptu'),
      /^line 3, outptu \| unknown key "outptu" \| did you mean "output"\?$/,
    ],
    [
      'bare amount',
      ONE.replace('count', 'amount'),
      /^line 10, .*amount \| a bare amount is refused.*1\.0.* \| write count: 100/,
    ],
    [
      'text for a number',
      ONE.replace('count: 2', 'count: "2"'),
      /^line 10, .*count \| expected a whole number or a list, found a string \("2"\)/,
    ],
    [
      'text in a list of numbers',
      ONE.replace('count: 2', 'count: [1, x]'),
      /^line 10, .*count\[1\] \| expected a whole number, found a string \("x"\)/,
    ],
    [
      'half a connection',
      ONE.replace('count: 2', 'count: 0.5'),
      /^line 10, .*count \| expected a whole number or a list, found a number \(0\.5\)/,
    ],
    [
      'fewer than none',
      ONE.replace('count: 2', 'count: -1'),
      /^line 10, .*count \| expected a number >= 0, found -1/,
    ],
    [
      'more than all',
      ONE.replace('count: 2', 'fraction: 1.5'),
      /^line 10, .*fraction \| expected a number <= 1, found 1\.5/,
    ],
    [
      'text for a seed',
      ONE.replace('seed: 9900', 'seed: x'),
      /^line 6, defaults\.seed \| expected a whole number, found a string \("x"\)/,
    ],
    [
      'unknown mode',
      ONE.replace('reciprocal', 'reciprocl'),
      /^line 6, defaults\.mode \| expected reciprocal or directed, found "reciprocl" \| did you mean "reciprocal"\?$/,
    ],
    [
      'missing list',
      ONE.replace('pairs.csv', 'piars.csv'),
      /^line 9, .*list \| no such file: piars\.csv \| did you mean "pairs\.csv"\?$/,
    ],
    [
      'missing circuit',
      ONE.replace('circuit: circuit', 'circuit: circiut'),
      /^line 1, circuit \| no such file: circiut \| did you mean "circuit"\?$/,
    ],
    [
      'missing template',
      `${ONE}config: { workflow_template: pairs.cfg }`,
      /^line 11, config\.workflow_template \| no such file: pairs\.cfg \| did you mean "pairs\.csv"\?$/,
    ],
    [
      'two of one name',
      `${ONE}  - { name: Struct, list: pairs.csv, count: 1 }`,
      /^line 11, .*name \| Struct-0 and Struct-0 would both write to .*Struct.0 \| give each its own name$/,
    ],
    [
      'two names but for their case',
      `${ONE}  - { name: struct, list: pairs.csv, count: 1 }`,
      /^line 11, .*name \| struct-0 and Struct-0 would both/,
    ],
    [
      'two circuits at one path',
      `${ONE}  - { name: B, list: pairs.csv, count: 1 }\ncircuits: { Struct-0: x, B-0: x }`,
      /^line 11, .*name \| B-0 and Struct-0 would both write to .*x/,
    ],
    [
      'a name of a shared file',
      ONE.replace('name: Struct', 'name: user.target'),
      /user\.target-0 and the campaign would both/,
    ],
    [
      'a name with folders',
      ONE.replace('name: Struct', 'name: ../Struct'),
      /^line 8, .*name \| "\.\.\/Struct" cannot be used here/,
    ],
    [
      'two kinds of amount',
      `${ONE}    fraction: 0.5`,
      /^line 11, .*fraction \| two kinds of amount: count and fraction/,
    ],
    ['no amount', ONE.replace('    count: 2\n', ''), /^line 8, manipulations\[0\] \| nothing says how many/],
    ['no list', ONE.replace('    list: pairs.csv\n', ''), /nothing says which connections/],
    ['no seed', ONE.replace(', seed: 9900', ''), /the key "seed" is missing/],
    [
      'a seed where nothing is drawn',
      `${HEAD}manipulations: [{ name: a, operation: syn_subsampling, seed: 5 }]`,
      /seed has no effect: there is no list to draw from/,
    ],
    [
      'a generator where nothing is drawn',
      `${HEAD}manipulations: [{ name: a, operation: syn_subsampling, generator: default_rng }]`,
      /generator has no effect/,
    ],
    [
      'a seed of all where nothing is drawn at all',
      `${HEAD}manipulations: [{ name: a, operation: syn_subsampling }]`,
      /seed has no effect: no manipulation has a list/,
    ],
    [
      'a seed of the simulation that nothing is added to',
      `${HEAD}manipulations: [{ name: a, list: pairs.csv, count: 1, simulation_seed: 3 }]`,
      /simulation_seed has no effect: seed_mode is constant/,
    ],
    [
      'seed beyond NumPy',
      ONE.replace('seed: 9900', 'seed: 4294967295, seed_mode: add_sim_idx').replace(
        'count: 2',
        'count: [1, 2]',
      ),
      /Struct-1: expected a seed from 0 to 4294967295, found 4294967296/,
    ],
    [
      'a circuit of nobody',
      `${ONE}circuits: { Strct-0: x }`,
      /^line 11, circuits\.Strct-0 \| there is no "Strct-0".* \| did you mean "Struct-0"\?$/,
    ],
    [
      'a key twice',
      `${ONE}output: other`,
      /^line 11, column 1 \| Map keys must be unique \| keep one of the two$/,
    ],
    ['no YAML', 'circuit: [', /^line \d+, column \d+ \|/],
    ['no object', '[1]', /^line 1, the whole file \| expected an object, found a list$/],
  ])('%s', async (_, text, expected) => {
    expect(await refusal(text)).toMatch(expected)
  })

  it('as JSON too', async () => {
    expect(await refusal('{\n "circuit": "circuit",\n "ouput": "x"\n}', 'campaign.json')).toMatch(
      /^line 3, ouput \| unknown key "ouput" \| did you mean "output"\?$/,
    )
    expect(await refusal('{ circuit: "circuit" }', 'campaign.json')).toMatch(/not valid JSON/)
  })

  it('of any key with a letter too many', async () => {
    const keys = ['circuit', 'output', 'manipulations', 'list', 'count', 'defaults', 'nodes', 'mode', 'seed']
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), fc.nat(), async (key, at) => {
        const k = at % (key.length + 1)
        const wrong = `${key.slice(0, k)}q${key.slice(k)}`
        const text = await refusal(ONE.replace(new RegExp(`\\b${key}:`), `${wrong}:`))
        expect(text).toMatch(new RegExp(`^line \\d+, .*unknown key "${wrong}" \\| did you mean "${key}"\\?$`))
      }),
      { numRuns: 30 },
    )
  })

  it('with a thousand aliases of aliases, without taking memory', async () => {
    const bomb = Array.from({ length: 12 }, (_, k) =>
      k === 0
        ? 'a0: &a0 [x, x]'
        : `a${k}: &a${k} [${Array(9)
            .fill(`*a${k - 1}`)
            .join(', ')}]`,
    )
    expect(await refusal(bomb.join('\n'))).toMatch(/alias/)
  })
})
