/**
 * The story of a leak hunt: a run of a scenario, in which every query is a probe, then hunts while
 * its system is up. And of its proof: the same hunt on the unchanged reference system, where it
 * must be silent, then on mutants of it, which it must name.
 */
import { exitCodeOf, type CheckResult, type Verdict } from '../../src/base/verdict.ts'
import { newSuffix } from '../../src/base/random.ts'
import { roleNames } from '../../src/index.ts'
import type { HuntResult } from './hunts/run-hunts.ts'
import { answerOf, huntIn, tryWrongTenants, type HuntAnswer } from './hunt-system.ts'
import { prepareRun } from '../run/prepare.ts'
import type { RunOptions, SystemUp } from '../run/run-options.ts'
import { openBase } from './self-test-base.ts'
import {
  chooseMutants,
  scoresOf,
  tryMutant,
  tryUnchanged,
  type MutantResult,
  type MutationScore,
} from './self-test.ts'
import { run } from '../run/run.ts'
import { startServices } from '../services/services.ts'

/** A hunt's answer, with the mutants where its proof was asked for. */
export interface LeaksAnswer extends HuntAnswer {
  readonly seed: number
  readonly scenario: string
  /** Where the run's record and reports are; null for a self-test, which leaves none. */
  readonly runDir: string | null
  /** What beside the hunts was checked. */
  readonly further: readonly CheckResult[]
  readonly mutants: readonly MutantResult[]
  readonly scores: readonly MutationScore[]
  /** Of all mutants together; null without a self-test. */
  readonly score: number | null
  readonly seconds: number
}

/** Hunts through a scenario. */
export async function leaks(options: RunOptions): Promise<LeaksAnswer> {
  const { scenario, clock } = options
  const startedMs = clock.monotonicMs()
  let hunts: readonly HuntResult[] = []
  const whileUp = async (up: SystemUp): Promise<readonly CheckResult[]> => {
    // The hunts go below the port, into sessions, namespaces and books; of another system every
    // query is the probe.
    if (up.reference === null) return []
    const { target, adminUrl } = up.reference
    const system = {
      ...up,
      target,
      adminUrl,
      scenario,
      clock,
      ownerRole: roleNames(decodeURIComponent(new URL(adminUrl).pathname.slice(1))).owner,
    }
    hunts = await huntIn(system, {
      untilFound: false,
      onResult: (result) => options.progress.note(`${result.id}: ${result.verdict}`),
    })
    const wrong = await tryWrongTenants(system)
    return [
      wrong,
      ...hunts.map(({ id, verdict, evidence }) => ({ id: `hunts.${id}`, verdict, evidence })),
    ]
  }
  const record = await run({ ...options, whileUp })
  const further = record.checks.filter(({ id }) =>
    ofIsolation.some((prefix) => id.startsWith(prefix)),
  )
  const seconds = (clock.monotonicMs() - startedMs) / 1_000
  return {
    ...answerOf(record.isolation, hunts, further),
    seed: scenario.seed,
    scenario: scenario.name,
    runDir: record.runDir,
    further,
    mutants: [],
    scores: [],
    score: null,
    seconds,
  }
}

/**
 * A month that does not add up is no leak; what the verdict rests on is who saw what, and whether
 * it could be seen.
 */
const ofIsolation = ['isolation.', 'rls.', 'corpus.', 'tenants.'] as const

/** How the hunt is to be proved. */
export interface SelfTestOptions extends Pick<RunOptions, 'scenario' | 'clock' | 'signal'> {
  /** So many mutants and no more, drawn by the seed; null plants all. */
  readonly sample: number | null
  onHunt(result: HuntResult): void
  onMutant(result: MutantResult, done: { readonly count: number; readonly of: number }): void
}

/** Proves the hunt. Services of its own, always: nobody wants mutants on their server. */
export async function selfTest({
  scenario,
  clock,
  signal: outer,
  sample,
  onHunt,
  onMutant,
}: SelfTestOptions): Promise<LeaksAnswer> {
  const startedMs = clock.monotonicMs()
  const prepared = await prepareRun({ scenario, clock, environment: {}, sabotage: {} })
  const faults = { abortedStreams: 0, lateEvents: 0, throttled: 0 }
  await using services = await startServices(
    {
      runId: `leaks_${newSuffix()}`,
      seed: scenario.seed,
      timeScale: 0,
      faults,
      namespacesPerIndex: scenario.capacity.namespaceLimit,
      databaseUrl: null,
    },
    clock,
  )
  const signal = AbortSignal.any([outer, services.lost])
  const base = await openBase({ services, scenario, prepared, clock, signal })
  const { queries, hunts, further } = await tryUnchanged(base, onHunt)
  const unchanged = answerOf(queries, hunts, further)
  const chosen = unchanged.verdict === 'pass' ? chooseMutants(scenario.seed, sample) : []
  const results: MutantResult[] = []
  for (const [at, mutant] of chosen.entries()) {
    signal.throwIfAborted()
    const result = await tryMutant(base, mutant, at + 1)
    results.push(result)
    onMutant(result, { count: at + 1, of: chosen.length })
  }
  const verdict = verdictOf(unchanged, results)
  const scores = scoresOf(results)
  const seconds = (clock.monotonicMs() - startedMs) / 1_000
  return {
    ...unchanged,
    verdict,
    exitCode: exitCodeOf(verdict),
    seed: scenario.seed,
    scenario: scenario.name,
    runDir: null,
    further,
    mutants: results,
    scores,
    score: scores.at(-1)?.score ?? null,
    seconds,
  }
}

/**
 * Whoever speaks up where nothing is wrong proves nothing by speaking up elsewhere. A grave mutant
 * that survives is a failure.
 */
function verdictOf({ verdict }: HuntAnswer, results: readonly MutantResult[]): Verdict {
  if (verdict !== 'pass') return verdict
  const missed = results.some(
    ({ status, severity }) =>
      status === 'survived' && (severity === 'critical' || severity === 'high'),
  )
  return missed ? 'fail' : results.length === 0 ? 'inconclusive' : 'pass'
}
