/**
 * The parts of a price report in words and tables, for every view of it. Names of users are data;
 * each view makes them safe.
 */
import { parseUsd } from '../../src/base/money.ts'
import { configuration, counted, monthOf, perMonth, perQuery } from '../views/words.ts'
import type { PriceReport, PriceTenant, PriceTier } from './price-report.ts'

/** A table; all but the first column of a kind are told by `right`. */
export interface SectionTable {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns that stand to the right: figures. */
  readonly right: readonly number[]
}

/** A part: its heading, what is said above and below its table. */
export interface Section {
  readonly heading: string
  readonly above: readonly string[]
  readonly table: SectionTable | null
  readonly below: readonly string[]
}

/** All parts, in order. Of long lists so many rows are shown; the rest is in the JSON. */
export function priceSections(report: PriceReport, mostRows: number): readonly Section[] {
  return [
    books(report),
    configurations(report, mostRows),
    ...notRun(report, mostRows),
    standard(report),
    tiers(report),
    movers(report, mostRows),
    proposal(report),
    swings(report),
    months(report),
    assumptions(report),
  ]
}

const unknown = '–'
const pct = (value: number | null, places = 1): string =>
  value === null ? unknown : `${value.toFixed(places)} %`
const share = (value: number | null): string => pct(value === null ? null : value * 100)
const likely = (probability: number): string =>
  probability > 0.9995 && probability < 1 ? '> 99.9 %' : share(probability)
const count = (value: number | null): string => (value === null ? unknown : String(value))
const signed = (value: number | null): string =>
  value === null ? unknown : `${value > 0 ? '+' : ''}${value.toFixed(1)} %`

function books({ priceBooks, source }: PriceReport): Section {
  const rows = priceBooks.map(({ id, totalMonthlyUsd, differencePct, changes }, at) => [
    at === 0 ? `${id} (of the ${source.kind})` : id,
    monthOf(totalMonthlyUsd),
    at === 0 ? '' : signed(differencePct),
    at === 0 ? '' : String(changes.length),
  ])
  return {
    heading: 'A month of the fleet as it is configured today',
    above: [],
    table: {
      header: ['Price book', 'A month', 'Difference', 'Other configuration for'],
      rows,
      right: [1, 2, 3],
    },
    below: [
      ...priceBooks.flatMap(({ id, reason }) =>
        reason === null ? [] : [`${id}: no total: ${reason}.`],
      ),
      ...priceBooks.flatMap(({ id, changes }) =>
        changes.map(({ tenant, from, to }) => `${id}, ${tenant}: ${to} instead of ${from}.`),
      ),
    ],
  }
}

function today({
  currentModel: model,
  currentTopK: topK,
  currentRerank: rerank,
}: PriceTenant): string {
  return configuration({ model, topK, rerank })
}

function best(tenant: PriceTenant): string {
  const { optimalModel: model, optimalTopK: topK, optimalRerank: rerank } = tenant
  if (model === null || topK === null || rerank === null) return 'none'
  const found = configuration({ model, topK, rerank })
  return found === today(tenant)
    ? 'stays as it is'
    : `${found}${tenant.optimalIsDerived === true ? derivedMark : ''}`
}

const derivedMark = ' †'

