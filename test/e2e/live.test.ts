/**
 * Live services, chosen by a flag: local vendors stand in for the vendors themselves, reached by
 * the scenario's gateways with keys from the environment. What is missing is told first; what was
 * made is removed; a cap is held.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startVendors, type Vendors } from '../../harness/services/vendors/server.ts'
import { runRecordSchema } from '../../reports/record/record.ts'
import { systemClock } from '../../src/base/clock.ts'
import { openWorkplace, runCli } from '../support/cli.ts'
import { smallScenario } from '../support/run-small.ts'

const gateways = ({ endpoints: { openai, anthropic, pinecone } }: Vendors): readonly string[] => [
  '--set',
  `live={ openai: "${openai.baseUrl}", anthropic: "${anthropic.baseUrl}", pinecone: "${pinecone.baseUrl}" }`,
]

it(
  'are asked with the keys given, measured and not modelled, and left as they were',
  { timeout: 60_000 },
  async () => {
    using place = openWorkplace()
    await using vendors = await startVendors({
      seed: 1,
      timeScale: 0,
      faults: { abortedStreams: 0, lateEvents: 0, throttled: 0 },
      namespacesPerIndex: 100,
      clock: systemClock,
    })
    const { openai, anthropic, pinecone } = vendors.endpoints
    const keys = {
      OPENAI_API_KEY: openai.apiKey,
      ANTHROPIC_API_KEY: anthropic.apiKey,
      PINECONE_API_KEY: pinecone.apiKey,
    }
    const args = ['run', smallScenario, '--services', 'live', ...gateways(vendors), '--json']
    const without = await runCli(place, args)
    expect({ exitCode: without.exitCode, stderr: without.stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(
        /OPENAI_API_KEY is not set[^]*ANTHROPIC_API_KEY is not set[^]*PINECONE_API_KEY is not set/,
      ) as string,
    })
    const uncapped = await runCli(place, args, keys)
    expect({ exitCode: uncapped.exitCode, stderr: uncapped.stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('--max-spend') as string,
    })
    const { exitCode, stdout, stderr } = await runCli(
      place,
      [...args, '--max-spend', '5', '--out', join(place.folder, 'run')],
      keys,
    )
    expect(exitCode, stderr).toBe(0)
    const record = runRecordSchema.parse(JSON.parse(stdout))
    expect({
      services: record.services,
      sources: [
        ...new Set(
          record.cells.map(
            ({ latencySource, quality, tokens }) =>
              `${latencySource} ${quality.source} ${tokens.source}`,
          ),
        ),
      ],
      bill: record.notExamined.map(({ id }) => id),
    }).toEqual({
      services: 'live',
      sources: ['measured measured metered'],
      bill: ['cost.reconciliation'],
    })
    expect(vendors.world.served.filter(({ operation }) => operation === 'chat')).toHaveLength(48)
    // What the run made there is gone, and no key stands in what it wrote or said.
    expect(vendors.indexes.totalBytes()).toBe(0)
    for (const key of Object.values(keys)) expect(stdout + stderr).not.toContain(key)
  },
)

it(
  'a cap stops before it is gone beyond, and leaves a record of what was asked',
  { timeout: 60_000 },
  async () => {
    using place = openWorkplace()
    const { exitCode, stdout, stderr } = await runCli(place, [
      'run',
      smallScenario,
      '--max-spend',
      '0.03',
      '--json',
      '--out',
      join(place.folder, 'run'),
    ])
    expect(exitCode, stderr).toBe(3)
    const record = runRecordSchema.parse(JSON.parse(stdout))
    const asked = record.cells.reduce((sum, { queries }) => sum + queries, 0)
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(48)
    expect(record.checks.find(({ id }) => id === 'spend.cap')).toMatchObject({
      verdict: 'inconclusive',
      evidence: expect.stringContaining(`Stopped at ${asked} of 48 queries`) as string,
    })
    const spent = record.reconciliation.components
      .filter(({ component }) => /chat|embeddings|rerank|read/.test(component))
      .reduce((sum, { allocatedUsd }) => sum + Number(allocatedUsd), 0)
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(0.03)
    for (const wrong of ['-1', 'much', ''])
      expect((await runCli(place, ['run', smallScenario, '--max-spend', wrong])).exitCode).toBe(2)
  },
)
