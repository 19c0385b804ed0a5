/**
 * As whom a live database is read, and what of it is not read, because it could run with more
 * rights than the application's.
 */
import { TenantbenchError } from '../../base/errors.ts'
import type { Relation } from '../catalogue/catalogue.ts'
import { behind, describe } from '../reach/behind-relations.ts'
import { powersOf } from '../reach/powers.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { quoted } from '../sql/quote.ts'

/**
 * Throws TB_PROBE_REFUSED when the connection's role has powers, with the SQL that makes a role
 * without.
 */
export function refusePowerful(subject: RuleSubject): void {
  const { currentRole } = subject.lookup.catalogue
  const powers = powersWithRows(currentRole, subject)
  if (powers.length === 0) return
  throw new TenantbenchError('TB_PROBE_REFUSED', {
    detail:
      `--probe readonly connects only as a role without powers; ${currentRole} has ` +
      `${powers.join(', ')}. Make one, and connect as it:\n${readerSql(subject)}`,
  })
}

/** A role that can become those that are judged, and nobody else. */
function readerSql({ sessions, lookup, graph }: RuleSubject): string {
  const { database, version } = lookup.catalogue
  const judged = [...new Set(sessions.map(({ login }) => login))]
  const harmless = judged.filter((role) => powersWithRows(role, { lookup, graph }).length === 0)
  const reader = quoted('tenantbench_reader')
  const options = version >= 160_000 ? ' WITH INHERIT TRUE, SET TRUE' : ''
  return [
    `CREATE ROLE ${reader} LOGIN PASSWORD '...' NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;`,
    `GRANT CONNECT ON DATABASE ${quoted(database.name)} TO ${reader};`,
    ...harmless.map((role) => `GRANT ${quoted(role)} TO ${reader}${options};`),
  ].join('\n')
}

type Powerful = Pick<RuleSubject, 'lookup' | 'graph'>

/** Here the right to see every row counts too: code that runs with it could take rows along. */
function powersWithRows(role: string, { lookup, graph }: Powerful): readonly string[] {
  const all = [...new Set([...graph.inherited(role), ...graph.settable(role)])]
  const bypassing = all.filter(
    (each) => graph.role(each)?.bypassRls === true && graph.role(each)?.superuser !== true,
  )
  // Making databases is no power over the one that is read.
  const powers = powersOf(role, lookup.catalogue, graph).filter(
    (power) => !power.startsWith('CREATEDB'),
  )
  return [
    ...powers,
    ...bypassing.map((name) => (name === role ? 'BYPASSRLS' : `BYPASSRLS through ${name}`)),
  ]
}

/**
 * Answers why a relation is not read: what reading it may run with powers; null when there is no
 * such thing.
 */
export function readGate(subject: Powerful): (relation: Relation) => string | null {
  const known = new Map<Relation, string | null>()
  return (relation) => {
    const why = known.get(relation) ?? findPowerful(relation, subject)
    known.set(relation, why)
    return why
  }
}

function findPowerful(relation: Relation, subject: Powerful): string | null {
  const { views, functions, unforeseeable } = behind(relation, subject.lookup)
  const asOwners = [
    ...[...functions].filter(({ definer }) => definer),
    ...[...views].filter(
      ({ options }) =>
        !options.some((option) => /^security_invoker=(true|on|1|yes)$/i.test(option)),
    ),
  ]
  for (const each of asOwners) {
    const powers = powersWithRows(each.owner, subject)
    if (powers.length > 0)
      return (
        `Not judged in readonly: reading it may run ${describe(each)}, which has the ` +
        `powers of ${each.owner} (${powers.join(', ')}).`
      )
  }
  const [first] = unforeseeable
  return first === undefined
    ? null
    : `Not judged in readonly: reading it runs ${first}, of which it cannot be foreseen what ` +
        'it does, such as ending other sessions.'
}
