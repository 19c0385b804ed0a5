/**
 * report.md: the whole result for people, in Markdown. Names and texts of users are data: they
 * cannot become markup.
 */
import { markdownTable } from 'markdown-table'
import { printable } from '../../src/base/text.ts'
import type { RunRecord } from '../record/record.ts'
import { interruptionWords, loadWords } from './load-words.ts'
import type { TextView } from './view.ts'
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
  usageDrift,
} from './words.ts'

/** The view. */
export const reportMarkdown: TextView = {
  file: 'report.md',
  render: (record) =>
    `${sections
      .filter(
        (section) =>
          (section !== claims || record.claims.length > 0) &&
          (section !== load || record.load !== null),
      )
      .map((section) => section(record))
      .join('\n\n')}\n`,
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  ':': '&#58;',
  '.': '&#46;',
}

/**
 * Makes a user's text inert in Markdown and HTML: no markup, no links, no mentions, no line of its
 * own.
 */
export function inert(text: string): string {
  return printable(text).replace(
    /[&<>@]|:(?=[:/])|(?<=\bwww)\.|[\\`*_[\]|~#$]/g,
    (character) => entities[character] ?? `\\${character}`,
  )
}

const sections = [
  summary,
  comparison,
  recommendations,
  claims,
  tenantCosts,
  cells,
  kinds,
  sameQuestion,
  load,
  isolation,
  reconciliation,
  capacity,
  checks,
  howMeasured,
]

function summary(record: RunRecord): string {
  const leaks =
    record.isolation.leaks === 0 ? 'no leak found' : counted(record.isolation.leaks, 'leak')
  return [
    `# ${inert(record.scenario)}: ${record.verdict}`,
    `${record.cells.length} cells, ` +
      `${record.cells.reduce((sum, { queries }) => sum + queries, 0)} queries, ${leaks} in ` +
      `${record.isolation.checks} checks, drift of usage against the bill ` +
      `${usageDrift(record.reconciliation)}.`,
    ...(record.subject.kind === 'reference'
      ? []
      : [`The system under test is ${inert(record.subject.name)} (${record.subject.kind}).`]),
    ...record.warnings.map((warning) => `Note: ${inert(warning)}`),
  ].join('\n\n')
}

const comparisonHeader = [
  'Tenant',
  'Documents',
  'Words each',
  'Current',
  'Cost/query',
  'Optimal',
  'Cost/query',
  'Per month',
]

function comparison({ comparison: lines }: RunRecord): string {
  const rows = lines.map((line) => [
    inert(`${line.tenant} ${line.name}`),
    String(line.docCount),
    line.avgDocWords.toFixed(0),
    inert(
      configuration({
        model: line.currentModel,
        topK: line.currentTopK,
        rerank: line.currentRerank,
      }),
    ),
    perQuery(line.currentCostPerQueryUsd),
    inert(optimal(line)),
    perQuery(line.projectedCostPerQueryUsd),
    perMonth(line.monthlyDifferenceUsd),
  ])
  return '## Comparison\n\n' + markdownTable([comparisonHeader, ...rows])
}

function recommendations({ comparison: lines }: RunRecord): string {
  const items = lines.map((line) => {
    const flips = line.flipsWhen === null ? '' : `\n  - Flips when: ${inert(line.flipsWhen)}`
    return `- **${inert(line.tenant)}**: ${inert(line.reason)}${flips}`
  })
  const assumptions = [...new Set(lines.flatMap((line) => line.assumptions))].map(
    (assumption) => `- ${inert(assumption)}`,
  )
  return `## Why\n\n${items.join('\n')}\n\nAssumed, not measured:\n\n${assumptions.join('\n')}`
}

function cells({ cells: all }: RunRecord): string {
  const rows = all.map((cell) => [
    inert(cell.tenant),
    inert(configuration(cell.variant)) + (cell.isCurrent ? ' (current)' : ''),
    String(cell.queries),
    String(cell.failures),
    seconds(cell.latencyMs.p50, cell.latencyMs.count),
    seconds(cell.latencyMs.p95, cell.latencyMs.count),
    `${tokensOf(cell.tokens.promptMean, cell.tokens.completionMean)}` +
      `${cell.tokens.estimated ? ' (estimated)' : ''}${toldBy(cell)}`,
    `${perQuery(cell.costPerQueryUsd.mean)} (${perQuery(cell.costPerQueryUsd.direct)} + ` +
      `${perQuery(cell.costPerQueryUsd.shared)})`,
    percent(cell.quality.retrievalRecall),
    `${percent(cell.quality.answerAccuracy)} [${percent(cell.quality.low95)}, ${percent(cell.quality.high95)}]`,
  ])
  const header = [
    'Tenant',
    'Configuration',
    'Queries',
    'Failed',
    'p50',
    'p95',
    'Tokens in / out',
    'Cost/query (direct + shared)',
    'Recall',
    'Right [95 %]',
  ]
  return (
    `## Cells\n\nLatency: ${latencyHeading(all)}. Quality: ` +
    `${[...new Set(all.map(({ quality }) => quality.source))].join(', ')}.\n\n${markdownTable([header, ...rows])}`
  )
}

function tenantCosts(record: RunRecord): string {
  const rows = record.costByTenant.map((line) => tenantCostRow(line, record.cells).map(inert))
  return (
    '## What each tenant ' +
    `costs\n\n${inert(concentrationSentence(record))}\n\n${markdownTable([[...tenantCostHeader], ...rows])}`
  )
}

function claims(record: RunRecord): string {
  const { header, rows } = claimTable(record)
  return `## Figures that were named\n\n${markdownTable([header.map(inert), ...rows.map((row) => row.map(inert))])}\n\n${claimNotes(
    record,
  )
    .map((note) => `- ${inert(note)}`)
    .join('\n')}`
}

function kinds({ cells: all }: RunRecord): string {
  const rows = all.flatMap((cell) =>
    cell.qualityByKind.map((kind) => [
      inert(cell.tenant),
      inert(configuration(cell.variant)),
      inert(kind.kind),
      String(kind.questions),
      percent(kind.retrievalRecall),
      percent(kind.answerAccuracy),
    ]),
  )
  return (
    '## Quality by kind of ' +
    `question\n\n${markdownTable([['Tenant', 'Configuration', 'Kind', 'Questions', 'Recall', 'Right'], ...rows])}`
  )
}

const questionHeader = [
  'Tenant',
  'Question',
  'Response',
  'Tokens in / out',
  'Cost',
  'Top source',
  'Answer',
]

function sameQuestion({ sameQuestion: lines }: RunRecord): string {
  const rows = lines.map((line) => [
    inert(line.tenant),
    inert(line.question),
    line.responseMs === null ? '– (failed)' : seconds(line.responseMs, 1),
    tokensOf(line.promptTokens, line.completionTokens),
    perQuery(line.costUsd),
    inert(line.topSource ?? '–'),
    line.correct ? 'right' : 'wrong',
  ])
  return (
    '## The same question to every tenant\n\n' +
    (rows.length === 0 ? 'The scenario asks none.' : markdownTable([questionHeader, ...rows]))
  )
}

function load(record: RunRecord): string {
  const words = loadWords(record)
  if (words === null) return ''
  const tables = words.tables.map(
    ({ heading, header, rows }) =>
      `### ${inert(heading)}\n\n${markdownTable([[...header], ...rows.map((row) => row.map(inert))])}`,
  )
  return ['## Under load', ...words.sentences.map(inert), ...tables].join('\n\n')
}

function isolation({ isolation: found }: RunRecord): string {
  const rows = found.boundaries.map(({ boundary, state, ownSeen, leaks }) => [
    boundary,
    state,
    String(ownSeen),
    String(leaks),
  ])
  const witnesses = found.witnesses
    .slice(0, 20)
    .map(
      ({ boundary, tenant, owner, mark, witness }) =>
        `- ${inert(boundary)}: tenant ${inert(tenant)} saw ${inert(mark)} of tenant ${inert(owner)}: ${inert(witness)}`,
    )
  return [
    '## Isolation',
    markdownTable([['Boundary', 'State', 'Own mark seen', 'Leaks'], ...rows]),
    inert(canarySentence(found.canary)),
    ...(witnesses.length === 0 ? [] : [witnesses.join('\n')]),
  ].join('\n\n')
}

function reconciliation({ reconciliation: month }: RunRecord): string {
  const { usage, total, incidents } = month
  if (usage === null || total === null || incidents === null)
    return `## Ledger against bill, ${month.month}: not examined\n\n${inert(month.reason ?? '')}`
  const rows = [...month.components, usage, total].map(
    ({ component, allocatedUsd, billedUsd, driftPct, verdict }) => [
      inert(component),
      `$${allocatedUsd}`,
      `$${billedUsd}`,
      driftPct === null ? '–' : drift(driftPct),
      verdict,
    ],
  )
  return (
    `## Ledger against bill, ${month.month}: ${month.verdict}\n\nShared cost is split ` +
    `${inert(month.method)}. Drift is measured before any adjustment; the vendors had ` +
    `${counted(incidents.abortedStreams, 'broken stream')} and book ` +
    `${counted(incidents.lateEvents, 'event')} ` +
    `late.\n\n${markdownTable([['Component', 'Allocated', 'Billed', 'Drift', 'Verdict'], ...rows])}`
  )
}

function capacity({ capacity: events, capacityLimits }: RunRecord): string {
  if (capacityLimits === null) return '## Capacity\n\nNot examined: the target shows no indexes.'
  const { alertAt, operatingLimit, namespaceLimit } = capacityLimits
  const rows = events.map(({ index, event, namespaces }) => [
    inert(index),
    inert(event),
    String(namespaces),
  ])
  return (
    `## Capacity\n\nAn index holds ${namespaceLimit} namespaces; ${operatingLimit} is the ` +
    `operating limit, and at ${alertAt} an alert ` +
    `fires.\n\n${rows.length === 0 ? 'Nothing happened.' : markdownTable([['Index', 'Event', 'Namespaces'], ...rows])}`
  )
}

function checks({ checks: all, notExamined }: RunRecord): string {
  const rows = [
    ...all.map(({ id, verdict, evidence }) => [inert(id), verdict, inert(evidence)]),
    ...notExamined.map(({ id, reason }) => [inert(id), 'not examined', inert(reason)]),
  ]
  return `## Checks\n\n${markdownTable([['Check', 'Verdict', 'Evidence'], ...rows])}`
}

function howMeasured(record: RunRecord): string {
  const { environment, code, priceBook } = record
  const postgres =
    environment.postgres === null
      ? ''
      : `PostgreSQL ${inert(environment.postgres)} (${environment.database}), `
  return [
    '## How this was measured',
    `Seed ${record.seed}, ${record.trials} trials, services ${record.services}, time scale ` +
      `${record.timeScale}. Price book ${inert(priceBook.id)} ` +
      `(${priceBook.sha256.slice(0, 12)}), scenario ${record.scenarioSha256.slice(0, 12)}, ` +
      `tenantbench ${inert(code.version)}` +
      `${code.commit === null ? '' : ` at ${code.commit.slice(0, 12)}${code.dirty === true ? ', changed' : ''}`}` +
      `. ${postgres}Node.js ${inert(environment.node)}, ${environment.platform} ` +
      `${environment.architecture}, ${environment.processors} processors.`,
    howTimed(record),
    ...(interruptionWords(record) === null ? [] : [inert(interruptionWords(record) ?? '')]),
  ].join('\n\n')
}
