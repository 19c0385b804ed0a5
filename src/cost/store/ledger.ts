/**
 * The ledger in Postgres: postings by the operator, read by each tenant as its own. A month is
 * posted once; posting it again posts the difference, and when there is none, nothing. Two that
 * post at once do so one after the other.
 */
import { dayOf, isoTime, monthOf } from '../../base/clock.ts'
import type { Fraction } from '../../base/fraction.ts'
import { picoUsd, type PicoUsd } from '../../base/money.ts'
import { parseTenantId, type TenantId } from '../../base/tenant-id.ts'
import type { Client, Database } from '../../db/pool.ts'
import { inTransaction } from '../../db/transaction.ts'
import { queryAsTenant, type TenantDatabase } from '../../isolation/tenant-session.ts'
import type { AllocatedLine, Allocation } from '../allocation/allocate.ts'
import type { AllocationMethodId } from '../allocation/method.ts'
import { counterpartsOf, differenceTo, type DayCharge } from '../ledger/posting.ts'

/** What is posted. */
export interface PostedMonth {
  readonly month: string
  readonly postedAtMs: number
  readonly book: { readonly id: string; readonly sha256: string }
  readonly charges: readonly DayCharge[]
  readonly allocation: Pick<Allocation, 'lines' | 'unallocated'>
}

/** What came of posting: null when nothing had changed. */
export type PostingResult = {
  readonly postingId: string
  readonly kind: 'close' | 'correction'
  readonly lines: number
} | null

/**
 * Posts a month. A first posting closes it; a later one corrects it, in the period in which it is
 * made.
 */
export async function postMonth(operator: Database, posted: PostedMonth): Promise<PostingResult> {
  return inTransaction(operator, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `tenantbench ledger ${posted.month}`,
    ])
    const before = await readLines(client, posted.month)
    const left = await readUnallocated(client, posted.month)
    const lines = differenceTo(posted.allocation.lines, before)
    const unallocated = new Map(
      [...new Set([...left.keys(), ...posted.allocation.unallocated.keys()])].map((component) => [
        component,
        picoUsd((posted.allocation.unallocated.get(component) ?? 0n) - (left.get(component) ?? 0n)),
      ]),
    )
    const count = await postingsOf(client, posted.month)
    const counterparts = counterpartsOf({ lines, unallocated })
    if (count > 0 && lines.length === 0 && counterparts.length === 0) return null
    const postingId = `${posted.month}#${count + 1}`
    const kind = count === 0 ? 'close' : 'correction'
    await addPosting(client, { ...posted, postingId, kind })
    await addCharges(client, postingId, posted)
    await addLines(client, { ...posted, postingId, lines })
    await client.query(
      `insert into ledger_counterparts (posting_id, account, component, amount_pico_usd)
       select $1, part->>'account', part->>'component', (part->>'amount')::numeric
         from json_array_elements($2::json) as part`,
      [
        postingId,
        JSON.stringify(counterparts.map((part) => ({ ...part, amount: part.amount.toString() }))),
      ],
    )
    return { postingId, kind, lines: lines.length }
  })
}

async function postingsOf(client: Client, month: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    'select count(*)::text as count from postings where usage_month = $1',
    [month],
  )
  return Number(rows[0]?.count ?? 0)
}

async function addPosting(
  client: Client,
  {
    postingId,
    kind,
    month,
    postedAtMs,
    book,
  }: PostedMonth & { readonly postingId: string; readonly kind: string },
): Promise<void> {
  // A closing belongs to its month, whenever it is made; a correction to the month in which it is.
  const period = kind === 'close' ? month : monthOf(postedAtMs)
  await client.query(
    'insert into postings (posting_id, usage_month, period, kind, price_book, ' +
      'price_book_sha256, posted_at) values ($1, $2, greatest($2, $3), $4, $5, $6, $7)',
    [postingId, month, period, kind, book.id, book.sha256, isoTime(postedAtMs)],
  )
}

/** Charges as differences to those of earlier postings of the month. */
async function addCharges(
  client: Client,
  postingId: string,
  { month, charges }: PostedMonth,
): Promise<void> {
  await client.query(
    `insert into charges (tenant_id, posting_id, day, provider, sku, service, unit, component,
      quantity_numerator, quantity_denominator, amount_pico_usd)
     select tenant_id, $1, day, provider, sku, service, unit, component, sum(numerator),
       denominator, sum(amount) from (
       select "tenantId" as tenant_id, day, provider, sku, service, unit, component, numerator,
         denominator, amount from json_to_recordset($2::json)
         as charge("tenantId" text, day date, provider text, sku text, service text, unit text,
           component text, numerator numeric, denominator numeric, amount numeric)
       union all
       select charges.tenant_id, day, provider, sku, service, unit, component, -quantity_numerator,
         quantity_denominator, -amount_pico_usd
       from charges join postings using (posting_id) where usage_month = $3) as both_sides
     group by tenant_id, day, provider, sku, service, unit, component, denominator having
       sum(numerator) <> 0 or sum(amount) <> 0`,
    [postingId, JSON.stringify(charges.map(chargeAsJson)), month],
  )
}

