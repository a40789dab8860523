/** Threads that outlive one piece of work: to start one takes about 50 ms. */
import { Worker } from 'node:worker_threads'
import { workerProgram } from '../assets.ts'

/** A part on its way through a thread. */
export interface Running<Answer> {
  /** Undefined if the thread ended before it answered. */
  readonly answer: Promise<Answer | undefined>
  /** End the thread, unless it has answered. */
  stop(): void
}

export class WorkerPool {
  readonly #idle = new Set<Worker>()
  readonly #busy = new Set<Worker>()

  /** Have so many threads ready for work that is about to come. */
  prepare(count: number): void {
    while (this.#idle.size < count) this.#start()
  }

  /**
   * Give a part to a thread, as a message. `answerIn`: what the part is waited for, in a message of the thread;
   * undefined where the message is not the last.
   */
  run<Message, Answer>(part: object, answerIn: (message: Message) => Answer | undefined): Running<Answer> {
    const [worker = this.#start()] = this.#idle
    this.#idle.delete(worker)
    this.#busy.add(worker)
    let ended = false
    const answer = new Promise<Answer | undefined>(resolve => {
      const onMessage = (message: Message): void => {
        const found = answerIn(message)
        if (found !== undefined) end(found)
      }
      const onEnd = (): void => end(undefined)
      const end = (found: Answer | undefined): void => {
        ended = true
        worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
        this.#busy.delete(worker)
        if (found !== undefined) this.#idle.add(worker)
        resolve(found)
      }
      worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd)
      worker.postMessage(part)
    })
    const stop = (): void => {
      // By now it may have the part of somebody else.
      if (!ended) void worker.terminate()
    }
    return { answer, stop }
  }

  /** End all threads; what runs has no answer then. */
  close(): void {
    for (const worker of [...this.#idle, ...this.#busy]) void worker.terminate()
    this.#idle.clear()
  }

  #start(): Worker {
    const worker = new Worker(workerProgram())
    const gone = (): void => void this.#idle.delete(worker)
    // One that cannot start or dies without work is no error of anybody: the part that it would get says so.
    worker.on('error', gone).on('exit', gone)
    this.#idle.add(worker)
    return worker
  }
}
