/** What happens when connproof itself, or the machine, is at fault; colour on a real terminal. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Circuits, writeCircuits } from './circuits.ts'
import { connproof, MAIN, shell } from './run.ts'

let circuits: Circuits
beforeAll(async () => {
  circuits = await writeCircuits()
})
afterAll(() => circuits.remove())

/** Run with a piece of code that is loaded before connproof. No spaces: NODE_OPTIONS splits at them. */
const sabotaged = (code: string) =>
  connproof(['verify', circuits.original, circuits.good, '--json'], {
    env: { NODE_OPTIONS: `--import=data:text/javascript,${code}` },
  })

describe('a bug', () => {
  it.each([
    ['thrown in the run', "JSON.stringify=()=>{throw(new(TypeError)('planted'))}"],
    [
      'thrown outside it',
      "process.on('newListener',n=>n==='uncaughtException'&&setTimeout(()=>{throw(new(TypeError)('planted'))},1))",
    ],
  ])('%s: exit 70, the stack, no verdict', async (_, code) => {
    const result = await sabotaged(code)
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 70, stdout: '' })
    expect(result.stderr).toContain('this is a bug in connproof')
    expect(result.stderr).toMatch(/TypeError: planted\n {4}at /)
  })
})

const hasLimit = spawnSync('bash', ['-c', 'ulimit -v 8000000']).status === 0

it.skipIf(!hasLimit)(
  'too little address space: started again without the reserve, to the same words',
  async () => {
    const command = `connproof verify '${circuits.original}' '${circuits.good}'`
    const free = await shell(command)
    expect(free.code).toBe(1)
    expect(await shell(`ulimit -v 8000000; ${command}`)).toEqual(free)
  },
)

const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

describe.skipIf(!hasScript)('on a terminal', () => {
  const onTerminal = (variables: string) => {
    const command = `env ${variables} '${process.execPath}' '${MAIN}' verify '${circuits.original}' '${circuits.good}'`
    return spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' }).stdout
  }

  it('the verdict has a colour', () => {
    expect(onTerminal('-u NO_COLOR TERM=xterm')).toContain('\x1b[31mdiffers')
  })

  it.each(['NO_COLOR=1', 'NO_COLOR=yes', '-u NO_COLOR TERM=dumb'])('unless %s', variables => {
    const text = onTerminal(variables)
    expect(text).toContain('differs')
    expect(text).not.toContain('\x1b[')
  })
})
