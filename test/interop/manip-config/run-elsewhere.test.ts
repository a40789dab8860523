/** Job scripts, registration, and where the result is. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  findManipulatedCircuit,
  placeOf,
  type ResultPlace,
} from '../../../src/interop/manip-config/find-result.ts'
import { type ManipulationJob, manipulationScript } from '../../../src/interop/manip-config/job-script.ts'
import { parseManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { registrationCommand, workflowConfig } from '../../../src/interop/manip-config/registration.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-elsewhere-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const job = (changes: Partial<ManipulationJob> = {}): ManipulationJob => ({
  generation: 'B',
  config: '/configs/manip_config__x-0.json',
  name: 'x-0',
  outputFolder: '/out/x-0',
  logFolder: '/logs',
  flags: { profile: true, resume: false, keepParquet: true },
  slurm: { account: 'proj9', time: '2:00:00', memory: '0', exclusive: true },
  setup: ['module load python'],
  ...changes,
})

describe('the script of one manipulation', () => {
  it('generation A: the three flags as 1 and 0', () => {
    const script = manipulationScript(job({ generation: 'A' }))
    expect(script).toBe(
      [
        '#!/bin/bash -l',
        '#SBATCH --job-name=x-0',
        '#SBATCH --output=/logs/x-0_%j.log',
        '#SBATCH --account=proj9',
        '#SBATCH --time=2:00:00',
        '#SBATCH --mem=0',
        '#SBATCH --exclusive',
        '',
        'set -euo pipefail',
        'module load python',
        'python -u -m connectome_manipulator.connectome_manipulation /configs/manip_config__x-0.json 1 0 1',
        '',
      ].join('\n'),
    )
  })

  it.each([
    [job(), '--output-dir /out/x-0 --profile --convert-to-sonata --keep-parquet'],
    [
      job({ convert: false, splits: 7, flags: { profile: false, resume: true, keepParquet: false } }),
      '--output-dir /out/x-0 --splits 7 --resume',
    ],
  ])('generation B %#', (given, options) => {
    expect(manipulationScript(given)).toContain(
      `connectome-manipulator -v manipulate-connectome /configs/manip_config__x-0.json ${options}\n`,
    )
  })

  it('under MPI it takes four tasks at least', () => {
    const script = manipulationScript(job({ parallel: true }))
    expect(script).toContain('#SBATCH --ntasks=4\n')
    expect(script).toContain('srun parallel-manipulator -v manipulate-connectome')
    expect(() => manipulationScript(job({ parallel: true, slurm: { tasks: 3 } }))).toThrow('at least 4 tasks')
  })

  it('hands odd paths over unchanged, and fails where the run fails', () => {
    const fake = join(folder, 'connectome-manipulator')
    writeFileSync(fake, '#!/bin/sh\nfor a in "$@"; do echo "<$a>"; done\nexit 3\n', { mode: 0o755 })
    const config = "/odd 'place'/$HOME/c.json"
    const file = join(folder, 'job.sh')
    writeFileSync(
      file,
      manipulationScript(job({ config, outputFolder: '/o p', setup: [`PATH=${folder}:$PATH`] })),
    )
    let output = ''
    expect(() => {
      try {
        output = execFileSync('bash', [file], { encoding: 'utf8' })
      } catch (error) {
        output = String((error as { stdout: string }).stdout)
        throw error
      }
    }).toThrow(expect.objectContaining({ status: 3 }))
    expect(output).toContain(`<${config}>\n<--output-dir>\n</o p>\n`)
  })

  it.each([
    [{ config: 'c.json' }, /absolute/],
    [{ outputFolder: 'out' }, /--output-dir must be an absolute path/],
    [{ outputFolder: undefined }, /output folder/],
    [{ outputFolder: '/c/', circuitFolder: '/c' }, /folder of the circuit/],
    [{ name: 'a b' }, /#SBATCH/],
    [{ slurm: { account: 'x\n#SBATCH --wrap=rm' } }, /#SBATCH/],
  ])('%j is refused', (changes, message) => {
    expect(() => manipulationScript(job(changes))).toThrow(message)
  })
})

describe('registration', () => {
  const registration = {
    circuitPath: '/gpfs/project/circuits/O1v5-SONATA',
    name: 'RecipRemoval_Unstruct-0',
    circuitConfig: '/gpfs/out/CircuitConfig_TC_BlobStim_RecipRemoval_Unstruct-0',
    template: '../templates/bbp-workflow_RegisterCircuit.cfg',
    date: '2023-01-13 12:00:00',
  }

  it('fills the template', () => {
    const template =
      '# $DATE\n[R]\nname: $CIRCUIT_NAME\nt: $CIRCUIT_TYPE, $CIRCUIT_CONFIG\n\n# run $FILE_NAME\n'
    expect(workflowConfig(template, registration)).toEqual({
      path: 'workflows/bbp-workflow_RegisterCircuit_RecipRemoval_Unstruct-0.cfg',
      text: [
        '# 2023-01-13 12:00:00 [generated from template]',
        '[R]',
        'name: gpfs_project_circuits_O1v5-SONATA_RecipRemoval_Unstruct-0',
        't: Circuit manipulated by connectome_manipulator, /gpfs/out/CircuitConfig_TC_BlobStim_RecipRemoval_Unstruct-0',
        '',
        '# run bbp-workflow_RegisterCircuit_RecipRemoval_Unstruct-0.cfg',
      ].join('\n'),
    })
  })

  it('has the command line of the notebook', () => {
    expect(registrationCommand(registration)).toBe(
      'bbp-workflow launch --follow --config workflows/bbp-workflow_RegisterCircuit_RecipRemoval_Unstruct-0.cfg bbp_workflow.circuit.task RegisterDetailedCircuit',
    )
  })
})

describe('where the circuit is', () => {
  const out = join(folder, 'out')
  const a: ResultPlace = {
    generation: 'A',
    outputFolder: out,
    name: 'x-0',
    blueConfig: 'CircuitConfig_TC',
    circuitConfig: 'sonata/circuit_config.json',
  }
  const put = (path: string): string => {
    mkdirSync(join(out, path, '..'), { recursive: true })
    writeFileSync(join(out, path), '')
    return join(out, path)
  }

  it('the first of the places that is there', async () => {
    expect(await findManipulatedCircuit(a)).toBeUndefined()
    const beside = put('sonata/parquet/edges.parquet')
    expect(await findManipulatedCircuit(a)).toEqual({ kind: 'parquet', path: join(beside, '..') })
    expect(await findManipulatedCircuit({ ...a, generation: 'B' })).toBeUndefined()
    mkdirSync(join(out, 'parquet'), { recursive: true })
    put('parquet/parquet.DONE')
    expect(await findManipulatedCircuit(a)).toEqual({ kind: 'parquet', path: join(out, 'parquet') })
    const b = put('circuit_config.json')
    expect(await findManipulatedCircuit(a)).toEqual({ kind: 'circuit-config', path: b })
    const renamed = put('sonata/circuit_config_x-0.json')
    expect(await findManipulatedCircuit(a)).toEqual({ kind: 'circuit-config', path: renamed })
    const blue = put('CircuitConfig_TC_x-0')
    expect(await findManipulatedCircuit(a)).toEqual({ kind: 'blue-config', path: blue })
    expect(await findManipulatedCircuit({ ...a, generation: 'B' })).toEqual({
      kind: 'circuit-config',
      path: b,
    })
  })

  it('as the configuration says', () => {
    const fct = { source: 'conn_removal', kwargs: {} }
    const root = { circuit_path: '/c', circuit_config: 's/c.json', manip: { name: 'x', fcts: [fct] } }
    const read = (given: object) => {
      const { config } = parseManipConfig(JSON.stringify(given), 'x')
      if (config === undefined) throw new Error('test configuration is wrong')
      return config
    }
    expect(placeOf(read(root), undefined)).toMatchObject({ outputFolder: '/c', circuitConfig: 's/c.json' })
    expect(placeOf(read({ ...root, output_path: '/o' }), undefined)).toMatchObject({ outputFolder: '/o' })
    expect(placeOf(read({ ...root, output_path: '/o' }), '/d')).toMatchObject({ outputFolder: '/d' })
    const b = { ...root, manip: { name: 'x', fcts: [{ source: 'conn_removal', model_config: {} }] } }
    expect(placeOf(read(b), undefined)).toBeUndefined()
  })
})
