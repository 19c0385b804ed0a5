/**
 * Figures that somebody has named, held against the run: each query's cost, and what differences of
 * them come to. Beside each stands what other prices, of the same day or of today, make of the very
 * same tokens.
 */
import { formatUsd, parseUsd, picoUsd, usdAsNumber, type PicoUsd } from '../../src/base/money.ts'
import { worstVerdict, type CheckResult } from '../../src/base/verdict.ts'
import { amountOf, findPrice, type PriceBook } from '../../src/index.ts'
import type { RecordCell, RecordClaim } from '../../reports/record/record.ts'
import type { WrittenClaims } from '../scenario/schema.ts'

/** What claims are judged by. */
export interface ClaimEvidence {
  readonly cells: readonly RecordCell[]
  readonly book: PriceBook
  /** The books that the claims name for other prices. */
  readonly otherBooks: ReadonlyMap<string, PriceBook>
  readonly atMs: number
}

/** Judges claims, in their order. */
export function judgeClaims(
  claims: WrittenClaims,
  evidence: ClaimEvidence,
): readonly RecordClaim[] {
  const perQuery = claims.perQuery.map((claim) => perQueryClaim(claim, claims, evidence))
  const differences = claims.differences.map((claim) =>
    differenceClaim(claim, perQuery, claims.tolerancePct),
  )
  return [...perQuery, ...differences]
}

type PerQuery = WrittenClaims['perQuery'][number]

function perQueryClaim(
  claim: PerQuery,
  { otherPrices, tolerancePct }: WrittenClaims,
  evidence: ClaimEvidence,
): RecordClaim {
  const { id, says, tenant, model, topK, rerank, usd } = claim
  const cell = evidence.cells.find(
    (each) =>
      each.tenant === tenant &&
      each.variant.model === model &&
      each.variant.topK === topK &&
      each.variant.rerank === rerank,
  )
  const mean = cell?.costPerQueryUsd.mean ?? null
  const others = otherPrices.map(({ label, priceBook, on, models }) => {
    const book = evidence.otherBooks.get(priceBook)
    const found =
      cell === undefined || mean === null || book === undefined
        ? null
        : withOtherPrices(parseUsd(mean), {
            cell,
            from: chatPrices(evidence.book, model, evidence.atMs),
            to: chatPrices(book, models[model] ?? model, Date.parse(on)),
          })
    return {
      label,
      usd: found === null ? null : formatUsd(found),
      reason:
        found === null ? `${models[model] ?? model} has no price in ${priceBook} on ${on}` : null,
    }
  })
  return {
    id,
    says,
    claimedUsd: usd,
    ...judged(mean, usd, tolerancePct),
    assumes: null,
    others,
    reason:
      cell === undefined
        ? `no cell is ${tenant}, ${model}, top_k ${topK}${rerank ? ', reranked' : ''}`
        : (cell.costPerQueryUsd.reason ?? null),
  }
}

type ChatPrices = readonly [input: PicoUsd, output: PicoUsd] | null

const million = 1_000_000n

function chatPrices(book: PriceBook, sku: string, atMs: number): ChatPrices {
  const of = (unit: 'input-tokens' | 'output-tokens'): PicoUsd | null => {
    const price = book.sources
      .map(({ provider }) => findPrice(book, { provider, sku, unit, atMs }))
      .find((each) => each !== null)
    return price === undefined || price === null
      ? null
      : amountOf({ numerator: million, denominator: 1n }, price)
  }
  const [input, output] = [of('input-tokens'), of('output-tokens')]
  return input === null || output === null ? null : [input, output]
}

/**
 * The same query with its tokens at other prices; reranking, reads and shared cost stay what they
 * are.
 */
function withOtherPrices(
  mean: PicoUsd,
  {
    cell,
    from,
    to,
  }: { readonly cell: RecordCell; readonly from: ChatPrices; readonly to: ChatPrices },
): PicoUsd | null {
  const { promptMean, completionMean } = cell.tokens
  if (from === null || to === null || promptMean === null || completionMean === null) return null
  const chat = ([input, output]: NonNullable<ChatPrices>): number =>
    (promptMean * Number(input) + completionMean * Number(output)) / 1e6
  return picoUsd(mean + BigInt(Math.round(chat(to) - chat(from))))
}

function differenceClaim(
  {
    id,
    says,
    dearer,
    cheaper,
    queries,
    tenants,
    usd,
    assumes,
  }: WrittenClaims['differences'][number],
  found: readonly RecordClaim[],
  tolerancePct: number,
): RecordClaim {
  const times = BigInt(queries) * BigInt(tenants)
  const of = (claim: string, pick: (each: RecordClaim) => string | null): PicoUsd | null => {
    const value = found.filter((each) => each.id === claim).map(pick)[0] ?? null
    return value === null ? null : parseUsd(value)
  }
  const difference = (pick: (each: RecordClaim) => string | null): string | null => {
    const [high, low] = [of(dearer, pick), of(cheaper, pick)]
    return high === null || low === null ? null : formatUsd(picoUsd((high - low) * times))
  }
  const labels = found[0]?.others.map(({ label }) => label) ?? []
  const others = labels.map((label) => ({
    label,
    usd: difference((each) => each.others.find((other) => other.label === label)?.usd ?? null),
    reason: null,
  }))
  const mean = difference(({ foundUsd }) => foundUsd)
  return {
    id,
    says,
    claimedUsd: usd,
    ...judged(mean, usd, tolerancePct),
    assumes,
    others,
    reason: mean === null ? `${dearer} or ${cheaper} is not known` : null,
  }
}

function judged(
  found: string | null,
  claimed: string,
  tolerancePct: number,
): Pick<RecordClaim, 'foundUsd' | 'offPct' | 'verdict'> {
  if (found === null) return { foundUsd: null, offPct: null, verdict: 'inconclusive' }
  const offPct = 100 * (usdAsNumber(parseUsd(found)) / usdAsNumber(parseUsd(claimed)) - 1)
  return { foundUsd: found, offPct, verdict: Math.abs(offPct) <= tolerancePct ? 'pass' : 'fail' }
}

/** All claims as one check. */
export function checkClaims(claims: readonly RecordClaim[]): CheckResult {
  const off = claims
    .filter(({ verdict }) => verdict !== 'pass')
    .map(
      ({ id, offPct }) =>
        `${id} (${offPct === null ? 'not known' : `${offPct > 0 ? '+' : ''}${offPct.toFixed(1)} %`})`,
    )
  const largest = Math.max(0, ...claims.map(({ offPct }) => Math.abs(offPct ?? 0)))
  return {
    id: 'claims',
    verdict: worstVerdict(claims.map(({ verdict }) => verdict)),
    evidence:
      `${claims.length - off.length} of ${claims.length} named figures come out within ` +
      `the tolerance, the furthest ${largest.toFixed(1)} % ` +
      `off.${off.length === 0 ? '' : ` Not: ${off.join(', ')}.`} One world in which they ` +
      'do; they do not determine it.',
  }
}
