import { describe, expect, it } from 'vitest'
import { joinModelledTime } from '../../../../harness/measure/sample.ts'
import { observed } from '../../support/samples.ts'

describe('joining modelled time', () => {
  it.each([
    [
      'own time is what elapsed less what the services took',
      30,
      [{ modelledMs: 1_500, serverMs: 12 }],
      { ownMs: 18, modelledMs: 1_500, latencyMs: 1_518 },
    ],
    [
      'all calls of a request count',
      30,
      [
        { modelledMs: 280, serverMs: 5 },
        { modelledMs: 60, serverMs: 2 },
        { modelledMs: 900, serverMs: 8 },
      ],
      { ownMs: 15, modelledMs: 1_240, latencyMs: 1_255 },
    ],
    [
      'a request that never reached a service has own time alone',
      30,
      [],
      { ownMs: 30, modelledMs: 0, latencyMs: 30 },
    ],
    [
      'own time is never negative',
      30,
      [{ modelledMs: 10, serverMs: 40 }],
      { ownMs: 0, modelledMs: 10, latencyMs: 10 },
    ],
  ])('%s', (_case, elapsedMs, served, times) => {
    const [joined] = joinModelledTime(
      [observed({ elapsedMs })],
      served.map((each, at) => ({
        requestId: 'r1',
        operation: 'query',
        attempt: at + 1,
        firstTokenMs: null,
        ...each,
      })),
      0,
    )
    expect(joined).toMatchObject({ ...times, elapsedMs })
  })

  it('keeps requests apart and in order, and leaves what belongs to none', () => {
    const joined = joinModelledTime(
      [observed({ requestId: 'r2' }), observed({ requestId: 'r1' })],
      [
        {
          operation: 'query',
          attempt: 1,
          firstTokenMs: null,
          requestId: 'r1',
          modelledMs: 1,
          serverMs: 1,
        },
        {
          operation: 'query',
          attempt: 1,
          firstTokenMs: null,
          requestId: 'ingest.A',
          modelledMs: 7_000,
          serverMs: 7,
        },
        {
          operation: 'query',
          attempt: 1,
          firstTokenMs: null,
          requestId: 'r2',
          modelledMs: 2,
          serverMs: 2,
        },
      ],
      0,
    )
    expect(
      joined.map(({ requestId, modelledMs, ownMs }) => [requestId, modelledMs, ownMs]),
    ).toEqual([
      ['r2', 2, 28],
      ['r1', 1, 29],
    ])
  })

  it('under real waits what elapsed is the latency, and stages are as measured', () => {
    const stagesMs = { retrieve: 40, firstToken: 300, lastToken: 700 }
    const served = [
      {
        requestId: 'r1',
        operation: 'query',
        attempt: 1,
        modelledMs: 30,
        serverMs: 31,
        firstTokenMs: null,
      },
      {
        requestId: 'r1',
        operation: 'chat',
        attempt: 1,
        modelledMs: 900,
        serverMs: 905,
        firstTokenMs: 250,
      },
    ]
    expect(
      joinModelledTime([observed({ elapsedMs: 1_100, stagesMs })], served, 1)[0],
    ).toMatchObject({ latencyMs: 1_100, modelledMs: 930, stagesMs })
  })

  it('stages get back the waits that were scaled away', () => {
    const served = [
      {
        requestId: 'r1',
        operation: 'query',
        attempt: 1,
        modelledMs: 30,
        serverMs: 1,
        firstTokenMs: null,
      },
      {
        requestId: 'r1',
        operation: 'chat',
        attempt: 1,
        modelledMs: 900,
        serverMs: 5,
        firstTokenMs: 250,
      },
    ]
    const [joined] = joinModelledTime(
      [
        observed({
          elapsedMs: 20,
          stagesMs: { embed: 1, retrieve: 4, firstToken: 3, lastToken: 7 },
        }),
      ],
      served,
      0,
    )
    expect(joined?.stagesMs).toEqual({ embed: 1, retrieve: 34, firstToken: 253, lastToken: 657 })
  })
})
