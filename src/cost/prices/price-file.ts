/**
 * One provider's prices as a YAML file. All faults of a file at once, with path and line; nothing
 * of a faulty file is used.
 */
import { dayOf } from '../../base/clock.ts'
import { z } from 'zod'
import type { Fault } from '../../base/errors.ts'
import { parseDecimal, zeroFraction } from '../../base/fraction.ts'
import { parseUsd, type PicoUsd } from '../../base/money.ts'
import { lineAt, placesOf, readYaml, written, type Place } from '../../base/yaml-input.ts'
import {
  billedUnits,
  serviceTiers,
  type BilledUnit,
  type Price,
  type ProductAlias,
  type ReadFormula,
  type StoreFormula,
  type Validity,
} from './price-book.ts'

const day = z
  .string('a day as in 2026-11-01')
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as in 2026-11-01')
  .refine(
    (text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true,
    'there is no such day',
  )
const dollars = z
  .string('dollars in quotes, e.g. "2.5": a plain number may lose digits')
  .regex(
    /^\d{1,9}(\.\d{1,12})?$/,
    'dollars as a decimal number that is not negative, under 10^9, with at most 12 places',
  )
const units = z
  .string('a number of units in quotes')
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'units as a decimal number')
const period = { from: day, to: day.nullable() }

const priceSchema = z.strictObject({
  sku: z.string().min(1),
  service: z.enum(serviceTiers).default('standard'),
  abovePromptTokens: z.int().nonnegative().default(0),
  ...period,
  per: z.int().positive(),
  component: z.string().min(1),
  usd: z
    .partialRecord(z.enum(billedUnits), dollars)
    .refine((record) => Object.keys(record).length > 0, 'at least one unit'),
})
const formulaSchema = z.strictObject({
  ...period,
  read: z.union([
    z.strictObject({ perGigabyteLeast: units, roundedUpTo: units.optional() }),
    z.strictObject({
      bySize: z.array(z.tuple([z.int().nonnegative(), z.int().positive()])).min(2),
    }),
  ]),
  write: z.strictObject({ bytesPerUnit: z.int().positive(), leastUnits: z.int().nonnegative() }),
})
const fileSchema = z.strictObject({
  provider: z.string().min(1),
  currency: z.literal('USD', 'prices are in USD: convert them, and say so in `source`'),
  source: z.string().min(1),
  checked: day,
  monthlyMinimumUsd: dollars,
  aliases: z
    .array(z.strictObject({ alias: z.string().min(1), sku: z.string().min(1), ...period }))
    .default([]),
  formulas: z.array(formulaSchema).default([]),
  prices: z.array(priceSchema),
})

type WrittenFile = z.infer<typeof fileSchema>
type WrittenPeriod = { readonly from: string; readonly to: string | null }

/** What a file holds. */
export interface PriceFile {
  readonly provider: string
  readonly source: string
  readonly checked: string
  readonly monthlyMinimum: PicoUsd
  readonly prices: readonly Price[]
  readonly aliases: readonly ProductAlias[]
  readonly formulas: readonly StoreFormula[]
}

/** A file's text, and how it is called in messages. */
export interface NamedText {
  readonly path: string
  readonly text: string
}

/** Reads a file: what it holds, or its faults. */
export function parsePriceFile({ path, text }: NamedText): PriceFile | readonly Fault[] {
  const input = readYaml(text)
  const told = (
    faults: readonly { readonly place: Place; readonly message: string }[],
  ): readonly Fault[] =>
    faults.map(({ place, message }) => ({
      path: `${path}: ${written(place)}`,
      line: lineAt(input, place),
      message,
    }))
  if (input.faults.length > 0) return input.faults.map((fault) => ({ ...fault, path }))
  const parsed = fileSchema.safeParse(input.document.toJS({ maxAliasCount: 100 }))
  if (!parsed.success) return told(parsed.error.issues.flatMap(placesOf))
  const faults = [...periodFaults(parsed.data), ...danglingAliases(parsed.data)]
  return faults.length > 0 ? told(faults) : fileOf(parsed.data)
}

interface PlacedFault {
  readonly place: Place
  readonly message: string
}

/**
 * What no single entry shows: periods that end before they begin, two prices in force at once, days
 * without one.
 */
