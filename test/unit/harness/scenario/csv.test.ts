import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { CsvRow } from '../../../../src/base/csv-input.ts'
import { readCsv } from '../../../../harness/scenario/csv.ts'
import type { TenantbenchError } from '../../../../src/base/errors.ts'
import { rejectionOf } from '../../support/failures.ts'
import { testFolder } from '../../support/folder.ts'

const columns = ['name', 'count'] as const
const row = z.strictObject({
  name: z.string().min(1, 'a name'),
  count: z.string().regex(/^\d+$/, 'a whole number').transform(Number),
})
type Row = z.infer<typeof row>

async function read(content: string | Uint8Array): Promise<readonly CsvRow<Row>[]> {
  await using folder = await testFolder()
  const path = await folder.write('table.csv', content)
  return await readCsv({ path, columns, row })
}

const refused = async (content: string | Uint8Array): Promise<TenantbenchError> => {
  const error = await rejectionOf(read(content))
  expect(error).toMatchObject({ code: 'TB_TABLE_INVALID', exitCode: 2 })
  expect(error.detail).toContain('table.csv')
  return error
}
const placesOf = async (content: string): Promise<readonly unknown[]> =>
  (await refused(content)).faults.map(({ path, line, message }) => [path, line, message])
const rows = (...pairs: readonly (readonly [string, number, number])[]): readonly CsvRow<Row>[] =>
  pairs.map(([name, count, line]) => ({ line, data: { name, count } }))

describe('a table', () => {
  it.each([
    ['as it comes', 'name,count\na,1\nb,2\n'],
    ['with a byte order mark', '\uFEFFname,count\na,1\nb,2\n'],
    ['with CRLF', 'name,count\r\na,1\r\nb,2\r\n'],
    ['with a byte order mark, CRLF and quotes', '\uFEFF"name","count"\r\n"a","1"\r\n"b","2"\r\n'],
    ['without a last line end', 'name,count\na,1\nb,2'],
    ['with blanks around values', 'name , count\n a , 1\nb ,2 \n'],
  ])('is read %s', async (_case, text) =>
    expect(await read(text)).toEqual(rows(['a', 1, 2], ['b', 2, 3])),
  )

  it('may have its columns in any order', async () =>
    expect(await read('count,name\n1,a\n')).toEqual(rows(['a', 1, 2])))

  it('may quote commas, quotes and line ends', async () => {
    expect(
      (await read('name,count\n"a, b",1\n"say ""hi""",2\n"two\nlines",3\n')).map(
        ({ data }) => data.name,
      ),
    ).toEqual(['a, b', 'say "hi"', 'two\nlines'])
  })

  it('may have empty lines, and lines are counted as an editor does', async () => {
    expect(await read('name,count\n\na,1\n\n\nb,2\n\n')).toEqual(rows(['a', 1, 3], ['b', 2, 6]))
  })

  it('gives back whatever was written into it', async () => {
    const name = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .map((text) => text.trim())
      .filter((text) => text !== '' && !text.includes('\r') && !text.includes('\uFEFF'))
    const property = fc.asyncProperty(
      fc.array(fc.record({ name, count: fc.nat() }), { minLength: 1, maxLength: 5 }),
      async (list) => {
        const lines = list.map(
          ({ name: text, count }) => `"${text.replaceAll('"', '""')}",${count}`,
        )
        expect((await read(`name,count\n${lines.join('\n')}\n`)).map(({ data }) => data)).toEqual(
          list,
        )
      },
    )
    await fc.assert(property, { numRuns: 50 })
  })
})

describe('faults', () => {
  it('are columns that are unknown and columns that are missing, together', async () => {
    expect(await placesOf('name,colour,size\na,red,1\n')).toEqual([
      ['colour', 1, 'unknown column'],
      ['size', 1, 'unknown column'],
      ['count', 1, 'this column is missing'],
    ])
    expect(await placesOf('Name,count\na,1\n')).toEqual([
      ['Name', 1, 'unknown column'],
      ['name', 1, 'this column is missing'],
    ])
  })

  it('are wrong values in every row, each with its line', async () => {
    expect(await placesOf('name,count\na,1\n,2\nb,many\n,-1\n')).toEqual([
      ['name', 3, 'a name'],
      ['count', 4, 'a whole number'],
      ['name', 5, 'a name'],
      ['count', 5, 'a whole number'],
    ])
  })

  it('are told with the line also after CRLF and empty lines', async () => {
    expect(await placesOf('\uFEFFname,count\r\na,1\r\n\r\nb,x\r\n')).toEqual([
      ['count', 4, 'a whole number'],
    ])
  })

  it.each([
    ['too few', 'name,count\na,1\nb\n', 3],
    ['too many', 'name,count\na,1,9\n', 2],
  ])('are rows with %s values', async (_case, text, line) => {
    expect((await refused(text)).faults).toMatchObject([{ line }])
  })

  it.each([
    ['a quote that is not closed', 'name,count\n"a,1\nb,2\n'],
    ['a quote in the middle', 'name,count\na"b,1\n'],
  ])('are told once for %s', async (_case, text) =>
    expect((await refused(text)).faults).toHaveLength(1),
  )

  it.each([
    ['nothing but a header', 'name,count\n'],
    ['a header and empty lines', 'name,count\n\n\n'],
  ])('are %s', async (_case, text) => {
    expect(await placesOf(text)).toEqual([['', null, 'there is no row below the header']])
  })

  it.each(['', '\n\n', '\uFEFF'])('are nothing at all: %j', async (text) => {
    expect(await placesOf(text)).toEqual(columns.map((name) => [name, 1, 'this column is missing']))
  })

  it.each([
    [
      'bytes that are not UTF-8',
      Uint8Array.from([...Buffer.from('name,count\na'), 0xff, ...Buffer.from(',1\n')]),
    ],
    ['UTF-16', Buffer.from('\uFEFFname,count\na,1\n', 'utf16le')],
  ])('are %s', async (_case, bytes) => {
    await refused(bytes)
  })

  it('are a file that is not there, and a folder', async () => {
    await using folder = await testFolder()
    for (const path of [`${folder.path}/none.csv`, folder.path]) {
      const error = await rejectionOf(readCsv({ path, columns, row }))
      expect(error.code).toBe('TB_TABLE_INVALID')
      expect(error.detail).toContain(path)
    }
  })

  it('are columns named like parts of objects', async () => {
    expect(await placesOf('name,count,__proto__,constructor\na,1,x,y\n')).toEqual([
      ['__proto__', 1, 'unknown column'],
      ['constructor', 1, 'unknown column'],
    ])
  })

  it('are a column that is there twice', async () => {
    expect(await placesOf('name,count,count\na,1,2\n')).toEqual([
      ['count', 1, 'this column is there twice'],
    ])
  })
})
