/**
 * The story of a run: read the scenario, open the system under test, set the stage, ask, close the books, judge, report. Whatever was
 * started or created is taken down on every way out.
 */
import { TenantbenchError } from '../src/base/errors.ts'
import { exitCodeOf } from '../src/base/verdict.ts'
import type { RunRecord } from '../reports/record/record.ts'
import { claimFolder, writeRun } from '../reports/write.ts'
import { ask } from './outcome/ask.ts'
import { buildRecord, sampleLines } from './outcome/build-record.ts'
import { oracleFor, refuseSilence, shownIn } from './outcome/oracle.ts'
import { prepareRun } from './outcome/prepare.ts'
import { startStages } from './outcome/progress.ts'
import type { RunOptions } from './outcome/run-options.ts'
import { startSpend } from './outcome/spend.ts'
import { openSystem } from './outcome/system/open-system.ts'
import { provision } from './provision/provision.ts'
import { planQueries } from './workload/workload.ts'

/** Runs a scenario and writes its folder. Throws TenantbenchError for what keeps a run from being one. */
export async function run(options: RunOptions): Promise<RunRecord> {
  const { scenario, clock, progress, sabotage = {}, environment = {} } = options
  const stages = startStages(clock, progress)
  const prepared = await stages.during('corpora', () => prepareRun({ scenario, clock, environment, sabotage }))
  const { book, cells, corpora, questions } = prepared
  for (const warning of prepared.warnings) progress.note(warning)
  await using claim = await claimFolder(options.runDir, options.mayNumber === true)

  await using system = await openSystem({ options, prepared, stages })
  const { target, reference } = system
  const signal = AbortSignal.any([options.signal, system.lost])
  const provisioned = await stages.during('provision', () => provision({ scenario, corpora, target, signal, onTenant: progress.tenant }))
  await system.plant()

  const plan = prepared.load === null ? planQueries(scenario, cells, questions) : []
  const oracle = oracleFor({ corpora, provisioned, shown: shownIn(cells, target.shows) })
  const spend = startSpend(book, clock)
  const observers = [oracle.observeAnswer, spend.observe, () => progress.query({ planned: prepared.load?.plan.atMs.length ?? plan.length, leaks: oracle.leaksSoFar(), spent: system.isModelled ? spend.total() : null })]
  const { observed, count, load } = await stages.during('queries', () => ask({ scenario, prepared, plan, target, clock, observers, signal, note: progress.note }))
  signal.throwIfAborted()
  refuseSilence(observed, oracle)

  const books = await stages.during('month', () => system.closeBooks(observed))
  const extraChecks = await stages.during('probes', async () => {
    await oracle.probeAll(target)
    return (await options.whileUp?.({ target, reference, provisioned, observed, signal })) ?? []
  })
  signal.throwIfAborted()

  const facts = await system.facts()
  const left = await system.release()
  for (const sentence of left) progress.note(sentence)
  const timing = stages.finish(count, books.servicesPeakMemoryBytes)
  const record = buildRecord({ options: { ...options, runDir: claim.folder }, prepared, provisioned, system, books, facts, oracle: oracle.report(), timing, extraChecks, load, left })
  await writeRun(claim.folder, { record, samples: sampleLines(books, options.keepTexts) })
  if (record.exitCode !== exitCodeOf(record.verdict)) throw new TenantbenchError('TB_BUG', { detail: 'Verdict and exit code disagree.' })
  return record
}
