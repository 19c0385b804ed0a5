/** Tables of the user's with faults: measurements of quality, a month of usage, its bill. */
import { out, small, type BadInput } from './row.ts'

const header = 'tenant,model,topK,rerank,right,asked'
const row = 'A,gpt-4o-mini,4,true,8,10'
const table = { code: 'TB_TABLE_INVALID', exitCode: 2 } as const

function measured(title: string, text: string | null, says: readonly string[]): BadInput {
  const files = {
    's.yaml': `${small()}measurements: m.csv\n`,
    ...(text === null ? {} : { 'm.csv': text }),
  }
  return { title, files, args: ['run', '{here}/s.yaml', ...out], ...table, says }
}

const measurements: readonly BadInput[] = [
  measured('measurements that are not there', null, ['{here}/m.csv: ENOENT']),
  measured('measurements with an unknown column', `${header},note\n${row},x\n`, [
    '1 in {here}/m.csv',
    'line 1: note: unknown column',
  ]),
  measured(
    'measurements without a column',
    'tenant,model,topK,rerank,right\nA,gpt-4o-mini,4,true,8\n',
    ['line 1: asked: this column is missing'],
  ),
  measured('more right than asked', `${header}\nA,gpt-4o-mini,4,true,11,10\n`, [
    'line 2: right: more right than asked',
  ]),
  measured('measurements of an unknown tenant', `${header}\n${row}\nZ,gpt-4o-mini,4,true,8,10\n`, [
    'line 3: tenant: no cell of this scenario has tenant Z with gpt-4o-mini, top_k 4, rerank true',
  ]),
  measured('measurements that are no numbers', `${header}\nA,gpt-4o-mini,four,yes,-8,0\n`, [
    '4 in {here}/m.csv',
    'line 2: topK: a whole number',
    'line 2: rerank: true or false',
    'line 2: right: a whole number',
    'line 2: asked: at least 1',
  ]),
  measured('measurements of a cell twice', `${header}\n${row}\n\n${row}\n`, [
    'line 4: tenant: the cell is there already, in line 2',
  ]),
  measured('empty measurements', '', [
    'line 1: tenant: this column is missing',
    'line 1: asked: this column is missing',
  ]),
]

const usageHeader = 'occurredAt,tenant,provider,sku,unit,quantity'
const used = '2026-10-03T10:00:00Z,A,openai,gpt-4o,input-tokens,1000'
const bill = 'component,usd\nopenai.chat,0.0025\n'

function month(
  title: string,
  files: { readonly usage?: string; readonly bill?: string },
  says: readonly string[],
): BadInput {
  const written = {
    ...(files.usage === undefined ? {} : { 'usage.csv': files.usage }),
    ...(files.bill === undefined ? {} : { 'bill.csv': files.bill }),
  }
  return {
    title,
    files: written,
    args: ['readiness', '--usage', '{here}/usage.csv', '--bill', '{here}/bill.csv', ...out],
    ...table,
    says,
  }
}

const months: readonly BadInput[] = [
  {
    ...month('usage without a bill', { usage: `${usageHeader}\n${used}\n` }, [
      '--usage and --bill go together',
    ]),
    args: ['readiness', '--usage', '{here}/usage.csv', ...out],
    code: 'TB_USAGE',
  },
  {
    ...month('a bill that is not there', { usage: `${usageHeader}\n${used}\n` }, [
      '{here}/bill.csv: ENOENT',
    ]),
    code: 'TB_BILL_INVALID',
  },
  month(
    'usage with other columns',
    { usage: `when,tenant,provider,sku,unit,quantity\n${used}\n`, bill },
    ['line 1: when: unknown column', 'line 1: occurredAt: this column is missing'],
  ),
  month(
    'usage in an unknown unit',
    { usage: `${usageHeader}\n${used.replace('input-tokens', 'words')}\n`, bill },
    ['line 2: unit: Invalid option'],
  ),
  month(
    'usage at no date',
    { usage: `${usageHeader}\n${used}\n${used.replace('2026-10-03', '2026-02-30')}\n`, bill },
    ['line 3: occurredAt: a time as in 2026-10-31T23:59:59Z'],
  ),
  {
    ...month(
      'a bill with an amount that is none',
      { usage: `${usageHeader}\n${used}\n`, bill: 'component,usd\nopenai.chat,$5\n' },
      ['line 2: {here}/bill.csv: usd: "$5": not a decimal number'],
    ),
    code: 'TB_BILL_INVALID',
  },
  {
    ...month(
      'usage without a price',
      { usage: `${usageHeader}\n${used.replace('gpt-4o', 'gpt-9')}\n`, bill },
      ['openai gpt-9, input-tokens, on 2026-10-03, book list-2026-11'],
    ),
    code: 'TB_PRICE_MISSING',
    exitCode: 3,
  },
  {
    title: 'readiness of a scenario that is not there',
    args: ['readiness', '{here}/none.yaml', ...out],
    code: 'TB_SCENARIO_UNREADABLE',
    exitCode: 2,
    says: ['{here}/none.yaml: ENOENT'],
  },
]

/** Tables. */
export const tables: readonly BadInput[] = [...measurements, ...months]
