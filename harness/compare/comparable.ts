/**
 * Whether two runs can be compared at all, by what cells are known, and what is not the same in
 * them.
 */
import type { Change } from '../../reports/record/compare-report.ts'
import type { RecordCell, RunRecord } from '../../reports/record/record.ts'

/**
 * A tenant's own configuration is compared with its own, whatever it is now; others by what they
 * set.
 */
export function cellName({ tenant, variant, isCurrent }: RecordCell): string {
  return isCurrent
    ? `${tenant}/current`
    : `${tenant}/${variant.model} k${variant.topK}${variant.rerank ? ' rerank' : ''}`
}

/** Why two runs cannot be compared; empty where they can. */
export function whyIncomparable(baseline: RunRecord, candidate: RunRecord): readonly string[] {
  const same = (what: string, one: unknown, other: unknown): readonly string[] =>
    one === other
      ? []
      : [`${what} is ${String(one)} in the baseline and ${String(other)} in the candidate`]
  const sources = (record: RunRecord): string =>
    [...new Set(record.cells.map(({ latencySource }) => latencySource))].toSorted().join(', ')
  const names = new Set(candidate.cells.map(cellName))
  return [
    ...same('the scenario', baseline.scenario, candidate.scenario),
    ...same('the kind of system', baseline.subject.kind, candidate.subject.kind),
    ...same('what the services are', baseline.services, candidate.services),
    ...same('the time scale', baseline.timeScale, candidate.timeScale),
    ...same('where latency comes from', sources(baseline), sources(candidate)),
    ...(baseline.verdict === 'invalid' ? ['the baseline is an invalid run'] : []),
    ...(candidate.verdict === 'invalid' ? ['the candidate is an invalid run'] : []),
    ...(baseline.cells.some((cell) => names.has(cellName(cell)))
      ? []
      : ['no cell is in both runs']),
  ]
}

/** What is not the same in two runs that can be compared. */
export function changesBetween(baseline: RunRecord, candidate: RunRecord): readonly Change[] {
  const facts = ({
    code,
    environment,
    priceBook,
    scenarioSha256,
    seed,
    trials,
    verdict,
    isolation,
  }: RunRecord): Readonly<Record<string, string>> => ({
    version: code.version,
    commit: `${code.commit ?? 'unknown'}${code.dirty === true ? ' with changes' : ''}`,
    scenario: scenarioSha256.slice(0, 12),
    'price book': `${priceBook.id} ${priceBook.sha256.slice(0, 12)}`,
    seed: String(seed),
    trials: String(trials),
    node: environment.node,
    machine: `${environment.platform} ${environment.architecture}, ${environment.processors} processors`,
    postgres: `${environment.postgres ?? 'none'} ${environment.database}`,
    'verdict of the run': verdict,
    leaks: String(isolation.leaks),
  })
  const [before, after] = [facts(baseline), facts(candidate)]
  return Object.keys(before)
    .filter((what) => before[what] !== after[what])
    .map((what) => ({ what, baseline: before[what] ?? '', candidate: after[what] ?? '' }))
}
