/** Edges in compressed and shuffled chunks, as some sites store them, written by libhdf5. */
import h5wasm from 'h5wasm/node'

export async function writeChunked(
  file: string,
  edges: { readonly source: Uint32Array; readonly target: Uint32Array },
  nodePopulation: string,
): Promise<void> {
  await h5wasm.ready
  const h5 = new h5wasm.File(file, 'w')
  try {
    h5.create_group('edges')
    h5.create_group('edges/default')
    for (const side of ['source', 'target'] as const) {
      const dataset = h5.create_dataset({
        name: `edges/default/${side}_node_id`,
        data: BigInt64Array.from(edges[side], BigInt),
        shape: [edges[side].length],
        dtype: '<q',
        chunks: [64],
        compression: 'gzip',
        compression_opts: 4,
      })
      dataset.create_attribute('node_population', nodePopulation)
    }
  } finally {
    h5.close()
  }
}
