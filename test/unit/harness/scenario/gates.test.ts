import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGateFault, gateMetrics, parseGate } from '../../../../harness/scenario/gates.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { thrownBy } from '../../support/failures.ts'
import { scenarioText } from '../../support/scenario.ts'

describe('a gate', () => {
  it.each([
    [
      'p95(latency){tenant=A} < 2s',
      {
        metric: 'latency',
        aggregation: { kind: 'p', share: 0.95 },
        tags: new Map([['tenant', 'A']]),
        operator: '<',
        limit: 2_000,
      },
    ],
    [
      'mean(cost){tier=basic} < 0.01',
      { metric: 'cost', aggregation: { kind: 'mean' }, limit: 0.01 },
    ],
    ['recall >= 0.9', { metric: 'recall', aggregation: null, operator: '>=', limit: 0.9 }],
    ['leaks == 0', { metric: 'leaks', operator: '==', limit: 0 }],
    [
      '  failures{model="a b", topK: 5} <= 1 %  ',
      {
        metric: 'failures',
        tags: new Map([
          ['model', 'a b'],
          ['topK', '5'],
        ]),
        limit: 0.01,
      },
    ],
    ['p99.9(own) < 150ms', { aggregation: { kind: 'p', share: 0.9990000000000001 }, limit: 150 }],
    ['median(promptTokens) < 1e3', { aggregation: { kind: 'p', share: 0.5 }, limit: 1_000 }],
    ['drift <= 5%', { metric: 'drift', limit: 5 }],
  ])('%s', (text, expected) => {
    const read = parseGate(text)
    expect('gate' in read ? read.gate : read).toMatchObject(expected)
  })

  it.each([
    ['', 0, 'the text ends here'],
    ['latncy < 2s', 0, 'there is no metric "latncy"'],
    ['latency < 2s', 0, 'say which'],
    ['p95(recall) > 0.9', 0, 'takes no aggregation'],
    ['p0x(latency) < 2s', 0, 'there is no aggregation "p0x"'],
    ['p95(latency < 2s', 12, 'expected ")"'],
    ['p95(latency){tenants=A} < 2s', 13, 'nothing is chosen by "tenants"'],
    ['p95(latency){tenant=A,tenant=B} < 2s', 22, 'given twice'],
    ['p95(latency){tenant=A < 2s', 22, 'expected "," or "}"'],
    ['leaks{tenant=A} == 0', 5, 'of the whole run'],
    ['p95(latency) 2s', 13, 'expected one of'],
    ['p95(latency) <', 14, 'the text ends here'],
    ['p95(latency) < 2', 15, 'the unit is missing'],
    ['mean(cost) < 2s', 13, 'not measured in "s"'],
    ['recall >= 90', 10, 'write 90%'],
    ['leaks == 0, so', 10, 'nothing more'],
    ['mean(cost) < 2constructor', 13, 'not measured in'],
  ])('%j is refused at its place', (text, at, words) => {
    const read = parseGate(text)
    expect(read).toMatchObject({ fault: { at, message: expect.stringContaining(words) } })
    if ('fault' in read) expect(describeGateFault(text, read.fault)).toContain(`column ${at + 1}`)
  })

  it('is read or refused, whatever is written, and never beyond its end', () => {
    const piece = fc.constantFrom(
      'p95',
      'mean',
      '(',
      ')',
      '{',
      '}',
      ',',
      '=',
      '<',
      '>=',
      ' ',
      '2s',
      '0.9',
      '%',
      '"',
      ...Object.keys(gateMetrics),
      'tenant',
      '\u{1F600}',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const read = parseGate(text)
          if ('fault' in read) expect(read.fault.at).toBeLessThanOrEqual(text.length)
        },
      ),
    )
  })
})

describe('gates of a scenario', () => {
  const faultsOf = (
    gates: string,
  ): readonly { readonly path: string; readonly message: string }[] =>
    thrownBy(() => parseScenario(scenarioText({ gates }), 'x.yaml')).faults

  it('are read', () => {
    expect(
      parseScenario(
        scenarioText({ gates: '["leaks == 0", "p95(latency){tenant=A} < 2s"]' }),
        'x.yaml',
      ).gates.map(({ metric }) => metric),
    ).toEqual(['leaks', 'latency'])
  })

  it('are faults where they cannot be read or choose nothing, all at once', () => {
    const faults = faultsOf(
      '["p95(latency) < 2", "recall{tenant=Z} > 0.9", "recall{current=true,topK=99} > 0.9"]',
    )
    expect(faults.map(({ path }) => path)).toEqual(['gates[0]', 'gates[1]', 'gates[2]'])
    expect(faults[0]?.message).toContain('column 16')
    expect(faults[1]?.message).toContain('no cell')
  })
})
