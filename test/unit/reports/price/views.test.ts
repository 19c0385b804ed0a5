import { describe, expect, it } from 'vitest'
import { priceMarkdown } from '../../../../reports/price/markdown.ts'
import { priceWords } from '../../../../reports/price/terminal.ts'
import { hidesSomething } from '../../../../src/base/text.ts'
import { priceReport, priceTenant, priceTier } from './report.ts'

describe('a report at a terminal', () => {
  const words = priceWords(priceReport())

  it.each([
    [/small, run run-1\./],
    [/│ own \(of the run\) │  \$60\.00 │/],
    [/other: no total: A: dear has no price\./],
    [/other, A: none instead of cheap top_k 5\./],
    [
      /│ A +│ gold │ dear, top_k 10, rerank │ \$0\.0450 │ cheap, top_k 5 │ \$0\.0080 \[\$0\.0075, \$0\.0085\] │ +98\.7 % │ -\$185\.00 │/,
    ],
    [/One a tenant saves \$40\.00: worth it\./],
    [/│ one a tenant │/],
    [/│ gold │ +2 │ +10000 │ \$100\.00 │ \$60\.00 │ +40\.0 % │ 66\.7 % │ +0 │ +500 │ +any │/],
    [/1 tenant; revenue goes from \$100\.00 to \$50\.00\./],
    [/│ tier-1 │ +1000 │ +1 │ +\$30\.00 │ +\$0\.025 │ +60\.0 % │/],
    [/-20 %: -\$1\.50 │ \+20 %: \$48\.00 \(38\.4 %\) │ \$49\.50/],
    [/mix: not known: the heaviest tenth/],
    [/│ gross margin +│ +34\.0 % │ +40\.0 % │ +45\.0 % │/],
    [/Over its budget: A 25\.0 %\./],
    [/leaves ±5 % in 1\.2 % of them/],
    [/- Prices stay\./],
  ])('says %s', (said) => expect(words).toMatch(said))

  it('says none with its reason, once for all tenants who have it in common', () => {
    const none = {
      optimalModel: null,
      optimalTopK: null,
      optimalRerank: null,
      projectedCostPerQueryUsd: null,
      low95Usd: null,
      high95Usd: null,
      monthlyDifferenceUsd: null,
      probability: null,
      qualitySource: null,
      reason: 'none yet: ask 40 more.',
    } as const
    const tenants = Array.from({ length: 7 }, (_each, at) =>
      priceTenant({ tenant: `t${at}`, ...none }),
    )
    const text = priceWords(
      priceReport({
        tenants: [...tenants, priceTenant({ tenant: 'z', ...none, reason: 'none does.' })],
        leftOut: [{ tenant: 'x', reason: 'nothing was metered' }],
      }),
    )
    expect(text).toMatch(
      /\nt0, t1, t2, t3, t4 and 2 more: none yet: ask 40 more\.\nz: none does\.\nx is left out: nothing was metered\./,
    )
  })

  it('says when an answer flips', () =>
    expect(
      priceWords(
        priceReport({
          tenants: [priceTenant({ flipsWhen: 'cheap takes 3.0 % longer than measured' })],
        }),
      ),
    ).toMatch(/\nA flips when cheap takes 3\.0 % longer than measured\./))

  it('shows of many tenants those who would save most, and how many more there are', () => {
    const tenants = Array.from({ length: 30 }, (_each, at) =>
      priceTenant({ tenant: `t${at}`, monthlyDifferenceUsd: String(-at) }),
    )
    const text = priceWords(priceReport({ tenants }))
    expect(text).toMatch(/│ t29 /)
    expect(text).not.toMatch(/│ t9 /)
    expect(text).toMatch(/10 more that would save less/)
  })

  it('marks a probability that rests on an assumption, and never rounds one up to certainty', () => {
    const text = priceWords(
      priceReport({ tenants: [priceTenant({ probability: 0.99999, qualitySource: 'modelled' })] }),
    )
    expect(text).toMatch(/> 99\.9 % \*/)
    expect(text).toMatch(/\* How well models read is assumed/)
  })

  it('names who is under water, and a tier without revenue', () => {
    const text = priceWords(
      priceReport({
        tiers: [
          priceTier({
            underwaterTenants: 3,
            underwater: [{ tenant: 'hog', revenueUsd: '50', costUsd: '90' }],
          }),
          priceTier({
            tier: 'free',
            revenueUsd: null,
            grossMarginPct: null,
            markupPct: null,
            reason: 'there is no plan, so no revenue',
            underwaterTenants: null,
            breakEvenQueries: null,
          }),
        ],
      }),
    )
    expect(text).toMatch(/Under water in gold: hog \(pays \$50\.00, costs \$90\.00\) and 2 more\./)
    expect(text).toMatch(/free: there is no plan, so no revenue\./)
  })

  it('says when nothing could be priced, and that nothing is known then', () => {
    const nothing = priceReport({
      reason: 'of no tenant is it known what it costs',
      tenants: [],
      tiers: [],
      tornado: [],
      priceBooks: [],
      movers: {
        movers: [],
        revenueBeforeUsd: null,
        revenueAfterUsd: null,
        assumption: '',
        reason: 'there are no tenants',
      },
      monteCarlo: {
        draws: 1_000,
        seed: 42,
        costUsd: null,
        grossMarginPct: null,
        overBudget: [],
        overBudgetTenants: 0,
        driftOutProbability: null,
        assumptions: [],
        reason: 'there are no tenants',
      },
    })
    const text = priceWords(nothing)
    expect(text).toMatch(/Nothing could be priced: of no tenant/)
    expect(text).toMatch(/What each tier earns a month:\nNone: there are no tenants\./)
    expect(text).toMatch(/Not known: there are no tenants\./)
    expect(text).not.toMatch(/exceeds its budget/)
  })

  it('shows what nobody ran, all together and tenant by tenant, and marks it where it should be had', () => {
    const nobody = { model: 'new', topK: 3, rerank: true } as const
    const fleet = {
      ...nobody,
      tenants: 30,
      monthlyUsd: '90',
      low95Usd: '80',
      high95Usd: '100',
      todayUsd: '120',
      differenceUsd: '-30',
      infeasible: 1,
      notMeasured: 2,
    }
    const of = (tenant: string) => ({
      ...nobody,
      tenant,
      costPerQueryUsd: '0.01',
      low95Usd: '0.009',
      high95Usd: '0.011',
      monthlyUsd: '10',
      monthlyDifferenceUsd: '-1',
      quality: null,
      p95Ms: 1_234,
      infeasible: false,
    })
    const others = Array.from({ length: 28 }, (_each, at) => of(`u${at}`))
    const quality = {
      share: 0.9,
      low95: 0.8,
      high95: 0.95,
      questions: 50,
      source: 'measured',
    } as const
    const text = priceWords(
      priceReport({
        tenants: [priceTenant({ optimalIsDerived: true })],
        whatIf: {
          configurations: [fleet],
          tenants: [
            { ...of('A'), quality, p95Ms: null },
            { ...of('B'), infeasible: true },
            ...others,
          ],
        },
      }),
    )
    expect(text).toMatch(
      /│ new, top_k 3, rerank │ +30 │ \$90\.00 \[\$80\.00, \$100\.00\] │ \$120\.00 │ +-\$30\.00 │ +2 │ +1 │/,
    )
    expect(text).toMatch(
      /│ A +│ new, top_k 3, rerank │ \$0\.0100 \[\$0\.0090, \$0\.0110\] │ +-\$1\.00 │ 90\.0 % \[80\.0 %, 95\.0 %\] │ +– │/,
    )
    expect(text).toMatch(/│ B +│ .* not measured │ beyond the window │/)
    expect(text).toMatch(/│ u0 +│ .* not measured │ +1\.2 s │/)
    expect(text).toMatch(/\n10 more are in the JSON\./)
    expect(text).toMatch(/cheap, top_k 5 †/)
    expect(text).toMatch(/† Nobody ran it: its tokens are derived/)
  })

  it('says of a simulation that it is one', () =>
    expect(
      priceWords(
        priceReport({ source: { kind: 'simulation', runId: 'small-7-hour', scenario: 'small' } }),
      ),
    ).toMatch(/^small, simulation small-7-hour\.\n[^]*own \(of the simulation\)/))

  it('cannot be steered by names', () => {
    const text = priceWords(
      priceReport({
        tenants: [priceTenant({ tenant: '\u001b[31mred\u0007', tier: '::error::x' })],
      }),
    )
    expect(text.split('\n').filter(hidesSomething)).toEqual([])
    expect(text).toMatch(/│ red +│ : :error::x/)
  })
})

