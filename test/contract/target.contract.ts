/**
 * What every implementation of the port Target does: ours, a user's module, a service over HTTP.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markedTitle } from '../../harness/workload/canary.ts'
import type { IngestReport, Target, TargetAnswer } from '../../harness/target/target.ts'
import { boundaries, type Boundary, type Crossing } from '../../src/base/boundaries.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import type { SourceDocument } from '../../src/index.ts'

/** A target with what it stands on; disposing of it disposes of that too. */
export interface TargetStage extends AsyncDisposable {
  readonly target: Target
  /** A model the target has. */
  readonly model: string
  /**
   * Not ours: it tells what it chooses, under names of its own, and what its failures are called is
   * its own affair.
   */
  readonly isForeign?: boolean
}

interface Tenancy {
  readonly id: TenantId
  readonly canary: string
  readonly answer: string
  readonly documents: readonly SourceDocument[]
}

const question = 'On which port does the billing service listen?'
const boundariesOfProbe = [
  'rows',
  'errors',
  'notices',
  'cost-lines',
] as const satisfies readonly Boundary[]

function tenancy(
  name: string,
  { canary, answer }: { readonly canary: string; readonly answer: string },
): Tenancy {
  const texts = [
    `The billing service listens on port ${answer}. It is restarted every Sunday.`,
    'Vacation requests go to the team lead. They are answered within a week.',
    'The canteen serves soup on Mondays. On Fridays there is fish.',
  ]
  const documents = texts.map((text, at) => ({
    id: `doc-${at}`,
    title: markedTitle(`Handbook ${at}`, canary),
    text,
  }))
  return { id: parseTenantId(name), canary, answer, documents }
}

const ours = tenancy('contract-ours', { canary: 'zvaxkrelk', answer: '8443' })
const theirs = tenancy('contract-theirs', { canary: 'mrinzptomt', answer: '9127' })

function crossedAt(
  crossings: readonly Crossing[],
  boundary: Boundary,
): { readonly texts: string; readonly identifiers: readonly string[] } {
  const found = crossings.filter((crossing) => crossing.boundary === boundary)
  return {
    texts: found.flatMap(({ texts }) => texts).join('\n'),
    identifiers: found.flatMap(({ identifiers }) => identifiers),
  }
}

