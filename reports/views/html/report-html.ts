/**
 * report.html: the whole result for people in one file, with charts. Nothing is loaded, nothing
 * runs, names are text.
 */
import { html } from 'hono/html'
import { printable } from '../../../src/base/text.ts'
import type { RunRecord } from '../../record/record.ts'
import type { View } from '../view.ts'
import {
  canarySentence,
  claimNotes,
  claimTable,
  concentrationSentence,
  configuration,
  counted,
  drift,
  howTimed,
  latencyHeading,
  optimal,
  percent,
  perMonth,
  perQuery,
  seconds,
  tenantCostHeader,
  tenantCostRow,
  toldBy,
  tokensOf,
} from '../words.ts'
import {
  capacityChart,
  costChart,
  latencyChart,
  mostCharted,
  tokenChart,
  varianceChart,
} from './charts.ts'
import { figureColumns, interruptionWords, loadWords } from '../load-words.ts'
import { badge, figure, page, section, table, type Piece } from './page.ts'

/** The view. */
export const reportHtml: View = {
  file: 'report.html',
  async render(record) {
    const body = [
      head(record),
      await charts(record),
      load(record),
      comparison(record),
      recommendations(record),
      claims(record),
      tenantCosts(record),
      sameQuestion(record),
      isolation(record),
      reconciliation(record),
      await capacity(record),
      checks(record),
      cells(record),
      howMeasured(record),
    ]
    return String(await page(printable(`${record.scenario}: ${record.verdict}`), body))
  },
}

