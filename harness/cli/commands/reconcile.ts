/** `tenantbench reconcile`. */
import { writeFile } from 'node:fs/promises'
import { printableJson } from '../../../src/base/text.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { formatUsd, picoUsd } from '../../../src/base/money.ts'
import { focusExport, type PriceBook } from '../../../src/index.ts'
import type { ReconcileReport } from '../../../reports/reconcile/reconcile-report.ts'
import { reconcileWords } from '../../../reports/reconcile/terminal.ts'
import type { ReconciledMonth } from '../../reconcile/check-billing.ts'
import { reconcileOwnMonth } from '../../reconcile/own-month.ts'
import { reconcileReport } from '../../reconcile/billing/report.ts'
import { reconcileSimulated, usualRates, usualRules } from '../../reconcile/reconcile.ts'
import { readBillFiles, readUsageFile } from '../../scenario/own-month.ts'
import { billFaults, type BillFault } from '../../services/books/bill-faults.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { openBook, usualBook } from '../prices/action.ts'
import { showSteps } from '../show-steps.ts'

/** The command. */
export const reconcileCommand: Command = {
  build: (yargs) =>
    yargs
      .option('usage', {
        type: 'string',
        describe: 'Your metered usage, as CSV; without it a month is simulated',
      })
      .option('bill', {
        type: 'string',
        array: true,
        describe:
          'A bill for it: OpenAI costs, Anthropic cost report, Pinecone usage, FOCUS or plain CSV; repeatable',
      })
      .option('prices', {
        type: 'string',
        default: usualBook,
        describe: 'A price book that comes along, or your own by its path',
      })
      .option('month', {
        type: 'string',
        default: '2026-10',
        describe: 'The month that is simulated',
      })
      .option('tenants', {
        type: 'number',
        default: 100,
        describe: 'How many tenants are simulated',
      })
      .option('queries', {
        type: 'number',
        default: 5_000,
        describe: 'How many queries each of them asks',
      })
      .option('seed', { type: 'number', default: 42, describe: 'Of the simulated month' })
      .option('fault', {
        type: 'string',
        choices: billFaults.map(({ id }) => id),
        describe: 'What is wrong with the simulated bill',
      })
      .option('focus', {
        type: 'string',
        describe: 'Write the allocation as FOCUS 1.3 CSV to this file',
      })
      .option('database-url', {
        type: 'string',
        describe:
          'A PostgreSQL 15+ server instead of the embedded one (or TENANTBENCH_DATABASE_URL)',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the reconciliation as JSON',
      })
      .example(
        '$0 reconcile --usage october.csv --bill openai-costs.json --bill pinecone.csv',
        'Your own month against its bills',
      )
      .example(
        '$0 reconcile --fault retries-billed-twice',
        'What a wrong bill looks like: 100 tenants, 5,000 queries each',
      ),
  async execute(given, environment) {
    const book = await openBook(String(given['prices']))
    const { report, reconciled } =
      typeof given['usage'] === 'string' || Array.isArray(given['bill'])
        ? await ofFiles(given, book)
        : await simulated(given, environment, book)
    if (typeof given['focus'] === 'string')
      await write(
        given['focus'],
        focusExport(reconciled.month, reconciled.adjusted ?? reconciled.allocation),
      )
    process.stdout.write(
      given['json'] === true ? `${printableJson(report)}\n` : `${reconcileWords(report)}\n`,
    )
    return report.verdict === 'pass' ? 0 : 1
  },
}

interface Ended {
  readonly report: ReconcileReport
  readonly reconciled: ReconciledMonth
}

async function ofFiles(given: Readonly<Record<string, unknown>>, book: PriceBook): Promise<Ended> {
  const paths = Array.isArray(given['bill']) ? given['bill'].map(String) : []
  if (typeof given['usage'] !== 'string' || paths.length === 0)
    throw new TenantbenchError('TB_USAGE', {
      detail: '--usage and --bill go together: what was used, and what was charged for it.',
    })
  if (given['fault'] !== undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail: '--fault plants a fault in a simulated bill; yours is taken as it is.',
    })
  const reconciled = reconcileOwnMonth(
    { usage: await readUsageFile(given['usage']), bill: await readBillFiles(paths, book), book },
    usualRules,
  )
  return {
    reconciled,
    report: reconcileReport(reconciled, {
      book,
      subject: 'your bills',
      simulation: null,
      timing: null,
    }),
  }
}

async function simulated(
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  book: PriceBook,
): Promise<Ended> {
  using lifetime = watchLifetime(systemClock)
  const fault = billFaults.find(({ id }) => id === given['fault']) ?? null
  const plan = { ...planOf(given), rates: { ...usualRates, ...fault?.rates } }
  const { reconciled, known, ownLedgerAgrees, recordSeconds, reconcileSeconds } =
    await reconcileSimulated({
      plan,
      fault,
      book,
      databaseUrl: databaseUrlFrom(given, environment, {}),
      clock: systemClock,
      signal: lifetime.signal,
      onProgress: showSteps(),
    })
  const simulation = simulationOf(
    fault,
    formatUsd(picoUsd(known.heardTotal - known.billedTotal)),
    ownLedgerAgrees,
  )
  return {
    reconciled,
    report: reconcileReport(reconciled, {
      book,
      subject: 'simulated bills',
      simulation,
      timing: { recordSeconds, reconcileSeconds },
    }),
  }
}

function simulationOf(
  fault: BillFault | null,
  expectedGapUsd: string,
  ownLedgerAgrees: boolean,
): ReconcileReport['simulation'] {
  return {
    fault: fault?.id ?? null,
    what: fault?.what ?? 'nothing but a late event and a broken stream in a thousand each',
    expectedCause: fault?.cause ?? null,
    expectedGapUsd,
    ownLedgerAgrees,
  }
}

function planOf(given: Readonly<Record<string, unknown>>): {
  readonly seed: number
  readonly month: string
  readonly tenants: number
  readonly queriesPerTenant: number
} {
  const count = (name: string, most: number): number => {
    const value = Number(given[name])
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new TenantbenchError('TB_USAGE', {
        detail: `--${name} is a whole number from 1 to ${most}.`,
      })
    return value
  }
  const month = String(given['month'])
  if (!/^20\d{2}-(0[1-9]|1[0-2])$/.test(month))
    throw new TenantbenchError('TB_USAGE', { detail: '--month is a month as in 2026-10.' })
  return {
    seed: Number(given['seed']),
    month,
    tenants: count('tenants', 10_000),
    queriesPerTenant: count('queries', 1_000_000),
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', {
      detail: `${path}: ${messageOf(error)}.`,
      cause: error,
    })
  }
}