/** Declares the suite for one implementation. */
export function describeTarget(name: string, factory: () => Promise<TargetStage>): void {
  describe(`Target: ${name}`, () => {
    let stage: TargetStage
    const reports = new Map<TenantId, IngestReport>()
    let answer: TargetAnswer
    let failure: TargetAnswer
    let probed: readonly Crossing[]

    const ask = (
      tenantId: TenantId,
      requestId: string,
      changes: {
        readonly text?: string
        readonly model?: string
        readonly rerank?: boolean
        readonly topK?: number
      } = {},
    ): Promise<TargetAnswer> => {
      const { text = question, model = stage.model, rerank = true, topK = 2 } = changes
      return stage.target.ask({ tenantId, requestId, text, variant: { model, topK, rerank } })
    }

    beforeAll(async () => {
      stage = await factory()
      for (const { id, documents, canary } of [ours, theirs]) {
        await stage.target.signUp({
          id,
          name: `Tenant ${id}`,
          tier: 'contract',
          config: { model: stage.model, topK: 2, rerank: true, monthlyBudgetUsd: '10' },
        })
        reports.set(id, await stage.target.ingest(id, documents, canary))
      }
      await ask(theirs.id, 'theirs-1')
      answer = await ask(ours.id, 'ours-1')
      failure = await ask(ours.id, 'ours-2', { model: 'a-model-nobody-has' })
      probed = await stage.target.probe(ours.id)
    })
    afterAll(() => stage[Symbol.asyncDispose]())

    it('names itself and boundaries that exist', () => {
      expect(stage.target.subject.name).not.toBe('')
      expect(stage.target.shows.length).toBeGreaterThan(0)
      expect(boundaries).toEqual(expect.arrayContaining([...stage.target.shows]))
      expect(new Set(stage.target.shows).size).toBe(stage.target.shows.length)
    })

    it.each([ours, theirs])(
      'reports an ingest in which every chunk carries the mark ($id)',
      ({ id, documents }) => {
        const report = reports.get(id)
        expect(report?.documents).toBe(documents.length)
        expect(report?.words).toBe(
          documents.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0),
        )
        if (stage.isForeign === true)
          return expect(report).toMatchObject({ marked: null, chunkTokens: null })
        expect(report?.chunks).toBeGreaterThanOrEqual(documents.length)
        expect(report?.marked).toBe(report?.chunks)
        expect(new Set(report?.chunkIds).size).toBe(report?.chunks)
        expect(report?.chunkTokens).toBeGreaterThan(report?.chunks ?? Infinity)
      },
    )

    it('gives chunks of two tenants ids of their own, also for the same document ids', () => {
      const foreign = new Set(reports.get(theirs.id)?.chunkIds)
      expect(reports.get(ours.id)?.chunkIds.filter((id) => foreign.has(id))).toEqual([])
    })

    it("answers from the tenant's own documents, with sources and tokens", async () => {
      const each = { ours: answer, theirs: await ask(theirs.id, 'theirs-2') }
      for (const [tenant, given] of [
        [ours, each.ours],
        [theirs, each.theirs],
      ] as const) {
        if (given.outcome !== 'answered') return expect.unreachable(given.message)
        expect(given.text).toContain(tenant.answer)
        expect(given.sourceDocuments?.[0]).toBe('doc-0')
        expect(given.promptTokens).toBeGreaterThan(question.split(' ').length)
        expect(given.completionTokens).toBeGreaterThan(0)
        if (stage.isForeign === true) continue
        const chat = given.usage.findLast(({ operation }) => operation === 'chat')
        expect(chat?.quantities).toMatchObject({
          'input-tokens': given.promptTokens,
          'output-tokens': given.completionTokens,
        })
      }
    })

    it('shows a crossing at every boundary that it says it shows', () => {
      const seen = new Set(
        [...answer.crossings, ...failure.crossings, ...probed].map(({ boundary }) => boundary),
      )
      expect(seen).toEqual(
        new Set([...stage.target.shows, ...(stage.isForeign === true ? ['errors'] : [])]),
      )
    })

    it.each(['rows', 'rerank', 'prompt', 'answer', 'sources'] as const)(
      "shows the tenant's own mark when it asks, at %s",
      (boundary) => {
        if (!stage.target.shows.includes(boundary)) return
        const { texts, identifiers } = crossedAt(answer.crossings, boundary)
        // Sources that are not ours may be ids alone: those of the ingest are as good a mark.
        if (stage.isForeign === true && boundary === 'sources')
          return expect(
            reports.get(ours.id)?.chunkIds.filter((id) => identifiers.includes(id)),
          ).not.toEqual([])
        expect(texts).toContain(ours.canary)
      },
    )

    it('shows the matches by the ids of the ingest', () => {
      if (!stage.target.shows.includes('matches')) return
      const { identifiers } = crossedAt(answer.crossings, 'matches')
      expect(identifiers.length).toBeGreaterThan(0)
      const known = reports.get(ours.id)?.chunkIds ?? []
      if (stage.isForeign === true)
        return expect(known.filter((id) => identifiers.includes(id))).not.toEqual([])
      expect(known).toEqual(expect.arrayContaining([...identifiers]))
    })

    it('has no reranker to show when none is asked for', async () => {
      const plain = await ask(ours.id, 'ours-3', { rerank: false, topK: 1 })
      if (plain.outcome !== 'answered') return expect.unreachable(plain.message)
      expect(plain.crossings.filter(({ boundary }) => boundary === 'rerank')).toEqual([])
      expect(plain.sourceDocuments).toEqual(['doc-0'])
    })

    it('gives a failure as an answer, with its text at the boundary of errors', () => {
      if (failure.outcome !== 'failed') return expect.unreachable('No model has that name.')
      expect(failure.code).toBe(
        stage.isForeign === true ? 'TB_TARGET_FAILED' : 'TB_PROVIDER_REFUSED',
      )
      expect(failure.message).not.toBe('')
      if (stage.target.shows.includes('errors'))
        expect(crossedAt(failure.crossings, 'errors').texts).toContain(failure.message)
    })

    it('gives a failure as an answer for a tenant nobody knows, too', async () => {
      expect(await ask(parseTenantId('contract-nobody'), 'nobody-1')).toMatchObject({
        outcome: 'failed',
        code: 'TB_TENANT_UNKNOWN',
      })
    })

    it('still shows what crossed before a failure', () => {
      if (stage.isForeign === true) return
      for (const boundary of ['matches', 'prompt'] as const) {
        if (stage.target.shows.includes(boundary))
          expect(failure.crossings.map((crossing) => crossing.boundary)).toContain(boundary)
      }
    })

    it.each(['rows', 'errors', 'notices'] as const)(
      "probes to the tenant's own mark, at %s",
      (boundary) => {
        if (stage.target.shows.includes(boundary))
          expect(crossedAt(probed, boundary).texts).toContain(ours.canary)
      },
    )

    it("probes to the tenant's own cost lines, of answered and of failed requests", () => {
      if (!stage.target.shows.includes('cost-lines')) return
      const { identifiers } = crossedAt(probed, 'cost-lines')
      expect(identifiers).toEqual(expect.arrayContaining([String(ours.id), 'ours-1', 'ours-2']))
    })

    it('probes every boundary that needs no question, and can be probed again with the same result', async () => {
      const shown = boundariesOfProbe.filter((boundary) => stage.target.shows.includes(boundary))
      expect(probed.map(({ boundary }) => boundary)).toEqual(expect.arrayContaining(shown))
      const [one, other] = [await stage.target.probe(ours.id), await stage.target.probe(ours.id)]
      expect(other).toEqual(one)
    })

    it('keeps simultaneous questions apart', async () => {
      const tenants = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? ours : theirs))
      const answers = await Promise.all(tenants.map(({ id }, index) => ask(id, `at-once-${index}`)))
      for (const [index, { crossings }] of answers.entries()) {
        const [own, foreign] = tenants[index] === ours ? [ours, theirs] : [theirs, ours]
        const texts = crossings.flatMap((crossing) => crossing.texts).join('\n')
        expect(texts).toContain(own.canary)
        expect(texts).not.toContain(foreign.canary)
      }
    })

    it('lets nothing of the other tenant cross', () => {
      const crossings = [...answer.crossings, ...failure.crossings, ...probed]
      const foreign = new Set([
        String(theirs.id),
        'theirs-1',
        ...(reports.get(theirs.id)?.chunkIds ?? []),
      ])
      expect(
        crossings
          .flatMap(({ texts }) => texts)
          .filter((text) => text.includes(theirs.canary) || text.includes(theirs.answer)),
      ).toEqual([])
      expect(
        crossings.flatMap(({ identifiers }) => identifiers).filter((id) => foreign.has(id)),
      ).toEqual([])
    })
  })
}
