/**
 * Faults that a scenario plants on purpose, to see that the checks find them (DESIGN law 8). They
 * change the system under test; the checks go on judging by the scenario's own figures and do not
 * know that this exists.
 */
import pg from 'pg'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { parseUsd } from '../../src/base/money.ts'
import { sha256 } from '../../src/base/random.ts'
import { roleNames, type CapacityLimits, type PriceBook } from '../../src/index.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { Sabotage } from './run-options.ts'

/** What of a run's parts is changed. Without planted faults everything is as the scenario says. */
export interface PlantedFaults {
  readonly sabotage: Sabotage
  readonly capacity: CapacityLimits
  readonly providerFaults: LoadedScenario['providerFaults']
  /** How many times as long as they would the vendors take. */
  readonly slowdown: number
  readonly dropsVectorIndexes: boolean
  /** The price book under test: only the vendors' own list stays as it is. */
  bookOf(book: PriceBook): PriceBook
}

/** Reads the faults of a scenario; those of a test come on top. */
export function plantFaults(scenario: LoadedScenario, ofTest: Sabotage = {}): PlantedFaults {
  const { providerFaults: usual } = scenario
  const {
    sql,
    prices = [],
    capacity,
    providerFaults = {},
    slowdown = 1,
    dropVectorIndexes = false,
  } = scenario.sabotage ?? {}
  return {
    sabotage: {
      ...ofTest,
      async afterProvisioning(adminUrl) {
        if (sql !== undefined) await runAsOwner(adminUrl, sql)
        await ofTest.afterProvisioning?.(adminUrl)
      },
    },
    capacity: capacity ?? scenario.capacity,
    slowdown,
    dropsVectorIndexes: dropVectorIndexes,
    providerFaults: {
      abortedStreams: providerFaults.abortedStreams ?? usual.abortedStreams,
      lateEvents: providerFaults.lateEvents ?? usual.lateEvents,
      throttled: providerFaults.throttled ?? usual.throttled,
      indexQuota:
        providerFaults.indexQuota === undefined ? usual.indexQuota : providerFaults.indexQuota,
    },
    bookOf: (book) =>
      prices.length === 0
        ? book
        : {
            ...prices.reduce(withPrice, book),
            id: `${book.id}${plantedMark}`,
            sha256: sha256(JSON.stringify([book.sha256, prices])),
          },
  }
}

type PriceChange = NonNullable<NonNullable<LoadedScenario['sabotage']>['prices']>[number]

/** A record must not say that it used a book that it did not use. */
const plantedMark = '+planted'

function withPrice(book: PriceBook, { provider, sku, unit, usd }: PriceChange): PriceBook {
  const meant = new Set([
    sku,
    ...book.aliases
      .filter((each) => each.provider === provider && each.alias === sku)
      .map((each) => each.sku),
  ])
  const isMeant = (price: PriceBook['prices'][number]): boolean =>
    price.provider === provider && meant.has(price.sku) && price.unit === unit
  if (!book.prices.some(isMeant))
    throw new TenantbenchError('TB_SABOTAGE_FAILED', {
      detail: `Book ${book.id} has no price of ${provider} ${sku}, ${unit}.`,
    })
  return {
    ...book,
    prices: book.prices.map((price) =>
      isMeant(price) ? { ...price, amount: parseUsd(usd) } : price,
    ),
  }
}

async function runAsOwner(adminUrl: string, sql: string): Promise<void> {
  const url = new URL(adminUrl)
  url.searchParams.set(
    'options',
    `-c role=${roleNames(decodeURIComponent(url.pathname.slice(1))).owner}`,
  )
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(sql)
  } catch (error) {
    throw new TenantbenchError('TB_SABOTAGE_FAILED', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}