function configurations({ tenants, leftOut }: PriceReport, mostRows: number): Section {
  const shown =
    tenants.length <= mostRows
      ? tenants
      : tenants.toSorted((one, other) => gain(other) - gain(one)).slice(0, mostRows)
  const rows = shown.map((each) => [
    each.tenant,
    each.tier,
    today(each),
    perQuery(each.currentCostPerQueryUsd),
    best(each),
    each.projectedCostPerQueryUsd === null
      ? unknown
      : `${perQuery(each.projectedCostPerQueryUsd)} [${perQuery(each.low95Usd)}, ${perQuery(each.high95Usd)}]`,
    each.probability === null
      ? unknown
      : `${likely(each.probability)}${each.qualitySource === 'modelled' ? ' *' : ''}`,
    perMonth(each.monthlyDifferenceUsd),
  ])
  return {
    heading: 'Which configuration each tenant should get',
    above: [],
    table: {
      header: [
        'Tenant',
        'Tier',
        'Today',
        'A query',
        'Should get',
        'A query [95 %]',
        'Keeps floor and budget',
        'A month',
      ],
      rows,
      right: [3, 5, 6, 7],
    },
    below: [
      ...(tenants.some(
        ({ probability, qualitySource }) => probability !== null && qualitySource === 'modelled',
      )
        ? [
            '* How well models read is assumed, not measured: the probability is of that assumption.',
          ]
        : []),
      ...(shown.some(({ optimalIsDerived }) => optimalIsDerived === true)
        ? [
            "† Nobody ran it: its tokens are derived from the tenant's own chunks and " +
              'questions, as the assumptions say.',
          ]
        : []),
      ...(tenants.length > shown.length
        ? [
            `${tenants.length - shown.length} more that would save less, or for whom there is none, are in the JSON.`,
          ]
        : []),
      ...byReason(
        tenants.filter(
          ({ optimalModel, notMeasured }) => optimalModel === null || notMeasured.length > 0,
        ),
      ),
      ...shown.flatMap(({ tenant, flipsWhen }) =>
        flipsWhen === null ? [] : [`${tenant} flips when ${flipsWhen}.`],
      ),
      ...leftOut.map(({ tenant, reason }) => `${tenant} is left out: ${reason}.`),
    ],
  }
}

/** Nothing is said where everything was run. */
function notRun(
  { whatIf: { configurations: all, tenants } }: PriceReport,
  mostRows: number,
): readonly Section[] {
  if (all.length === 0) return []
  const fleet = all.map((each) => [
    configuration(each),
    String(each.tenants),
    `${monthOf(each.monthlyUsd)} [${monthOf(each.low95Usd)}, ${monthOf(each.high95Usd)}]`,
    monthOf(each.todayUsd),
    perMonth(each.differenceUsd),
    String(each.notMeasured),
    String(each.infeasible),
  ])
  const shown = tenants.slice(0, mostRows)
  const rows = shown.map((each) => [
    each.tenant,
    configuration(each),
    `${perQuery(each.costPerQueryUsd)} [${perQuery(each.low95Usd)}, ${perQuery(each.high95Usd)}]`,
    perMonth(each.monthlyDifferenceUsd),
    each.quality === null
      ? 'not measured'
      : `${share(each.quality.share)} [${share(each.quality.low95)}, ${share(each.quality.high95)}]`,
    each.infeasible
      ? 'beyond the window'
      : each.p95Ms === null
        ? unknown
        : `${(each.p95Ms / 1_000).toFixed(1)} s`,
  ])
  return [
    {
      heading: 'Configurations that nobody ran, all tenants together',
      above: [],
      table: {
        header: [
          'Configuration',
          'Tenants',
          'A month [95 %]',
          'Today',
          'Difference',
          'Not measured',
          'Beyond the window',
        ],
        rows: fleet,
        right: [1, 2, 3, 4, 5, 6],
      },
      below: [],
    },
    {
      heading: 'Configurations that nobody ran, tenant by tenant',
      above: [],
      table: {
        header: [
          'Tenant',
          'Configuration',
          'A query [95 %]',
          'A month',
          'Right answers [95 %]',
          'p95',
        ],
        rows,
        right: [2, 3, 4, 5],
      },
      below:
        tenants.length > shown.length
          ? [`${tenants.length - shown.length} more are in the JSON.`]
          : [],
    },
  ]
}

/** What a month would save; tenants without an answer come last. */
function gain({ monthlyDifferenceUsd }: PriceTenant): number {
  return monthlyDifferenceUsd === null ? -1e15 : -Number(monthlyDifferenceUsd)
}

const mostTogether = 5

/** Tenants with one reason in one line, the commonest reason first. */
function byReason(tenants: readonly PriceTenant[]): readonly string[] {
  const groups = [...Map.groupBy(tenants, ({ reason }) => reason)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  )
  return groups.map(
    ([reason, group]) =>
      `${group
        .slice(0, mostTogether)
        .map(({ tenant }) => tenant)
        .join(
          ', ',
        )}${group.length > mostTogether ? ` and ${group.length - mostTogether} more` : ''}: ${reason}`,
  )
}

const wayNames = {
  standard: 'one for all',
  'per-tier': 'one a tier',
  'per-tenant': 'one a tenant',
} as const

