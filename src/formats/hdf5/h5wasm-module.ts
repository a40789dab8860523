import { InputError } from '../../errors.ts'
import { NotUnderstood } from './bytes.ts'

/** The few calls of h5wasm's low level that we use; the C side is h5wasm's `src/hdf5_util.cc`. */
export interface H5Module {
  HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(pointer: number): void
  activate_throwing_error_handler(): number
  open(path: string, mode: number, trackOrder: boolean, low: number, high: number): bigint
  close_file(file: bigint): number
  get_type(file: bigint, path: string): number
  get_names(file: bigint, path: string, recursive: boolean): string[]
  /** `null` if it is no soft link. */
  get_symbolic_link(file: bigint, path: string): string | null
  /** Nothing in it if it is no external link. */
  get_external_link(file: bigint, path: string): { filename?: string; obj_path?: string }
  /** Its address in the file, as eight bytes. */
  create_object_reference(file: bigint, path: string): ArrayLike<number>
  get_dataset_metadata(file: bigint, path: string): H5Metadata
  get_dataset_filters(file: bigint, path: string): { id: number; name: string }[]
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, pointer: bigint): number
  reclaim_vlen_memory_count(
    file: bigint,
    path: string,
    attribute: string,
    pointer: bigint,
    count: bigint[],
  ): number
  get_attribute_names(file: bigint, path: string): string[]
  get_attribute_metadata(file: bigint, path: string, name: string): H5Metadata
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number
}

export interface H5Metadata {
  /** Class of the type, as in `H5T_class_t`. */
  type: number
  size: number
  signed: boolean
  littleEndian: boolean
  vlen: boolean
  strpad?: number
  enum_type?: { type: number; members?: Readonly<Record<string, number | bigint>> }
  shape: number[] | null
  chunks: number[] | null
  total_size: number
  virtual_sources?: { file_name: string; dset_name: string }[]
}

/** Kinds of objects as `get_type` numbers them (H5G_obj_t). */
export const H5G = { group: 0, dataset: 1, softLink: 3, userLink: 4 } as const

let loading: Promise<H5Module> | undefined

/**
 * h5wasm costs about 120 ms and 30 MB, so it is imported only when a file needs it. Its module object has
 * members that abort it when touched, so nothing but {@link H5Module} may be used, and it is never printed.
 */
export function loadH5wasm(): Promise<H5Module> {
  loading ??= import('h5wasm/node').then(async ({ ready }) => {
    const module: unknown = await ready
    const typed = module as H5Module
    // Without this, a corrupt chunk or a missing filter is returned as data, without any error.
    typed.activate_throwing_error_handler()
    return typed
  })
  return loading
}

let damaged = false

/**
 * Run a call into h5wasm; whatever it throws becomes one InputError of one line.
 * A trap inside WebAssembly leaves the library in an unknown state: no further answer is taken from it.
 */
export function callH5wasm<T>(file: string, field: string | undefined, call: () => T): T {
  if (damaged) {
    throw new InputError('the HDF5 library had to be stopped after an earlier damaged file', {
      file,
      field,
      hint: 'Run again without the damaged file.',
    })
  }
  try {
    return call()
  } catch (error) {
    if (error instanceof InputError) throw error
    if (error instanceof NotUnderstood)
      throw new InputError(error.message, { file, field, hint: 'Text must be UTF-8.' })
    if (!(error instanceof Error) || !error.message.startsWith('HDF5-DIAG')) {
      damaged = damaged || isTrap(error)
    }
    const cause = deepestCause(error)
    const hint = cause.includes('h5clear')
      ? `The program that wrote it did not close it. If it is no longer running: h5clear -s ${file}`
      : 'The data may be damaged; compare the file with its source, or see what h5dump says.'
    throw new InputError(`HDF5 cannot read this: ${cause}`, { file, field, hint })
  }
}

function isTrap(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')
}

/** The innermost line of an HDF5 error dump, `#012: path/H5X.c line 1 in f(): text`, without its place. */
export function deepestCause(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const lines = [...text.matchAll(/#(\d+): \S+ line \d+ in \w+\(\): ([^\n]*)/g)]
  const deepest = lines.reduce<{ depth: number; cause: string } | undefined>((best, [, number, cause]) => {
    const depth = Number(number)
    return best !== undefined && best.depth >= depth ? best : { depth, cause: cause ?? '' }
  }, undefined)
  const line = deepest?.cause ?? text.split('\n', 1)[0] ?? ''
  return line.length > 300 ? `${line.slice(0, 300)}...` : line
}
