/**
 * Load through the real command line, against services of which it is known what they do: what a
 * stall costs everybody is reported as the stall's own schedule has it, and whatever keeps figures
 * from being right is said.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeRecord } from '../../reports/record/codec.ts'
import type { RecordLoad, RunRecord } from '../../reports/record/record.ts'
import {
  openWorkplace,
  root,
  runCli,
  startCli,
  until,
  type Ended,
  type Workplace,
} from '../support/cli.ts'
import { smallScenario } from '../support/run-small.ts'
import type { Stalling, StallReport } from '../support/stalling-service.ts'

const node = join(root, 'node_modules/.bin/node')

/** Starts a service in a process of its own; gone at the end. */
async function withService<T>(
  args: readonly string[],
  work: (url: string) => Promise<T>,
): Promise<T> {
  const child = spawn(node, args, {
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    return await work(/http:\S+/.exec(String(said))?.[0] ?? '')
  } finally {
    child.kill('SIGKILL')
  }
}

const stalling = (how: Stalling): readonly string[] => [
  join(root, 'test/support/stalling-service.ts'),
  JSON.stringify(how),
]

function tenantLine(id: string): string {
  return (
    `  - { id: ${id}, name: Tenant ${id}, tier: pro, corpus: { kind: generated, theme: ` +
    'law, documents: 4, words: [60, 120] }, current: { model: gpt-4o-mini, topK: 4, ' +
    'rerank: true }, monthlyBudgetUsd: "100", queriesPerMonth: 1000, qualityFloor: 0.5, ' +
    'latencyObjectiveMs: 20000 }'
  )
}

/** A scenario of a service under load, written into the workplace. */
function scenarioIn(place: Workplace, url: string, load: string): string {
  const path = join(place.folder, 'load.yaml')
  writeFileSync(
    path,
    `name: load
description: A service under load.
seed: 7
trials: 1
priceBook: list-2026-11
workload: { questions: 8, shared: 2, bait: 2, unanswerable: 1 }
load: ${load}
target:
  http:
    baseUrl: ${url}
    timeoutMs: 20000
    ingest: { method: POST, path: /documents, body: { tenant: '{{tenant}}', text: '{{document.text}}' } }
    query: { method: POST, path: /ask, body: { tenant: '{{tenant}}', question: '{{question}}' }, response: { answer: /answer } }
tenants:
${tenantLine('A')}
${tenantLine('B')}
`,
  )
  return path
}

interface Loaded extends Ended {
  readonly record: RunRecord | null
  /** Throws where there is no record of a load. */
  load(): RecordLoad
}

async function runLoad(place: Workplace, args: readonly string[]): Promise<Loaded> {
  const folder = join(place.folder, 'run')
  const ended = await runCli(place, ['run', ...args, '--out', folder])
  const file = join(folder, 'run.json')
  const record = existsSync(file) ? decodeRecord(readFileSync(file, 'utf8')) : null
  return {
    ...ended,
    record,
    load() {
      if (record?.load == null)
        throw new Error(`no load in the record:\n${ended.stdout}\n${ended.stderr}`)
      return record.load
    },
  }
}

/**
 * What is told of a load that may not be trusted, in the record and as a check: both or neither.
 */
function expectHonest(loaded: Loaded): void {
  const { verdict, reason } = loaded.load()
  const check = loaded.record?.checks.find(({ id }) => id === 'load.generator')
  if (verdict === 'valid') expect(check?.verdict).toBe('pass')
  else
    expect({
      check: check?.verdict,
      exitCode: loaded.exitCode,
      says: check?.evidence.includes(reason),
      isEmpty: reason === '',
    }).toEqual({ check: 'invalid', exitCode: 3, says: true, isEmpty: false })
}

// One stall here; three by `npm run proof -- load`.
const seconds = 10 * Number(process.env['TENANTBENCH_STALLS'] ?? 1) + 2
const figures: Record<string, object> = {}
afterAll(() => {
  const out = process.env['TENANTBENCH_OUT']
  if (out !== undefined) writeFileSync(out, JSON.stringify(figures))
})

describe('a service that stalls for 1.4 s every 10 s', () => {
  /**
   * The p99 of all arrivals, as the stalls alone have it: who was to be asked in one waits for its
   * end.
   */
  function p99Of({ stalls }: StallReport, atMs: readonly number[]): number {
    const waits = atMs.map((at) =>
      Math.max(
        0,
        ...stalls
          .filter(({ fromMs, untilMs }) => fromMs <= at && at < untilMs)
          .map(({ untilMs }) => untilMs - at),
      ),
    )
    return waits.toSorted((one, other) => one - other)[Math.ceil(0.99 * waits.length) - 1] ?? 0
  }

  it('has the p99 that its stalls make, and the one of a naive generator beside it', async () => {
    using place = openWorkplace()
    await withService(stalling({ everyMs: 10_000, stallMs: 1_400 }), async (url) => {
      const loaded = await runLoad(place, [
        scenarioIn(
          place,
          url,
          `{ durationSeconds: ${seconds}, arrivals: { kind: constant, ratePerSecond: 500 }, maxInFlight: 16 }`,
        ),
      ])
      const { total, planned, counted } = loaded.load()
      const report = (await (await fetch(`${url}/stalls`)).json()) as StallReport
      expect(report.stalls.length).toBeGreaterThan(0)
      const computed = p99Of(
        report,
        Array.from({ length: planned }, (_each, at) => 2 * at),
      )
      const reported = total.latencyMs.p99 ?? 0
      const naive = total.uncorrectedMs.p99 ?? Infinity
      console.log(
        `p99 ${reported.toFixed(0)} ms, computed ${computed.toFixed(0)} ms, uncorrected ` +
          `${naive.toFixed(1)} ms; send lag p99 ${loaded.load().sendLagMs.p99?.toFixed(2)} ms`,
      )
      expect({ planned, counted, asked: report.questions, answered: total.answered }).toEqual({
        planned: 500 * seconds,
        counted: 500 * seconds,
        asked: 500 * seconds,
        answered: 500 * seconds,
      })
      expect(computed).toBeGreaterThan(1_000)
      // What the generator itself was late by is in the one figure and not in the other.
      const lagMs = loaded.load().sendLagMs.p99 ?? 0
      expect(Math.abs(reported - computed)).toBeLessThan(0.05 * computed + lagMs)
      expect(naive).toBeLessThan(0.2 * computed)
      figures['stall'] = {
        seconds,
        ratePerSecond: 500,
        stalls: report.stalls.length,
        p99Ms: reported,
        computedP99Ms: computed,
        offPct: 100 * (reported / computed - 1),
        uncorrectedP99Ms: naive,
        sendLagP99Ms: loaded.load().sendLagMs.p99,
      }
      expect(total.held).toBeGreaterThan(500)
      expectHonest(loaded)
    })
  })
})

describe('a plain service', () => {
  it('at 1,000 requests a second: the generator keeps up, or says that it did not', async () => {
    using place = openWorkplace()
    await withService(stalling({}), async (url) => {
      const loaded = await runLoad(place, [
        scenarioIn(
          place,
          url,
          '{ durationSeconds: 6, warmupSeconds: 1, arrivals: { kind: poisson, ratePerSecond: 1000 } }',
        ),
      ])
      const {
        verdict,
        reason,
        sendLagMs,
        eventLoopDelayMs,
        achievedPerSecond,
        requestedPerSecond,
        isThreaded,
        generators,
        total,
        planned,
        counted,
      } = loaded.load()
      console.log(
        `${verdict}: ${reason}; send lag p99 ${sendLagMs.p99?.toFixed(2)} ms, event loop p99 ` +
          `${eventLoopDelayMs.p99.toFixed(2)} ms, ${achievedPerSecond.toFixed(0)} of ` +
          `${requestedPerSecond.toFixed(0)} a second`,
      )
      figures['thousandPerSecond'] = {
        verdict,
        sendLagP99Ms: sendLagMs.p99,
        sendLagMaxMs: sendLagMs.max,
        eventLoopDelayP99Ms: eventLoopDelayMs.p99,
        achievedPerSecond,
        requestedPerSecond,
        latencyP99Ms: total.latencyMs.p99,
      }
      expectHonest(loaded)
      const keptUp =
        (sendLagMs.p99 ?? Infinity) <= Math.max(5, 0.01 * (total.latencyMs.p50 ?? 0)) &&
        achievedPerSecond >= 0.95 * requestedPerSecond
      expect(verdict).toBe(keptUp ? 'valid' : 'invalid')
      expect({ isThreaded, generators, all: total.answered + total.failed }).toEqual({
        isThreaded: true,
        generators: 1,
        all: counted,
      })
      expect(planned - counted).toBeGreaterThan(800)
    })
  })

  it('at a rate that no generator here keeps is invalid, with the reason, and ends with 3', async () => {
    using place = openWorkplace()
    await withService(stalling({}), async (url) => {
      const loaded = await runLoad(place, [
        scenarioIn(
          place,
          url,
          '{ durationSeconds: 0.1, arrivals: { kind: constant, ratePerSecond: 60000 }, maxInFlight: 100000 }',
        ),
      ])
      expect(loaded.load()).toMatchObject({
        verdict: 'invalid',
        reason: expect.stringMatching(
          /the generator sent late|requests a second were sent/,
        ) as string,
        counted: 6_000,
      })
      expectHonest(loaded)
      expect(loaded.stdout).toMatch(/INVALID +No figure of time counts/)
    })
  })
})

describe('a service that does not answer', () => {
  it('any more: who waited in vain has timed out, and that is no pass', async () => {
    using place = openWorkplace()
    await withService(stalling({ mostAnswers: 100 }), async (url) => {
      const loaded = await runLoad(place, [
        scenarioIn(
          place,
          url,
          '{ durationSeconds: 2, arrivals: { kind: constant, ratePerSecond: 100 }, timeoutMs: 700 }',
        ),
      ])
      expect(loaded.load()).toMatchObject({
        planned: 200,
        counted: 200,
        total: { answered: 100, failed: 100, timedOut: 100, dropped: 0 },
      })
      expect(loaded.load().total.failuresMs.p50).toBeGreaterThanOrEqual(700)
      expect(loaded.exitCode).toBeGreaterThan(0)
    })
  })

  it('at all: what was sent has timed out, what found no place was dropped, and it is no pass', async () => {
    using place = openWorkplace()
    await withService(stalling({ mostAnswers: 0 }), async (url) => {
      const loaded = await runLoad(place, [
        scenarioIn(
          place,
          url,
          '{ durationSeconds: 1, arrivals: { kind: constant, ratePerSecond: 100 }, timeoutMs: 500, maxInFlight: 8 }',
        ),
      ])
      expect(loaded.exitCode, loaded.stdout).toBeGreaterThan(0)
      expect(loaded.record?.verdict).not.toBe('pass')
      expect(loaded.load()).toMatchObject({
        planned: 100,
        counted: 100,
        answeredPerSecond: 0,
        total: { answered: 0, failed: 100, timedOut: 8, dropped: 92 },
      })
    })
  })

  it('does not keep an interrupted run: it ends soon, and nothing is left', async () => {
    using place = openWorkplace()
    await withService(stalling({ mostAnswers: 0 }), async (url) => {
      const { child, ended } = startCli(place, [
        'run',
        scenarioIn(
          place,
          url,
          '{ durationSeconds: 300, arrivals: { kind: constant, ratePerSecond: 50 } }',
        ),
        '--out',
        join(place.folder, 'run'),
      ])
      const questions = async (): Promise<number> =>
        ((await (await fetch(`${url}/stalls`)).json()) as StallReport).questions
      while ((await questions()) < 5) await new Promise((resolve) => setTimeout(resolve, 50))
      child.kill('SIGINT')
      let exitCode: number | null | undefined
      void ended.then((how) => (exitCode = how.exitCode))
      await until('the end', () => exitCode !== undefined, 10_000)
      expect(exitCode).toBe(130)
      expect(place.leftProcesses()).toEqual([])
    })
  })
})

it('a leak under load is a leak: 4, with its witness', async () => {
  using place = openWorkplace()
  await withService([join(root, 'examples/http-target/service.ts')], async (url) => {
    const loaded = await runLoad(place, [
      join(root, 'examples/http-target/scenario.yaml'),
      '--set',
      `target.http.baseUrl=${url}`,
      '--set',
      'load={ durationSeconds: 2, arrivals: { kind: constant, ratePerSecond: 30 }, workers: 2 }',
    ])
    expect(loaded.exitCode, loaded.stdout).toBe(4)
    expect(loaded.record).toMatchObject({
      verdict: 'leak',
      load: { generators: 2, isThreaded: true, counted: 60 },
    })
    expect(loaded.record?.isolation.leaks).toBeGreaterThan(0)
    expect(
      loaded.record?.checks.find(({ id }) => id === 'isolation.no-foreign-mark')?.evidence,
    ).toMatch(/foreign marks crossed, at .*in query (\w+)\.\w+\.[\w-]+\.\d+/)
  })
})

describe('a load that is written wrongly', () => {
  const arrivals = 'arrivals: { kind: constant, ratePerSecond: 10 }'
  it.each([
    [
      'a key that there is not',
      `{ durationSeconds: 1, ${arrivals}, sped: 3 }`,
      /line 7: load\.sped: unknown key/,
    ],
    ['no duration', `{ ${arrivals} }`, /line 7: load\.durationSeconds: /],
    [
      'no such arrivals',
      '{ durationSeconds: 1, arrivals: { kind: monthly, ratePerSecond: 10 } }',
      /line 7: load\.arrivals\.kind: /,
    ],
    [
      'a rate below zero',
      '{ durationSeconds: 1, arrivals: { kind: poisson, ratePerSecond: -1 } }',
      /line 7: load\.arrivals\.ratePerSecond: /,
    ],
    [
      'warm-up that never ends',
      `{ durationSeconds: 1, warmupSeconds: 1, ${arrivals} }`,
      /line 7: load\.warmupSeconds: /,
    ],
    [
      'a neighbour that there is not',
      `{ durationSeconds: 9, ${arrivals}, aggressor: { tenant: Z, ratePerSecond: 5, onSeconds: 1, offSeconds: 1 } }`,
      /line 7: load\.aggressor\.tenant: there is no tenant "Z"/,
    ],
  ])('%s: 2, with path and line, and nobody is asked', async (_what, load, says) => {
    using place = openWorkplace()
    const { exitCode, stderr, record } = await runLoad(place, [
      scenarioIn(place, 'http://127.0.0.1:9', load),
    ])
    expect({ exitCode, record }, stderr).toEqual({ exitCode: 2, record: null })
    expect(stderr).toMatch(says)
  })
})

describe('the reference system', () => {
  const load =
    'load={ durationSeconds: 6, warmupSeconds: 1, arrivals: { kind: poisson, ratePerSecond: 3 } }'

  it('with services faster than they would be makes no queue, and is refused', async () => {
    using place = openWorkplace()
    const { exitCode, stderr } = await runLoad(place, [smallScenario, '--set', load])
    expect(exitCode, stderr).toBe(2)
    expect(stderr).toMatch(/line \d+: timeScale: under load it is 1/)
    expect(place.leftFolders()).toEqual([])
  })

  it('under load shows every stage, what it cost, and no leak', async () => {
    using place = openWorkplace()
    const loaded = await runLoad(place, [smallScenario, '--set', 'timeScale=1', '--set', load])
    const { total, cells, noisyNeighbour, saturation } = loaded.load()
    expect([0, 3], loaded.stderr).toContain(loaded.exitCode)
    expectHonest(loaded)
    expect(total.stages.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['embed', 'retrieve', 'hydrate', 'firstToken', 'lastToken']),
    )
    expect(total.stages.find(({ stage }) => stage === 'embed')?.count).toBe(total.answered)
    expect([total.failed, noisyNeighbour, saturation]).toEqual([0, null, null])
    expect(cells.reduce((sum, { answered }) => sum + answered, 0)).toBe(total.answered)
    const asked = loaded.record?.cells.filter(({ queries }) => queries > 0) ?? []
    expect(asked.map(({ id }) => id).toSorted()).toEqual(cells.map(({ cell }) => cell).toSorted())
    for (const {
      latencySource,
      costPerQueryUsd: { mean, reason },
      failures,
    } of asked)
      expect({ latencySource, reason, hasCost: Number(mean) > 0, failures }).toEqual({
        latencySource: 'modelled+measured',
        reason: null,
        hasCost: true,
        failures: 0,
      })
    expect(loaded.record).toMatchObject({
      isolation: { leaks: 0 },
      timeScale: 1,
      subject: { kind: 'reference' },
    })
    expect(loaded.record?.isolation.checks).toBeGreaterThan(0)
    expect(place.leftFolders()).toEqual([])
  })
})
