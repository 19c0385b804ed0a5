/** `tenantbench readiness [scenario]`. */
import { join } from 'node:path'
import { systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { printable, printableJson } from '../../../src/base/text.ts'
import { loadPriceBook } from '../../../src/index.ts'
import { verdictWord } from '../../../reports/views/words.ts'
import { checkOwnMonth, type OwnMonthResult } from '../../reconcile/check-own-month.ts'
import { readiness, type Readiness } from '../../readiness/readiness.ts'
import { readBillFiles, readUsageFile } from '../../scenario/own-month.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { newRun, scenarioFlags, scenarioFrom } from '../new-run.ts'
import { showProgress } from '../show-progress.ts'
import { packageRoot } from '../version.ts'

/** The command. */
export const readinessCommand: Command = {
  build: (yargs) =>
    scenarioFlags(
      yargs.positional('scenario', {
        type: 'string',
        describe: 'A scenario with three tenants or more (default: the one that comes along)',
      }),
    )
      .option('usage', {
        type: 'string',
        describe:
          'A month of your own usage as CSV: occurredAt, tenant, provider, sku, unit, quantity',
      })
      .option('bill', {
        type: 'string',
        describe: 'The bill for it, in any form that docs/reconcile.md names',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the answer as JSON on stdout',
      })
      .example('$0 readiness', 'The reference system, in a quarter of a minute')
      .example('$0 readiness --usage usage.csv --bill bill.csv', 'With a month of yours reconciled')
      .example(
        '$0 readiness scenarios/faults/row-security-off.yaml',
        'What "not ready" looks like',
      ),
  async execute(given, environment) {
    const scenario = await scenarioFrom(
      given,
      typeof given['scenario'] === 'string'
        ? given['scenario']
        : join(packageRoot(), 'scenarios/readiness.yaml'),
    )
    databaseUrlFrom(given, environment, scenario)
    const ownMonth = await ownMonthFrom(given, scenario.priceBook)
    const progress = showProgress(process.stderr, scenario)
    using lifetime = watchLifetime(systemClock)
    try {
      const answer = await readiness({
        ...(await newRun({ given, environment, scenario, lifetime, progress })),
        ownMonth,
      })
      progress.stop()
      process.stdout.write(
        given['json'] === true ? `${printableJson(answer)}\n` : `${inWords(answer)}\n`,
      )
      return answer.exitCode
    } finally {
      progress.stop()
    }
  },
}

async function ownMonthFrom(
  given: Readonly<Record<string, unknown>>,
  priceBook: string,
): Promise<OwnMonthResult | null> {
  const { usage, bill } = given
  if (usage === undefined && bill === undefined) return null
  if (typeof usage !== 'string' || typeof bill !== 'string')
    throw new TenantbenchError('TB_USAGE', {
      detail: '--usage and --bill go together: one is compared with the other.',
    })
  const book = await loadPriceBook(priceBook)
  return checkOwnMonth({
    usage: await readUsageFile(usage),
    bill: await readBillFiles([bill], book),
    book,
  })
}

const answers = { ready: 'READY', 'not-ready': 'NOT READY', stop: 'STOP' } as const

/** The subject first, so that nobody reads more into the word than it says. */
function inWords({
  subject,
  verdict,
  because,
  checks,
  notExamined,
  notExaminedChecks,
  seconds,
  runDir,
}: Readiness): string {
  return [
    verdict === 'ready'
      ? `${answers[verdict]}: ${printable(subject.name)} is ` +
        `ready${notExaminedChecks.length === 0 ? '' : ' as far as it was examined'}.`
      : `${answers[verdict]} (${printable(subject.name)}): ${because}`,
    notExamined,
    '',
    ...checks.map(
      ({ id, verdict: each, evidence }) =>
        `  ${verdictWord(each).padEnd(12)} ${id}\n               ${printable(evidence)}`,
    ),
    ...notExaminedChecks.map(
      ({ id, reason }) =>
        `  ${'NOT EXAMINED'.padEnd(12)} ${id}\n               ${printable(reason)}`,
    ),
    '',
    `In ${seconds.toFixed(1)} s. Report: ${join(printable(runDir), 'report.html')}`,
  ].join('\n')
}
