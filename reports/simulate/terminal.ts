/** A simulation for people: what it costs and earns, how long queries take, where it fails. */
import Table from 'cli-table3'
import type { SimulateReport } from './simulate-report.ts'

const whole = (count: number): string => Math.round(count).toLocaleString('en')
const dollars = (usd: string | null): string =>
  usd === null
    ? '-'
    : `$${Number(usd).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
const percent = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} %`)
const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1_000).toFixed(2)} s`)

/** All of it. */
export function simulateWords(report: SimulateReport): string {
  return [
    headline(report),
    ...(report.tiers.every(({ revenueUsd }) => revenueUsd === null) ? [] : [tierTable(report)]),
    configurationTable(report),
    productTable(report),
    ...(report.months.length > 1 ? [monthTable(report)] : []),
    ...capacityWords(report),
    `Assumed:\n${report.assumptions.map((each) => `  - ${each}`).join('\n')}`,
  ].join('\n\n')
}

function headline({
  scenario,
  grain,
  from,
  to,
  queries,
  counts,
  totalUsd,
  unallocatedUsd,
  tenants,
  latencyMs,
  waits,
  timing,
}: SimulateReport): string {
  const wait =
    waits === null || waits.admissionPct + waits.connectionPct === 0
      ? ''
      : ` ${percent(waits.admissionPct)} waited for a ` +
        `place${waits.admissionMeanMs === null ? '' : `, ${seconds(waits.admissionMeanMs)} on average`}.`
  const failed =
    counts.failed === 0
      ? 'None failed.'
      : `${whole(counts.failed)} failed, ${whole(counts.timedOut)} of them too late.`
  const repeated =
    counts.throttled + counts.aborted + counts.unavailable === 0
      ? ''
      : ` Attempts repeated: ${whole(counts.throttled)} throttled, ${whole(counts.aborted)} ` +
        `broken off, ${whole(counts.unavailable)} unavailable.`
  return [
    `${scenario}: ${whole(tenants.length)} tenants asked ${whole(queries)} queries from ` +
      `${from.slice(0, 10)} to ${to.slice(0, 10)} (UTC), simulated at grain ${grain}.`,
    `They cost ${dollars(totalUsd)}, ` +
      `${queries === 0 ? '-' : `$${(Number(totalUsd) / queries).toFixed(5)}`} a query with ` +
      'everything shared.',
    ...(Number(unallocatedUsd) === 0
      ? []
      : [
          `Of that ${dollars(unallocatedUsd)} fell to months in which nobody was there to carry it.`,
        ]),
    `Latency (simulated): p50 ${seconds(latencyMs.p50)}, p95 ${seconds(latencyMs.p95)}, p99 ` +
      `${seconds(latencyMs.p99)}.${latencyMs.reason === null ? '' : ` ${latencyMs.reason}.`}${wait}`,
    `${failed}${repeated}`,
    `Took ${timing.wallSeconds.toFixed(1)} s on ${timing.workers} ` +
      `thread${timing.workers === 1 ? '' : 's'}: ${whole(timing.queriesPerSecond)} queries a ` +
      'second.',
  ].join('\n')
}

function tierTable({ tiers }: SimulateReport): string {
  const table = new Table({
    head: [
      'Tier',
      'Tenants',
      'Queries',
      'Revenue',
      'Cost',
      'Gross margin',
      'Markup',
      'Under water',
    ],
    style: plain,
    colAligns: ['left', ...Array.from({ length: 7 }, () => 'right' as const)],
  })
  for (const {
    tier,
    tenants,
    queries,
    revenueUsd,
    costUsd,
    grossMarginPct,
    markupPct,
    underwaterTenants,
  } of tiers)
    table.push([
      tier,
      whole(tenants),
      whole(queries),
      dollars(revenueUsd),
      dollars(costUsd),
      percent(grossMarginPct),
      percent(markupPct),
      revenueUsd === null ? '-' : whole(underwaterTenants),
    ])
  const sinking = tiers.flatMap(({ tier, underwater, underwaterTenants }) =>
    underwaterTenants === 0
      ? []
      : [
          `${tier}: ${underwater.slice(0, 5).join(', ')}` +
            `${underwaterTenants > 5 ? ` and ${whole(underwaterTenants - 5)} more` : ''}`,
        ],
  )
  return `${table.toString()}${sinking.length === 0 ? '' : `\nUnder water (cost above revenue): ${sinking.join('; ')}`}`
}

const plain = { head: [], border: [] }
const mostRows = 20

/** Latencies are simulated, and the heading says so. */
function configurationTable({ configurations }: SimulateReport): string {
  const table = new Table({
    head: [
      'Tier',
      'Model',
      'top_k',
      'Rerank',
      'Queries',
      'Failed',
      'p50 (simulated)',
      'p95 (simulated)',
      'Prompt',
      'Answer',
    ],
    style: plain,
    colAligns: [
      'left',
      'left',
      'right',
      'left',
      ...Array.from({ length: 6 }, () => 'right' as const),
    ],
  })
  for (const {
    tier,
    variant,
    queries,
    failures,
    latencyMs,
    promptMean,
    completionMean,
  } of configurations.slice(0, mostRows)) {
    table.push([
      tier,
      variant.model,
      variant.topK,
      variant.rerank ? 'yes' : 'no',
      whole(queries),
      whole(failures),
      seconds(latencyMs.p50),
      seconds(latencyMs.p95),
      promptMean === null ? '-' : whole(promptMean),
      completionMean === null ? '-' : whole(completionMean),
    ])
  }
  return (
    `${table.toString()}` +
    `${configurations.length > mostRows ? `\n${whole(configurations.length - mostRows)} more in --json.` : ''}`
  )
}

function productTable({ products }: SimulateReport): string {
  const table = new Table({
    head: ['Product', 'Unit', 'Quantity', 'Cost', 'Share'],
    style: plain,
    colAligns: ['left', 'left', 'right', 'right', 'right'],
  })
  for (const { provider, sku, unit, quantity, usd, sharePct } of products)
    table.push([
      `${provider} ${sku}`,
      unit,
      Number(quantity).toLocaleString('en', { maximumSignificantDigits: 9 }),
      dollars(usd),
      percent(sharePct),
    ])
  return table.toString()
}

function monthTable({ months }: SimulateReport): string {
  const table = new Table({
    head: ['Month', 'Usage', 'Minimums', 'Shared', 'All', 'Booked late', 'Providers bill'],
    style: plain,
  })
  for (const { month, usageUsd, minimumUsd, sharedUsd, totalUsd, lateUsd, billedUsd } of months)
    table.push([
      month,
      dollars(usageUsd),
      dollars(minimumUsd),
      dollars(sharedUsd),
      dollars(totalUsd),
      dollars(lateUsd),
      dollars(billedUsd),
    ])
  return table.toString()
}

function capacityWords({
  capacity,
  indexes,
  signups,
  refusals,
}: SimulateReport): readonly string[] {
  const alerts = capacity.filter(({ event }) => event === 'alert')
  if (alerts.length === 0 && refusals === null) return []
  const day = (atSeconds: number): string => `day ${(atSeconds / 86_400).toFixed(1)}`
  const table = new Table({
    head: ['Index', 'Ready', 'Alert at', 'Most namespaces', 'At the end'],
    style: plain,
  })
  const namespacesAt = new Map(alerts.map(({ index, namespaces }) => [index, namespaces]))
  for (const {
    index,
    readyAtSeconds,
    peakNamespaces,
    namespacesAtEnd,
    alertedAtSeconds,
  } of indexes.slice(0, mostRows))
    table.push([
      index,
      day(readyAtSeconds),
      alertedAtSeconds === null
        ? '-'
        : `${namespacesAt.get(index) ?? '-'} on ${day(alertedAtSeconds)}`,
      peakNamespaces,
      namespacesAtEnd,
    ])
  const placed =
    `${whole(signups.placed)} of ${whole(signups.tenants)} tenants were placed in ` +
    `${whole(indexes.length)} indexes.`
  const refused =
    refusals === null
      ? 'No placement was refused.'
      : `${whole(refusals.count)} signups were refused, the first on ` +
        `${day(refusals.firstAtSeconds)}, the last on ${day(refusals.lastAtSeconds)}. ` +
        `${refusals.advice}`
  return [
    `${table.toString()}` +
      `${indexes.length > mostRows ? `\n${whole(indexes.length - mostRows)} more in --json.` : ''}` +
      `\n${placed} ${refused}`,
  ]
}
