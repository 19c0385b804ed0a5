/**
 * The journal of a run: a line for each query that is begun, for each call before it is made, for
 * usage once it is recorded, and for each query that is done, with everything that the record will
 * need of it. Whatever ends the run, what is done is not asked again.
 */
import { join } from 'node:path'
import { isoTime, type Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { openLineFile, readLineFile } from '../../../src/base/line-file.ts'
import type { Operation } from '../../../src/base/usage.ts'
import type { UsageEvent } from '../../../src/index.ts'
import type { Observation } from '../../oracle/leak-oracle.ts'
import type { Observed } from '../../measure/sample.ts'

/** What a session must have in common with the one that it goes on with. */
export interface SessionOf {
  readonly scenarioSha256: string
  readonly services: 'embedded' | 'live'
  readonly priceBookSha256: string
  /** Every question of every tenant: those of a folder may have been edited. */
  readonly questionsSha256: string
}

/** A line. Sessions are the run and each time it was resumed. */
export type JournalLine =
  | {
      readonly kind: 'session'
      readonly runId: string
      readonly of: SessionOf
      readonly startedAt: string
    }
  | { readonly kind: 'begun'; readonly requestId: string }
  | { readonly kind: 'call'; readonly requestId: string; readonly operation: Operation }
  | { readonly kind: 'metered'; readonly events: readonly UsageEvent[] }
  | { readonly kind: 'done'; readonly observed: Observed; readonly observation: Observation | null }

/** The journal of a session that goes on. */
export interface Journal extends Disposable {
  /** Aborted with TB_OUT_UNWRITABLE when a line cannot be written. */
  readonly lost: AbortSignal
  /** Queries that earlier sessions and this one have done. */
  done(): number
  begun(requestId: string): void
  call(requestId: string, operation: Operation): void
  metered(events: readonly UsageEvent[]): void
  finished(observed: Observed, observation: Observation | null): void
}

/** Files beside the record of a run that is not finished. */
export const journalFiles = { run: 'journal.jsonl', vendors: 'vendors.jsonl' } as const

/**
 * How a journal is kept. Texts of questions and answers are in it only where the run keeps them.
 */
export interface JournalOptions {
  readonly folder: string
  readonly runId: string
  readonly of: SessionOf
  readonly clock: Clock
  readonly keepTexts: boolean
  readonly doneBefore: number
}

/** Begins a session. */
export function openJournal({
  folder,
  runId,
  of,
  clock,
  keepTexts,
  doneBefore,
}: JournalOptions): Journal {
  const file = openLineFile(join(folder, journalFiles.run))
  let done = doneBefore
  const lost = new AbortController()
  const write = (line: JournalLine): void => {
    try {
      file.write(line)
    } catch (error) {
      // Thrown where a query is asked, it would be taken for the query's own failure.
      lost.abort(error)
    }
  }
  write({ kind: 'session', runId, of, startedAt: isoTime(clock.nowMs()) })
  return {
    lost: lost.signal,
    done: () => done,
    begun: (requestId) => write({ kind: 'begun', requestId }),
    call: (requestId, operation) => write({ kind: 'call', requestId, operation }),
    metered: (events) => write({ kind: 'metered', events }),
    finished(observed, observation) {
      write({
        kind: 'done',
        observed: keepTexts ? observed : { ...observed, texts: { question: '', answer: '' } },
        observation,
      })
      done++
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

const differs: Readonly<Record<keyof SessionOf, string>> = {
  scenarioSha256: 'of another scenario, or of other settings, seed or trials',
  services: 'on other services',
  priceBookSha256: 'under other prices',
  questionsSha256: 'about other questions',
}

/** Reads the journal of an interrupted run of the same kind. Throws TB_RESUME_INVALID. */
export function readJournal(folder: string, of: SessionOf): readonly JournalLine[] {
  const lines = readLineFile(join(folder, journalFiles.run)) as readonly JournalLine[]
  const sessions = lines.flatMap((line) => (line.kind === 'session' ? [line] : []))
  if (sessions.length === 0)
    throw new TenantbenchError('TB_RESUME_INVALID', { detail: `${folder} has no journal.` })
  const other = (Object.keys(differs) as (keyof SessionOf)[]).filter((key) =>
    sessions.some((session) => session.of[key] !== of[key]),
  )
  if (other.length > 0)
    throw new TenantbenchError('TB_RESUME_INVALID', {
      detail: `${folder} is ${other.map((key) => differs[key]).join(', and ')}.`,
    })
  return lines
}
