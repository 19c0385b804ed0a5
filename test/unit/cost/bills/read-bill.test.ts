import { describe, expect, it } from 'vitest'
import { formatUsd, parseUsd, sumUsd } from '../../../../src/base/money.ts'
import { allocateMonth } from '../../../../src/cost/allocation/allocate.ts'
import { focusColumns, focusExport } from '../../../../src/cost/bills/focus-export.ts'
import { billReaders, readBill } from '../../../../src/cost/bills/read-bill.ts'
import { loadPriceBook } from '../../../../src/cost/prices/load.ts'
import { thrownBy } from '../../support/failures.ts'
import { tenant } from '../../support/prices.ts'

const book = await loadPriceBook('list-2026-11')
const day = Date.UTC(2026, 9, 3)
const read = (text: string, path = 'bill'): ReturnType<typeof readBill> =>
  readBill([{ path, text }], book)
const shown = (
  text: string,
): readonly (readonly [string, string | null, string | null, string, string | null])[] =>
  read(text).lines.map(({ component, sku, unit, amount, quantity }) => [
    component,
    sku,
    unit,
    formatUsd(amount),
    quantity === null ? null : `${quantity.numerator}/${quantity.denominator}`,
  ])

const cost = (value: string, more = ''): string =>
  `{"object":"organization.costs.result","amount":{"value":${value}` +
  ',"currency":"usd"},"line_item":"gpt-4o-mini-2024-07-18, ' +
  `cached input","quantity":2000000${more}}`
const openai = (results: string, more = '"has_more":false'): string =>
  `{"object":"page",${more},"data":[{"object":"bucket","start_time":${day / 1_000},"end_time":` +
  `${day / 1_000 + 86_400},"results":[\n${results}\n]}]}`
const anthropic = (result: string): string =>
  '{"has_more":false,"data":[{"starting_at":"2026-10-03T00:00:00Z","ending_at":"2026-10-04T00:00:00Z","results":[\n' +
  `${result}\n]}]}`
const focusHead =
  'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceProviderName,SkuId,SkuMeter,ConsumedQuantity,x_team'
const focusRow = (change: Readonly<Record<number, string>> = {}): string =>
  [
    '0.15',
    'USD',
    'Usage',
    '2026-10-03T00:00:00Z',
    '2026-10-04T00:00:00Z',
    'OpenAI',
    'gpt-4o-mini-2024-07-18',
    'input-tokens',
    '1000000',
    'search',
  ]
    .map((cell, at) => change[at] ?? cell)
    .join(',')

