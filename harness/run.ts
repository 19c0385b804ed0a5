/**
 * The story of a run: read the scenario, start the services, set the stage, ask, close the month, judge, report. Whatever was
 * started is taken down on every way out.
 */
import { monthOf } from '../src/base/clock.ts'
import { TenantbenchError } from '../src/base/errors.ts'
import { exitCodeOf } from '../src/base/verdict.ts'
import { installSchema, loadPriceBook } from '../src/index.ts'
import type { RunRecord } from '../reports/record/record.ts'
import { claimFolder, unclaimFolder, writeJsonLines, writeReports } from '../reports/write.ts'
import { closeMonth } from './check/month.ts'
import { drive } from './execute/drive.ts'
import { joinModelledTime } from './measure/sample.ts'
import { knownNames } from './outcome/known-names.ts'
import { buildRecord } from './outcome/build-record.ts'
import { oracleFor, shownIn } from './outcome/oracle.ts'
import { startStages } from './outcome/progress.ts'
import type { RunOptions } from './outcome/run-options.ts'
import { startSpend } from './outcome/spend.ts'
import { provision } from './provision/provision.ts'
import { cellsOf } from './scenario/cells.ts'
import { checkNames } from './scenario/parse.ts'
import { startServices } from './services/services.ts'
import { openReferenceTarget } from './target/reference/reference-target.ts'
import { chooseQuestions, planQueries, prepareCorpora } from './workload/workload.ts'

/** Runs a scenario and writes its folder. Throws TenantbenchError for what keeps a run from being one. */
export async function run(options: RunOptions): Promise<RunRecord> {
  const { scenario, clock, progress, sabotage = {} } = options
  const stages = startStages(clock, progress)
  const book = await loadPriceBook(scenario.priceBook)
  checkNames(scenario, { known: knownNames, book, atMs: clock.nowMs() })
  const corpora = await stages.during('corpora', () => prepareCorpora(scenario))
  await claimFolder(options.runDir)
  await using _folder = { [Symbol.asyncDispose]: () => unclaimFolder(options.runDir) }

  const { seed, timeScale, providerFaults: faults, capacity, models } = scenario
  const serviceOptions = { runId: options.runId, seed, timeScale, faults, namespacesPerIndex: capacity.namespaceLimit, databaseUrl: options.databaseUrl }
  await using services = await stages.during('services', () => startServices(serviceOptions, clock))
  const signal = AbortSignal.any([options.signal, services.lost])
  const logins = await stages.during('schema', () => installSchema(services.addresses.adminUrl, clock))
  const { openai, anthropic, pinecone } = services.addresses
  await using target = await openReferenceTarget({
    logins,
    endpoints: { openai, anthropic, pinecone },
    models,
    capacity,
    indexPrefix: `tb-${options.runId.slice(-10)}`,
    clock,
    maxConnections: scenario.concurrency + 2,
    onCapacityEvent: progress.capacity,
    ...sabotage,
  })

  const provisioned = await stages.during('provision', () => provision({ scenario, corpora, target, signal, onTenant: progress.tenant }))
  await sabotage.afterProvisioning?.(services.addresses.adminUrl)

  const cells = cellsOf(scenario)
  const plan = planQueries(scenario, cells, chooseQuestions(scenario, corpora))
  const oracle = oracleFor({ corpora, provisioned, plan, shown: shownIn(cells, target.shows) })
  const spend = startSpend(book, clock)
  const observers = [oracle.observeAnswer, spend.observe, () => progress.query({ planned: plan.length, leaks: oracle.leaksSoFar(), spent: spend.total() })]
  const observed = await stages.during('queries', () => drive(plan, { target, clock, concurrency: scenario.concurrency, observers, signal }))

  const month = monthOf(clock.nowMs())
  const closed = await stages.during('month', () => closeMonth({ operator: target.operator, clock, book, month, method: scenario.allocation }))
  const account = await services.account(month)
  await stages.during('probes', () => oracle.probeAll(target))

  const samples = joinModelledTime(observed, account.served)
  const record = await buildRecord({ options, book, corpora, provisioned, cells, samples, closed, account, month, oracle: oracle.report(), target, stages: stages.finish(plan.length) })
  await writeJsonLines(options.runDir, 'samples.jsonl', samples.map(({ texts, ...sample }) => (options.keepTexts ? { ...sample, texts } : sample)))
  await writeReports(options.runDir, record)
  if (record.exitCode !== exitCodeOf(record.verdict)) throw new TenantbenchError('TB_BUG', { detail: 'Verdict and exit code disagree.' })
  return record
}
