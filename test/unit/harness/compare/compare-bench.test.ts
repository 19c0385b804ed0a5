/** Two bench reports: the ratio of each case, by its rounds. */
import { describe, expect, it } from 'vitest'
import { compareBench } from '../../../../harness/compare/compare-bench.ts'
import { compareMarkdown } from '../../../../reports/compare/markdown.ts'
import { compareWords } from '../../../../reports/compare/terminal.ts'
import { decodeBenchReport, type BenchReport } from '../../../../reports/record/bench-report.ts'
import { randomFor } from '../../../../src/base/random.ts'
import { thrownBy } from '../../support/failures.ts'

function report(
  key: string,
  shift = 1,
  {
    rounds = 15,
    noise = 0.03,
    ids = ['tokens.count', 'ingest'],
  }: { readonly rounds?: number; readonly noise?: number; readonly ids?: readonly string[] } = {},
): BenchReport {
  const random = randomFor(['bench', key])
  const cases = ids.map((id) => {
    const ratios = Array.from({ length: rounds }, () => shift * random.logNormal(0.9, noise))
    return {
      id,
      ratio: ratios[0] ?? 0,
      against: 'a peer',
      spreadPct: 5,
      goal: null,
      rounds,
      ratios,
    }
  })
  return {
    benchVersion: 1,
    code: { version: '0.1.0', commit: key.repeat(12).slice(0, 12), dirty: false },
    environment: {
      node: 'v24',
      platform: 'linux',
      architecture: 'x64',
      processors: 2,
      processor: 'x',
    },
    roundMs: 200,
    cases,
  }
}

describe('two bench reports', () => {
  it.each([
    ['the same', 1, 'pass', 0],
    ['a little slower', 0.95, 'pass', 0],
    ['much slower', 0.7, 'regression', 1],
    ['much faster', 1.4, 'improvement', 0],
  ] as const)('of which one is %s', (_case, shift, verdict, exitCode) => {
    expect(compareBench(report('a'), report('b', shift))).toMatchObject({
      kind: 'bench',
      verdict,
      exitCode,
      comparisons: [
        { metric: 'ratio', cell: 'tokens.count', gates: true, tolerancePct: 10 },
        { cell: 'ingest' },
      ],
    })
  })

  it('find a small fall at a small tolerance', () =>
    expect(compareBench(report('a'), report('b', 0.9), 2).verdict).toBe('regression'))

  it('with much noise are inconclusive, and ask for rounds', () => {
    const found = compareBench(report('a', 1, { noise: 0.3 }), report('b', 0.95, { noise: 0.3 }))
    expect(found).toMatchObject({ verdict: 'inconclusive', exitCode: 3 })
    expect(compareWords(found)).toContain('Measure more rounds')
  })

  it('with fewer than five rounds say nothing', () => {
    const found = compareBench(report('a', 1, { rounds: 4 }), report('b', 0.5, { rounds: 4 }))
    expect(found.verdict).toBe('inconclusive')
    expect(found.comparisons[0]?.reason).toBe('4 rounds carry no interval')
  })

  it('that lack a case, or have it against another peer, do not pass', () => {
    expect(compareBench(report('a'), report('b', 1, { ids: ['ingest'] })).verdict).toBe(
      'inconclusive',
    )
    const other = report('b')
    expect(
      compareBench(report('a'), {
        ...other,
        cases: other.cases.map((each) => ({ ...each, against: 'another' })),
      }),
    ).toMatchObject({ verdict: 'invalid', exitCode: 3 })
  })

  it('say what is not the same, as text', () => {
    const found = compareBench(report('a'), {
      ...report('b'),
      environment: { ...report('b').environment, processor: '<b>`y`' },
    })
    expect(found.changes.map(({ what }) => what)).toEqual(['commit', 'machine'])
    expect(compareMarkdown(found)).not.toContain('<b>')
  })

  it('raise at most one alarm in twenty where nothing changed', () => {
    const alarms = Array.from({ length: 200 }, (_each, at) =>
      compareBench(report(`a${at}`, 1, { ids: ['one'] }), report(`b${at}`, 1, { ids: ['one'] }), 0),
    ).filter(({ verdict }) => verdict === 'regression' || verdict === 'improvement')
    expect(alarms.length).toBeLessThanOrEqual(10)
  })
})

describe('a file of a bench report', () => {
  it('is read back, with fields that a later version adds', () =>
    expect(decodeBenchReport(JSON.stringify({ ...report('a'), more: 1 }))).toEqual(report('a')))
  it.each([
    '{',
    '{}',
    '{"cases":[]}',
    JSON.stringify({ ...report('a'), cases: [{ id: 'x', ratio: 1 }] }),
  ])('is refused where it is none: %s', (text) =>
    expect(thrownBy(() => decodeBenchReport(text)).code).toBe('TB_RECORD_INVALID'),
  )
})
