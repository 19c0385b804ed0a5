/**
 * A run's folder with its journal: new, or that of an interrupted run, whose finished queries are
 * then not asked again.
 */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { UsageEvent } from '../../src/index.ts'
import { claimAgain, claimFolder } from '../../reports/write.ts'
import { interruptedOf, type Interrupted } from './journal/interrupted.ts'
import {
  journalFiles,
  openJournal,
  readJournal,
  type Journal,
  type SessionOf,
} from './journal/journal.ts'
import { sha256 } from '../../src/base/random.ts'
import type { Prepared } from './prepare.ts'
import type { RunOptions } from './run-options.ts'

/** A session of a run. */
export interface Session extends AsyncDisposable {
  readonly folder: string
  readonly journal: Journal
  /** What earlier sessions left; of a new run nothing. */
  readonly interrupted: Interrupted
  /** What this session has recorded of work that earlier ones had begun. */
  readonly since: readonly UsageEvent[]
  /**
   * The record is written: nothing is left to go on with. With `keepsQueries` the journal stays, as
   * the only place that has every query.
   */
  finish(keepsQueries?: boolean): void
}

/** Every query of a load that was too long to be kept whole: lines of a journal. */
const everyQuery = 'queries.jsonl'

/** Opens a session. Throws TB_OUT_NOT_OURS, TB_OUT_UNWRITABLE, TB_RESUME_INVALID. */
export async function openSession(options: RunOptions, prepared: Prepared): Promise<Session> {
  const {
    scenario,
    runDir,
    runId,
    clock,
    keepTexts,
    mayNumber = false,
    isResumed = false,
    isResumable = false,
    progress,
  } = options
  if (isResumed && scenario.load !== undefined)
    throw new TenantbenchError('TB_RESUME_INVALID', {
      detail: 'A load has one clock and cannot be taken up again: start it anew.',
    })
  const of = sessionOf(options, prepared)
  const interrupted = interruptedOf(isResumed ? readJournal(runDir, of) : [])
  await using opened = new AsyncDisposableStack()
  const { folder } = opened.use(
    isResumed ? await claimAgain(runDir) : await claimFolder(runDir, mayNumber),
  )
  let [isFinished, isWanted] = [false, false]
  opened.defer(async () => {
    const isKept = !isFinished && isResumable && scenario.load === undefined && journal.done() > 0
    if (isWanted)
      await rename(join(folder, journalFiles.run), join(folder, everyQuery)).catch(() => undefined)
    if (isKept)
      progress.note(
        `${journal.done()} queries are done and kept; go on with the same flags and --resume: ` +
          `tenantbench run ${scenario.path} --resume ${folder}`,
      )
    else
      for (const file of Object.values(journalFiles)) await rm(join(folder, file), { force: true })
  })
  const journal = opened.use(
    openJournal({ folder, runId, of, clock, keepTexts, doneBefore: interrupted.done.size }),
  )
  const open = new Set(interrupted.openCalls.map(({ requestId }) => requestId))
  const since: UsageEvent[] = []
  const held = opened.move()
  return {
    folder,
    interrupted,
    since,
    journal: {
      ...journal,
      metered(events) {
        journal.metered(events)
        since.push(...events.filter(({ requestId }) => open.has(requestId)))
      },
    },
    finish(keepsQueries = false) {
      isFinished = true
      isWanted = keepsQueries
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

function sessionOf(
  { scenario, live = null }: RunOptions,
  { book, questions }: Prepared,
): SessionOf {
  const asked = [...questions].map(([tenant, own]) => [
    tenant,
    own.map(({ id, text, answers }) => [id, text, answers]),
  ])
  return {
    scenarioSha256: scenario.sha256,
    services: live === null ? 'embedded' : 'live',
    priceBookSha256: book.sha256,
    questionsSha256: sha256(JSON.stringify(asked)),
  }
}
