import { expect, it } from 'vitest'
import { randomFor } from '../../../src/base/random.ts'
import { parseTenantId, tenantIdPattern } from '../../../src/base/tenant-id.ts'
import { namespaceOf } from '../../../src/isolation/namespaces.ts'

const alphabet = [...'ABCXYZabcxyz0189._-']

/**
 * An id with near-duplicates: other case, one more or less, other separators, a prefix like the
 * namespace's own.
 */
function family(id: string): readonly string[] {
  return [
    id,
    id.toLowerCase(),
    id.toUpperCase(),
    `${id}-`,
    `${id}.`,
    `${id}_`,
    `${id}0`,
    id.slice(0, -1),
    id.replaceAll('-', '_'),
    id.replaceAll('.', '-'),
    `tenant-${id}`,
    id.padEnd(63, 'x'),
    id.padEnd(62, 'x'),
  ]
}

it('gives 100,000 ids, near-duplicates among them, 100,000 namespaces', () => {
  const random = randomFor(['namespaces'])
  const ids = new Set<string>()
  while (ids.size < 100_000) {
    const id =
      `${random.pick(alphabet)}` +
      `${Array.from({ length: random.integer(0, 20) }, () => random.pick(alphabet)).join('')}`
    for (const each of family(id)) if (tenantIdPattern.test(each)) ids.add(each)
  }
  expect(new Set([...ids].map((id) => namespaceOf(parseTenantId(id)))).size).toBe(ids.size)
})

it('is never the empty or the default namespace, and nothing that needs escaping', () => {
  for (const id of ['A', '0', 'default', 'x'.repeat(63)]) {
    expect(namespaceOf(parseTenantId(id))).toMatch(/^[A-Za-z0-9._-]{2,100}$/)
    expect(namespaceOf(parseTenantId(id))).not.toBe('__default__')
  }
})
