/**
 * A month of the user's own, through the real command line: within 5 % ready, beyond 10 % stop;
 * whose it is stands beside it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Readiness } from '../../harness/readiness/readiness.ts'
import { openWorkplace, runCli } from '../support/cli.ts'

// 2,000,000 tokens in and 500,000 out of gpt-4o-mini: $0.30 + $0.30 at list prices; 10,000 reranks:
// $20.
const usage = [
  'occurredAt,tenant,provider,sku,unit,quantity',
  '2026-10-03T10:00:00Z,acme,openai,gpt-4o-mini,input-tokens,1500000',
  '2026-10-31T23:59:59Z,globex,openai,gpt-4o-mini,input-tokens,500000',
  '2026-10-15T10:00:00Z,acme,openai,gpt-4o-mini,output-tokens,500000',
  '2026-10-15T10:00:00Z,acme,pinecone,bge-reranker-v2-m3,rerank-requests,10000',
].join('\n')

async function judged(
  bill: string,
): Promise<{ readonly exitCode: number | null; readonly said: Readiness }> {
  using place = openWorkplace()
  const [usageFile, billFile] = [join(place.folder, 'usage.csv'), join(place.folder, 'bill.csv')]
  writeFileSync(usageFile, usage)
  writeFileSync(billFile, `component,usd\n${bill}`)
  const { exitCode, stdout } = await runCli(place, [
    'readiness',
    '--usage',
    usageFile,
    '--bill',
    billFile,
    '--json',
    '--out',
    join(place.folder, 'run'),
  ])
  return { exitCode, said: JSON.parse(stdout) as Readiness }
}

describe('a month of your own', () => {
  it.each([
    {
      what: '4 % off',
      bill: 'openai.chat,0.60\npinecone.rerank,20.8',
      exitCode: 0,
      verdict: 'ready',
      ofCheck: 'pass',
    },
    {
      what: 'a component that was never metered',
      bill: 'openai.chat,0.60\npinecone.rerank,20\nopenai.embeddings,4',
      exitCode: 1,
      verdict: 'stop',
      ofCheck: 'fail',
    },
  ])('$what: $verdict', async ({ bill, exitCode, verdict, ofCheck }) => {
    const ended = await judged(bill)
    expect({ exitCode: ended.exitCode, verdict: ended.said.verdict }).toEqual({ exitCode, verdict })
    const own = ended.said.checks.find(({ id }) => id === 'cost.reconciliation')
    expect(own?.verdict).toBe(ofCheck)
    expect(own?.evidence).toMatch(/^Your 2026-10 \(4 lines of usage, 2 tenants/)
    expect(
      ended.said.checks.find(({ id }) => id === 'cost.reconciliation.reference')?.verdict,
    ).toBe('pass')
    expect(ended.said.notExamined).toContain('your usage against your bill')
  })
})
