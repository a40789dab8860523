/** Threads that stay: they answer part after part, and no part waits for a thread that is gone. */
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, WorkerPool } from '../../src/parallel/pool.ts'

let pool: WorkerPool
afterEach(() => pool.close())

/** What makes no sense to a worker is answered with `failed`. */
const ask = (): Running<unknown> => pool.run({}, message => message)

describe('a pool of workers', () => {
  it('answers parts, one after the other and side by side, from threads that are there or not', async () => {
    pool = new WorkerPool()
    pool.prepare(1)
    const parts = [ask(), ask(), ask()]
    expect(await Promise.all(parts.map(({ answer }) => answer))).toEqual(Array(3).fill({ failed: true }))
    expect(await ask().answer).toEqual({ failed: true })
  })

  it('gives no answer for a part that is stopped, and goes on', async () => {
    pool = new WorkerPool()
    const { answer, stop } = ask()
    stop()
    expect(await answer).toBeUndefined()
    expect(await ask().answer).toEqual({ failed: true })
  })

  it('does not end a thread whose part has answered', async () => {
    pool = new WorkerPool()
    const first = ask()
    await first.answer
    const second = ask()
    first.stop()
    expect(await second.answer).toEqual({ failed: true })
  })

  it('that is closed leaves no part waiting', async () => {
    pool = new WorkerPool()
    pool.prepare(2)
    const { answer } = ask()
    pool.close()
    expect(await answer).toBeUndefined()
  })
})
