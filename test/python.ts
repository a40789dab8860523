import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const venv = fileURLToPath(new URL('../.venv/bin/python', import.meta.url))

/** Python with numpy, scipy, h5py and libsonata, where there is one: tests against the peers are skipped without. */
export const PYTHON = process.env.CONNPROOF_PYTHON ?? (existsSync(venv) ? venv : undefined)

const manipulator = fileURLToPath(new URL('../.venv-cm/bin/python', import.meta.url))

/** Python with connectome-manipulator 1.0.4, NumPy 2.3 and pandas 2, where there is one. */
export const MANIPULATOR_PYTHON =
  process.env.CONNPROOF_MANIPULATOR_PYTHON ?? (existsSync(manipulator) ? manipulator : undefined)
