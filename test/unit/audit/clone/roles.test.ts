/** Roles of a clone: none has a power beyond rows, whatever it has in the database. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  membershipPieces,
  roleNotes,
  rolePieces,
  settingPieces,
} from '../../../../src/audit/clone/roles.ts'
import { catalogue, membership, role } from '../catalogue-fixture.ts'

const flags = fc.record({
  superuser: fc.boolean(),
  inherit: fc.boolean(),
  createRole: fc.boolean(),
  createDatabase: fc.boolean(),
  login: fc.boolean(),
  replication: fc.boolean(),
  bypassRls: fc.boolean(),
})

describe('a role', () => {
  it('has no power but to see rows, whatever it had', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        flags,
        fc.boolean(),
        (name, attributes, isNeeded) => {
          const [piece] = rolePieces(
            catalogue({ roles: [role(name, attributes)] }),
            new Set(isNeeded ? [name] : []),
          )
          const words = (piece?.sql ?? '').replace(/"(?:[^"]|"")*"/gs, '').split(/[\s;,]+/)
          for (const word of ['NOSUPERUSER', 'NOCREATEROLE', 'NOCREATEDB', 'NOREPLICATION'])
            expect(words).toContain(word)
          for (const word of [
            'SUPERUSER',
            'CREATEROLE',
            'CREATEDB',
            'REPLICATION',
            'PASSWORD',
            'CONNECTION',
          ])
            expect(words).not.toContain(word)
          expect(words.includes('LOGIN')).toBe(attributes.login || isNeeded)
          expect(words.includes('BYPASSRLS')).toBe(attributes.bypassRls || attributes.superuser)
        },
      ),
    )
  })

  it('is a member of the predefined roles that reach rows alone', () => {
    const roles = [role('app'), role('team')]
    const reaching = [
      'pg_execute_server_program',
      'pg_read_server_files',
      'pg_write_server_files',
      'pg_signal_backend',
      'pg_monitor',
      'pg_create_subscription',
    ]
    const memberships = [...reaching, 'pg_read_all_data', 'team'].map((of) => membership('app', of))
    expect(membershipPieces(catalogue({ roles, memberships })).map(({ object }) => object)).toEqual(
      ['membership of app in pg_read_all_data', 'membership of app in team'],
    )
  })

  it('has stored settings for the one database, and none that loads a library', () => {
    const storedSettings = [
      'session_preload_libraries',
      'local_preload_libraries',
      'dynamic_library_path',
      'jit_provider',
    ].map((name) => ({ role: 'app', name, value: 'x' }))
    const kept = [
      { role: 'app', name: 'app.tenant', value: "a'b" },
      { role: null, name: 'search_path', value: 'crm, "$user"' },
    ]
    expect(
      settingPieces(catalogue({ storedSettings: [...storedSettings, ...kept] }), 'clone_1').map(
        ({ sql }) => sql,
      ),
    ).toEqual([
      `ALTER ROLE "app" IN DATABASE "clone_1" SET "app"."tenant" TO 'a''b'`,
      'ALTER DATABASE "clone_1" SET "search_path" TO \'crm\', \'$user\'',
    ])
    expect(roleNotes(catalogue({ storedSettings })).length).toBe(4)
  })

  it.each([
    ['a;alter/**/role/**/app/**/superuser', "'a;alter/**/role/**/app/**/superuser'"],
    [`"o'x", B`, "'o''x', 'b'"],
    ['"a""b"', "'a\"b'"],
    ['', "''"],
  ])('has its stored list as literals: %s', (value, sql) => {
    const [piece] = settingPieces(
      catalogue({ storedSettings: [{ role: 'app', name: 'search_path', value }] }),
      'd',
    )
    expect(piece?.sql).toBe(`ALTER ROLE "app" IN DATABASE "d" SET "search_path" TO ${sql}`)
  })
})

it('superusers are told once', () => {
  const notes = roleNotes(
    catalogue({
      roles: [
        role('postgres', { superuser: true, bootstrap: true }),
        role('admin', { superuser: true }),
        role('app'),
      ],
    }),
  )
  expect(notes).toEqual([expect.stringContaining('(admin, postgres)')])
})
