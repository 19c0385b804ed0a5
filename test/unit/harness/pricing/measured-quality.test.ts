import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  leastTenants,
  qualitiesOf,
  qualityFor,
  questionsFor,
  type AskedTenant,
  type MeasuredQuality,
} from '../../../../harness/pricing/measured-quality.ts'
import { wilsonInterval } from '../../../../harness/measure/intervals.ts'
import { recordCell, runRecord } from '../../support/record.ts'

const A: AskedTenant = { tenant: 'A', documents: 10, words: 1_000 }
const other = (tenant: string): AskedTenant => ({ ...A, tenant })
const m3 = { model: 'm', topK: 3, rerank: false }

function asked(
  who: AskedTenant,
  topK: number,
  right: number,
  change: Partial<MeasuredQuality['configuration'] & { source: 'measured' | 'modelled' }> = {},
): MeasuredQuality {
  const { source = 'measured', ...configuration } = change
  return {
    asked: who,
    configuration: { model: 'm', topK, rerank: false, ...configuration },
    quality: { share: right / 100, ...wilsonInterval(right, 100), questions: 100, source },
  }
}

describe('the quality of a configuration', () => {
  it("is the tenant's own where it was asked, the first of several", () => {
    expect(
      qualityFor(A, m3, [asked(other('B'), 3, 10), asked(A, 3, 80), asked(A, 3, 90)]),
    ).toMatchObject({
      from: 'measured',
      quality: { share: 0.8, questions: 100, source: 'measured' },
    })
  })

  it.each([
    ['fewer documents', { ...A, documents: 9 }],
    ['other words', { ...A, words: 999 }],
  ])('is not that of another tenant with the same name: %s', (_case, who) => {
    expect(qualityFor(A, m3, [asked(who, 3, 80)])).toMatchObject({ quality: null })
  })

  it('lies on the line between two top_k, with both intervals in its own', () => {
    const found = qualityFor(A, m3, [
      asked(A, 2, 60),
      asked(A, 6, 80),
      asked(A, 1, 5),
      asked(A, 20, 100),
    ])
    // A quarter of the way from 2 to 6.
    expect(found).toMatchObject({
      from: 'between',
      quality: {
        share: 0.65,
        low95: wilsonInterval(60, 100).low95,
        high95: wilsonInterval(80, 100).high95,
      },
    })
    // An interval so much wider is that of far fewer questions.
    expect(found.quality?.questions).toBeLessThan(60)
    expect(found.quality?.questions).toBeGreaterThan(20)
  })

  it.each([
    ['outside', [asked(A, 4, 60), asked(A, 6, 80)]],
    ['with another rerank', [asked(A, 2, 60, { rerank: true }), asked(A, 6, 80)]],
    ['of another model', [asked(A, 2, 60, { model: 'n' }), asked(A, 6, 80)]],
    ['of another tenant', [asked(other('B'), 2, 60), asked(A, 6, 80)]],
  ] as const)('%s is not between', (_case, measured) =>
    expect(qualityFor(A, m3, measured)).toEqual({
      quality: null,
      reason: 'nobody was asked under it',
    }),
  )

  it("is predicted from three others by Student's t", () => {
    const found = qualityFor(A, m3, [
      asked(other('B'), 3, 60),
      asked(other('C'), 3, 70),
      asked(other('D'), 3, 80),
    ])
    // Deviation 0.1, t of two degrees 4.3027, times the root of 4/3.
    expect(found).toMatchObject({ from: 'others', quality: { high95: 1, source: 'measured' } })
    expect(found.quality?.share).toBeCloseTo(0.7, 12)
    expect(found.quality?.low95).toBeCloseTo(0.7 - 4.30265 * 0.1 * Math.sqrt(4 / 3), 4)
  })

  it('is never surer than all questions together are', () => {
    const found = qualityFor(
      A,
      m3,
      ['B', 'C', 'D'].map((name) => asked(other(name), 3, 70)),
    )
    expect(found.quality).toMatchObject(wilsonInterval(210, 300))
    expect(found.quality?.questions).toBe(300)
  })

  it('takes three tenants, not three runs of two', () => {
    const [b, c] = [asked(other('B'), 3, 60), asked(other('C'), 3, 70)]
    expect(qualityFor(A, m3, [b, c, b, c])).toEqual({
      quality: null,
      reason: `only 2 of the ${leastTenants} tenants that a prediction takes were asked under it`,
    })
  })

  it('is modelled where any of it is', () => {
    expect(
      qualityFor(A, m3, [asked(A, 2, 60, { source: 'modelled' }), asked(A, 6, 80)]).quality?.source,
    ).toBe('modelled')
    expect(
      qualityFor(A, m3, [
        asked(other('B'), 3, 60),
        asked(other('C'), 3, 70),
        asked(other('D'), 3, 80, { source: 'modelled' }),
      ]).quality?.source,
    ).toBe('modelled')
  })
})

it('a record tells what was asked, and by whom', () => {
  const silent = recordCell({ id: 'A/v2', quality: { ...recordCell().quality, questions: 0 } })
  const stranger = recordCell({ id: 'Z/v1', tenant: 'Z' })
  expect(qualitiesOf(runRecord({ cells: [recordCell(), silent, stranger] }))).toEqual([
    {
      asked: { tenant: 'A', documents: 60, words: 25_530 },
      configuration: { model: 'gpt-4-turbo', topK: 10, rerank: true },
      quality: { share: 0.85, low95: 0.64, high95: 0.95, questions: 20, source: 'modelled' },
    },
  ])
})

it("an interval of Wilson's is that of its own questions", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5_000 }),
      fc.double({ min: 0.02, max: 0.98, noNaN: true }),
      (questions, share) =>
        questionsFor(share, wilsonInterval(share * questions, questions)) === questions ||
        Math.abs(questionsFor(share, wilsonInterval(share * questions, questions)) - questions) <=
          1,
    ),
    { seed: 5, numRuns: 200 },
  )
  expect(questionsFor(0.5, { low95: 0, high95: 1 })).toBe(1)
})
