/** Powers of roles, and what reading a relation may run with them. */
import { beforeAll, describe, expect, it } from 'vitest'
import { behind } from '../../../../src/audit/reach/behind-relations.ts'
import { powersOf } from '../../../../src/audit/reach/powers.ts'
import { roleGraph } from '../../../../src/audit/reach/roles.ts'
import { lookupIn } from '../../../../src/audit/sql/lookup.ts'
import { loadParser } from '../../../../src/audit/sql/parse.ts'
import {
  catalogue,
  databaseFunction,
  membership,
  policy,
  relation,
  role,
} from '../catalogue-fixture.ts'

beforeAll(loadParser)

describe('powers', () => {
  const whole = catalogue({
    roles: [
      role('app'),
      role('boss', { superuser: true }),
      role('maker', { createRole: true }),
      role('copier', { replication: true }),
      role('setter'),
    ],
    memberships: [
      membership('app', 'team'),
      membership('team', 'maker', { inherit: false }),
      membership('copier', 'pg_signal_backend', { set: false }),
    ],
    parameterGrants: [
      {
        parameter: 'session_preload_libraries',
        grants: [{ grantee: 'setter', privilege: 'SET', grantable: false }],
      },
    ],
  })
  const of = (name: string): readonly string[] => powersOf(name, whole, roleGraph(whole))

  it.each([
    ['boss', ['SUPERUSER']],
    ['app', ['CREATEROLE through maker']],
    ['copier', ['REPLICATION', 'member of pg_signal_backend']],
    ['setter', ['SET on parameter session_preload_libraries']],
    ['nobody', []],
  ])('%s', (name, powers) => expect(of(name)).toEqual(powers))
})

describe('behind a relation', () => {
  const doc = relation(1, 'doc')
  const hidden = databaseFunction(20, 'hidden', { definer: true, owner: 'boss' })
  const seen = (
    more: Parameters<typeof catalogue>[0],
    start = doc,
  ): { readonly functions: readonly string[]; readonly unforeseeable: readonly string[] } => {
    const { functions, unforeseeable } = behind(
      start,
      lookupIn(catalogue({ relations: [doc], policies: [policy(1, 'f()')], ...more })),
    )
    return { functions: [...functions].map(({ name }) => name), unforeseeable }
  }
  const plpgsql = (oid: number, name: string, body: string) =>
    databaseFunction(oid, name, {
      language: 'plpgsql',
      volatility: 'i',
      source: `begin ${body} end`,
    })

  it('is what its policies call, and what that calls', () => {
    const functions = [
      databaseFunction(10, 'f', { source: 'select g()' }),
      databaseFunction(11, 'g', { source: 'select Hidden()' }),
      hidden,
    ]
    expect(seen({ functions, calledByRelations: [{ relation: 1, function: 10 }] })).toEqual({
      functions: ['f', 'g', 'hidden'],
      unforeseeable: [],
    })
  })

  it('is nothing where no policy calls anything', () => {
    expect(seen({ functions: [hidden] })).toEqual({ functions: [], unforeseeable: [] })
  })

  it('is everything where SQL is put together at run time, whatever the label says', () => {
    const functions = [plpgsql(10, 'f', "execute 'select hid' || 'den()'; return true;"), hidden]
    expect(seen({ functions, calledByRelations: [{ relation: 1, function: 10 }] })).toEqual({
      functions: ['f', 'hidden'],
      unforeseeable: ['function public.f'],
    })
  })

  it.each([
    ['ends sessions', 'perform pg_terminate_backend(1); return true;'],
    [
      'runs SQL that is handed over as text',
      "perform query_to_xml(tenant, true, true, ''); return true;",
    ],
    ['writes names in escapes', 'perform U&"hid\\0064en"(); return true;'],
    ['is written in a language that is not read', null],
  ])('cannot be foreseen where it %s', (_title, body) => {
    const called =
      body === null ? databaseFunction(10, 'f', { language: 'plv8' }) : plpgsql(10, 'f', body)
    expect(
      seen({ functions: [called], calledByRelations: [{ relation: 1, function: 10 }] })
        .unforeseeable,
    ).toEqual(['function public.f'])
  })

  it('is what operators, casts and checks run, once anything is called', () => {
    const functions = [databaseFunction(10, 'f'), hidden]
    expect(
      seen({
        functions,
        calledByRelations: [{ relation: 1, function: 10 }],
        ambientFunctions: [20],
      }).functions,
    ).toEqual(['f', 'hidden'])
  })

  it('is followed through views, and through tables that policies look into', () => {
    const top = relation(3, 'top', { kind: 'v', reads: [2], definition: 'SELECT' })
    const inner = relation(2, 'inner', { kind: 'v', reads: [1], definition: 'SELECT' })
    const { views } = behind(top, lookupIn(catalogue({ relations: [doc, top, inner] })))
    expect([...views].map(({ name }) => name)).toEqual(['top', 'inner'])
    const functions = [databaseFunction(10, 'f')]
    const asking = relation(4, 'asking')
    expect(
      seen(
        {
          relations: [doc, asking],
          functions,
          readByPolicies: [{ relation: 4, reads: 1 }],
          calledByRelations: [{ relation: 1, function: 10 }],
        },
        asking,
      ).functions,
    ).toEqual(['f'])
  })
})
