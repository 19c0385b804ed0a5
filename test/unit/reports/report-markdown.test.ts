import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inert, reportMarkdown } from '../../../reports/views/report-markdown.ts'
import { printable } from '../../../src/base/text.ts'
import { comparisonLine, recordCell, runRecord } from '../support/record.ts'

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/**
 * What a Markdown reader shows of a text without markup in it: escapes and entities, each read
 * once.
 */
function shown(markdown: string): string {
  return markdown.replace(
    /\\([!-/:-@[-`{-~])|&#(\d+);|&(?:lt|gt|amp);/g,
    (whole, escaped?: string, code?: string) =>
      escaped ??
      (code === undefined ? entities[whole] : String.fromCodePoint(Number(code))) ??
      whole,
  )
}

describe('a text made inert', () => {
  it.each([
    ['<script>alert(1)</script>', /<|>/],
    ['<!-- hidden -->', /<|>/],
    ['&lt;b&gt;', /(?<!&amp;)&lt;/],
    ['[text](javascript:alert(1))', /(?<!\\)[[\]]/],
    ['![image](x.png)', /(?<!\\)\[/],
    ['**bold** _it_ ~~gone~~ `code`', /(?<!\\)[*_~`]/],
    ['a | b', /(?<!\\)\|/],
    ['# heading', /(?<!\\)#/],
    ['http://evil.example and https://evil.example', /:\/\//],
    ['www.evil.example', /\bwww\./i],
    ['someone@evil.example and @team', /@/],
    ['$x^2$', /(?<!\\)\$/],
    ['\\[x\\]', /(?<!\\)(\\\\)*[[\]]/],
    ['line\nof its own\r\n- item', /[\r\n]/],
    ['\u001b[31mred\u202egnp', /\p{Cc}|\u202e/u],
  ])('%j has no markup left', (text, markup) => expect(inert(text)).not.toMatch(markup))

  it('reads the same as before', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab 1<>&*_`[]()|~#$@:/.\\!-日') }),
        (text) => {
          // A command to a CI runner is the one thing that does not stay as it was.
          expect(shown(inert(text))).toBe(printable(text))
        },
      ),
    )
  })
})

describe('report.md', () => {
  const hostile = '<img src=x onerror=alert(1)>|[x](http://evil.example)\n# Heading\n| a | b |'
  const record = runRecord({
    scenario: 'small',
    comparison: [
      comparisonLine({
        name: hostile,
        reason: hostile,
        flipsWhen: hostile,
        assumptions: [hostile],
      }),
    ],
    sameQuestion: [
      {
        tenant: 'A',
        question: hostile,
        responseMs: null,
        promptTokens: 1,
        completionTokens: 1,
        costUsd: '0',
        reason: null,
        topSource: hostile,
        correct: false,
      },
    ],
    checks: [{ id: 'x', verdict: 'fail', evidence: hostile }],
    cells: [recordCell({ variant: { id: 'v', model: hostile, topK: 1, rerank: false } })],
    isolation: {
      ...runRecord().isolation,
      leaks: 1,
      witnesses: [
        {
          boundary: 'answer',
          tenant: 'A',
          owner: 'B',
          requestId: 'r',
          mark: hostile,
          witness: hostile,
        },
      ],
    },
  })

  it('lets no text of a user become markup, a heading or a row of a table', () => {
    const markdown = reportMarkdown.render(record)
    expect(markdown).not.toMatch(/<img|(?<!\\)\]\(http|^# Heading|(?<!\\)\| a \|/m)
  })

  it('is the same for the same record, and says what it came to', () => {
    expect(reportMarkdown.render(runRecord())).toBe(reportMarkdown.render(runRecord()))
    expect(reportMarkdown.render(runRecord())).toMatch(
      /^# small: pass\n\n1 cells, 60 queries, no leak found in 60 checks, drift of usage against the bill -0\.990 %\./,
    )
  })

  it('says where latencies come from, and a dash with the count where there are too few samples', () => {
    const few = recordCell({ latencyMs: { count: 12, p50: 900, p95: null, p99: null, stages: [] } })
    const markdown = reportMarkdown.render(runRecord({ cells: [few] }))
    expect(markdown).toContain('modelled+measured')
    expect(markdown).toContain('– (12 samples)')
  })
})
