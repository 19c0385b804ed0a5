/**
 * Who can become whom: memberships with their INHERIT and SET options, as PostgreSQL 15 to 18 apply
 * them.
 */
import type { Catalogue, Role } from '../catalogue/catalogue.ts'

/** The closure of memberships. */
export interface RoleGraph {
  /** The role and all whose privileges it has without doing anything. */
  inherited(role: string): ReadonlySet<string>
  /** The role and all that it can SET ROLE to. */
  settable(role: string): ReadonlySet<string>
  /** Members, direct and indirect, that can SET ROLE to it. */
  membersOf(role: string): readonly string[]
  role(name: string): Role | null
}

/** Builds the closure. */
export function roleGraph({
  roles,
  memberships,
}: Pick<Catalogue, 'roles' | 'memberships'>): RoleGraph {
  const byName = new Map(roles.map((role) => [role.name, role]))
  const upward = (option: 'inherit' | 'set'): ReadonlyMap<string, readonly string[]> =>
    new Map(
      [
        ...Map.groupBy(
          memberships.filter((each) => each[option]),
          ({ member }) => member,
        ),
      ].map(([member, found]) => [member, found.map(({ role }) => role)]),
    )
  const closures = { inherit: closureOver(upward('inherit')), set: closureOver(upward('set')) }
  return {
    inherited: closures.inherit,
    settable: closures.set,
    membersOf: (role) =>
      roles
        .filter(({ name }) => name !== role && closures.set(name).has(role))
        .map(({ name }) => name),
    role: (name) => byName.get(name) ?? null,
  }
}

function closureOver(
  steps: ReadonlyMap<string, readonly string[]>,
): (start: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  return (start) => {
    const before = known.get(start)
    if (before !== undefined) return before
    const found = new Set([start])
    // A set grows while it is gone through.
    for (const each of found) for (const next of steps.get(each) ?? []) found.add(next)
    known.set(start, found)
    return found
  }
}

/** Whether row security does not apply to a role. */
export function isExempt(role: Role | null): boolean {
  return role !== null && (role.superuser || role.bypassRls)
}
