/**
 * The kernels on their own: integers in, integers out, no neuroscience. Each call has kernel memory of its own.
 *
 * @module connproof/kernels
 */
export { type Coo, type Csc, cooToCsc } from './csc.ts'
export { type MappedGids, mapGids, NOT_SELECTED } from './gid-index.ts'
export { type MaskCulprit, type MaskDifference, maskDifference } from './mask-difference.ts'
export { reciprocalPairs } from './reciprocal.ts'
