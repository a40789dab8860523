/** Lists as every writer writes them (see fixtures/lists/make_lists.py): right, or refused with their line. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { readPairList } from '../../src/inputs/pair-list.ts'
import { readIdList } from '../../src/sonata/id-file.ts'
import { temporaryFolder } from './helpers.ts'

interface Written {
  readonly name: string
  readonly kind: 'pairs' | 'ids'
  readonly base: 0 | 1
  readonly ids: readonly (number | readonly number[])[]
  readonly told: 'right' | 'refused'
  readonly text: string
}

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

const { lists } = JSON.parse(
  readFileSync(new URL('../fixtures/lists/lists.json', import.meta.url), 'utf8'),
) as { lists: readonly Written[] }

/** The ids as they were written, or the error. */
async function read({ name, kind, base, text }: Written): Promise<unknown> {
  const npy = name.endsWith('.npy')
  const file = join(folder, npy ? 'list.npy' : 'list.csv')
  writeFileSync(file, npy ? Buffer.from(text, 'base64') : text)
  try {
    if (kind === 'pairs') {
      const { source, target } = await readPairList(file, { idBase: base })
      return Array.from(source, (id, k) => [id + base, (target[k] ?? -1) + base])
    }
    const { ids, listOrder } = await readIdList(file, 20, base)
    return Array.from(listOrder ?? ids, id => id + base)
  } catch (error) {
    if (isInputError(error)) return error
    throw error
  }
}

it('are right, or refused with file, line and remedy', async () => {
  const [wrong, counts]: [string[], Record<string, number>] = [[], {}]
  for (const list of lists) {
    const found = await read(list)
    const told = isInputError(found) ? 'refused' : 'right'
    counts[`${list.kind} ${told}`] = (counts[`${list.kind} ${told}`] ?? 0) + 1
    const what = `${list.name}\n${list.text.slice(0, 60)}`
    if (told !== list.told)
      wrong.push(`${told}, expected ${list.told}: ${what}${isInputError(found) ? found.message : ''}`)
    else if (!isInputError(found)) {
      if (JSON.stringify(found) !== JSON.stringify(list.ids)) wrong.push(`${JSON.stringify(found)}: ${what}`)
    } else if (
      found.file === undefined ||
      found.hint === undefined ||
      !(/line \d/.test(found.message) || list.name.endsWith('.npy'))
    )
      wrong.push(`${found.message} (${found.hint}): ${what}`)
  }
  expect(wrong).toEqual([])
  for (const what of ['pairs right', 'pairs refused', 'ids right', 'ids refused'])
    expect(counts[what], what).toBeGreaterThan(50)
})
