/** The built command line in a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expectRecords } from '../records.ts'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
  /** The `proof` records of `--json`. */
  proofs: ProofRecord[]
}

export interface ProofRecord {
  type: string
  circuit: string
  verdict: 'verified' | 'differs' | 'cannot_tell'
  diff: number | null
  connections: { original: number; manipulated: number } | null
  classes: Record<string, number> | null
  asked: { removed: number; added: number }
  findings: { code: string; severity: string; count: number; culprits: CulpritRecord[] }[]
  error?: { message: string; file?: string; field?: string; hint?: string }
}

export interface CulpritRecord {
  source: number
  target: number
  original_edges: number
  manipulated_edges: number
}

export function connproof(args: readonly string[], cwd?: string): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', code => {
      try {
        expectRecords(args, stdout, { cwd, code })
      } catch (error) {
        reject(error)
        return
      }
      const records = args.includes('--json') ? stdout.split('\n').filter(Boolean).map(parse) : []
      resolve({ code, stdout, stderr, proofs: records.filter(record => record.type === 'proof') })
    })
  })
}

const parse = (line: string): ProofRecord => JSON.parse(line) as ProofRecord