describe('a bill is read, whatever its form', () => {
  it.each([
    [
      "OpenAI's costs",
      openai(cost('0.15')),
      [['openai.chat', 'gpt-4o-mini-2024-07-18', 'cached-input-tokens', '0.15', '2000000/1']],
    ],
    [
      "OpenAI's costs, with an exponent",
      openai(cost('1.5e-7')),
      [['openai.chat', 'gpt-4o-mini-2024-07-18', 'cached-input-tokens', '0.00000015', '2000000/1']],
    ],
    [
      'a product of OpenAI that the book does not know',
      openai(cost('7').replace('gpt-4o-mini-2024-07-18, cached input', 'video-1, seconds')),
      [['openai.other', 'video-1', null, '7', '2000000/1']],
    ],
    [
      "Anthropic's costs, in cents",
      anthropic(
        '{"amount":"123.45","currency":"USD","model":"claude-haiku-4-5-20251001","token_type":"output_tokens","description":"x"}',
      ),
      [['anthropic.chat', 'claude-haiku-4-5-20251001', 'output-tokens', '1.2345', null]],
    ],
    [
      "Pinecone's usage",
      'date,project,sku,quantity,amount,currency\n2026-10-03,p,Serverless read ' +
        'units,0.25,0.000004,USD\n2026-10-31,p,Minimum commitment,,30,USD',
      [
        ['pinecone.read', 'serverless', 'read-units', '0.000004', '25/100'],
        ['pinecone.minimum', null, null, '30', null],
      ],
    ],
    [
      'FOCUS',
      `${focusHead}\n${focusRow()}\n${focusRow({ 0: '-5', 2: 'Credit' })}`,
      [
        ['openai.chat', 'gpt-4o-mini-2024-07-18', 'input-tokens', '0.15', '1000000/1'],
        ['openai.credit', 'gpt-4o-mini-2024-07-18', 'input-tokens', '-5', '1000000/1'],
      ],
    ],
    [
      'plain CSV, with a byte order mark and CRLF',
      '\uFEFFcomponent,usd\r\nopenai.chat,0.60\r\n',
      [['openai.chat', null, null, '0.6', null]],
    ],
    [
      'plain CSV with all it may have',
      'component,usd,category,product,unit,from,to,quantity,requests,currency\nopenai.tax,1,tax,,,,,,,usd\nopenai.chat,2,,gpt-4o,input-tokens,2026-10-03,2026-10-04,7,3,USD',
      [
        ['openai.tax', null, null, '1', null],
        ['openai.chat', 'gpt-4o', 'input-tokens', '2', '7/1'],
      ],
    ],
  ])('%s', (_form, text, lines) => expect(shown(text)).toEqual(lines))

  it('OpenAI counts requests beside it', () => {
    const usage = openai(
      '{"object":"organization.usage.completions.result","model":"gpt-4o-mini-2024-07-18","num_model_requests":17,"input_tokens":5}',
    )
    expect(read(`[${openai(cost('1'))},${usage}]`).requests).toMatchObject([
      { sku: 'gpt-4o-mini-2024-07-18', fromMs: day, requests: 17n },
    ])
  })

  it('and Anthropic tokens, by day and model', () => {
    const usage = anthropic(
      '{"model":"claude-haiku-4-5-20251001","uncached_input_tokens":5,"output_tokens":9}',
    )
    const [line] = read(
      '[' +
        `${anthropic('{"amount":"1","currency":"USD","model":"claude-haiku-4-5-20251001","token_type":"output_tokens"}')}` +
        `,${usage}]`,
    ).lines
    expect(line?.quantity).toEqual({ numerator: 9n, denominator: 1n })
  })

  it('plain CSV tells minimums, taxes and credits by the component where it does not say', () => {
    expect(
      read(
        'component,usd\npinecone.minimum,1\nopenai.tax,2\nopenai.credit,-3\nopenai.chat,4',
      ).lines.map(({ category }) => category),
    ).toEqual(['minimum', 'tax', 'credit', 'usage'])
  })

  it('every form has a text of its own', () =>
    expect(new Set(billReaders.map(({ id }) => id)).size).toBe(5))
})

