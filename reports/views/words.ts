/**
 * How figures read in every view: money, milliseconds, shares, and a dash with its reason for what
 * is not known.
 */
import { formatUsdRounded, parseUsd } from '../../src/base/money.ts'
import type { ComparisonLine, RecordCell, RunRecord, TenantCost } from '../record/record.ts'

/** Dollars a query, to a hundredth of a cent. */
export function perQuery(usd: string | null): string {
  return usd === null ? '–' : `$${formatUsdRounded(parseUsd(usd), 4)}`
}

/** Dollars a month, signed, to a cent. */
export function perMonth(usd: string | null): string {
  if (usd === null) return '–'
  const rounded = formatUsdRounded(parseUsd(usd), 2)
  return rounded.startsWith('-') ? `-$${rounded.slice(1)}` : `+$${rounded}`
}

/** Milliseconds as seconds, or a dash with the number of samples there were. */
export function seconds(milliseconds: number | null, count: number): string {
  return milliseconds === null
    ? `– (${counted(count, 'sample')})`
    : `${(milliseconds / 1_000).toFixed(2)} s`
}

/** Dollars a month, to a cent. */
export function monthOf(usd: string | null): string {
  return usd === null ? '–' : `$${formatUsdRounded(parseUsd(usd), 2)}`
}

/**
 * A tenant's month: its cost with the interval, the spread of its queries, its budget, its part of
 * the fleet.
 */
export const tenantCostHeader = [
  'Tenant',
  'A month [95 %]',
  'Budget',
  'Used',
  'Of the fleet',
  'Query p50',
  'p95',
  'Max',
  'Variation',
  'Dearest 1 %',
] as const

/** The cells of a tenant's line under that header. */
export function tenantCostRow(line: TenantCost, cells: readonly RecordCell[]): readonly string[] {
  const spread =
    cells.find(({ tenant, isCurrent }) => tenant === line.tenant && isCurrent)?.costSpread ?? null
  const percents = (value: number | null): string =>
    value === null ? '–' : `${value.toFixed(1)} %`
  return [
    line.tenant,
    `${monthOf(line.monthlyUsd)} [${monthOf(line.low95Usd)}, ${monthOf(line.high95Usd)}]`,
    monthOf(line.budgetUsd),
    percents(line.budgetUsedPct),
    percents(line.fleetSharePct),
    perQuery(spread?.p50Usd ?? null),
    perQuery(spread?.p95Usd ?? null),
    perQuery(spread?.maxUsd ?? null),
    spread?.coefficientOfVariation?.toFixed(2) ?? '–',
    percents(spread?.topHundredthPct ?? null),
  ]
}

/** How the fleet's cost concentrates, as a sentence. */
export function concentrationSentence({ costConcentration: found }: RunRecord): string {
  if (found === null) return 'No cost is known.'
  return (
    `Of ${counted(found.tenants, 'tenant')} the dearest is ` +
    `${found.largestSharePct.toFixed(1)} % of the cost, the dearest tenth ` +
    `${found.topTenthSharePct.toFixed(1)} %; Gini ${found.gini.toFixed(2)}. Intervals are ` +
    'bootstrapped over questions; p50, p95, max and variation are of what queries cost by ' +
    'themselves.'
  )
}

/** Claims as a table: what was named, what the run found, and what other prices make of it. */
export function claimTable({ claims }: RunRecord): {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
} {
  const labels = claims[0]?.others.map(({ label }) => label) ?? []
  const money = (usd: string | null): string =>
    usd === null ? '–' : parseUsd(usd) >= parseUsd('1') ? monthOf(usd) : perQuery(usd)
  const off = (pct: number | null): string =>
    pct === null ? '–' : `${pct > 0 ? '+' : ''}${pct.toFixed(1)} %`
  return {
    header: ['Claim', 'Named', 'Found', 'Off', ...labels],
    rows: claims.map(({ says, claimedUsd, foundUsd, offPct, others }) => [
      says,
      money(claimedUsd),
      money(foundUsd),
      off(offPct),
      ...others.map(({ usd }) => money(usd)),
    ]),
  }
}

/** What must be said beside claims. */
export function claimNotes({ claims }: RunRecord): readonly string[] {
  return [
    'The figures come true together under these prices, prompts and answers; others fit as ' +
      'well: the claims do not determine them.',
    ...claims.flatMap(({ says, assumes }) => (assumes === null ? [] : [`${says}: ${assumes}`])),
  ]
}

/** A number with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A verdict as it is shouted at the end of a run. */
export function verdictWord(verdict: RunRecord['verdict']): string {
  return verdict.toUpperCase()
}

/** Prompt and completion tokens; a dash for what nobody tells. */
export function tokensOf(prompt: number | null, completion: number | null): string {
  return `${prompt?.toFixed(0) ?? '–'} / ${completion?.toFixed(0) ?? '–'}`
}

/** A mark on tokens that the target itself counted. */
export function toldBy({ tokens }: RecordCell): string {
  return tokens.source === 'target' && tokens.promptMean !== null ? ' (told)' : ''
}

/** Drift of use against the bill; a dash where there is no bill. */
export function usageDrift({ usage }: RunRecord['reconciliation']): string {
  return usage === null ? '– (no bill)' : drift(usage.driftPct)
}

/** What canaries weigh in a corpus, in a sentence. */
export function canarySentence({
  chunks,
  marked,
  tokenSharePct,
  reason,
}: RunRecord['isolation']['canary']): string {
  if (chunks === null || marked === null || tokenSharePct === null)
    return `How many chunks carry the canary is not known: ${reason ?? 'nobody says'}.`
  return `Canary in ${marked} of ${chunks} chunks, ${tokenSharePct.toFixed(1)} % of their tokens.`
}

/** How latency came about, and on what. */
export function howTimed({ services }: RunRecord): string {
  if (services === 'live')
    return (
      'Latency is measured from the intended start to the whole answer, with the way to ' +
      'the vendors in it; tokens and units are metered. A percentile with too few samples ' +
      'is a dash.'
    )
  if (services === 'none')
    return (
      'Latency is measured from the intended start to the whole answer, with the way to ' +
      'the target in it; tokens are as the target tells them. A percentile with too few ' +
      'samples is a dash.'
    )
  return (
    'Latency is our own time as measured (modules, PostgreSQL, SDKs, loopback HTTP) plus ' +
    'the time the services model for the vendors, unscaled. PostgreSQL runs without ' +
    'durability. A percentile with too few samples is a dash.'
  )
}

/** A drift with its sign. */
export function drift(percentage: number | null): string {
  return percentage === null
    ? 'not known (nothing was billed)'
    : `${percentage >= 0 ? '+' : ''}${percentage.toFixed(3)} %`
}

/** A share in percent. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(0)} %`
}

/** A configuration in words. */
export function configuration({
  model,
  topK,
  rerank,
}: {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
}): string {
  return `${model}, top_k ${topK}${rerank ? ', rerank' : ''}`
}

/** The recommended configuration in words, or what stands in its place. */
export function optimal(line: ComparisonLine): string {
  if (line.optimalModel === null || line.optimalTopK === null || line.optimalRerank === null)
    return line.reason.split(':')[0] ?? 'none'
  return configuration({
    model: line.optimalModel,
    topK: line.optimalTopK,
    rerank: line.optimalRerank,
  })
}

/** Where latencies come from, for headings. */
export function latencyHeading(cells: readonly RecordCell[]): string {
  return [...new Set(cells.map(({ latencySource }) => latencySource))].join(', ')
}
