/** `tenantbench reconcile` and `prices`, as a user runs them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ReconcileReport } from '../../reports/reconcile/reconcile-report.ts'
import { openWorkplace, runCli } from '../support/cli.ts'

const small = ['--tenants', '5', '--queries', '300', '--seed', '3']

async function simulated(
  ...more: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly report: ReconcileReport }> {
  using place = openWorkplace()
  const { exitCode, stdout } = await runCli(place, ['reconcile', ...small, ...more, '--json'])
  return { exitCode, report: JSON.parse(stdout) as ReconcileReport }
}

describe('a simulated month through PostgreSQL', () => {
  it('passes with honest books, closes to the pico-dollar, and a tenant reads its own ledger', async () => {
    const { exitCode, report } = await simulated()
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({
      month: '2026-10',
      subject: 'simulated bills',
      verdict: 'pass',
      closes: { ledger: true, causes: true, bill: true },
      simulation: { fault: null, ownLedgerAgrees: true },
    })
    expect(report.tenants).toHaveLength(5)
  })

  it('stops for retries that are billed twice, and says so', async () => {
    const { exitCode, report } = await simulated('--fault', 'retries-billed-twice')
    expect({
      exitCode,
      verdict: report.verdict,
      first: report.causes[0]?.cause,
      gap: Number(report.gapUsd).toFixed(6),
    }).toEqual({
      exitCode: 1,
      verdict: 'stop',
      first: 'duplicated',
      gap: Number(report.simulation?.expectedGapUsd).toFixed(6),
    })
    expect(report.causes[0]?.where[0]?.why).toMatch(/retried/)
  })

  it('sees at which hour a provider cuts its days', async () => {
    const { report } = await simulated('--fault', 'local-midnight')
    expect(report.dayBegins).toEqual([{ provider: 'openai', hours: 8 }])
  })
})

const usage = [
  'occurredAt,tenant,provider,sku,unit,quantity',
  '2026-10-03T10:00:00Z,acme,openai,gpt-4o-mini,input-tokens,15000000',
  '2026-10-03T11:00:00Z,globex,openai,gpt-4o-mini,input-tokens,5000000',
].join('\n')

/** Costs of that use: 3.00 dollars by the list. */
function costs(value: string, quantity: string): string {
  const start = Date.UTC(2026, 9, 3) / 1_000
  return (
    `{"object":"page","has_more":false,"data":[{"object":"bucket","start_time":${start}` +
    `,"end_time":${start + 86_400}` +
    `,"results":[\n{"object":"organization.costs.result","amount":{"value":${value}` +
    ',"currency":"usd"},"line_item":"gpt-4o-mini-2024-07-18, ' +
    `input","quantity":${quantity}}]}]}`
  )
}

async function ownMonth(
  bill: string,
  ...more: readonly string[]
): Promise<{
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly focus: string | null
}> {
  using place = openWorkplace()
  const [usageFile, billFile, focusFile] = [
    join(place.folder, 'usage.csv'),
    join(place.folder, 'costs.json'),
    join(place.folder, 'focus.csv'),
  ]
  writeFileSync(usageFile, usage)
  writeFileSync(billFile, bill)
  const ended = await runCli(place, [
    'reconcile',
    '--usage',
    usageFile,
    '--bill',
    billFile,
    ...more.map((each) => (each === 'FOCUS' ? focusFile : each)),
  ])
  return { ...ended, focus: existsSync(focusFile) ? readFileSync(focusFile, 'utf8') : null }
}

describe('a month of your own', () => {
  it('passes, and is exported as FOCUS', async () => {
    const { exitCode, stdout, focus } = await ownMonth(costs('3', '20000000'), '--focus', 'FOCUS')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/your bills/)
    expect(stdout).toMatch(/PASS: within 5 %/)
    expect(focus).toMatch(/2\.25,.*,direct,.*,acme,acme/)
  })

  it('stops for another price, and names product, day and reason', async () => {
    const { exitCode, stdout } = await ownMonth(costs('6', '20000000'))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /price +-\$3\.00, most of it openai\.chat gpt-4o-mini-2024-07-18 2026-10-03/,
    )
    expect(stdout).toMatch(/STOP: more than 10 % off/)
  })

  it('of a malformed bill tells every fault with its line, and reads nothing', async () => {
    const { exitCode, stderr, stdout } = await ownMonth(costs('NaN', '-1'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/costs\.json/)
    expect(stderr).toMatch(/TB_BILL_INVALID/)
  })

  it.each([
    [['reconcile', '--usage', 'x.csv'], 2, /--usage and --bill go together/],
    [['reconcile', '--fault', 'nothing'], 2, /fault/],
    [['reconcile', '--tenants', '0'], 2, /--tenants is a whole number/],
    [['reconcile', '--month', '2026-13'], 2, /--month is a month/],
    [['prices', 'explain', 'gpt-9'], 2, /has no "gpt-9"/],
    [['prices', 'list', './none'], 2, /cannot be read/],
    [['prices', 'list', '--on', '2026-02-30'], 2, /--on is a day/],
    [['prices', 'explain', 'gpt-4o', '--usage', 'read-units=1'], 3, /no price/],
  ])('%j ends with %i', async (args, code, said) => {
    using place = openWorkplace()
    const { exitCode, stderr } = await runCli(place, args)
    expect({ exitCode, stderr }).toEqual({
      exitCode: code,
      stderr: expect.stringMatching(said) as string,
    })
  })
})

describe('prices', () => {
  it.each([
    [['list'], /m11-2023/],
    [
      ['explain', 'gpt-4o', '--on', '2024-06-01', '--usage', 'input-tokens=1200'],
      /it stands for gpt-4o-2024-05-13[\s\S]*= \$0\.006/,
    ],
    [['diff', 'list-2026-11', 'list-2026-11'], /ask the same at any time/],
    [['check'], /no fault/],
  ])('%j', async (args, said) => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, ['prices', ...args])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(said)
  })
})
