/** The closure of memberships is what following them one by one finds. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Membership, Role } from '../../../src/audit/catalogue/catalogue.ts'
import { roleGraph } from '../../../src/audit/reach/roles.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f']
const role = (name: string) =>
  ({
    name,
    superuser: false,
    inherit: true,
    createRole: false,
    createDatabase: false,
    login: true,
    replication: false,
    bypassRls: false,
    bootstrap: false,
  }) as Role
const membership = fc.record({
  role: fc.constantFrom(...names),
  member: fc.constantFrom(...names),
  inherit: fc.boolean(),
  set: fc.boolean(),
  admin: fc.boolean(),
})

/** As many rounds as there are roles reach everything there is to reach. */
function naive(
  start: string,
  memberships: readonly Membership[],
  option: 'inherit' | 'set',
): ReadonlySet<string> {
  const found = new Set([start])
  for (const _ of names)
    for (const each of memberships) if (each[option] && found.has(each.member)) found.add(each.role)
  return found
}

it('closure', () => {
  fc.assert(
    fc.property(fc.array(membership, { maxLength: 14 }), (memberships) => {
      const graph = roleGraph({ roles: names.map(role), memberships })
      for (const name of names) {
        expect(new Set(graph.inherited(name))).toEqual(naive(name, memberships, 'inherit'))
        expect(new Set(graph.settable(name))).toEqual(naive(name, memberships, 'set'))
      }
    }),
  )
})
