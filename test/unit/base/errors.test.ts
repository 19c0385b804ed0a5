import { describe, expect, it } from 'vitest'
import {
  errorRegistry,
  exitCodes,
  messageOf,
  TenantbenchError,
  unreachable,
  type ErrorCode,
} from '../../../src/base/errors.ts'
import { thrownBy } from '../support/failures.ts'

const codes = Object.keys(errorRegistry) as ErrorCode[]

describe('the registry', () => {
  it.each(codes)('%s has a sentence, a way out and a known exit code', (code) => {
    const { means, wayOut, exitCode } = errorRegistry[code]
    expect(code).toMatch(/^TB_[A-Z]+(_[A-Z]+)*$/)
    expect(means).toMatch(/^\S.{10,}\.$/)
    expect(wayOut).toMatch(/^[A-Z].{10,}\.$/)
    expect(wayOut).not.toBe(means)
    expect(Object.values(exitCodes)).toContain(exitCode)
    expect(exitCode).not.toBe(0)
  })

  it('says nothing twice', () =>
    expect(new Set(codes.map((code) => errorRegistry[code].means)).size).toBe(codes.length))
})

describe('an error', () => {
  it("carries its sentence, this time's detail, faults and cause", () => {
    const cause = new Error('socket')
    const faults = [{ path: 'a[1].b', line: 3, message: 'unknown key' }]
    const error = new TenantbenchError('TB_SCENARIO_INVALID', {
      detail: '1 in x.yaml.',
      faults,
      cause,
    })
    expect(error).toMatchObject({
      name: 'TenantbenchError',
      message: 'The scenario has faults. 1 in x.yaml.',
      detail: '1 in x.yaml.',
      faults,
      cause,
      exitCode: 2,
    })
    expect(error.wayOut).toBe(errorRegistry.TB_SCENARIO_INVALID.wayOut)
  })

  it('has no cause, detail or faults when none are given', () => {
    const error = new TenantbenchError('TB_BUG')
    expect(error).toMatchObject({
      message: errorRegistry.TB_BUG.means,
      detail: null,
      faults: [],
      exitCode: 70,
    })
    expect('cause' in error).toBe(false)
  })
})

it.each([
  [new Error('boom'), 'boom'],
  [new TypeError(''), 'TypeError'],
  [new AggregateError([new Error('one'), new Error('two')]), 'one; two'],
  [new AggregateError([new Error('one')], 'both'), 'both'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [null, 'null'],
])('the message of %o is %j', (thrown, message) => expect(messageOf(thrown)).toBe(message))

it('calls a case that types rule out a bug', () => {
  expect(thrownBy(() => unreachable({ kind: 'odd' } as never))).toMatchObject({
    code: 'TB_BUG',
    detail: 'Unhandled case {"kind":"odd"}.',
  })
})
