/**
 * Law 8: with isolation off at a boundary, the run finds the leak there and ends with 4; with it
 * on, nothing leaks and the boundary is covered. Each fault is one that real services have had.
 */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { boundaries, type Boundary } from '../../src/base/boundaries.ts'
import type { Sabotage } from '../../harness/run/run-options.ts'
import type { LeaksAnswer } from '../../harness/leaks/leaks.ts'
import { openWorkplace, runCli } from '../support/cli.ts'
import { planted } from '../support/mutants.ts'
import { runSmall, smallScenario } from '../support/run-small.ts'

/** One mutant for each boundary. */
const faults: Readonly<Record<Boundary, string>> = {
  rows: 'schema.row-security-off.chunks',
  matches: 'vectors.search-everywhere',
  rerank: 'pipeline.rerank-batch',
  prompt: 'caches.memory-of-everybody',
  answer: 'caches.answers-by-question',
  sources: 'pipeline.stale-sources',
  errors: 'pipeline.errors-quote-the-one-before',
  notices: 'schema.row-security-off.documents',
  'cost-lines': 'schema.row-security-off.usage_events',
}

/** What a layer over the vector store brings first, by request. */
function notingFirst(sabotage: Sabotage, seenFirst: Map<string, string>): Sabotage {
  return {
    ...sabotage,
    decorate(given) {
      const providers = sabotage.decorate?.(given) ?? given
      return {
        ...providers,
        vectors: {
          ...providers.vectors,
          async query(query) {
            const found = await providers.vectors.query(query)
            seenFirst.set(query.requestId, found.matches[0]?.id ?? '')
            return found
          },
        },
      }
    },
  }
}

describe('isolation', () => {
  it('on: nothing leaks, and every boundary is covered', async () => {
    const record = await runSmall({})
    expect(record.isolation).toMatchObject({ leaks: 0, witnesses: [] })
    expect(record.isolation.boundaries.map(({ boundary, state }) => [boundary, state])).toEqual(
      boundaries.map((boundary) => [boundary, 'covered']),
    )
    expect(record.isolation.checks).toBe(3 * 2 * 2)
    expect(record).toMatchObject({ verdict: 'pass', exitCode: 0 })
  })

  it.each(boundaries)('off at %s: the run finds it there and ends with 4', async (boundary) => {
    const record = await runSmall(planted(faults[boundary]))
    expect(record).toMatchObject({ verdict: 'leak', exitCode: 4 })
    const state = record.isolation.boundaries.find((each) => each.boundary === boundary)
    expect(state?.state).toBe('leak')
    const witness = record.isolation.witnesses.find((each) => each.boundary === boundary)
    expect(witness?.owner).not.toBe(witness?.tenant)
  })

  it('a run without reranking is not blamed for a boundary that nothing crosses', async () => {
    const record = await runSmall({}, [
      { path: ['variants'], value: [{ model: 'gpt-4o-mini', topK: 3, rerank: false }] },
      ...[0, 1, 2].map((at) => ({ path: ['tenants', at, 'current', 'rerank'], value: false })),
    ])
    expect(record.isolation.boundaries.find(({ boundary }) => boundary === 'rerank')?.state).toBe(
      'not-shown',
    )
    expect(record.exitCode).toBe(0)
  })

  it('a prompt over the window makes its cell infeasible, and the run goes on', async () => {
    const record = await runSmall({}, [
      { path: ['variants'], value: [{ model: 'gpt-4', topK: 60, rerank: false }] },
      {
        path: ['tenants', 0, 'corpus'],
        value: { kind: 'generated', theme: 'law', documents: 60, words: [200, 220] },
      },
    ])
    expect(
      record.cells
        .filter(({ infeasible }) => infeasible)
        .map(({ tenant, variant }) => [tenant, variant.model]),
    ).toEqual([['A', 'gpt-4']])
    expect(record.comparison[0]?.optimalModel).not.toBe('gpt-4')
    expect(record.exitCode).toBe(0)
  })

  it('off in the vector store and in Postgres: bait brings the foreign chunk first', async () => {
    const seenFirst = new Map<string, string>()
    const rowsOpen = ['schema.row-security-off.chunks', 'schema.row-security-off.documents'].map(
      planted,
    )
    const afterProvisioning = async (adminUrl: string): Promise<void> => {
      for (const each of rowsOpen) await each.afterProvisioning?.(adminUrl)
    }
    const record = await runSmall({
      ...notingFirst(planted('vectors.search-everywhere'), seenFirst),
      afterProvisioning,
    })
    const baited = [...seenFirst].filter(([requestId]) => requestId.includes('.bait-'))
    const foreign = new Set(record.isolation.witnesses.map(({ mark }) => mark))
    expect(baited.length).toBeGreaterThan(0)
    expect(
      record.isolation.boundaries
        .filter(({ state }) => state === 'leak')
        .map(({ boundary }) => boundary),
    ).toEqual(expect.arrayContaining(['rows', 'matches', 'prompt', 'answer', 'sources']))
    expect(baited.filter(([, chunk]) => foreign.has(chunk)).length).toBeGreaterThan(
      baited.length / 2,
    )
  })
})

describe('tenantbench leaks', () => {
  it('says how much was tried, how sure that makes, and where nothing was tried', async () => {
    using place = openWorkplace()
    const { exitCode, stdout, stderr } = await runCli(place, [
      'leaks',
      smallScenario,
      '--json',
      '--out',
      join(place.folder, 'run'),
    ])
    expect(exitCode, stderr).toBe(0)
    const {
      verdict,
      checks,
      statement,
      boundaries: seen,
      hunts,
      mutants,
      score,
    } = JSON.parse(stdout) as LeaksAnswer
    expect({ verdict, mutants, score }).toEqual({ verdict: 'pass', mutants: [], score: null })
    expect(statement).toMatch(
      new RegExp(
        `^0 leaks in ${checks} checks, below 3/${checks} = \\d\\.\\d\\d % .* with 95 % ` +
          'confidence\\. Covered: .*rows × app .*\\. Not covered: ',
      ),
    )
    expect(checks).toBe(12 + hunts.reduce((sum, hunt) => sum + hunt.checks, 0))
    expect(seen.map(({ boundary, state }) => [boundary, state])).toEqual(
      boundaries.map((boundary) => [boundary, 'covered']),
    )
  })

  it('ends with 4 where rows are open, and names the hunts that found it', async () => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, [
      'leaks',
      'scenarios/faults/row-security-off.yaml',
      '--out',
      join(place.folder, 'run'),
    ])
    expect(exitCode).toBe(4)
    expect(stdout).toMatch(/^LEAK: Found by .*rows\.everything/)
  })
})
