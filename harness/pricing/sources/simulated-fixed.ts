/**
 * What is fixed for the tenants of a simulation: shared cost, minimums as a month has them, and
 * what is stored.
 */
import { parseUsd, picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../../src/base/money.ts'
import { minimumTopUps, type PriceBook } from '../../../src/index.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import type { SimulationPlan } from '../../simulate/plan.ts'
import type { SimulatedCosts } from './simulated-costs.ts'
import { dividedUsd, keepingCosts, type monthsOf } from './simulated-time.ts'
import type { SimulatedTenant } from './simulated-tenants.ts'

/** What it is made from. */
export interface FixedInput {
  readonly report: SimulateReport
  readonly plan: SimulationPlan
  readonly months: ReturnType<typeof monthsOf>
  readonly tenants: readonly SimulatedTenant[]
  readonly costs: SimulatedCosts
}

/** Under a book. Tenants are places. */
export interface FixedUnder {
  /** A month of a tenant. */
  fixedOf(place: number): PicoUsd
  /**
   * What a query of a tenant changes in the minimum when it costs so much more at Pinecone than
   * today's: as if it were the only change.
   */
  changeOf(place: number, morePerQuery: PicoUsd): PicoUsd
}

/** Works it out for any book. Throws TB_PRICE_MISSING where a book prices no storage. */
export function fixedCosts(input: FixedInput): { under(book: PriceBook): FixedUnder } {
  const { report, plan, months, tenants } = input
  const shared = report.tenants.map(({ sharedUsd }) => parseUsd(sharedUsd))
  const [all, minimum] = [
    sumUsd(shared),
    sumUsd(report.months.map(({ minimumUsd }) => parseUsd(minimumUsd))),
  ]
  const volume = tenants.reduce((sum, { queries }) => sum + queries, 0)
  return {
    under(book) {
      const keeping = keepingCosts(plan, book)
      const used = pineconeMonth(input, keeping, book)
      const topUp = topUpOf(used, book)
      // Of whole months the minimum is what was billed, and another book's is the difference; of
      // less than a month it is worked out for a whole one.
      const billed = dividedUsd(minimum, months.count)
      const asMonth = !months.isWhole
        ? topUp
        : book === plan.book
          ? billed
          : picoUsd(
              billed +
                topUp -
                topUpOf(pineconeMonth(input, keepingCosts(plan, plan.book), plan.book), plan.book),
            )
      const pool = picoUsd(dividedUsd(picoUsd(all - minimum), months.count) + asMonth)
      const partOf = (place: number): PicoUsd =>
        all !== 0n
          ? picoUsd((pool * (shared[place] ?? 0n)) / all)
          : volume === 0
            ? zeroUsd
            : picoUsd((pool * BigInt(tenants[place]?.queries ?? 0)) / BigInt(volume))
      return {
        fixedOf: (place) =>
          picoUsd(partOf(place) + dividedUsd(keeping[place] ?? zeroUsd, months.count)),
        changeOf(place, morePerQuery) {
          const queries = BigInt(tenants[place]?.queriesPerMonth ?? 0)
          return queries === 0n || morePerQuery === 0n
            ? zeroUsd
            : picoUsd((topUpOf(picoUsd(used + morePerQuery * queries), book) - topUp) / queries)
        },
      }
    },
  }
}

/**
 * What all tenants use at Pinecone in a month as they are configured today. Of what a tenant keeps
 * only the tokens of a first ingestion are not Pinecone's.
 */
function pineconeMonth(
  { tenants, costs, months }: FixedInput,
  keeping: readonly PicoUsd[],
  book: PriceBook,
): PicoUsd {
  const queries = tenants.map((tenant) => {
    const cost = costs.costOf(tenant, tenant.current, book)
    return 'missing' in cost ? zeroUsd : picoUsd(cost.pinecone * BigInt(tenant.queriesPerMonth))
  })
  return picoUsd(sumUsd(queries) + dividedUsd(sumUsd(keeping), months.count))
}

function topUpOf(used: PicoUsd, book: PriceBook): PicoUsd {
  return (
    minimumTopUps([{ component: 'pinecone.usage', amount: used }], book).get('pinecone.minimum') ??
    zeroUsd
  )
}
