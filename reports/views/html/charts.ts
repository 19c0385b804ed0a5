/**
 * Charts as SVG, drawn here and not in the reader's browser: Vega-Lite specifications of figures,
 * rendered by Vega. A chart shows at most so many tenants, the dearest first; the tables below have
 * all.
 */
import type { TopLevelSpec } from 'vega-lite'
import { clip, printable } from '../../../src/base/text.ts'
import type { RecordCell, RunRecord } from '../../record/record.ts'

/** How many tenants a chart shows. */
export const mostCharted = 15

const colors = {
  ink: '#1f2937',
  quiet: '#6b7280',
  grid: '#e5e7eb',
  current: '#2563eb',
  other: '#93c5fd',
  strong: '#0f766e',
  warn: '#b45309',
  stop: '#b91c1c',
} as const
const config: NonNullable<TopLevelSpec['config']> = {
  font: 'system-ui, sans-serif',
  background: 'transparent',
  view: { stroke: 'transparent' },
  axis: {
    labelColor: colors.quiet,
    titleColor: colors.ink,
    titleFontWeight: 'normal',
    gridColor: colors.grid,
    domainColor: colors.grid,
    tickColor: colors.grid,
    labelLimit: 140,
    labelFontSize: 13,
    titleFontSize: 13,
  },
  legend: {
    labelColor: colors.ink,
    title: null,
    orient: 'top',
    symbolType: 'square',
    labelFontSize: 13,
  },
}
const width = 460
const rowHeight = 26
const leastHeight = 80

type Row = Readonly<Record<string, string | number | null>>

/** A bar per row, lengths in one unit; with a range if there is one. */
interface BarChart {
  readonly rows: readonly Row[]
  readonly title: string
  readonly series?: {
    readonly names: readonly string[]
    readonly colors: readonly string[]
    readonly stacked: boolean
  }
  /** Names of the fields with the ends of an interval. */
  readonly range?: readonly [low: string, high: string]
  readonly rules?: readonly {
    readonly at: number
    readonly color: string
    readonly label: string
  }[]
  readonly format?: string
}

/** Current cells, the dearest first: what a reader looks for. */
function currentCells({ cells }: RunRecord): readonly RecordCell[] {
  return cells
    .filter(({ isCurrent }) => isCurrent)
    .sort((one, other) => Number(other.costPerQueryUsd.mean) - Number(one.costPerQueryUsd.mean))
    .slice(0, mostCharted)
}

const named = (text: string): string => clip(printable(text), 20)

/** Cost per query today and recommended. */
export async function costChart(record: RunRecord): Promise<string> {
  const lines = new Map(record.comparison.map((line) => [line.tenant, line]))
  const rows = currentCells(record)
    .flatMap(({ tenant }) => lines.get(tenant) ?? [])
    .flatMap((line) => [
      ...(line.currentCostPerQueryUsd === null
        ? []
        : [
            {
              row: named(line.tenant),
              series: 'today',
              value: Number(line.currentCostPerQueryUsd),
            },
          ]),
      ...(line.projectedCostPerQueryUsd === null
        ? []
        : [
            {
              row: named(line.tenant),
              series: 'recommended',
              value: Number(line.projectedCostPerQueryUsd),
            },
          ]),
    ])
  return draw({
    rows,
    title: 'Cost of a query, $ (shared cost included)',
    series: {
      names: ['today', 'recommended'],
      colors: [colors.current, colors.strong],
      stacked: false,
    },
    format: '$.4f',
  })
}

/** How far the mean cost of a query may be off, and how far single queries are. */
export async function varianceChart(record: RunRecord): Promise<string> {
  const rows = currentCells(record)
    .filter(({ costPerQueryUsd }) => costPerQueryUsd.mean !== null)
    .map(({ tenant, costPerQueryUsd: cost }) => ({
      row: named(tenant),
      value: Number(cost.mean),
      low: Number(cost.low95),
      high: Number(cost.high95),
    }))
  return draw({
    rows,
    title: 'Mean cost of a query today with its 95 % interval, $',
    range: ['low', 'high'],
    format: '$.4f',
  })
}

/** Median and p95, where there are enough samples. */
export async function latencyChart(record: RunRecord): Promise<string> {
  const rows = currentCells(record).flatMap(({ tenant, latencyMs }) =>
    (
      [
        ['median', latencyMs.p50],
        ['p95', latencyMs.p95],
      ] as const
    ).flatMap(([series, value]) =>
      value === null ? [] : [{ row: named(tenant), series, value: value / 1_000 }],
    ),
  )
  return draw({
    rows,
    title: 'Response time today, seconds',
    series: { names: ['median', 'p95'], colors: [colors.current, colors.other], stacked: false },
  })
}

