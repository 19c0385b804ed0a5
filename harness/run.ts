/**
 * The story of a run: read the scenario, start the services, set the stage, ask, close the month, judge, report. Whatever was
 * started is taken down on every way out.
 */
import { monthOf } from '../src/base/clock.ts'
import { TenantbenchError } from '../src/base/errors.ts'
import { exitCodeOf } from '../src/base/verdict.ts'
import { installSchema } from '../src/index.ts'
import type { RunRecord } from '../reports/record/record.ts'
import { claimFolder, writeRun } from '../reports/write.ts'
import { closeMonth } from './check/month.ts'
import { drive } from './execute/drive.ts'
import { joinModelledTime } from './measure/sample.ts'
import { buildRecord } from './outcome/build-record.ts'
import { oracleFor, shownIn } from './outcome/oracle.ts'
import { serviceOptions, targetOptions } from './outcome/parts.ts'
import { prepareRun } from './outcome/prepare.ts'
import { startStages } from './outcome/progress.ts'
import type { RunOptions } from './outcome/run-options.ts'
import { startSpend } from './outcome/spend.ts'
import { provision } from './provision/provision.ts'
import { startServices } from './services/services.ts'
import { openReferenceTarget } from './target/reference/reference-target.ts'
import { planQueries } from './workload/workload.ts'

/** Runs a scenario and writes its folder. Throws TenantbenchError for what keeps a run from being one. */
export async function run(options: RunOptions): Promise<RunRecord> {
  const { scenario, clock, progress } = options
  const stages = startStages(clock, progress)
  const prepared = await stages.during('corpora', () => prepareRun(scenario, clock, options.sabotage))
  const { book, cells, corpora, questions, faults } = prepared
  for (const warning of prepared.warnings) progress.note(warning)
  await using claim = await claimFolder(options.runDir, options.mayNumber === true)

  await using services = await stages.during('services', () => startServices(serviceOptions(options, faults), clock))
  const { addresses } = services
  const signal = AbortSignal.any([options.signal, services.lost])
  const logins = await stages.during('schema', () => installSchema(addresses.adminUrl, clock))
  await using target = await openReferenceTarget(targetOptions(options, { addresses, logins, faults }))

  const provisioned = await stages.during('provision', () => provision({ scenario, corpora, target, signal, onTenant: progress.tenant }))
  await faults.sabotage.afterProvisioning?.(addresses.adminUrl)

  const plan = planQueries(scenario, cells, questions)
  const oracle = oracleFor({ corpora, provisioned, plan, shown: shownIn(cells, target.shows) })
  const spend = startSpend(book, clock)
  const observers = [oracle.observeAnswer, spend.observe, () => progress.query({ planned: plan.length, leaks: oracle.leaksSoFar(), spent: spend.total() })]
  const observed = await stages.during('queries', () => drive(plan, { target, clock, concurrency: scenario.concurrency, observers, signal }))

  signal.throwIfAborted()
  const month = monthOf(clock.nowMs())
  const closed = await stages.during('month', () => closeMonth({ operator: target.operator, clock, book, month, method: scenario.allocation }))
  const account = await services.account(month)
  const extraChecks = await stages.during('probes', async () => {
    await oracle.probeAll(target)
    return (await options.whileUp?.({ target, provisioned, observed, adminUrl: addresses.adminUrl, signal })) ?? []
  })
  signal.throwIfAborted()

  const samples = joinModelledTime(observed, account.served)
  const record = await buildRecord({ options: { ...options, runDir: claim.folder }, prepared, provisioned, samples, closed, account, month, oracle: oracle.report(), target, stages: stages.finish(plan.length, account.peakMemoryBytes), extraChecks })
  await writeRun(claim.folder, { record, samples: samples.map(({ texts, ...sample }) => (options.keepTexts ? { ...sample, texts } : sample)) })
  if (record.exitCode !== exitCodeOf(record.verdict)) throw new TenantbenchError('TB_BUG', { detail: 'Verdict and exit code disagree.' })
  return record
}
