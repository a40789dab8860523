import { describe, expect, it } from 'vitest'
import { requireMaskNodes } from '../../../src/interop/manip-config/mask-selection.ts'
import { type ManipConfig, parseManipConfig } from '../../../src/interop/manip-config/parse.ts'
import { openCircuit } from '../../../src/sonata/circuit.ts'
import { hasShared, SHARED } from '../../shared.ts'

function masked(sel_src: unknown, sel_dest: unknown): ManipConfig {
  const fct = { source: 'conn_removal', sel_src, sel_dest, conn_mask_file: '/m.npz', model_config: {} }
  const root = { circuit_config: '/c.json', manip: { name: 'x', fcts: [fct] } }
  const { config } = parseManipConfig(JSON.stringify(root), 'x.json')
  if (config === undefined) throw new Error('test configuration is wrong')
  return config
}

describe.skipIf(!hasShared)('the nodes of a mask and those of the configuration', () => {
  const exc = Uint32Array.of(0, 2, 4, 7, 8, 9)
  const all = Uint32Array.from({ length: 10 }, (_, id) => id)
  const check = async (config: ManipConfig, source: Uint32Array, target: Uint32Array): Promise<void> => {
    const circuit = await openCircuit(`${SHARED}/data/circuits/cm_unit/circuit_sonata.json`)
    await requireMaskNodes(config, circuit, { source, target }).finally(() => circuit.close())
  }

  it('the same', async () => {
    await check(masked({ synapse_class: 'EXC' }, null), exc, all)
    await check(masked([9, 0], null), Uint32Array.of(9, 0), all)
  })

  it('as many, but others', async () => {
    const others = Uint32Array.of(0, 2, 4, 6, 8, 9)
    await expect(check(masked({ synapse_class: 'EXC' }, null), others, all)).rejects.toThrow(
      'number 3 is node id 7 (GID 8) here and node id 6 (GID 7) there',
    )
  })

  it('the same in another order', async () => {
    await expect(check(masked([9, 0], null), Uint32Array.of(0, 9), all)).rejects.toThrow(
      'number 0 is node id 9',
    )
  })

  it('fewer', async () => {
    await expect(check(masked(null, { synapse_class: 'EXC' }), all, all)).rejects.toThrow(
      'selects 6 nodes, the mask is made for 10',
    )
  })
})
