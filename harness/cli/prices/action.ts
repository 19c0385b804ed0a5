/**
 * What the actions of `tenantbench prices` share: their answer in both forms, and the day and book
 * that they are asked about.
 */
import Table from 'cli-table3'
import { type Clock, dayOf, systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { formatUsd, type PicoUsd } from '../../../src/base/money.ts'
import { printable } from '../../../src/base/text.ts'
import { loadPriceBook, priceBookIds, readPriceBook, type PriceBook } from '../../../src/index.ts'

/** An answer: one JSON document, the same in words, and the exit code. */
export interface Answer {
  readonly json: object
  readonly text: string
  readonly exitCode: 0 | 1
}

/** What was asked. */
export interface PricesQuestion {
  readonly names: readonly string[]
  readonly book: string | null
  readonly atMs: number | null
  readonly litellm: string | null
  readonly usage: readonly string[]
}

/** The book that is used where none is named. */
export const usualBook = 'list-2026-11'

/** A book by its name, or by a path: a folder or a .yaml file. */
export async function openBook(nameOrPath: string): Promise<PriceBook> {
  return (await priceBookIds()).includes(nameOrPath) || !/[./\\]/.test(nameOrPath)
    ? loadPriceBook(nameOrPath)
    : readPriceBook(nameOrPath)
}

/** The time at the start of a day, or null. Throws TB_USAGE. */
export function dayAsked(given: unknown): number | null {
  if (typeof given !== 'string') return null
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(atMs) || dayOf(atMs) !== given)
    throw new TenantbenchError('TB_USAGE', {
      detail: `--on is a day as in 2026-11-01, not ${JSON.stringify(given)}.`,
    })
  return atMs
}

/** The day that is asked about: today where none is named. */
export function dayOr(atMs: number | null, clock: Clock = systemClock): number {
  return atMs ?? clock.nowMs()
}

/** Units after the number that a price is for. */
export function perWords(per: bigint): string {
  return per === 1_000_000n
    ? 'million'
    : per === 1_000n
      ? 'thousand'
      : per === 1n
        ? 'each'
        : String(per)
}

/** A price as people write it. */
export function priceWords(
  price: { readonly amount: PicoUsd; readonly per: bigint } | null,
): string {
  return price === null ? '-' : `$${formatUsd(price.amount)} / ${perWords(price.per)}`
}

/** A plain table; what users wrote cannot steer the terminal. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map(printable))
  return table.toString()
}