describe('of a malformed bill nothing is taken, and every fault has its line', () => {
  it.each([
    [
      'another currency',
      openai(cost('1').replace('"usd"', '"eur"')),
      [/currency @2 amounts are read in usd/],
    ],
    ['no amount', openai(cost('null')), [/amount.value @2/]],
    ['NaN', openai(cost('NaN')), [/@2/]],
    [
      '10^18 dollars',
      openai(cost('1000000000000000000')),
      [/amount.value @2 1000000000000000000: beyond 10\^9 dollars/],
    ],
    [
      'half of the pages',
      openai(cost('1'), '"has_more":true'),
      [/has_more @1 there is another page/],
    ],
    [
      'not grouped by line item',
      openai(cost('1').replace('"gpt-4o-mini-2024-07-18, cached input"', 'null')),
      [/line_item @2/],
    ],
    [
      'a negative quantity',
      openai(cost('1').replace('2000000', '-3')),
      [/quantity @2 -3: a quantity is not negative/],
    ],
    ['broken JSON', '{"object":"organization.costs.result",', [/bill @/]],
    ['two faults', openai(`${cost('x1')},\n${cost('1e30')}`), [/@2/, /@3/]],
    [
      'cents that are no number',
      anthropic('{"amount":"12,3","currency":"USD"}'),
      [/amount @2 "12,3": a decimal number without thousands separators/],
    ],
    [
      'thousands separators',
      'component,usd\nopenai.chat,"1,234.50"\nopenai.chat,1\nopenai.chat,1 000',
      [/usd @2 "1,234.50": a decimal number without thousands separators/, /usd @4/],
    ],
    ['NaN in a table', 'component,usd\nopenai.chat,NaN', [/usd @2 "NaN": not a decimal number/]],
    [
      'a missing column',
      'component,amount\nx,1',
      [/usd @1 this column is missing/, /amount @1 unknown column/],
    ],
    ['a column twice', 'component,usd,usd\nx,1,2', [/usd @1 this column is there twice/]],
    ['a short row', 'component,usd\nx', [/@2/]],
    ['a category there is not', 'component,usd,category\nx,1,gift', [/category @2/]],
    [
      'a time that ends before it begins',
      'component,usd,from,to\nx,1,2026-10-04,2026-10-03',
      [/to @2 not after `from`/],
    ],
    [
      'a day there is not',
      'component,usd,from,to\nx,1,2026-02-30,2026-03-01',
      [/from @2 "2026-02-30": a day/],
    ],
    [
      'a time without a zone',
      `${focusHead}\n${focusRow({ 3: '2026-10-03T00:00:00' })}`,
      [/ChargePeriodStart @2 .*with its zone/],
    ],
    [
      'euros in FOCUS',
      `${focusHead}\n${focusRow({ 1: 'EUR' })}`,
      [/BillingCurrency @2 amounts are read in USD/],
    ],
    [
      'a FOCUS category there is not',
      `${focusHead}\n${focusRow({ 2: 'Refund' })}`,
      [/ChargeCategory @2/],
    ],
    [
      'a sum beyond the world',
      'date,sku,quantity,amount,currency\n2026-10-03,Serverless read units,1e18,1e9,USD',
      [/quantity @2 1e18/, /amount @2 1e9: beyond/],
    ],
    ['another kind of file', 'hello', [/bill @1 not a bill that is read/]],
    ['nothing', '', [/bill @1 not a bill/]],
  ])('%s', (_case, text, expected) => {
    const error = thrownBy(() =>
      readBill(
        [
          { path: 'good', text: 'component,usd\nx,1' },
          { path: 'bill', text },
        ],
        book,
      ),
    )
    expect(error).toMatchObject({ code: 'TB_BILL_INVALID', exitCode: 2 })
    const faults = (error.faults ?? []).map(
      ({ path, line, message }) => `${path} @${String(line)} ${message}`,
    )
    for (const each of expected)
      expect(
        faults.some((fault) => each.test(fault)),
        faults.join('\n'),
      ).toBe(true)
  })
})

describe('an allocation as FOCUS', () => {
  const allocation = allocateMonth({
    direct: [
      {
        tenantId: tenant('A'),
        component: 'openai.chat',
        exact: { numerator: 10n ** 12n, denominator: 3n },
      },
      {
        tenantId: tenant('B'),
        component: 'openai.chat',
        exact: { numerator: 5n, denominator: 1n },
      },
    ],
    shared: [{ component: 'openai.tax', amount: parseUsd('7') }],
    tenants: [{ tenantId: tenant('A'), queries: 1, storedBytes: 0 }],
    book,
    rules: new Map([['pinecone.minimum', { method: 'even' }]]),
  })
  const text = focusExport('2026-10', allocation)

  it('is read back as the same sums', () =>
    expect(sumUsd(read(text).lines.map(({ amount }) => amount))).toBe(allocation.total))

  it('names the tenant, the method and the ratio, and what nobody carries', () => {
    const rows = text.trim().split('\n')
    expect(rows[0]).toBe(focusColumns.join(','))
    expect(
      rows.some(
        (row) => row.includes(',direct,') && row.endsWith(',A,A') && row.includes('AllocatedRatio'),
      ),
    ).toBe(true)
    expect(rows.find((row) => row.includes('openai.tax'))).toMatch(/^7,.*,Tax,.*,unallocated,,,$/)
  })
})
