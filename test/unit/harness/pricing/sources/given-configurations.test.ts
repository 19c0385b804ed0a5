import { describe, expect, it } from 'vitest'
import { givenConfigurations } from '../../../../../harness/pricing/sources/given-configurations.ts'
import { loadPriceBook } from '../../../../../src/index.ts'
import { thrownBy } from '../../../support/failures.ts'
import { testBook } from '../../../support/prices.ts'

const book = await loadPriceBook('list-2026-11')
const check = { book, atMs: Date.parse('2026-11-23'), reranker: 'bge-reranker-v2-m3' }

describe('--config', () => {
  it('names model, topK and rerank in any order; twice is once', () => {
    expect(
      givenConfigurations(
        [
          'model=gpt-4o-mini,topK=3,rerank=false',
          'rerank=true, topK=100, model=claude-haiku-4-5',
          'topK=3,rerank=false,model=gpt-4o-mini',
        ],
        check,
      ),
    ).toEqual([
      { model: 'gpt-4o-mini', topK: 3, rerank: false },
      { model: 'claude-haiku-4-5', topK: 100, rerank: true },
    ])
  })

  it.each([
    ['', /write model, topK and rerank, once each/],
    ['model=gpt-4o', /once each/],
    ['model=gpt-4o,topK=3,topK=4', /once each/],
    ['model=gpt-4o,topK=3,rerank=false,temperature=0', /once each/],
    ['model=gpt-4o,topK=3,rerank=false,rerank=true', /once each/],
    ['model=gpt-9,topK=3,rerank=false', /^unknown model "gpt-9"; known are gpt-4, /],
    ['model=gpt-4o,topK=0,rerank=false', /topK is a whole number from 1 to 100/],
    ['model=gpt-4o,topK=101,rerank=false', /topK is a whole/],
    ['model=gpt-4o,topK=2.5,rerank=false', /topK is a whole/],
    ['model=gpt-4o,topK=3,rerank=yes', /rerank is true or false/],
  ] as const)('%s is a fault', (text, says) => {
    const { code, faults } = thrownBy(() => givenConfigurations([text], check))
    expect({ code, path: faults[0]?.path }).toEqual({
      code: 'TB_USAGE',
      path: `--config ${JSON.stringify(text)}`,
    })
    expect(faults[0]?.message).toMatch(says)
  })

  it('tells all faults at once, what has no price among them', () => {
    const { faults } = thrownBy(() =>
      givenConfigurations(['model=gpt-4o,topK=0,rerank=true', 'model=gpt-4,topK=x,rerank=no'], {
        ...check,
        book: testBook(),
      }),
    )
    expect(faults.map(({ message }) => message)).toEqual([
      'gpt-4o has no price for input-tokens in test-book',
      'gpt-4o has no price for output-tokens in test-book',
      'topK is a whole number from 1 to 100',
      'bge-reranker-v2-m3 has no price for rerank-requests in test-book',
      'gpt-4 has no price for input-tokens in test-book',
      'gpt-4 has no price for output-tokens in test-book',
      'topK is a whole number from 1 to 100',
      'rerank is true or false',
    ])
  })
})
