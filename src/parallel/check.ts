/** Do threads start here? */
import { Worker } from 'node:worker_threads'
import { workerProgram } from '../assets.ts'

/** A worker whose work makes no sense says that it failed: that it says anything is what is asked. */
export function workersStart(): Promise<boolean> {
  return new Promise(resolve => {
    const worker = new Worker(workerProgram())
    const end = (answer: boolean): void => {
      resolve(answer)
      worker.terminate()
    }
    worker.once('message', () => end(true))
    worker.once('error', () => end(false))
    worker.once('exit', () => end(false))
    worker.postMessage(undefined)
  })
}
