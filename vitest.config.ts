import { defineConfig } from 'vitest/config'

/**
 * Loading the modules again for each file is most of what a small test takes, so that files share a process. Those
 * here do not: they damage what the HDF5 library knows of itself, change the working directory or the environment, or
 * look at what a process loads.
 */
const ALONE = [
  'test/fuzz/**',
  'test/formats/*-damage.test.ts',
  'test/formats/hdf5*.test.ts',
  'test/e2e/bad-*.test.ts',
  'test/cli/**',
  'test/package/**',
  'test/parallel/**',
  'test/cluster/**',
]

const INCLUDE = ['test/**/*.test.ts']

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: 'shared', include: INCLUDE, exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE.map(asTests) } },
    ],
  },
})

function asTests(pattern: string): string {
  return pattern.endsWith('**') ? `${pattern}/*.test.ts` : pattern
}