function chargeAsJson({
  tenantId,
  dayMs,
  provider,
  sku,
  service,
  unit,
  component,
  quantity,
  amount,
}: DayCharge): object {
  return {
    tenantId,
    day: dayOf(dayMs),
    provider,
    sku,
    service,
    unit,
    component,
    numerator: quantity.numerator.toString(),
    denominator: quantity.denominator.toString(),
    amount: amount.toString(),
  }
}

async function addLines(
  client: Client,
  {
    postingId,
    month,
    postedAtMs,
    lines,
  }: {
    readonly postingId: string
    readonly month: string
    readonly postedAtMs: number
    readonly lines: readonly AllocatedLine[]
  },
): Promise<void> {
  await client.query(
    `insert into ledger (tenant_id, posting_id, month, component, method, ratio_numerator,
      ratio_denominator, amount_pico_usd, posted_at)
     select line->>'tenantId', $1, $2, line->>'component', line->>'method',
       (line->>'numerator')::numeric, (line->>'denominator')::numeric, (line->>'amount')::numeric, $3
     from json_array_elements($4::json) as line`,
    [
      postingId,
      month,
      isoTime(postedAtMs),
      JSON.stringify(
        lines.map(({ ratio, amount, ...line }) => ({
          ...line,
          numerator: ratio.numerator.toString(),
          denominator: ratio.denominator.toString(),
          amount: amount.toString(),
        })),
      ),
    ],
  )
}

interface LineRow extends Record<string, unknown> {
  readonly tenant_id: string
  readonly component: string
  readonly method: AllocationMethodId
  readonly amount: string
}

async function readLines(client: Client, month: string): Promise<readonly AllocatedLine[]> {
  const { rows } = await client.query<LineRow>(
    'select tenant_id, component, method, sum(amount_pico_usd)::text as amount from ledger ' +
      'where month = $1 group by 1, 2, 3',
    [month],
  )
  const ratio: Fraction = { numerator: 0n, denominator: 1n }
  return rows.map(({ tenant_id: tenantId, component, method, amount }) => ({
    tenantId: parseTenantId(tenantId),
    component,
    method,
    ratio,
    amount: picoUsd(BigInt(amount)),
  }))
}

async function readUnallocated(
  client: Client,
  month: string,
): Promise<ReadonlyMap<string, PicoUsd>> {
  const { rows } = await client.query<{ component: string; amount: string }>(
    'select component, sum(amount_pico_usd)::text as amount from ledger_counterparts join ' +
      `postings using (posting_id) where usage_month = $1 and account = 'unallocated' group by 1`,
    [month],
  )
  return new Map(rows.map(({ component, amount }) => [component, picoUsd(BigInt(amount))]))
}

/**
 * What a month comes to in the ledger: all tenants' lines and what is unallocated, over all
 * postings. For the operator.
 */
export async function readBalance(operator: Database, month: string): Promise<PicoUsd> {
  const { rows } = await operator.query<{ balance: string }>(
    `select (coalesce((select sum(amount_pico_usd) from ledger
      where month = $1), 0) + coalesce((select sum(amount_pico_usd)
       from ledger_counterparts join postings using (posting_id) where usage_month = $1
         and account = 'unallocated'), 0))::text as balance`,
    [month],
  )
  return picoUsd(BigInt(rows[0]?.balance ?? '0'))
}

/** A ledger line as a tenant sees its own. */
export interface OwnLedgerLine extends Record<string, unknown> {
  readonly component: string
  readonly method: string
  readonly amount: PicoUsd
}

/** A tenant's own balance of a month, by component and method. */
export async function readOwnLedger(
  database: TenantDatabase,
  tenantId: TenantId,
  month: string,
): Promise<readonly OwnLedgerLine[]> {
  const rows = await queryAsTenant<{ component: string; method: string; amount: string }>(
    database,
    tenantId,
    {
      text:
        'select component, method, sum(amount_pico_usd)::text as amount from ledger where ' +
        'month = $1 group by component, method order by component, method',
      values: [month],
    },
  )
  return rows.map(({ component, method, amount }) => ({
    component,
    method,
    amount: picoUsd(BigInt(amount)),
  }))
}
