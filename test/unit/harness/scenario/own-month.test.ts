import { describe, expect, it } from 'vitest'
import { readBillFiles, readUsageFile } from '../../../../harness/scenario/own-month.ts'
import { parseUsd } from '../../../../src/base/money.ts'
import { rejectionOf } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'
import { testFolder } from '../../support/folder.ts'

async function reading<T>(
  read: (path: string) => Promise<T>,
  ...lines: readonly string[]
): Promise<T> {
  await using folder = await testFolder()
  return await read(await folder.write('month.csv', `${lines.join('\n')}\n`))
}
const usage = (...lines: readonly string[]): ReturnType<typeof readUsageFile> =>
  reading(readUsageFile, 'occurredAt,tenant,provider,sku,unit,quantity', ...lines)
const bill = (...lines: readonly string[]): ReturnType<typeof readBillFiles> =>
  reading((path) => readBillFiles([path], testBook()), 'component,usd', ...lines)

describe('usage', () => {
  it('is read with its time, in any zone, and with quantities of any size', async () => {
    expect(
      await usage(
        '2026-10-31T23:59:59Z,A,openai,small,input-tokens,999999999999999999',
        '2026-11-01T00:30:00+01:00,B,pinecone,serverless,read-units,0',
      ),
    ).toEqual([
      {
        occurredAtMs: Date.UTC(2026, 9, 31, 23, 59, 59),
        tenant: 'A',
        provider: 'openai',
        sku: 'small',
        unit: 'input-tokens',
        quantity: 999_999_999_999_999_999n,
      },
      {
        occurredAtMs: Date.UTC(2026, 9, 31, 23, 30),
        tenant: 'B',
        provider: 'pinecone',
        sku: 'serverless',
        unit: 'read-units',
        quantity: 0n,
      },
    ])
  })

  it.each([
    ['a day alone', '2026-10-31,A,openai,small,input-tokens,1', 'occurredAt'],
    ['a time without a zone', '2026-10-31T10:00:00,A,openai,small,input-tokens,1', 'occurredAt'],
    ['a day that is none', '2026-02-30T10:00:00Z,A,openai,small,input-tokens,1', 'occurredAt'],
    ['nobody', '2026-10-31T10:00:00Z,,openai,small,input-tokens,1', 'tenant'],
    ['an unknown unit', '2026-10-31T10:00:00Z,A,openai,small,words,1', 'unit'],
    ['a quantity below zero', '2026-10-31T10:00:00Z,A,openai,small,input-tokens,-1', 'quantity'],
    [
      'a quantity that is not whole',
      '2026-10-31T10:00:00Z,A,openai,small,input-tokens,1.5',
      'quantity',
    ],
  ])('of %s is a fault with its line', async (_case, line, path) => {
    const error = await rejectionOf(
      usage('2026-10-31T10:00:00Z,A,openai,small,input-tokens,1', line),
    )
    expect(error).toMatchObject({ code: 'TB_TABLE_INVALID', faults: [{ path, line: 3 }] })
  })
})

describe('a bill', () => {
  it('is read exactly, credits too', async () => {
    const { lines } = await bill(
      'openai.chat,100.000000000001',
      'openai.credit,-5',
      'pinecone.minimum,0',
    )
    expect(lines.map(({ component, amount }) => ({ component, amount }))).toEqual([
      { component: 'openai.chat', amount: parseUsd('100.000000000001') },
      { component: 'openai.credit', amount: parseUsd('-5') },
      { component: 'pinecone.minimum', amount: parseUsd('0') },
    ])
  })

  it.each([
    ['a currency sign', 'openai.chat,$5', 'usd'],
    ['thousands set apart', 'openai.chat,"1,000"', 'usd'],
    ['no amount', 'openai.chat,', 'usd'],
    ['no component', ',5', 'component'],
  ])('with %s is refused with the line', async (_case, line, path) => {
    expect(await rejectionOf(bill('openai.chat,1', line))).toMatchObject({
      code: 'TB_BILL_INVALID',
      faults: [{ path: expect.stringMatching(new RegExp(`: ${path}$`)) as string, line: 3 }],
    })
  })
})
