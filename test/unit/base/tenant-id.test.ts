import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTenantId, tenantIdPattern } from '../../../src/base/tenant-id.ts'
import { thrownBy } from '../support/failures.ts'

describe('tenant ids', () => {
  it.each(['A', '0', 'acme', 'Acme', 'a.b-c_d', '9lives', 'x'.repeat(63)])('%s is one', (id) =>
    expect(parseTenantId(id)).toBe(id),
  )

  it.each([
    '',
    ' ',
    '.',
    '-a',
    '_a',
    '.a',
    'a b',
    'a/b',
    'a\\b',
    "a'b",
    'a"b',
    'a;b',
    'a%b',
    'a:b',
    'a\n',
    '\na',
    'a\0',
    'é',
    'ａ',
    'а',
    'a\u200b',
    'x'.repeat(64),
    undefined,
    null,
    0,
    1,
    true,
    {},
    [],
    ['a'],
    Symbol('a'),
    () => 'a',
    { toString: () => 'a' },
  ])('%o is none', (value) =>
    expect(thrownBy(() => parseTenantId(value)).code).toBe('TB_TENANT_INVALID'),
  )

  it('has no character that anything would have to escape', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(tenantIdPattern),
        (id) => parseTenantId(id) === id && encodeURIComponent(id) === id && !/['"\\/\s]/.test(id),
      ),
    )
  })
})
