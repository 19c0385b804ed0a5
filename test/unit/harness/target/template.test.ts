import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fillBody,
  fillHeader,
  fillPath,
  namesIn,
} from '../../../../harness/target/http/template.ts'
import { thrownBy } from '../../support/failures.ts'

describe('a body', () => {
  it('has values in place of texts that are nothing but a name, and texts inside others', () => {
    const template = {
      q: '{{question}}',
      k: '{{topK}}',
      r: '{{ rerank }}',
      list: ['for {{tenant}}: {{topK}}', 7, null],
      deep: { tenant: '{{tenant}}' },
    }
    expect(fillBody(template, { question: 'why?', topK: 5, rerank: false, tenant: 't' })).toEqual({
      q: 'why?',
      k: 5,
      r: false,
      list: ['for t: 5', 7, null],
      deep: { tenant: 't' },
    })
  })

  it('is filled in one pass: what is put in names nothing', () => {
    expect(fillBody({ q: 'x {{question}}' }, { question: '{{tenant}}', tenant: 'secret' })).toEqual(
      { q: 'x {{tenant}}' },
    )
    expect(fillBody('{{question}}', { question: '$& $1 {{question}}' })).toBe('$& $1 {{question}}')
  })

  it('holds any text as that text and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (question) => {
        const sent = JSON.parse(
          JSON.stringify(fillBody({ a: '{{question}}', b: 'q: {{question}}.' }, { question })),
        ) as Readonly<Record<string, string>>
        expect(sent).toEqual({ a: question, b: `q: ${question}.` })
      }),
    )
  })
})

describe('a path', () => {
  it('holds any text inside the segment or parameter that it stands in', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !/^\.{1,2}$/.test(text) && text !== ''),
        (question) => {
          const url = new URL(
            `http://host${fillPath('/a/{{question}}/b?q={{question}}&z=1', { question })}`,
          )
          expect(url.host).toBe('host')
          expect(url.pathname.split('/').map(decodeURIComponent)).toEqual([
            '',
            'a',
            question.toWellFormed(),
            'b',
          ])
          expect([...url.searchParams]).toEqual([
            ['q', question.toWellFormed()],
            ['z', '1'],
          ])
        },
      ),
    )
  })

  it.each(['.', '..'])(
    'is not made where a value is %j alone, for no encoding keeps it in its segment',
    (tenant) => {
      expect(thrownBy(() => fillPath('/t/{{tenant}}/x', { tenant })).code).toBe('TB_TARGET_FAILED')
      expect(fillPath('/t/x{{tenant}}', { tenant })).toBe(`/t/x${tenant}`)
    },
  )
})

it('a header holds no line break and nothing but ASCII', () => {
  expect(fillHeader('Tenant {{tenant}}', { tenant: 'a b' })).toBe('Tenant a b')
  expect(fillHeader('{{model}}', { model: 'x\r\nevil: 1' })).toBe('x%0D%0Aevil%3A%201')
  expect(fillHeader('{{model}}', { model: 'ü' })).toBe('%C3%BC')
})

it('names are found in texts, lists, values and keys, known or not', () => {
  expect(namesIn({ 'a {{tier}}': ['{{ tenant }}', { b: '{{x y}} {{topK}}' }], c: 1 })).toEqual([
    'tier',
    'tenant',
    'x y',
    'topK',
  ])
})

it('a name without a value is a bug, for names are checked beforehand', () => {
  expect(thrownBy(() => fillBody('{{tenant}}', {})).code).toBe('TB_BUG')
})
