import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { linkedFile } from '../../src/formats/hdf5/links.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import type { Hdf5File } from '../../src/formats/hdf5/types.ts'
import { readBytes } from './hdf5-helpers.ts'

/** Made by `test/fixtures/links/make_links.py`. */
const ODD = fileURLToPath(new URL('../fixtures/links/odd', import.meta.url))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connproof-links-'))
  cpSync(ODD, folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

async function opened<T>(name: string, use: (file: Hdf5File) => Promise<T>, at = ODD): Promise<T> {
  const file = await openHdf5(join(at, name))
  try {
    return await use(file)
  } finally {
    file.close()
  }
}

async function numbers(file: Hdf5File, path: string): Promise<number[]> {
  const dataset = await file.dataset(path)
  if (dataset === undefined) throw new Error(`${path} is not there`)
  return [...new BigInt64Array((await readBytes(dataset)).slice().buffer)].map(Number)
}

const refused = (path: string, message: RegExp, hint: RegExp) => (error: unknown) =>
  isInputError(error) && error.field === path && message.test(error.message) && hint.test(error.hint ?? '')

const names = (file: Hdf5File): string[] => file.reads.list().map(read => basename(read.file))

describe('links', () => {
  it('may be 16 on the way to an object, as for the library', () =>
    opened('chain.h5', async file => {
      expect(await numbers(file, '/x16')).toEqual([0, 1, 2])
      await expect(file.dataset('/x17')).rejects.toSatisfy(refused('/x1', /more than 16 links/, /each other/))
    }))

  it('that lead to each other over two files end', () =>
    opened('here.h5', async file => {
      for (const asked of [
        file.dataset('/x'),
        file.members('/x'),
        file.attribute('/x', 'a'),
        file.identity('/x'),
      ])
        await expect(asked).rejects.toSatisfy(refused('/x', /more than 16 links/, /each other/))
      expect(names(file)).toEqual(['here.h5', 'there.h5'])
    }))

  it('that lead nowhere are named with what they lead to', () =>
    opened('lost.h5', async file => {
      await expect(file.dataset('/file')).rejects.toSatisfy(
        refused('/file', /external link to something that is not there: nowhere.h5/, /beside this one/),
      )
      await expect(file.dataset('/object')).rejects.toSatisfy(
        refused('/object', /external link.*chain\.h5 has no \/nothing/, /make the link again/),
      )
      await expect(file.dataset('/text')).rejects.toSatisfy(
        refused('/text', /external link to .*make\.txt: not an HDF5 file/, /Expected an HDF5/),
      )
    }))

  it('are followed out of groups that only the library can read', () =>
    opened('dense.h5', async file => {
      expect(await numbers(file, '/external')).toEqual([0, 1, 2, 3])
      expect(await numbers(file, '/group/y')).toEqual([0, 1, 2, 3, 4])
      expect(await numbers(file, '/soft')).toEqual([0, 1])
      expect(await file.members('/group')).toEqual(['y'])
      expect(await file.attribute('/external', 'unit')).toBe('of the target')
      expect(await file.attribute('/group', 'unit')).toBe('of the group')
      expect(await numbers(file, '/raw')).toEqual([1, 2, 3, 4, 5])
      await expect(file.dataset('/lost')).rejects.toSatisfy(
        refused('/lost', /nowhere\.h5/, /beside this one/),
      )
      expect(await file.dataset('/nothing')).toBeUndefined()
      expect(names(file)).toEqual(['dense.h5', 'raw.bin', 'target.h5'])
    }))

  it('lead to the same object where its identity is the same', async () => {
    await opened('circle.h5', async file => {
      const a = await file.identity('/a')
      expect(a).toMatch(/circle\.h5@\d+$/)
      for (const path of ['/other', '/a/b/again', '/a/self', '/a/self/b/again/b/again'])
        expect(await file.identity(path), path).toBe(a)
      expect(await file.identity('/a/b')).not.toBe(a)
      expect(await file.identity('/a/c')).toBeUndefined()
    })
    await opened('dense.h5', async file => {
      expect(await file.identity('/again/again')).toBe(await file.identity('/'))
      expect(await file.identity('/n1')).toBe(await file.identity('/soft'))
      expect(await file.identity('/n1')).not.toBe(await file.identity('/n2'))
      const target = await file.identity('/external')
      expect(target).toBe(await opened('target.h5', it => it.identity('/x')))
    })
  })

  it('name files beside the one that holds them first, whatever the name begins with', () => {
    const holder = join(ODD, 'here.h5')
    expect(linkedFile('target.h5', holder)).toBe(join(ODD, 'target.h5'))
    expect(linkedFile(join(ODD, 'raw.h5'), '/elsewhere/x.h5')).toBe(join(ODD, 'raw.h5'))
    // A file of another machine, copied together with the one that names it.
    expect(linkedFile('/gone/with/target.h5', holder)).toBe(join(ODD, 'target.h5'))
    expect(linkedFile('package.json', holder)).toBe(join(process.cwd(), 'package.json'))
    expect(linkedFile('nowhere.h5', holder)).toBeUndefined()
  })
})

describe('raw files beside an HDF5 file', () => {
  it('are read, one after the other', () =>
    opened('raw.h5', async file => {
      expect(await numbers(file, '/two')).toEqual([2, 3, 4, 100, 101, 102])
      expect(await numbers(file, '/rest')).toEqual(Array.from({ length: 20 }, (_, k) => k))
      const middle = new Uint8Array(16)
      await (await file.dataset('/two'))?.readInto(2, 2, middle)
      expect([...new BigInt64Array(middle.buffer)]).toEqual([4n, 100n])
      expect(names(file)).toEqual(['raw.bin', 'raw.h5', 'short.bin'])
    }))

  it('are refused by name where they are missing or end early: HDF5 gives zeros for that', () =>
    opened('raw.h5', async file => {
      await expect(file.dataset('/ends')).rejects.toSatisfy(
        refused('/ends', /raw file short\.bin, which ends at byte 24 instead of 80/, /get it again/),
      )
      await expect(file.dataset('/lost')).rejects.toSatisfy(
        refused('/lost', /raw file nowhere\.bin, which is missing/, /beside this one/),
      )
    }))

  it('are refused as well where the group is one that only the library can read', async () => {
    writeFileSync(join(folder, 'raw.bin'), new Uint8Array(47))
    await opened(
      'dense.h5',
      file => expect(file.dataset('/raw')).rejects.toThrow(/ends at byte 47 instead of 48/),
      folder,
    )
  })
})

describe('virtual datasets', () => {
  it('are read where their sources hold what is taken of them', () =>
    opened('virtual.h5', async file => {
      expect(await numbers(file, '/whole')).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 4])
      expect(await numbers(file, '/part')).toEqual([0, 1, 0, 1, 2, 3, 4])
      expect(names(file)).toEqual(['target.h5', 'virtual.h5'])
    }))

  it('are refused where a source is shorter than what is taken of it, whatever the others hold', () =>
    opened('virtual.h5', file =>
      expect(file.dataset('/short')).rejects.toSatisfy(
        refused('/short', /source target\.h5:x holds \(4\) instead of \(6\) elements/, /sources beside/),
      ),
    ))

  it('are refused where a source is missing: HDF5 gives the fill value for it', async () => {
    await opened('virtual.h5', file =>
      expect(file.dataset('/lost')).rejects.toSatisfy(
        refused('/lost', /source nowhere\.h5:x is missing/, /sources beside/),
      ),
    )
    rmSync(join(folder, 'target.h5'))
    await opened(
      'virtual.h5',
      file => expect(file.dataset('/part')).rejects.toThrow(/target\.h5:x is missing/),
      folder,
    )
  })
})
