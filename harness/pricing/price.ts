/**
 * The story of pricing: what a recorded or simulated run costs under each price book, which
 * configuration each tenant should get, what each tier earns, and how sure that is. Everything is
 * computed from what was recorded; no model is asked and nothing is started.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import { picoUsd, sumUsd, usdAsNumber, type PicoUsd } from '../../src/base/money.ts'
import type { PriceBook } from '../../src/index.ts'
import type { PriceBookTotal, PriceReport } from '../../reports/price/price-report.ts'
import type { ComparisonLine } from '../../reports/record/record.ts'
import { chooseConfigurations, probabilityCovers, type Choice } from './choose.ts'
import {
  currentOf,
  monthlyCostOf,
  named,
  type Economics,
  type TenantEconomics,
} from './economics.ts'
import { monteCarlo } from './monte-carlo.ts'
import { moversBetween } from './movers.ts'
import { plain } from './plain.ts'
import { proposeTiers } from './propose-tiers.ts'
import { standardise } from './standardise.ts'
import { tierMargins, type Plans } from './tier-margins.ts'
import { tornado } from './tornado.ts'
import { whatIf } from './what-if.ts'
import type { PriceSource } from './sources/price-source.ts'

/** What is asked. */
export interface PriceQuestion {
  readonly source: PriceSource
  /** Books beside the one that the source was priced by. */
  readonly otherBooks: readonly PriceBook[]
  /** A plan for every tier, or null. */
  readonly plans: Plans | null
  readonly targetMarginPct: number
  readonly customisingCostUsd: PicoUsd
  readonly switchWhenSavingPct: number
  readonly varyPct: number
  readonly draws: number
  readonly seed: number
  /** Sentences about how the source was read. */
  readonly notes: readonly string[]
}

/**
 * Prices. Tenants without a known cost are left out by name; with none left the report says that
 * nothing could be priced.
 */
export function price(question: PriceQuestion): PriceReport {
  const {
    source,
    otherBooks,
    targetMarginPct,
    customisingCostUsd,
    switchWhenSavingPct,
    varyPct,
    draws,
    seed,
  } = question
  const plans = question.plans ?? new Map()
  const { tenants, leftOut } = source.economics(source.book)
  const choices = chooseConfigurations(tenants)
  const { swings, left } = tornado(tenants, plans, varyPct)
  const months = monteCarlo(tenants, { plans, draws, seed, ...source.meter })
  const movers = moversBetween(tenants, plans, switchWhenSavingPct)
  return {
    source: { kind: source.kind, runId: source.runId, scenario: source.scenario },
    priceBooks: booksOf({ source, otherBooks, tenants, choices }),
    tenants: plain(choices),
    leftOut,
    whatIf: plain(whatIf(tenants)),
    standardise: plain(standardise(tenants, { plans, customisingCostUsd })),
    tiers: plain(tierMargins(tenants, plans)),
    movers: plain(movers),
    proposal: plain(proposeTiers(tenants, { targetMarginPct })),
    tornado: plain(swings),
    tornadoLeft: left,
    monteCarlo: plain(months),
    assumptions: [
      ...question.notes,
      ...assumptionsOf(question),
      movers.assumption,
      ...months.assumptions,
    ],
    reason: tenants.length === 0 ? 'of no tenant is it known what it costs' : null,
  }
}

interface Repriced {
  readonly source: PriceSource
  readonly otherBooks: readonly PriceBook[]
  readonly tenants: readonly TenantEconomics[]
  readonly choices: readonly Choice[]
}

function booksOf({ source, otherBooks, tenants, choices }: Repriced): readonly PriceBookTotal[] {
  const total = monthOf(tenants)
  const { id, sha256 } = source.book
  const own = {
    id,
    sha256,
    ...plain({ totalMonthlyUsd: tenants.length === 0 ? null : total }),
    differencePct: tenants.length === 0 ? null : 0,
    changes: [],
    reason: tenants.length === 0 ? 'no cost is known' : null,
  }
  return [
    own,
    ...otherBooks.map((book) =>
      bookTotal(book, economicsUnder(source, book), { total, tenants: tenants.length, choices }),
    ),
  ]
}

function economicsUnder(source: PriceSource, book: PriceBook): Economics | string {
  try {
    return source.economics(book)
  } catch (error) {
    if (error instanceof TenantbenchError && error.code === 'TB_PRICE_MISSING')
      return error.detail ?? error.message
    throw error
  }
}

interface Before {
  readonly total: PicoUsd
  readonly tenants: number
  readonly choices: readonly Choice[]
}