/** Tokens in and out. */
export async function tokenChart(record: RunRecord): Promise<string> {
  const rows = currentCells(record).flatMap(({ tenant, tokens }) =>
    (
      [
        ['prompt', tokens.promptMean],
        ['answer', tokens.completionMean],
      ] as const
    ).flatMap(([series, value]) => (value === null ? [] : [{ row: named(tenant), series, value }])),
  )
  return draw({
    rows,
    title: 'Tokens of a query today, mean',
    series: { names: ['prompt', 'answer'], colors: [colors.current, colors.other], stacked: true },
    format: ',.0f',
  })
}

/** Namespaces in each index, against its marks. */
export async function capacityChart({
  tenants,
  capacityLimits: limits,
}: RunRecord): Promise<string> {
  const rows = [...Map.groupBy(tenants, ({ index }) => index ?? 'not known')].map(
    ([index, held]) => ({ row: named(index), value: held.length }),
  )
  const rules =
    limits === null
      ? []
      : [
          { at: limits.alertAt, color: colors.warn, label: `alert ${limits.alertAt}` },
          {
            at: limits.operatingLimit,
            color: colors.stop,
            label: `operating limit ${limits.operatingLimit}`,
          },
        ]
  return draw({ rows, title: 'Namespaces by index', rules, format: ',.0f' })
}

/**
 * Nothing where there are no figures: axes without any would be labelled with what is no number.
 */
async function draw(chart: BarChart): Promise<string> {
  if (chart.rows.length === 0) return ''
  // Loaded when a report is written: no other command should wait for them.
  const [{ compile }, { View, parse }] = await Promise.all([import('vega-lite'), import('vega')])
  const svg = await new View(parse(compile(specOf(chart)).spec), { renderer: 'none' }).toSVG()
  // The page scales it; a fixed size would not fit a phone.
  return svg.replace(/^<svg ([^>]*?) width="[\d.]+" height="[\d.]+"/, '<svg $1')
}

function specOf({ rows, title, series, range, rules = [], format = '' }: BarChart): TopLevelSpec {
  const names = [...new Set(rows.map(({ row }) => String(row)))]
  const bars = series?.stacked === false ? series.names.length : 1
  const y = { field: 'row', type: 'nominal', sort: names, title: null } as const
  const x = {
    field: 'value',
    type: 'quantitative',
    title,
    axis: { format, tickCount: 5 },
    stack: series?.stacked === true ? 'zero' : null,
  } as const
  const color =
    series === undefined
      ? { value: colors.current }
      : ({
          field: 'series',
          type: 'nominal',
          sort: [...series.names],
          scale: { domain: [...series.names], range: [...series.colors] },
        } as const)
  const offset =
    bars > 1
      ? { yOffset: { field: 'series', type: 'nominal', sort: [...(series?.names ?? [])] } as const }
      : {}
  return {
    width,
    height: Math.max(leastHeight, names.length * rowHeight * (bars > 1 ? 1.4 : 1)),
    padding: 4,
    config,
    data: { values: rows.map((row) => ({ ...row })) },
    layer: [
      { mark: { type: 'bar' }, encoding: { y, x, color, ...offset } },
      ...(range === undefined ? [] : [whiskers(y, range)]),
      ...rules.flatMap(markLayers),
    ],
  }
}

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number]

function whiskers(
  y: {
    readonly field: string
    readonly type: 'nominal'
    readonly sort: string[]
    readonly title: null
  },
  [low, high]: readonly [string, string],
): Layer {
  return {
    mark: { type: 'rule', strokeWidth: 2, color: colors.ink },
    encoding: { y, x: { field: low, type: 'quantitative' }, x2: { field: high } },
  }
}

/** A dashed line with its words beside it, each mark's a little lower than the one before. */
function markLayers(
  { at, color, label }: NonNullable<BarChart['rules']>[number],
  position: number,
): readonly Layer[] {
  const x = { field: 'at', type: 'quantitative' } as const
  const data = { values: [{ at, label }] }
  return [
    { data, mark: { type: 'rule', color, strokeDash: [4, 3] }, encoding: { x } },
    {
      data,
      mark: { type: 'text', align: 'right', dx: -5, fontSize: 12, color, y: position * 15 + 8 },
      encoding: { x, text: { field: 'label', type: 'nominal' } },
    },
  ]
}
