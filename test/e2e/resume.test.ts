/**
 * A run of sixty cells is killed at random moments and resumed: it completes, no query is asked
 * again that was done, every sample is there once, what was under way counts in cost, and the
 * record is that of a run nobody interrupted. Once here; twenty times by `npm run proof -- resume`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runRecordSchema, type RunRecord } from '../../reports/record/record.ts'
import { randomFor } from '../../src/base/random.ts'
import { openWorkplace, root, runCli, startCli, until, type Workplace } from '../support/cli.ts'

const sixty = join(root, 'test/support/sixty-cells.yaml')
const rounds = Number(process.env['TENANTBENCH_RESUME_KILLS'] ?? 1)
const seed = process.env['TENANTBENCH_RESUME_SEED'] ?? '1'
const queries = 60 * 6

interface Line {
  readonly requestId: string
  readonly costUsd: string
}

const linesOf = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
const doneIn = (folder: string): readonly string[] =>
  linesOf(join(folder, 'journal.jsonl'))
    .filter((line) => line.startsWith('{"kind":"done"') && line.endsWith('}'))
    .map((line) => (JSON.parse(line) as { readonly observed: Line }).observed.requestId)

/**
 * What one seed fixes: everything but times, ids, and the books, in which what was asked twice is
 * billed twice and has lines of its own.
 */
function fixed({
  cells,
  tenants,
  isolation,
  comparison,
  sameQuestion,
  checks,
  verdict,
  exitCode,
  scenarioSha256,
  costByTenant,
}: RunRecord): object {
  const plain = cells.map(
    ({ latencyMs: _latency, ownMs: _own, uncorrectedMs: _uncorrected, ...rest }) => rest,
  )
  const seen = {
    ...isolation,
    boundaries: isolation.boundaries.map((each) =>
      each.boundary === 'cost-lines' ? { ...each, ownSeen: 0 } : each,
    ),
  }
  return {
    cells: plain,
    tenants,
    isolation: seen,
    comparison,
    sameQuestion: sameQuestion.map(({ responseMs: _response, ...rest }) => rest),
    checks: checks.filter(({ id }) => id !== 'cost.reconciliation'),
    verdict,
    exitCode,
    scenarioSha256,
    costByTenant,
  }
}

async function killedAfter(
  place: Workplace,
  args: readonly string[],
  { folder, done }: { readonly folder: string; readonly done: number },
): Promise<void> {
  const { child, ended } = startCli(place, args)
  const before = doneIn(folder).length
  await until(
    `${done} more queries are done`,
    () => doneIn(folder).length >= before + done || child.exitCode !== null,
    60_000,
  )
  process.kill(child.pid ?? 0, 'SIGKILL')
  await ended
  await until('the services are gone', () => place.leftFolders().length === 0, 10_000)
}

it(
  `is completed after ${rounds} kills at random moments, each query asked and counted once`,
  { timeout: 60_000 + rounds * 60_000 },
  async () => {
    using place = openWorkplace()
    const whole = await runCli(place, [
      'run',
      sixty,
      '--json',
      '--out',
      join(place.folder, 'whole'),
    ])
    expect(whole.exitCode, whole.stderr).toBe(0)
    const reference = runRecordSchema.parse(JSON.parse(whole.stdout))
    expect(reference.cells).toHaveLength(60)
    const moments = randomFor(['resume', seed])
    const figures: object[] = []
    for (let round = 0; round < rounds; round++) {
      const folder = join(place.folder, `run-${round}`)
      const done = moments.integer(0, queries - 20)
      await killedAfter(place, ['run', sixty, '--json', '--out', folder], { folder, done })
      const kept = doneIn(folder)
      const resumed = await runCli(place, ['run', sixty, '--json', '--resume', folder])
      expect(
        resumed.exitCode,
        `seed ${seed}, round ${round}, killed after ${kept.length}: ${resumed.stderr}`,
      ).toBe(0)
      const record = runRecordSchema.parse(JSON.parse(resumed.stdout))
      const samples = linesOf(join(folder, 'samples.jsonl')).map((line) => JSON.parse(line) as Line)
      expect(new Set(samples.map(({ requestId }) => requestId)).size).toBe(queries)
      expect(samples).toHaveLength(queries)
      expect(fixed(record)).toEqual(fixed(reference))
      expect(record.interruptions.count).toBe(1)
      // Asked again is only what was not done: this session reports so many of so many.
      expect(resumed.stderr).toContain(
        `${queries - kept.length} of ${queries - kept.length} queries`,
      )
      // What was under way is asked twice and billed twice, by both sets of books.
      expect(
        Math.abs(record.reconciliation.usage?.driftPct ?? Infinity),
        `seed ${seed}, round ${round}`,
      ).toBeLessThan(1)
      if (record.interruptions.queries > 0)
        expect(Number(record.interruptions.usd)).toBeGreaterThan(0)
      expect(existsSync(join(folder, 'journal.jsonl'))).toBe(false)
      figures.push({
        killedAfter: kept.length,
        queriesUnderWay: record.interruptions.queries,
        attemptsUsd: record.interruptions.usd,
        driftPct: record.reconciliation.usage?.driftPct,
      })
    }
    const out = process.env['TENANTBENCH_OUT']
    if (out !== undefined)
      writeFileSync(out, JSON.stringify({ cells: 60, queries, kills: figures }))
  },
)

it(
  'is resumed again after a second kill, and told what cannot be resumed',
  { timeout: 120_000 },
  async () => {
    using place = openWorkplace()
    const folder = join(place.folder, 'run')
    await killedAfter(place, ['run', sixty, '--out', folder], { folder, done: 60 })
    await killedAfter(place, ['run', sixty, '--resume', folder], { folder, done: 60 })
    const other = await runCli(place, ['run', sixty, '--resume', folder, '--seed', '99'])
    expect({ exitCode: other.exitCode, stderr: other.stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('TB_RESUME_INVALID') as string,
    })
    const resumed = await runCli(place, ['run', sixty, '--resume', folder, '--json'])
    const record = runRecordSchema.parse(JSON.parse(resumed.stdout))
    expect({ verdict: record.verdict, sessions: record.interruptions.count }).toEqual({
      verdict: 'pass',
      sessions: 2,
    })
    expect(linesOf(join(folder, 'samples.jsonl'))).toHaveLength(queries)
    for (const wrong of [folder, join(place.folder, 'nowhere')])
      expect((await runCli(place, ['run', sixty, '--resume', wrong])).exitCode).toBe(2)
    mkdirSync(join(place.folder, 'empty'))
    expect(
      (await runCli(place, ['run', sixty, '--resume', join(place.folder, 'empty')])).exitCode,
    ).toBe(2)
  },
)

it(
  'keeps what is done when it is interrupted by hand, and says how to go on',
  { timeout: 60_000 },
  async () => {
    using place = openWorkplace()
    const folder = join(place.folder, 'run')
    const { child, ended } = startCli(place, ['run', sixty, '--out', folder])
    await until('some queries are done', () => doneIn(folder).length >= 30, 30_000)
    process.kill(child.pid ?? 0, 'SIGINT')
    const { exitCode, stderr } = await ended
    expect(exitCode).toBe(130)
    expect(stderr).toContain(`--resume ${folder}`)
    expect(doneIn(folder).length).toBeGreaterThanOrEqual(30)
  },
)
