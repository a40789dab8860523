import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const venv = fileURLToPath(new URL('../.venv/bin/python', import.meta.url))

/** Python with numpy, scipy, h5py and libsonata, where there is one: tests against the peers are skipped without. */
export const PYTHON = process.env.CONNPROOF_PYTHON ?? (existsSync(venv) ? venv : undefined)
