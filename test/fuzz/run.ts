/**
 * `npm run fuzz [cases] [seed]`: spoils small files of every format, by default 3,000 times in this process and
 * 260 times through the built command. No damage may crash it, hang it, or get a verdict it does not deserve.
 */
import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connproof, MAIN } from '../cli/run.ts'
import { fuzz, type Report } from './fuzz.ts'
import { PATIENCE, type Run, runHere } from './judge.ts'

const [cases = '3000', seed = 'connproof', ...rest] = process.argv.slice(2)

const spawned: Run = async args => {
  const { code, stdout, stderr } = await connproof(args)
  return { code: code ?? 70, text: stdout + stderr }
}

if (rest.includes('--child')) await child()
else await parent()

/** A case that hangs cannot stop itself: the parent watches from another process. */
async function parent(): Promise<void> {
  const worker = fork(fileURLToPath(import.meta.url), [cases, seed, '--child'])
  let last = 'the first case'
  const watch = () =>
    setTimeout(() => {
      console.error(`HANG: nothing for ${PATIENCE / 500} s after ${last}`)
      worker.kill('SIGKILL')
    }, 2 * PATIENCE)
  let timer = watch()
  worker.on('message', message => {
    last = String(message)
    clearTimeout(timer)
    timer = watch()
  })
  const code = await new Promise<number | null>(resolve => worker.on('exit', resolve))
  clearTimeout(timer)
  process.exitCode = code ?? 1
}

async function child(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-fuzz-'))
  try {
    const watch = (name: string): void => void process.send?.(name)
    const here = await fuzz({ folder: join(folder, 'here'), seed, cases: Number(cases), run: runHere, watch })
    const reports = [here]
    if (existsSync(MAIN)) {
      const share = Math.ceil((Number(cases) * 26) / 300)
      reports.push(
        await fuzz({
          folder: join(folder, 'spawned'),
          seed: `${seed} spawned`,
          cases: share,
          run: spawned,
          watch,
        }),
      )
    } else console.log('not through the command: npm run build first')
    for (const report of reports) print(report)
    if (reports.some(({ complaints }) => complaints.length > 0)) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true })
    process.disconnect?.()
  }
}

function print({ table, complaints, cases: count, seconds, slowest }: Report): void {
  console.log(`${count} cases in ${seconds.toFixed(1)} s, the slowest ${slowest.toFixed(2)} s`)
  console.table(table)
  for (const complaint of complaints) console.error(complaint)
}