function head(record: RunRecord): Piece {
  const { isolation: found, reconciliation: month, timing } = record
  const queries = record.cells.reduce((sum, cell) => sum + cell.queries, 0)
  const cards: readonly (readonly [string, string])[] = [
    [String(record.tenants.length), `tenants, ${counted(record.cells.length, 'cell')}`],
    [queries.toLocaleString('en'), 'queries asked'],
    [String(found.leaks), `leaks in ${found.checks.toLocaleString('en')} checks`],
    [
      month.usage === null || month.usage.driftPct === null ? '–' : drift(month.usage.driftPct),
      month.usage === null ? 'no bill to hold use against' : 'drift of use against the bill',
    ],
    [
      `${timing.wallSeconds.toFixed(0)} s`,
      `run time, ${megabytes(timing.peakMemoryBytes.run + timing.peakMemoryBytes.services)} of memory`,
    ],
  ]
  return html`<header>
    <p class="quiet">tenantbench, ${timing.startedAt.slice(0, 16).replace('T', ' ')} UTC</p>
    <h1>${printable(record.scenario)} ${badge(record.verdict)}</h1>
    ${record.subject.kind === 'reference' ? '' : html` <p>The system under test: ${printable(record.subject.name)} (${record.subject.kind})</p>`}
    <div class="cards">
      ${cards.map(([value, words]) => html`<div class="card"><b>${value}</b><span>${words}</span></div>`)}
    </div>
    ${
      record.warnings.length === 0
        ? ''
        : html`<ul>
            ${record.warnings.map((warning) => html`<li>Note: ${printable(warning)}</li>`)}
          </ul>`
    }
  </header> `
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`
}

async function charts(record: RunRecord): Promise<Piece> {
  const more =
    record.tenants.length > mostCharted
      ? html`<p class="quiet">
          The ${mostCharted} dearest of ${record.tenants.length} tenants; the tables have all.
        </p>`
      : ''
  const body = html`${more}
    <div class="charts">
      ${figure('Cost: today and recommended', await costChart(record))}
      ${figure('Cost and its variance', await varianceChart(record))}
      ${figure(`Latency: ${latencyHeading(record.cells)}`, await latencyChart(record))}
      ${figure('Tokens', await tokenChart(record))}
    </div>`
  return section('charts', 'At a glance', body)
}

function comparison({ comparison: lines }: RunRecord): Piece {
  const rows = lines.map((line) => [
    `${line.tenant} ${line.name}`,
    line.docCount,
    line.avgDocWords.toFixed(0),
    configuration({ model: line.currentModel, topK: line.currentTopK, rerank: line.currentRerank }),
    perQuery(line.currentCostPerQueryUsd),
    optimal(line),
    perQuery(line.projectedCostPerQueryUsd),
    perMonth(line.monthlyDifferenceUsd),
  ])
  return section(
    'comparison',
    'Which configuration for whom',
    table(
      [
        'Tenant',
        'Documents',
        'Words each',
        'Today',
        'Cost/query',
        'Recommended',
        'Cost/query',
        'A month',
      ],
      rows,
      [1, 2, 4, 6, 7],
    ),
  )
}

function recommendations({ comparison: lines }: RunRecord): Piece {
  const assumptions = [...new Set(lines.flatMap((line) => line.assumptions))]
  const items = lines.map(
    (line) =>
      html`<li>
        <b>${line.tenant}</b>:
        ${printable(line.reason)}${line.flipsWhen === null ? '' : html` <span class="quiet">Flips when ${printable(line.flipsWhen)}.</span>`}
      </li>`,
  )
  return section(
    'why',
    'Why',
    html`<ul>
        ${items}
      </ul>
      <p class="quiet">Assumed, not measured:</p>
      <ul class="quiet">
        ${assumptions.map((assumption) => html`<li>${printable(assumption)}</li>`)}
      </ul>`,
  )
}

function tenantCosts(record: RunRecord): Piece {
  const rows = record.costByTenant.map((line) => tenantCostRow(line, record.cells))
  return section(
    'tenant-costs',
    'What each tenant costs',
    html`${table([...tenantCostHeader], rows, [1, 2, 3, 4, 5, 6, 7, 8, 9])}
      <p class="quiet">${printable(concentrationSentence(record))}</p>`,
  )
}

function claims(record: RunRecord): Piece {
  if (record.claims.length === 0) return html``
  const { header, rows } = claimTable(record)
  return section(
    'claims',
    'Figures that were named',
    html`${table([...header], rows, header.map((_each, at) => at).slice(1))}
      <ul class="quiet">
        ${claimNotes(record).map((note) => html`<li>${printable(note)}</li>`)}
      </ul>`,
  )
}

function sameQuestion({ sameQuestion: lines }: RunRecord): Piece {
  if (lines.length === 0)
    return section(
      'same-question',
      'The same question to every tenant',
      html`<p>The scenario asks none.</p>`,
    )
  const rows = lines.map((line) => [
    line.tenant,
    line.question,
    line.responseMs === null ? '– (failed)' : seconds(line.responseMs, 1),
    tokensOf(line.promptTokens, line.completionTokens),
    perQuery(line.costUsd),
    line.topSource ?? '–',
    line.correct ? 'right' : 'wrong',
  ])
  return section(
    'same-question',
    'The same question to every tenant',
    table(
      ['Tenant', 'Question', 'Response', 'Tokens in / out', 'Cost', 'Top source', 'Answer'],
      rows,
      [2, 3, 4],
    ),
  )
}

function load(record: RunRecord): Piece {
  const words = loadWords(record)
  if (words === null) return html``
  const tables = words.tables.map(
    ({ heading, header, rows }) =>
      html`<h3>${printable(heading)}</h3>
        ${table(
          [...header],
          rows.map((row) => row.map(printable)),
          figureColumns({ header }),
        )}`,
  )
  return section(
    'load',
    'Under load',
    html`${words.sentences.map((sentence) => html`<p>${printable(sentence)}</p>`)}${tables}`,
  )
}

function isolation({ isolation: found }: RunRecord): Piece {
  const rows = found.boundaries.map(({ boundary, state, ownSeen, leaks }) => [
    boundary,
    badge(state),
    ownSeen,
    leaks,
  ])
  const bound =
    found.upperBound95 === null
      ? ''
      : ` At 95 % at most ${(found.upperBound95 * 100).toFixed(1)} % of such checks would leak.`
  const witnesses = found.witnesses
    .slice(0, 20)
    .map(
      ({ boundary, tenant, owner, mark, witness }) =>
        html`<li>
          ${boundary}: tenant ${tenant} saw <code>${printable(mark)}</code> of tenant ${owner}:
          ${printable(witness)}
        </li>`,
    )
  return section(
    'isolation',
    'Leakage and coverage',
    html`<p>
        ${found.leaks} leaks in ${found.checks} checks (distinct tenant, bait, variant).${bound}
      </p>
      ${table(['Boundary', 'State', 'Own mark seen', 'Leaks'], rows, [2, 3])}
      <p class="quiet">${printable(canarySentence(found.canary))}</p>
      ${
        witnesses.length === 0
          ? ''
          : html`<ul>
              ${witnesses}
            </ul>`
      }`,
  )
}

function reconciliation({ reconciliation: month }: RunRecord): Piece {
  const { usage, total, incidents } = month
  if (usage === null || total === null || incidents === null)
    return section(
      'reconciliation',
      `Ledger against bill, ${month.month}`,
      html`<p>Not examined: ${printable(month.reason ?? '')}.</p>`,
    )
  const rows = [...month.components, usage, total].map(
    ({ component, allocatedUsd, billedUsd, driftPct, verdict }) => [
      component,
      `$${allocatedUsd}`,
      `$${billedUsd}`,
      driftPct === null ? '–' : drift(driftPct),
      badge(verdict),
    ],
  )
  return section(
    'reconciliation',
    `Ledger against bill, ${month.month}`,
    html`<p>
        ${badge(month.verdict ?? 'not examined')} Drift before any adjustment. Shared cost is split
        ${printable(month.method)}; the vendors had
        ${counted(incidents.abortedStreams, 'broken stream')} and book
        ${counted(incidents.lateEvents, 'event')} late.
      </p>
      ${table(['Component', 'Allocated', 'Billed', 'Drift', 'Verdict'], rows, [1, 2, 3])}`,
  )
}

async function capacity(record: RunRecord): Promise<Piece> {
  if (record.capacityLimits === null)
    return section(
      'capacity',
      'Capacity of the vector store',
      html`<p>Not examined: the target shows no indexes.</p>`,
    )
  const rows = record.capacity.map(({ index, namespaces, event }) => [index, event, namespaces])
  return section(
    'capacity',
    'Capacity of the vector store',
    html`<div class="charts">
      ${figure('Namespaces by index', await capacityChart(record))}
      <div>${table(['Index', 'Event', 'Namespaces'], rows, [2])}</div>
    </div>`,
  )
}

function checks({ checks: all, notExamined }: RunRecord): Piece {
  const rows = [
    ...all.map(({ id, verdict, evidence }) => [id, badge(verdict), evidence]),
    ...notExamined.map(({ id, reason }) => [id, badge('not examined'), reason]),
  ]
  return section('checks', 'Checks', table(['Check', 'Verdict', 'Evidence'], rows))
}

function cells({ cells: all }: RunRecord): Piece {
  const rows = all.map((cell) => [
    cell.tenant,
    configuration(cell.variant) + (cell.isCurrent ? ' (today)' : ''),
    cell.queries,
    cell.failures,
    seconds(cell.latencyMs.p50, cell.latencyMs.count),
    seconds(cell.latencyMs.p95, cell.latencyMs.count),
    `${tokensOf(cell.tokens.promptMean, cell.tokens.completionMean)}` +
      `${cell.tokens.estimated ? ' (est.)' : ''}${toldBy(cell)}`,
    `${perQuery(cell.costPerQueryUsd.mean)} ± ${perQuery(cell.costPerQueryUsd.standardDeviation)}`,
    percent(cell.quality.retrievalRecall),
    `${percent(cell.quality.answerAccuracy)} [${percent(cell.quality.low95)}, ` +
      `${percent(cell.quality.high95)}] ${cell.quality.source}`,
  ])
  const columns = [
    'Tenant',
    'Configuration',
    'Queries',
    'Failed',
    'p50',
    'p95',
    'Tokens in / out',
    'Cost/query ± s.d.',
    'Recall',
    'Right [95 %]',
  ]
  return section(
    'cells',
    'All cells',
    html`<details>
      <summary>${counted(all.length, 'cell')}, latency ${latencyHeading(all)}</summary>
      ${table(columns, rows, [2, 3, 4, 5, 6, 7, 8])}
    </details>`,
  )
}

function howMeasured(record: RunRecord): Piece {
  const { environment, code, priceBook } = record
  const commit =
    code.commit === null
      ? ''
      : ` at ${code.commit.slice(0, 12)}${code.dirty === true ? ', changed' : ''}`
  return section(
    'how',
    'How this was measured',
    html`<p>
        Seed ${record.seed}, ${counted(record.trials, 'trial')}, services ${record.services}, time
        scale ${record.timeScale}. Price book ${printable(priceBook.id)}
        (${priceBook.sha256.slice(0, 12)}), scenario ${record.scenarioSha256.slice(0, 12)},
        tenantbench ${code.version}${commit}.
        ${environment.postgres === null ? '' : `PostgreSQL ${environment.postgres} (${environment.database}), `}Node.js
        ${environment.node}, ${environment.platform} ${environment.architecture},
        ${counted(environment.processors, 'processor')}.
      </p>
      <p class="quiet">
        ${howTimed(record)} ${printable(interruptionWords(record) ?? '')}
        ${
          record.services === 'none'
            ? "Memory is the peak of the run's own process."
            : "Memory is the peak of the run's process and of the vendors'; PostgreSQL's is not " +
              'in it.'
        }
      </p>`,
  )
}
