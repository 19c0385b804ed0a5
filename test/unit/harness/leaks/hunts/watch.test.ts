import { describe, expect, it } from 'vitest'
import { parseTenantId } from '../../../../../src/base/tenant-id.ts'
import type { Hunt } from '../../../../../harness/leaks/hunts/hunt.ts'
import { runHunts } from '../../../../../harness/leaks/hunts/run-hunts.ts'
import type { OpenedStage } from '../../../../../harness/leaks/hunts/stage.ts'
import {
  knownMarks,
  openWatch,
  type Attempt,
  type Watch,
} from '../../../../../harness/leaks/hunts/watch.ts'

const [a, b] = [parseTenantId('A'), parseTenantId('B')]
const marks = knownMarks()
marks.add([
  { owner: a, mark: 'zvaxkrox' },
  { owner: b, mark: 'mrelkfju' },
  { owner: a, mark: '"tenant_id": "A"', isExact: true },
  { owner: b, mark: '"tenant_id": "B"', isExact: true },
])
const at = (attempt: string, state: Attempt['state'] = 'fresh'): Attempt => ({
  boundary: 'rows',
  role: 'app',
  state,
  attempt,
})

describe('what a hunt saw', () => {
  it('counts an attempt once, and only where an own mark was seen', () => {
    const watch = openWatch(marks)
    for (const _round of [1, 2, 3]) watch.saw(a, at('reading'), ['text of ZVAXKROX'])
    watch.saw(null, at('reading as nobody'), [])
    watch.saw(a, at('reading', 'recycled'), [])
    const { checks, breaches, coverage } = watch.account()
    expect({ checks, breaches }).toEqual({ checks: 2, breaches: [] })
    expect(coverage.map(({ state, covered }) => [state, covered])).toEqual([
      ['fresh', true],
      ['recycled', false],
    ])
  })

  it.each([
    ['a foreign word', a, 'mrelkfju'],
    ['a foreign word in other letters', a, 'ＭＲＥＬＫＦＪＵ'],
    ['any word, when nobody asks', null, 'zvaxkrox'],
    ['a foreign row', a, '{"tenant_id": "B"}'],
  ])('is a leak: %s', (_case, reader, text) => {
    const watch = openWatch(marks)
    watch.saw(reader, at('reading'), [text])
    expect(watch.account().breaches).toMatchObject([{ kind: 'leak', boundary: 'rows' }])
  })

  it('takes ids that differ in case for two', () => {
    const watch = openWatch(marks)
    watch.saw(a, at('reading'), ['{"tenant_id": "b"}'])
    expect(watch.account().breaches).toEqual([])
  })

  it('blames nobody for what could not have been done anyway', () => {
    const watch = openWatch(marks)
    watch.held(at('writing'), { holds: false, control: false, what: 'it was written' })
    expect(watch.account()).toMatchObject({ checks: 0, breaches: [] })
  })
})

describe('the verdict of a hunt', () => {
  const verdictOf = async (run: (watch: Watch) => void): Promise<string | undefined> => {
    const stage = { signal: new AbortController().signal } as OpenedStage['stage']
    const hunt: Hunt = {
      id: 'x',
      vector: 'A01',
      what: 'tries',
      run: async (_stage, watch) => run(watch),
    }
    return (await runHunts({ stage, marks }, { hunts: [hunt] }))[0]?.verdict
  }

  it.each<readonly [string, string, (watch: Watch) => void]>([
    ['pass', 'something own was seen everywhere', (watch) => watch.saw(a, at('1'), ['zvaxkrox'])],
    [
      'leak',
      'something foreign was seen once',
      (watch) => [['zvaxkrox'], ['mrelkfju']].forEach((texts) => watch.saw(a, at('1'), texts)),
    ],
    [
      'fail',
      'a fact did not hold',
      (watch) => watch.held(at('1'), { holds: false, control: true, what: 'it was written' }),
    ],
    ['inconclusive', 'nothing was tried', () => undefined],
    [
      'inconclusive',
      'nothing could have been seen in one place',
      (watch) =>
        [at('1'), at('2', 'recycled')].forEach((where, place) =>
          watch.saw(a, where, place === 0 ? ['zvaxkrox'] : []),
        ),
    ],
    [
      'inconclusive',
      'it broke off',
      () => {
        throw new RangeError('no')
      },
    ],
  ])('%s: %s', async (verdict, _why, run) => expect(await verdictOf(run)).toBe(verdict))

  it('a leak that was seen before it broke off is a leak', async () => {
    expect(
      await verdictOf((watch) => {
        watch.saw(a, at('1'), ['mrelkfju'])
        throw new RangeError('no')
      }),
    ).toBe('leak')
  })
})
