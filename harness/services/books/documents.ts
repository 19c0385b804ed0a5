/**
 * A month's bill in the forms that the vendors give: OpenAI's costs and usage pages, Anthropic's
 * cost and usage reports, Pinecone's usage export, and an invoice for what is no use. Daily
 * buckets, UTC, amounts exact.
 */
import { stringify } from 'csv-stringify/sync'
import { dayOf, isoTime } from '../../../src/base/clock.ts'
import { formatUsd, picoUsd, type PicoUsd } from '../../../src/base/money.ts'
import type { LineKind, PricedLine } from './statement.ts'

/** A line of an invoice that is no use. */
export interface InvoiceLine {
  readonly component: string
  readonly category: 'minimum' | 'tax' | 'credit'
  readonly usd: PicoUsd
}

/** A file of a bill. */
export interface BillDocument {
  readonly path: string
  readonly text: string
}

const daySeconds = 86_400

/** Writes the documents; a vendor without lines sends none. */
export function documentsOf(
  lines: readonly PricedLine[],
  invoice: readonly InvoiceLine[],
): readonly BillDocument[] {
  const of = (vendor: PricedLine['vendor']): readonly PricedLine[] =>
    lines.filter((line) => line.vendor === vendor).toSorted((one, other) => one.dayMs - other.dayMs)
  const documents = [
    { path: 'openai-costs.json', text: openai(of('openai')), isEmpty: of('openai').length === 0 },
    {
      path: 'anthropic-cost.json',
      text: anthropic(of('anthropic')),
      isEmpty: of('anthropic').length === 0,
    },
    {
      path: 'pinecone-usage.csv',
      text: pinecone(of('pinecone')),
      isEmpty: of('pinecone').length === 0,
    },
    {
      path: 'invoice.csv',
      text: stringify([
        ['component', 'usd', 'category'],
        ...invoice.map(({ component, usd, category }) => [component, formatUsd(usd), category]),
      ]),
      isEmpty: invoice.length === 0,
    },
  ]
  return documents.flatMap(({ isEmpty, ...document }) => (isEmpty ? [] : [document]))
}

const openaiKinds: Partial<Record<LineKind, string>> = {
  input: ', input',
  cached: ', cached input',
  output: ', output',
  embedding: '',
}

/** Numbers are put in as their digits: a float would lose some. */
function openai(lines: readonly PricedLine[]): string {
  const days = [...Map.groupBy(lines, ({ dayMs }) => dayMs)]
  const bucket = (dayMs: number, results: readonly string[]): string =>
    `{"object": "bucket", "start_time": ${dayMs / 1_000}, "end_time": ` +
    `${dayMs / 1_000 + daySeconds}, "results": [\n${results.join(',\n')}]}`
  const costs = days.map(([dayMs, own]) =>
    bucket(
      dayMs,
      own.map(
        ({ billedAs, kind, quantity, usd }) =>
          `{"object": "organization.costs.result", "amount": {"value": ${formatUsd(usd)}, ` +
          '"currency": "usd"}, "line_item": ' +
          `${JSON.stringify(`${billedAs}${openaiKinds[kind] ?? ''}`)}, "project_id": null, ` +
          `"quantity": ${quantity}}`,
      ),
    ),
  )
  // The counts come from the vendors' meters, and not from their invoicing: a line that is charged
  // twice was counted once.
  const usage = days.map(([dayMs, own]) =>
    bucket(
      dayMs,
      [...new Set(own)]
        .filter(({ kind }) => kind === 'input' || kind === 'embedding')
        .map(
          ({ billedAs, kind, requests }) =>
            '{"object": ' +
            `"organization.usage.${kind === 'input' ? 'completions' : 'embeddings'}.result", ` +
            `"model": ${JSON.stringify(billedAs)}, "num_model_requests": ${requests}}`,
        ),
    ),
  )
  return `[${[costs, usage]
    .map(
      (buckets) =>
        '{"object": "page", "has_more": false, "next_page": null, "data": ' +
        `[${buckets.join(',\n')}]}`,
    )
    .join(',\n')}]\n`
}

const anthropicKinds: Partial<Record<LineKind, string>> = {
  input: 'uncached_input_tokens',
  cached: 'cache_read_input_tokens',
  output: 'output_tokens',
}

function anthropic(lines: readonly PricedLine[]): string {
  const days = [...Map.groupBy(lines, ({ dayMs }) => dayMs)]
  const bucket = (dayMs: number, results: readonly object[]): object => ({
    starting_at: isoTime(dayMs),
    ending_at: isoTime(dayMs + daySeconds * 1_000),
    results,
  })
  const costs = days.map(([dayMs, own]) =>
    bucket(
      dayMs,
      own.map(({ billedAs, kind, usd }) => ({
        amount: formatUsd(picoUsd(usd * 100n)),
        currency: 'USD',
        cost_type: 'tokens',
        model: billedAs,
        token_type: anthropicKinds[kind],
        description: `${billedAs} ${kind}`,
      })),
    ),
  )
  const usage = days.map(([dayMs, own]) =>
    bucket(
      dayMs,
      [...Map.groupBy(new Set(own), ({ billedAs }) => billedAs)].map(([model, ofModel]) => {
        const tokens = (kind: LineKind): number =>
          Number(
            ofModel
              .filter((line) => line.kind === kind)
              .reduce((sum, { quantity }) => sum + quantity, 0n),
          )
        return {
          model,
          uncached_input_tokens: tokens('input'),
          cache_read_input_tokens: tokens('cached'),
          output_tokens: tokens('output'),
        }
      }),
    ),
  )
  return `${JSON.stringify(
    [costs, usage].map((data) => ({ data, has_more: false, next_page: null })),
    null,
    1,
  )}\n`
}

const dividers: Partial<Record<LineKind, bigint>> = {
  read: 1_000_000n,
  write: 1_000_000n,
  storage: 730_000_000_000n,
}

function pinecone(lines: readonly PricedLine[]): string {
  return stringify([
    ['date', 'project', 'index', 'sku', 'quantity', 'amount', 'currency'],
    ...lines.map(({ dayMs, billedAs, kind, quantity, usd }) => [
      dayOf(dayMs),
      'default',
      'tenants',
      billedAs,
      decimal(quantity, dividers[kind] ?? 1n),
      formatUsd(usd),
      'USD',
    ]),
  ])
}

/** A quotient with eighteen places, which every quantity of a bill has room in. */
function decimal(quantity: bigint, divider: bigint): string {
  const scaled = (quantity * 10n ** 18n) / divider
  return `${scaled / 10n ** 18n}.${(scaled % 10n ** 18n).toString().padStart(18, '0')}`.replace(
    /\.?0+$/,
    '',
  )
}
