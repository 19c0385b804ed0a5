/** Roles that stand above row security, or lead to one that does. */
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const memberships: readonly Mutant[] = [
  {
    id: 'roles.app-bypasses',
    vector: 'A06',
    layer: 'roles',
    severity: 'critical',
    what: 'the application bypasses row security',
    roles: { plant: 'alter role {app} bypassrls', undo: 'alter role {app} nobypassrls' },
  },
  {
    id: 'roles.app-is-superuser',
    vector: 'A06',
    layer: 'roles',
    severity: 'critical',
    what: 'the application is a superuser',
    roles: { plant: 'alter role {app} superuser', undo: 'alter role {app} nosuperuser' },
  },
  {
    id: 'roles.app-may-become-owner',
    vector: 'A04',
    layer: 'roles',
    severity: 'high',
    what: 'the application may become the owner and lift row security',
    roles: { plant: 'grant {owner} to {app}', undo: 'revoke {owner} from {app}' },
  },
  {
    id: 'roles.app-may-bypass',
    vector: 'A07',
    layer: 'roles',
    severity: 'critical',
    what: 'the application may become a role that bypasses row security',
    roles: {
      plant:
        'create role hunted_bypass bypassrls; grant hunted_bypass to {app}; grant select on ' +
        'all tables in schema public to hunted_bypass; grant usage on schema public to ' +
        'hunted_bypass',
      undo: 'drop role hunted_bypass',
    },
  },
]