function periodFaults({ prices, aliases, formulas }: WrittenFile): readonly PlacedFault[] {
  const entries = [
    ...prices.flatMap((price, at) =>
      Object.keys(price.usd).map((unit) => ({
        of:
          `${price.sku}, ${unit}, ` +
          `${price.service}${price.abovePromptTokens > 0 ? `, above ${price.abovePromptTokens} tokens` : ''}`,
        place: ['prices', at],
        ...periodIn(price),
      })),
    ),
    ...aliases.map((alias, at) => ({
      of: `the alias ${alias.alias}`,
      place: ['aliases', at],
      ...periodIn(alias),
    })),
    ...formulas.map((formula, at) => ({
      of: 'the formula',
      place: ['formulas', at],
      ...periodIn(formula),
    })),
  ]
  const reversed = entries
    .filter(({ fromMs, toMs }) => toMs !== null && toMs <= fromMs)
    .map(({ place }) => ({ place: [...place, 'to'], message: 'not after `from`' }))
  const neighbours = [...Map.groupBy(entries, ({ of }) => of).values()].flatMap((group) => {
    const inOrder = group.toSorted((one, other) => one.fromMs - other.fromMs)
    return inOrder.slice(1).flatMap((each, before) => neighbourFault(inOrder[before] ?? each, each))
  })
  return [
    ...new Map(
      [...reversed, ...neighbours].map((fault) => [JSON.stringify(fault), fault]),
    ).values(),
  ]
}

type Entry = Validity & { readonly of: string; readonly place: Place }

function neighbourFault(before: Entry, each: Entry): readonly PlacedFault[] {
  const place = [...each.place, 'from']
  if (before.toMs === null || before.toMs > each.fromMs)
    return [{ place, message: `${each.of}: ${written(before.place)} is still in force then` }]
  return before.toMs === each.fromMs
    ? []
    : [
        {
          place,
          message: `${each.of}: nothing is in force between ${dayOf(before.toMs)} and ${dayOf(each.fromMs)}`,
        },
      ]
}

function danglingAliases({ aliases, prices }: WrittenFile): readonly PlacedFault[] {
  const priced = new Set(prices.map(({ sku }) => sku))
  return aliases.flatMap(({ sku }, at) =>
    priced.has(sku) ? [] : [{ place: ['aliases', at, 'sku'], message: `${sku} has no price here` }],
  )
}

function fileOf({
  provider,
  source,
  checked,
  monthlyMinimumUsd,
  prices,
  aliases,
  formulas,
}: WrittenFile): PriceFile {
  return {
    provider,
    source,
    checked,
    monthlyMinimum: parseUsd(monthlyMinimumUsd),
    prices: prices.flatMap((price) =>
      Object.entries(price.usd).map(([unit, usd]): Price => ({
        provider,
        sku: price.sku,
        unit: unit as BilledUnit,
        service: price.service,
        abovePromptTokens: price.abovePromptTokens,
        per: BigInt(price.per),
        amount: parseUsd(usd ?? ''),
        component: price.component,
        ...periodIn(price),
      })),
    ),
    aliases: aliases.map((each) => ({
      provider,
      alias: each.alias,
      sku: each.sku,
      ...periodIn(each),
    })),
    formulas: formulas.map(({ read, write, ...each }) => ({
      provider,
      read: readFormula(read),
      write: { bytesPerUnit: BigInt(write.bytesPerUnit), leastUnits: BigInt(write.leastUnits) },
      ...periodIn(each),
    })),
  }
}

function readFormula(read: WrittenFile['formulas'][number]['read']): ReadFormula {
  if ('perGigabyteLeast' in read)
    return {
      kind: 'per-gigabyte',
      least: parseDecimal(read.perGigabyteLeast) ?? zeroFraction,
      step: read.roundedUpTo === undefined ? null : parseDecimal(read.roundedUpTo),
    }
  return {
    kind: 'by-size',
    points: read.bySize
      .map(([bytes, count]) => ({ bytes: BigInt(bytes), units: BigInt(count) }))
      .toSorted((one, other) => (one.bytes < other.bytes ? -1 : 1)),
  }
}

function periodIn({ from, to }: WrittenPeriod): Validity {
  return {
    fromMs: Date.parse(`${from}T00:00:00Z`),
    toMs: to === null ? null : Date.parse(`${to}T00:00:00Z`),
  }
}
