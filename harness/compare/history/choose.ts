/**
 * Which runs of a store are a baseline for a candidate: comparable ones that are older, and neither
 * invalid nor a leak.
 */
import type { RunRecord } from '../../../reports/record/record.ts'
import { whyIncomparable } from '../comparable.ts'

/** A run in a store, by the name of its folder; null where no record could be read. */
export interface StoredRun {
  readonly name: string
  readonly record: RunRecord | null
}

/** What a store holds for a candidate. */
export interface Chosen {
  /** The newest first. */
  readonly comparable: readonly (StoredRun & { readonly record: RunRecord })[]
  readonly leftOut: readonly { readonly run: string; readonly reason: string }[]
}

/** Chooses. An invalid candidate is no reason to leave a run out; the comparison itself says so. */
export function chooseBaselines(stored: readonly StoredRun[], candidate: RunRecord): Chosen {
  const judged = stored.map(({ name, record }) => ({
    name,
    record,
    reason: record === null ? 'its record cannot be read' : reasonAgainst(record, candidate),
  }))
  const seen = new Set<string>()
  const comparable = judged.flatMap(({ name, record, reason }) => {
    // A copy of a run is the same run, and would be counted as another machine that agrees.
    if (record === null || reason !== null || seen.has(record.runId)) return []
    seen.add(record.runId)
    return [{ name, record }]
  })
  return {
    comparable: comparable.toSorted((one, other) =>
      one.record.timing.startedAt < other.record.timing.startedAt ? 1 : -1,
    ),
    leftOut: judged
      .filter(({ name }) => !comparable.some((each) => each.name === name))
      .map(({ name, reason }) => ({ run: name, reason: reason ?? 'it is a copy of another' })),
  }
}

function reasonAgainst(record: RunRecord, candidate: RunRecord): string | null {
  if (record.runId === candidate.runId) return 'it is the candidate itself'
  if (record.verdict === 'leak') return 'it leaked'
  if (record.timing.startedAt >= candidate.timing.startedAt)
    return 'it is not older than the candidate'
  return whyIncomparable(record, { ...candidate, verdict: 'pass' })[0] ?? null
}