function standard({ standardise: { ways, says } }: PriceReport): Section {
  const rows = ways.map(
    ({
      way,
      configurations: used,
      satisfied,
      tenants,
      costUsd,
      low95Usd,
      high95Usd,
      grossMarginPct,
      quality,
    }) => [
      wayNames[way],
      String(used.length),
      `${satisfied} of ${tenants}`,
      `${monthOf(costUsd)} [${monthOf(low95Usd)}, ${monthOf(high95Usd)}]`,
      pct(grossMarginPct),
      quality === null
        ? unknown
        : `${share(quality.share)} [${share(quality.low95)}, ${share(quality.high95)}]`,
    ],
  )
  return {
    heading: 'Customise or standardise',
    above: [says],
    table:
      rows.length === 0
        ? null
        : {
            header: [
              'Way',
              'Configurations',
              'Fits',
              'A month [95 %]',
              'Gross margin',
              'Right answers [95 %]',
            ],
            rows,
            right: [1, 2, 3, 4, 5],
          },
    below: [],
  }
}

const tierHeader = [
  'Tier',
  'Tenants',
  'Queries',
  'Revenue',
  'Cost',
  'Gross margin',
  'Markup',
  'Under water',
  'Pays from',
  'Pays up to',
] as const

function tierRow({
  tier,
  tenants,
  queries,
  revenueUsd,
  costUsd,
  grossMarginPct,
  markupPct,
  underwaterTenants,
  breakEvenQueries,
  breakEvenUpToQueries,
}: PriceTier): readonly string[] {
  const upTo =
    breakEvenQueries === null
      ? unknown
      : breakEvenUpToQueries === null
        ? 'any'
        : String(breakEvenUpToQueries)
  return [
    tier,
    String(tenants),
    String(queries),
    monthOf(revenueUsd),
    monthOf(costUsd),
    pct(grossMarginPct),
    pct(markupPct),
    count(underwaterTenants),
    count(breakEvenQueries),
    upTo,
  ]
}

const tierRight = [1, 2, 3, 4, 5, 6, 7, 8, 9]

function tiers({ tiers: all }: PriceReport): Section {
  return {
    heading: 'What each tier earns a month',
    above: [],
    table:
      all.length === 0 ? null : { header: tierHeader, rows: all.map(tierRow), right: tierRight },
    below: [
      ...(all.length === 0
        ? ['None: there are no tenants.']
        : [
            'Gross margin is (revenue - cost) / revenue, markup (revenue - cost) / cost. Pays ' +
              "from, up to: queries a month of one tenant at the tier's mean cost.",
          ]),
      ...all.flatMap(({ tier, reason }) => (reason === null ? [] : [`${tier}: ${reason}.`])),
      ...all.flatMap(({ tier, underwater, underwaterTenants }) =>
        underwaterTenants === null || underwaterTenants === 0
          ? []
          : [
              `Under water in ${tier}: ` +
                underwater
                  .map(
                    ({ tenant, revenueUsd, costUsd }) =>
                      `${tenant} (pays ${monthOf(revenueUsd)}, costs ${monthOf(costUsd)})`,
                  )
                  .join(', ') +
                `${underwaterTenants > underwater.length ? ` and ${underwaterTenants - underwater.length} more` : ''}` +
                '.',
            ],
      ),
    ],
  }
}

function movers(
  { movers: { movers: all, revenueBeforeUsd, revenueAfterUsd, reason } }: PriceReport,
  mostRows: number,
): Section {
  const heading = 'Who would change plans'
  if (reason !== null) return { heading, above: [`Not known: ${reason}.`], table: null, below: [] }
  const rows = all
    .slice(0, mostRows)
    .map(({ tenant, from, to, paysUsd, wouldPayUsd }) => [
      tenant,
      from,
      to,
      monthOf(paysUsd),
      monthOf(wouldPayUsd),
    ])
  return {
    heading,
    above: [
      all.length === 0
        ? `Nobody; revenue stays ${monthOf(revenueBeforeUsd)}.`
        : `${counted(all.length, 'tenant')}; revenue goes from ${monthOf(revenueBeforeUsd)} to ` +
          `${monthOf(revenueAfterUsd)}.`,
    ],
    table:
      all.length === 0
        ? null
        : { header: ['Tenant', 'From', 'To', 'Pays', 'Would pay'], rows, right: [3, 4] },
    below: all.length > rows.length ? [`${all.length - rows.length} more are in the JSON.`] : [],
  }
}

