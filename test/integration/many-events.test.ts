/**
 * Many events: priced, allocated and reconciled from PostgreSQL, and priced again under a hundred
 * books. Twenty thousand here; a million, with the times written down, by `npm run proof --
 * million`. No time is asserted.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { reconcileStored } from '../../harness/reconcile/check-billing.ts'
import { usualRules } from '../../harness/reconcile/reconcile.ts'
import { systemClock } from '../../src/base/clock.ts'
import { picoUsd, sumUsd } from '../../src/base/money.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import {
  cliffsOf,
  loadPriceBook,
  readBill,
  readUsageGroups,
  recordUsage,
  reprice,
  usageEvent,
  type PriceBook,
} from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'

const events = Number(process.env['TENANTBENCH_EVENTS'] ?? 20_000)
const tenants = 100
const models = ['gpt-4o-mini', 'gpt-5.4', 'gpt-4o', 'gpt-5.6-luna'] as const
const july = { fromMs: Date.UTC(2026, 6, 1), toMs: Date.UTC(2026, 7, 1) }
const servers = Object.entries(inject('postgresServers'))

let db: TestDatabase
let ids: TenantId[]
beforeAll(async () => {
  db = await freshDatabase(servers.at(-1)?.[1] ?? '', {
    limits: { namespaceLimit: 200, operatingLimit: 190, alertAt: 180 },
  })
  ids = []
  for (let at = 0; at < tenants; at++) ids.push(await db.signUp(`tenant-${at}`))
  for (const [at, id] of ids.entries()) await recordOf(id, at)
}, 600_000)
afterAll(() => db[Symbol.asyncDispose]())

/** Prompts on both sides of a cliff at 272,000 tokens; a price that changes on the 30th. */
async function recordOf(id: TenantId, at: number): Promise<void> {
  const count = events / tenants
  for (let first = 0; first < count; first += 4_000) {
    const batch = Array.from({ length: Math.min(4_000, count - first) }, (_each, of) => {
      const n = first + of
      const quantities = {
        'input-tokens': n % 50 === 0 ? 272_001 : 1_000 + (n % 977),
        'cached-input-tokens': n % 3 === 0 ? 500 : 0,
        'output-tokens': 20 + (n % 313),
      }
      return usageEvent(id, `r${n}`, {
        usage: {
          operation: 'chat',
          provider: 'openai',
          sku: models[at % models.length] ?? models[0],
          attempt: 1,
          outcome: 'completed',
          estimated: false,
          quantities,
        },
        occurredAtMs: july.fromMs + ((n * 7_919_000) % (july.toMs - july.fromMs)),
      })
    })
    await recordUsage(db.database, batch, systemClock.nowMs())
  }
}

const secondsOf = async <T>(
  work: () => Promise<T> | T,
): Promise<{ readonly seconds: number; readonly result: T }> => {
  const startedMs = systemClock.monotonicMs()
  const result = await work()
  return { seconds: (systemClock.monotonicMs() - startedMs) / 1_000, result }
}

test('are reconciled, and priced again under a hundred books', { timeout: 300_000 }, async () => {
  const book = await loadPriceBook('list-2026-11')
  const bill = readBill([{ path: 'bill', text: 'component,usd\nopenai.chat,1' }], book)
  const month = await secondsOf(() =>
    reconcileStored(db.operator, {
      month: '2026-07',
      book: { ...book, monthlyMinimum: new Map() },
      bill,
      rules: usualRules,
      nowMs: systemClock.nowMs(),
    }),
  )
  expect(month.result.events).toBe(BigInt(events))

  const books = Array.from({ length: 100 }, (_each, at): PriceBook => ({
    ...book,
    id: `book-${at}`,
    prices: book.prices.map((price) => ({
      ...price,
      amount: picoUsd(price.amount * BigInt(at + 1)),
    })),
  }))
  const repriced = await secondsOf(async () =>
    reprice(await readUsageGroups(db.operator, july, { cliffs: cliffsOf(books) }), books),
  )
  const [first, ...others] = repriced.result
  expect(first?.total).toBe(sumUsd(month.result.allocation.lines.map(({ amount }) => amount)))
  // Prices are whole pico-dollars a token here, so twice the price is twice the sum.
  for (const [at, each] of others.entries())
    expect(each.total).toBe((first?.total ?? 0n) * BigInt(at + 2))

  const out = process.env['TENANTBENCH_OUT']
  if (out !== undefined)
    writeFileSync(
      out,
      JSON.stringify({
        events,
        books: books.length,
        reconcileSeconds: month.seconds,
        repriceSeconds: repriced.seconds,
        peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_000),
      }),
    )
})