describe('price.md', () => {
  it('has a heading and a table for each part', () => {
    const text = priceMarkdown(priceReport())
    expect(text.match(/^## .*$/gm)).toEqual([
      '## A month of the fleet as it is configured today',
      '## Which configuration each tenant should get',
      '## Customise or standardise',
      '## What each tier earns a month',
      '## Who would change plans',
      '## Tiers for 60 % gross margin',
      '## What the profit of a month depends on',
      '## A month, drawn 1000 times',
      '## Assumptions',
    ])
    expect(text).toMatch(/^\| A +\| gold +\| dear, top\\_k 10, rerank \|/m)
    expect(text).toMatch(/\n\n- Prices stay\.\n$/)
  })

  it('shows every tenant', () =>
    expect(
      priceMarkdown(
        priceReport({
          tenants: Array.from({ length: 30 }, (_each, at) => priceTenant({ tenant: `t${at}` })),
        }),
      ).match(/^\| t\d+ /gm),
    ).toHaveLength(30))
  it('cannot be marked up by names', () => {
    const text = priceMarkdown(
      priceReport({ tenants: [priceTenant({ tenant: '<img src=x>|**b**' })] }),
    )
    expect(text).toMatch(/&lt;img src=x&gt;\\\|\\\*\\\*b/)
    expect(text).not.toMatch(/<img/)
  })
})