function proposal({
  proposal: { tiers: proposed, margins, rule, says, targetMarginPct },
}: PriceReport): Section {
  const rows = proposed.map(({ tier, upToQueries, plan, tenants }) => {
    const margin = margins.find((each) => each.tier === tier)
    return [
      tier,
      String(upToQueries),
      String(tenants.length),
      monthOf(plan.commitUsd),
      `$${plan.overageUsdPerQuery}`,
      pct(margin?.grossMarginPct ?? null),
      count(margin?.underwaterTenants ?? null),
    ]
  })
  return {
    heading: `Tiers for ${targetMarginPct} % gross margin`,
    above: [says],
    table:
      rows.length === 0
        ? null
        : {
            header: [
              'Tier',
              'Queries included',
              'Tenants',
              'A month',
              'A query beyond',
              'Gross margin',
              'Under water',
            ],
            rows,
            right: [1, 2, 3, 4, 5, 6],
          },
    below: rows.length === 0 ? [] : [rule],
  }
}

const factorNames = {
  'model-price': 'price of models',
  'top-k': 'top_k',
  volume: 'volume',
  mix: 'mix',
} as const

function swings({ tornado, tornadoLeft }: PriceReport): Section {
  const end = ({ changePct, profitUsd, grossMarginPct }: (typeof tornado)[number]['low']): string =>
    `${changePct > 0 ? '+' : ''}${changePct} %: ` +
    `${amount(profitUsd)}${grossMarginPct === null ? '' : ` (${grossMarginPct.toFixed(1)} %)`}`
  const rows = tornado.map(({ factor, low, high, swingUsd }) => [
    factorNames[factor],
    end(low),
    end(high),
    monthOf(swingUsd),
  ])
  return {
    heading: 'What the profit of a month depends on',
    above: [],
    table:
      rows.length === 0
        ? null
        : { header: ['What', 'Less', 'More', 'Swing'], rows, right: [1, 2, 3] },
    below: [
      ...tornado.map(({ factor, how }) => `${factorNames[factor]}: ${how}`),
      ...tornadoLeft.map(({ factor, reason }) => `${factor}: not known: ${reason}.`),
    ],
  }
}

function amount(usd: string): string {
  return parseUsd(usd) < 0n ? `-${monthOf(usd.slice(1))}` : monthOf(usd)
}

function months({ monteCarlo }: PriceReport): Section {
  const {
    draws,
    costUsd,
    grossMarginPct,
    overBudget,
    overBudgetTenants,
    driftOutProbability,
    reason,
  } = monteCarlo
  const rows = [
    ...(costUsd === null
      ? []
      : [['cost of the fleet', monthOf(costUsd.p5), monthOf(costUsd.p50), monthOf(costUsd.p95)]]),
    ...(grossMarginPct === null
      ? []
      : [
          [
            'gross margin',
            pct(grossMarginPct.p5),
            pct(grossMarginPct.p50),
            pct(grossMarginPct.p95),
          ],
        ]),
  ]
  const named = overBudget
    .map(({ tenant, probability }) => `${tenant} ${share(probability)}`)
    .join(', ')
  return {
    heading: `A month, drawn ${draws} times`,
    above: [],
    table:
      rows.length === 0 ? null : { header: ['What', 'p5', 'p50', 'p95'], rows, right: [1, 2, 3] },
    below: [
      ...(reason === null ? [] : [`No margin: ${reason}.`]),
      ...(costUsd === null
        ? []
        : [
            overBudgetTenants === 0
              ? 'No tenant exceeds its budget in any of them.'
              : `Over its budget: ${named}` +
                `${overBudgetTenants > overBudget.length ? ` and ${overBudgetTenants - overBudget.length} more` : ''}` +
                '.',
          ]),
      ...(driftOutProbability === null
        ? []
        : [
            `Drift of usage against the bill leaves ±5 % in ${share(driftOutProbability)} of them.`,
          ]),
    ],
  }
}

function assumptions({ assumptions: all }: PriceReport): Section {
  return { heading: 'Assumptions', above: [], table: null, below: all.map((each) => `- ${each}`) }
}
