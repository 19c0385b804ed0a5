/**
 * The story of a run: read the scenario, open the system under test, set the stage, ask, close the
 * books, judge, report. Whatever was started or created is taken down on every way out; what was
 * asked by then is kept, to go on with.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import { exitCodeOf } from '../../src/base/verdict.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { writeRun } from '../../reports/write.ts'
import { ask } from './ask.ts'
import { buildRecord, sampleLines, withBaseline } from './build-record.ts'
import { countAttempts, inPlanOrder, putBack, uninterrupted } from './journal/resume.ts'
import { oracleFor, refuseSilence, shownIn } from './oracle.ts'
import { prepareRun } from './prepare.ts'
import { startStages, unlessOver } from './progress.ts'
import type { RunOptions } from './run-options.ts'
import { openSession } from './session.ts'
import { startSpend } from './spend.ts'
import { openSystem } from './system/open-system.ts'
import { watchQueries } from './watch-queries.ts'
import { provision } from './provision/provision.ts'
import { planQueries } from '../workload/workload.ts'

/**
 * Runs a scenario and writes its folder. Throws TenantbenchError for what keeps a run from being
 * one.
 */
export async function run(given: RunOptions): Promise<RunRecord> {
  const { scenario, clock, progress, sabotage = {}, environment = {} } = given
  const stages = startStages(clock, progress)
  const prepared = await stages.during('corpora', () =>
    prepareRun({ scenario, clock, environment, sabotage }),
  )
  const { book, cells, corpora, questions } = prepared
  for (const warning of prepared.warnings) progress.note(warning)
  await using session = await openSession(given, prepared)
  const { journal, interrupted } = session
  const options: RunOptions = { ...given, runDir: session.folder }

  await using system = await openSystem({ options, prepared, stages, journal })
  const { target, reference } = system
  const signal = AbortSignal.any([options.signal, system.lost, journal.lost])
  const provisioned = await stages.during('provision', () =>
    unlessOver(signal, () =>
      provision({ scenario, corpora, target, signal, onTenant: progress.tenant }),
    ),
  )
  await system.plant()

  const plan = prepared.load === null ? planQueries(scenario, cells, questions) : []
  const oracle = oracleFor({ corpora, provisioned, shown: shownIn(cells, target.shows) })
  await putBack(interrupted, { reference, oracle, clock })
  const watched = watchQueries({
    options,
    prepared,
    plan,
    oracle,
    journal,
    interrupted,
    spend: startSpend(book, clock),
    isMetered: system.isMetered,
  })
  const asked = await stages.during('queries', () =>
    ask({
      scenario,
      prepared,
      plan: watched.left,
      target,
      clock,
      signal,
      note: progress.note,
      ...watched.watchers,
    }),
  )
  signal.throwIfAborted()
  const observed =
    prepared.load === null ? inPlanOrder(plan, interrupted, asked.observed) : asked.observed
  refuseSilence(observed, oracle)

  const interruptions =
    options.isResumed === true
      ? await countAttempts(interrupted, session.since, { reference, clock, book })
      : uninterrupted
  const books = await stages.during('month', () => system.closeBooks(observed))
  const extraChecks = await stages.during('probes', async () => {
    await oracle.probeAll(target)
    return [
      ...watched.checks(asked.count),
      ...((await options.whileUp?.({ target, reference, provisioned, observed, signal })) ?? []),
    ]
  })
  signal.throwIfAborted()

  const facts = await system.facts()
  const left = await system.release()
  for (const sentence of left) progress.note(sentence)
  const timing = stages.finish(asked.count, books.servicesPeakMemoryBytes)
  const built = buildRecord({
    options,
    prepared,
    provisioned,
    system,
    books,
    facts,
    oracle: oracle.report(),
    timing,
    extraChecks,
    interruptions,
    load: asked.load,
    left,
  })
  const samples = sampleLines(books, options.keepTexts)
  const record = await withBaseline(built, samples, options)
  await writeRun(session.folder, { record, samples })
  session.finish(asked.count > asked.observed.length)
  if (record.exitCode !== exitCodeOf(record.verdict))
    throw new TenantbenchError('TB_BUG', { detail: 'Verdict and exit code disagree.' })
  return record
}