/**
 * A book that has no price for what one tenant uses today has no total: what is missing is not
 * free.
 */
function bookTotal(
  { id, sha256 }: PriceBook,
  found: Economics | string,
  before: Before,
): PriceBookTotal {
  if (typeof found === 'string')
    return { id, sha256, totalMonthlyUsd: null, differencePct: null, changes: [], reason: found }
  const changes = changesOf(before.choices, chooseConfigurations(found.tenants))
  const missing = found.leftOut.map(({ tenant, reason }) => `${tenant}: ${reason}`)
  if (found.tenants.length < before.tenants || found.tenants.length === 0)
    return {
      id,
      sha256,
      totalMonthlyUsd: null,
      differencePct: null,
      changes,
      reason: missing.length === 0 ? 'no cost is known' : missing.join('; '),
    }
  const total = monthOf(found.tenants)
  const differencePct =
    before.total === 0n
      ? null
      : (100 * usdAsNumber(picoUsd(total - before.total))) / usdAsNumber(before.total)
  return { id, sha256, ...plain({ totalMonthlyUsd: total }), differencePct, changes, reason: null }
}

function monthOf(tenants: readonly TenantEconomics[]): PicoUsd {
  return sumUsd(tenants.map((tenant) => monthlyCostOf(tenant, currentOf(tenant))))
}

function changesOf(before: readonly Choice[], after: readonly Choice[]): PriceBookTotal['changes'] {
  const known = new Map(before.map((choice) => [choice.tenant, choice]))
  return after.flatMap((choice) => {
    const was = known.get(choice.tenant)
    const [from, to] = [was === undefined ? 'none' : optimalOf(was), optimalOf(choice)]
    return from === to ? [] : [{ tenant: choice.tenant, from, to }]
  })
}

function optimalOf({
  optimalModel: model,
  optimalTopK: topK,
  optimalRerank: rerank,
}: Choice): string {
  return model === null || topK === null || rerank === null
    ? 'none'
    : named({ model, topK, rerank })
}

const otherBookWords = {
  run:
    'Under another book the tokens are the recorded ones: chat, reranking and reads are ' +
    'priced again, what is left of a query goes with the price of embedding tokens, and ' +
    "intervals go with the mean. Shared cost stays; storage and minimums are the book's.",
  simulation:
    'Under another book the same queries are priced as of the end of the simulated time, ' +
    'without price changes of the scenario. Shared cost stays; storage and minimums are the ' +
    "book's.",
} as const

function assumptionsOf({ source, otherBooks, plans }: PriceQuestion): readonly string[] {
  return [
    ...source.assumptions,
    'What a tenant carries of shared cost, minimums and storage is fixed at its volume; what ' +
      "another configuration changes in a minimum is that configuration's own cost, worked out " +
      'as if it were the only change: changes add up as long as the minimum is either used up or ' +
      'not.',
    'Tiers, the proposal, the swings and the drawn months are of the configurations in force today.',
    probabilityCovers,
    'Standard, tier and tenant are compared with their means as independent; asked the same ' +
      'questions they vary together, so the interval of the saving is rather too wide.',
    ...(otherBooks.length === 0 ? [] : [otherBookWords[source.kind]]),
    ...(plans === null
      ? ['No plans were given: what tiers earn is not known, and profit is less cost alone.']
      : []),
  ]
}

/** The spreadsheet's lines with what was chosen here. A tenant that was left out has no optimum. */
export function pricedComparison(
  lines: readonly ComparisonLine[],
  { tenants, leftOut }: PriceReport,
): ComparisonLine[] {
  return lines.map((line) => {
    const found = tenants.find(({ tenant }) => tenant === line.tenant)
    if (found === undefined)
      return {
        ...line,
        optimalModel: null,
        optimalTopK: null,
        optimalRerank: null,
        projectedCostPerQueryUsd: null,
        monthlyDifferenceUsd: null,
        reason: leftOut.find(({ tenant }) => tenant === line.tenant)?.reason ?? line.reason,
        flipsWhen: null,
      }
    const {
      currentCostPerQueryUsd,
      optimalModel,
      optimalTopK,
      optimalRerank,
      projectedCostPerQueryUsd,
      monthlyDifferenceUsd,
      reason,
      flipsWhen,
    } = found
    return {
      ...line,
      currentCostPerQueryUsd,
      optimalModel,
      optimalTopK,
      optimalRerank,
      projectedCostPerQueryUsd,
      monthlyDifferenceUsd,
      reason,
      flipsWhen,
    }
  })
}
