/** `tenantbench bench`. */
import { availableParallelism, cpus } from 'node:os'
import { systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { newSuffix } from '../../../src/base/random.ts'
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'
import { installSchema, openProviders } from '../../../src/index.ts'
import type { BenchReport } from '../../../reports/record/bench-report.ts'
import { databaseCases } from '../../bench/database-cases.ts'
import { benchChunks, prepareBenchDatabase } from '../../bench/fixture.ts'
import { simulateCases } from '../../bench/simulate-cases.ts'
import { httpContest } from '../bench/http-contest.ts'
import { simulateContenders } from '../bench/simulate-contenders.ts'
import { oracleCase } from '../../bench/oracle-case.ts'
import { tokenCase, vectorCases } from '../../bench/other-cases.ts'
import { runCase, type BenchCase, type BenchResult } from '../../bench/ratio.ts'
import { startServices, type Services } from '../../services/services.ts'
import { createLeakOracle } from '../../oracle/leak-oracle.ts'
import { canariesFor } from '../../workload/canary.ts'
import {
  openReferenceTarget,
  type ReferenceTarget,
} from '../../target/reference/reference-target.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { refuseExisting, writeNew } from '../recorded-run.ts'
import { codeVersion } from '../version.ts'

const models = {
  embedding: { model: 'text-embedding-3-small', dimensions: 512 },
  reranker: 'bge-reranker-v2-m3',
}
const capacity = { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 }
const config = { model: 'gpt-4o-mini', topK: 5, rerank: false, monthlyBudgetUsd: null }

const contestId = 'load'
/** Needs no services: asked for alone, none are started. */
const simulateId = 'simulate'
/**
 * A contest takes some ten times as long as a round of another case, and says enough after five.
 */
const [contestRounds, mostContestRounds] = [10, 5] as const

/** The command. */
export const benchCommand: Command = {
  build: (yargs) =>
    yargs
      .option('rounds', { type: 'number', default: 15, describe: 'Rounds of each case' })
      .option('round-ms', {
        type: 'number',
        default: 200,
        describe: 'Milliseconds for each side of a round',
      })
      .option('database-url', {
        type: 'string',
        describe:
          'A PostgreSQL 15+ server instead of the embedded one (or TENANTBENCH_DATABASE_URL)',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the results as JSON' })
      .option('only', {
        type: 'string',
        describe: 'Only cases whose id begins like this, e.g. load',
      })
      .option('out', {
        type: 'string',
        describe: 'A new file for the same JSON, which `compare` reads',
      })
      .example('$0 bench', 'All cases on embedded services')
      .example('$0 bench --rounds 5 --json', 'A quick look, as JSON')
      .example(
        '$0 bench --out new-bench.json',
        'To be compared: tenantbench compare base-bench.json new-bench.json',
      ),
  async execute(given, environment) {
    using lifetime = watchLifetime(systemClock)
    const databaseUrl = databaseUrlFrom(given, environment, {})
    for (const flag of ['rounds', 'round-ms']) {
      if (!(Number(given[flag]) >= 1))
        throw new TenantbenchError('TB_USAGE', { detail: `--${flag} is a number of at least 1.` })
    }
    if (typeof given['out'] === 'string') await refuseExisting(given['out'])
    const only = typeof given['only'] === 'string' ? given['only'] : ''
    const faults = { abortedStreams: 0, lateEvents: 0, throttled: 0 }
    const results: BenchResult[] = []
    const onResult = (result: BenchResult): void => {
      results.push(result)
      process.stderr.write(`${lineOf(result)}\n`)
    }
    const [rounds, roundMs] = [Number(given['rounds']), Number(given['round-ms'])]
    // First and alone: it needs both processors.
    if (contestId.startsWith(only) || only.startsWith(contestId))
      await httpContest({
        rounds: Math.min(rounds, mostContestRounds),
        seconds: (contestRounds * roundMs) / 1_000,
        signal: lifetime.signal,
        onResult,
      })
    const simulations = simulateCases(await simulateContenders())
    for (const each of simulations.filter(({ id }) => id.startsWith(only))) {
      lifetime.signal.throwIfAborted()
      onResult(await runCase(each, { rounds, roundMs }))
    }
    if (!only.startsWith(contestId) && !only.startsWith(simulateId)) {
      await using services = await startServices(
        {
          runId: `bench_${newSuffix()}`,
          seed: 1,
          timeScale: 0,
          faults,
          namespacesPerIndex: 100,
          databaseUrl,
        },
        systemClock,
      )
      await withCases(services, async (cases) => {
        for (const each of cases.filter(({ id }) => id.startsWith(only))) {
          lifetime.signal.throwIfAborted()
          onResult(await runCase(each, { rounds, roundMs }))
        }
      })
    }
    if (results.length === 0)
      throw new TenantbenchError('TB_USAGE', {
        detail: `--only ${JSON.stringify(only)}: no case begins like that.`,
      })
    const text = `${JSON.stringify(await reportOf(results, Number(given['round-ms'])), null, 2)}\n`
    if (typeof given['out'] === 'string') await writeNew(given['out'], text)
    if (given['json'] === true) process.stdout.write(text)
    return 0
  },
}

/** With what a later comparison must know: which code, and which machine. */
async function reportOf(results: readonly BenchResult[], roundMs: number): Promise<BenchReport> {
  const environment = {
    node: process.version,
    platform: process.platform,
    architecture: process.arch,
    processors: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
  }
  return {
    benchVersion: 1,
    code: await codeVersion(),
    environment,
    roundMs,
    cases: results.map((each) => ({ ...each, ratios: [...each.ratios] })),
  }
}

async function withCases(
  services: Services,
  work: (cases: readonly BenchCase[]) => Promise<void>,
): Promise<void> {
  const { adminUrl, openai, anthropic, pinecone } = services.addresses
  const logins = await installSchema(adminUrl, systemClock)
  await using target = await openReferenceTarget({
    logins,
    endpoints: { openai, anthropic, pinecone },
    models,
    capacity,
    indexPrefix: 'bench',
    clock: systemClock,
    maxConnections: 4,
  })
  const tenantIds = ['bench-a', 'bench-b'].map(parseTenantId)
  for (const id of tenantIds) await target.signUp({ id, name: id, tier: 'bench', config })
  const database = await prepareBenchDatabase({ adminUrl, tenants: target.database, tenantIds })
  try {
    const { vectors } = openProviders({ openai, anthropic, pinecone }, systemClock)
    await work([
      ...databaseCases(database),
      await leakOracleCase(target, tenantIds[0] as TenantId),
      tokenCase(),
      ...(await vectorCases(vectors, 'bench-sizes')),
    ])
  } finally {
    await database.admin.close()
  }
}

const oracleTenants = 1_000
const benchDocuments = 40

/** A query with reranking over a corpus of its own, as one of a thousand tenants. */
async function leakOracleCase(target: ReferenceTarget, near: TenantId): Promise<BenchCase> {
  const canaries = canariesFor(
    1,
    Array.from({ length: oracleTenants }, (_each, at) => `tenant-${at}`),
  )
  const [[tenant = '', canary = ''] = []] = [...canaries]
  const id = parseTenantId(tenant)
  const documents = benchChunks(near, benchDocuments).map(({ id: name, body }) => ({
    id: name,
    title: `Letter ${name} (${canary})`,
    text: body,
  }))
  await target.signUp({ id, name: tenant, tier: 'bench', config: { ...config, rerank: true } })
  const { chunkIds } = await target.ingest(id, documents, canary)
  const oracle = createLeakOracle(
    [...canaries].map(([name, mark]) => ({
      tenant: name,
      canary: mark,
      identifiers: name === tenant ? chunkIds : [],
    })),
    target.shows,
  )
  let asked = 0
  const ask = (): ReturnType<typeof target.ask> =>
    target.ask({
      tenantId: id,
      requestId: `oracle-${asked++}`,
      text: 'When is the engagement letter closed?',
      variant: null,
    })
  const { crossings } = await ask()
  return oracleCase({
    tenants: oracleTenants,
    ask,
    search: () => oracle.observe(crossings, { tenant, requestId: null, check: null, bait: null }),
  })
}

function lineOf({ id, ratio, against, spreadPct, goal, rounds, figures }: BenchResult): string {
  const rates =
    figures === undefined
      ? ''
      : ` (here ${figures.oursPerSecond} against ${figures.peerPerSecond} a second)`
  return (
    `${id.padEnd(28)} ${ratio.toFixed(2)} of ` +
    `${against}${rates}${goal === null ? '' : ` (goal ${goal.toFixed(2)})`}; spread ` +
    `${spreadPct.toFixed(0)} % over ${rounds} rounds`
  )
}
