/**
 * The roles of the audited database as roles of the clone: their place among each other and whether
 * row security applies to them, and no power beyond the clone's rows. What a role could do with the
 * powers that are left out is told by rules, not tried.
 */
import type { Catalogue, StoredSetting } from '../catalogue/catalogue.ts'
import { literal, quoted } from '../sql/quote.ts'
import type { Piece } from './piece.ts'

/** Predefined roles that reach rows alone: neither files, programs, signals nor settings. */
const harmlessPredefined: ReadonlySet<string> = new Set(['pg_read_all_data', 'pg_write_all_data'])

/** Settings that make a session load a library. */
const loadingSettings: ReadonlySet<string> = new Set([
  'session_preload_libraries',
  'local_preload_libraries',
  'shared_preload_libraries',
  'dynamic_library_path',
  'extension_control_path',
  'jit_provider',
])

/**
 * Roles by name. `logins` are those as whom the audit connects: who is judged, and who owns
 * something.
 */
export function rolePieces({ roles }: Catalogue, logins: ReadonlySet<string>): readonly Piece[] {
  return roles.map(({ name, inherit, login, superuser, bypassRls }): Piece => {
    const attributes = [
      'NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION',
      inherit ? 'INHERIT' : 'NOINHERIT',
      login || logins.has(name) ? 'LOGIN' : 'NOLOGIN',
      // A superuser is an ordinary owner here that sees and writes all rows.
      bypassRls || superuser ? 'BYPASSRLS' : 'NOBYPASSRLS',
    ]
    const rows = superuser ? `; GRANT pg_read_all_data, pg_write_all_data TO ${quoted(name)}` : ''
    return {
      object: `role ${name}`,
      sql: `CREATE ROLE ${quoted(name)} ${attributes.join(' ')}${rows}`,
    }
  })
}

/** Memberships, between the database's own roles and in predefined ones that reach rows alone. */
export function membershipPieces({ roles, memberships, version }: Catalogue): readonly Piece[] {
  const known = new Set(roles.map(({ name }) => name))
  return memberships
    .filter(({ role }) => known.has(role) || harmlessPredefined.has(role))
    .map(({ role, member, inherit, set, admin }): Piece => {
      const options =
        version >= 160_000
          ? `WITH INHERIT ${inherit}, SET ${set}, ADMIN ${admin}`
          : admin
            ? 'WITH ADMIN OPTION'
            : ''
      return {
        object: `membership of ${member} in ${role}`,
        sql: `GRANT ${quoted(role)} TO ${quoted(member)} ${options}`,
      }
    })
}

/** Stored settings, for one database of the clone's server, so that they go with it. */
export function settingPieces({ storedSettings }: Catalogue, database: string): readonly Piece[] {
  return storedSettings
    .filter(({ name }) => !loadingSettings.has(name))
    .map((setting) => ({
      object: `setting ${setting.name}`,
      sql: settingSql(setting, database),
    }))
}

function settingSql({ role, name, value }: StoredSetting, database: string): string {
  const subject = role === null ? '' : `ROLE ${quoted(role)} IN `
  return `ALTER ${subject}DATABASE ${quoted(database)} SET ${settingName(name)} TO ${settingValue(name, value)}`
}

/** Settings that are lists. */
const listSettings: ReadonlySet<string> = new Set([
  'search_path',
  'temp_tablespaces',
  'unix_socket_directories',
])

function settingName(name: string): string {
  return name.split('.').map(quoted).join('.')
}

function settingValue(name: string, value: string): string {
  return listSettings.has(name) ? listSql(value) : literal(value)
}

/**
 * A stored list as literals. PostgreSQL stores it as text that is quoted only where that was asked
 * for: without quotes an element goes on to the next comma or blank, whatever else is in it.
 */
function listSql(stored: string): string {
  const elements = [...stored.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(
    ([, inQuotes, plain = '']) =>
      inQuotes === undefined ? plain.toLowerCase() : inQuotes.replaceAll('""', '"'),
  )
  return elements.length === 0 ? "''" : elements.map(literal).join(', ')
}

/** What the clone's roles lack, told once. */
export function roleNotes({ roles, storedSettings }: Catalogue): readonly string[] {
  const superusers = roles
    .filter(({ superuser, bootstrap }) => superuser && !bootstrap)
    .map(({ name }) => name)
  const all = roles.filter(({ superuser }) => superuser).map(({ name }) => name)
  const loading = storedSettings.filter(({ name }) => loadingSettings.has(name))
  return [
    ...(all.length === 0
      ? []
      : [
          `Superusers of the database (${[...new Set([...superusers, ...all])].join(', ')}) ` +
            'are ordinary owners on the clone; only their rights to rows are judged.',
        ]),
    ...loading.map(
      ({ role, name }) =>
        `Setting ${name} of ${role ?? 'the database'} loads libraries; the clone is without it.`,
    ),
  ]
}
