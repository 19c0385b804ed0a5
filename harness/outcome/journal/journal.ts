/**
 * The journal of a run: a line for each query that is begun, for each call before it is made, for usage once it is recorded, and for
 * each query that is done, with everything that the record will need of it. Whatever ends the run, what is done is not asked again.
 */
import { join } from 'node:path'
import { isoTime, type Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { openLineFile, readLineFile } from '../../../src/base/line-file.ts'
import type { Operation } from '../../../src/base/usage.ts'
import type { UsageEvent } from '../../../src/index.ts'
import type { Observation } from '../../check/leak-oracle.ts'
import type { Observed } from '../../measure/sample.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'

/** A line. Sessions are the run and each time it was resumed. */
export type JournalLine =
  | { readonly kind: 'session'; readonly runId: string; readonly scenarioSha256: string; readonly startedAt: string }
  | { readonly kind: 'begun'; readonly requestId: string }
  | { readonly kind: 'call'; readonly requestId: string; readonly operation: Operation }
  | { readonly kind: 'metered'; readonly events: readonly UsageEvent[] }
  | { readonly kind: 'done'; readonly observed: Observed; readonly observation: Observation | null }

/** The journal of a session that goes on. */
export interface Journal extends Disposable {
  /** Queries that earlier sessions and this one have done. */
  done(): number
  begun(requestId: string): void
  call(requestId: string, operation: Operation): void
  metered(events: readonly UsageEvent[]): void
  finished(observed: Observed, observation: Observation | null): void
}

/** Files beside the record of a run that is not finished. */
export const journalFiles = { run: 'journal.jsonl', vendors: 'vendors.jsonl' } as const

/** How a journal is kept. Texts of questions and answers are in it only where the run keeps them. */
export interface JournalOptions {
  readonly folder: string
  readonly runId: string
  readonly scenario: LoadedScenario
  readonly clock: Clock
  readonly keepTexts: boolean
  readonly doneBefore: number
}

/** Begins a session. */
export function openJournal({ folder, runId, scenario, clock, keepTexts, doneBefore }: JournalOptions): Journal {
  const file = openLineFile(join(folder, journalFiles.run))
  let done = doneBefore
  const write = (line: JournalLine): void => file.write(line)
  write({ kind: 'session', runId, scenarioSha256: scenario.sha256, startedAt: isoTime(clock.nowMs()) })
  return {
    done: () => done,
    begun: (requestId) => write({ kind: 'begun', requestId }),
    call: (requestId, operation) => write({ kind: 'call', requestId, operation }),
    metered: (events) => write({ kind: 'metered', events }),
    finished(observed, observation) {
      write({ kind: 'done', observed: keepTexts ? observed : { ...observed, texts: { question: '', answer: '' } }, observation })
      done++
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

/** Reads the journal of an interrupted run of this scenario. Throws TB_RESUME_INVALID. */
export function readJournal(folder: string, scenario: LoadedScenario): readonly JournalLine[] {
  const lines = readLineFile(join(folder, journalFiles.run)) as readonly JournalLine[]
  const sessions = lines.flatMap((line) => (line.kind === 'session' ? [line] : []))
  if (sessions.length === 0) throw new TenantbenchError('TB_RESUME_INVALID', { detail: `${folder} has no journal.` })
  if (sessions.some(({ scenarioSha256 }) => scenarioSha256 !== scenario.sha256)) throw new TenantbenchError('TB_RESUME_INVALID', { detail: `${folder} is of another scenario, or of other settings, seed or trials.` })
  return lines
}
