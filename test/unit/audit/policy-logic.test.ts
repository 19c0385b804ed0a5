/** What a policy rests on, expression by expression, as PostgreSQL prints them. */
import { beforeAll, describe, expect, it } from 'vitest'
import type {
  Catalogue,
  DatabaseFunction,
  Relation,
} from '../../../src/audit/catalogue/catalogue.ts'
import { rowScope } from '../../../src/audit/sql/lineage.ts'
import { lookupIn } from '../../../src/audit/sql/lookup.ts'
import { loadParser } from '../../../src/audit/sql/parse.ts'
import { judgeExpression } from '../../../src/audit/tenancy/policy-logic.ts'

const column = (name: string, baseType = 'integer') => ({
  name,
  type: baseType,
  baseType,
  typeKind: 'b',
  enumLabels: [],
  notNull: true,
  defaultSql: null,
  generated: '',
  identity: '',
  collation: null,
  deterministic: true,
  inherited: false,
  grants: [],
})
const relation = (oid: number, name: string, columns: readonly object[]) =>
  ({
    oid,
    schema: 'public',
    name,
    kind: 'r',
    owner: 'o',
    persistence: 'p',
    rowSecurity: true,
    forced: true,
    isPartition: false,
    partitionBound: null,
    partitionKey: null,
    parents: [],
    options: [],
    grants: [],
    columns,
    definition: null,
    server: null,
    ownedBy: null,
    comment: null,
    reads: [],
  }) as unknown as Relation
const sqlFunction = (
  oid: number,
  name: string,
  source: string,
  more: Partial<DatabaseFunction> = {},
) =>
  ({
    oid,
    schema: 'public',
    name,
    identityArguments: '',
    argumentNames: [],
    argumentTypes: [],
    defaults: 0,
    returns: 'integer',
    returnsSet: false,
    kind: 'f',
    language: 'sql',
    trustedLanguage: true,
    volatility: 's',
    definer: false,
    leakproof: false,
    owner: 'o',
    settings: [],
    source,
    definition: null,
    grants: [],
    ...more,
  }) as unknown as DatabaseFunction

const doc = relation(1, 'doc', [
  column('id'),
  column('tenant_id'),
  column('slug', 'text'),
  column('email', 'public.citext'),
  column('is_public', 'boolean'),
  column('sharing', 'text'),
])
const members = relation(2, 'members', [column('tenant_id'), column('user_id')])
const plpgsqlTenant =
  'CREATE FUNCTION public.tenant_plpgsql() RETURNS integer LANGUAGE plpgsql AS $$ declare ' +
  "given text := current_setting('app.tid', true); begin return nullif(given, '')::int; end $$"
const functions = [
  sqlFunction(10, 'current_tenant', "select nullif(current_setting('app.tid', true), '')::int"),
  sqlFunction(11, 'tenant_plpgsql', '', { language: 'plpgsql', definition: plpgsqlTenant }),
  sqlFunction(12, 'is_mine', "select $1 = nullif(current_setting('app.tid', true), '')::int", {
    argumentTypes: ['integer'],
    argumentNames: ['wanted'],
    returns: 'boolean',
  }),
  sqlFunction(13, 'jwt', "select nullif(current_setting('request.jwt.claims', true), '')::jsonb", {
    returns: 'jsonb',
  }),
]
const catalogue = {
  relations: [doc, members],
  functions,
  policies: [],
  constraints: [],
  indexes: [],
  triggers: [],
  roles: [],
} as unknown as Catalogue
const lookup = lookupIn(catalogue)
const setting = "( SELECT current_setting('app.tid'::text, true) AS current_setting)"
const context = `(NULLIF(${setting}, ''::text))::integer`

beforeAll(loadParser)

const judged = (text: string) => judgeExpression(text, rowScope(lookup, doc))?.branches ?? []

describe('is bound', () => {
  it.each([
    ['a wrapped setting', `(tenant_id = ${context})`],
    ['a bare setting', "(tenant_id = (current_setting('app.tid'::text))::integer)"],
    ['the sides the other way round', `(${context} = tenant_id)`],
    ['a helper in SQL', '(tenant_id = public.current_tenant())'],
    ['a helper in PL/pgSQL', '(tenant_id = ( SELECT public.tenant_plpgsql() AS tenant_plpgsql))'],
    ['a helper that is asked about the row', 'public.is_mine(tenant_id)'],
    [
      'a claim two levels down',
      "((tenant_id)::text = ((public.jwt() -> 'app_metadata'::text) ->> 'tenant'::text))",
    ],
    [
      'membership by IN',
      `(tenant_id IN ( SELECT m.tenant_id FROM public.members m WHERE (m.user_id = ${context})))`,
    ],
    [
      'membership by EXISTS',
      `(EXISTS ( SELECT 1 FROM public.members m WHERE ((m.tenant_id = doc.tenant_id) AND (m.user_id = ${context}))))`,
    ],
    ['a further condition', `((tenant_id = ${context}) AND (is_public OR (id > 0)))`],
  ])('%s', (_title, text) => {
    const branches = judged(text)
    expect(branches.length).toBeGreaterThan(0)
    expect(branches.every(({ bound, vector }) => bound && vector === null)).toBe(true)
  })
})

describe('has a way in that is not', () => {
  it.each([
    ['B01', 'true'],
    ['B01', `((tenant_id = ${context}) OR (1 = 1))`],
    ['B02', '(tenant_id = tenant_id)'],
    ['B02', '(tenant_id IS NOT NULL)'],
    ['B03', `((tenant_id = ${context}) OR (sharing <> 'private'::text))`],
    ['B03', '(id > 0)'],
    ['B04', `((${setting} IS NULL) OR (tenant_id = ${context}))`],
    ['B04', `COALESCE((tenant_id = ${context}), true)`],
    ['B04', `CASE WHEN (${setting} IS NOT NULL) THEN (tenant_id = ${context}) ELSE true END`],
    ['B05', `((${setting} = ''::text) OR (tenant_id = ${context}))`],
    ['B06', `(tenant_id = COALESCE(${context}, tenant_id))`],
    [
      'B07',
      `((tenant_id = ${context}) OR (current_setting('app.is_admin'::text, true) = 'true'::text))`,
    ],
    ['B08', `(tenant_id = COALESCE(${context}, 2))`],
    ['B09', `(${setting} IS NOT NULL)`],
    ['B09', `(${setting} <> ''::text)`],
    ['B11', `(slug ~~ (${setting} || '%'::text))`],
    ['B11', `starts_with(slug, ${setting})`],
    ['B12', `(lower(slug) = lower(${setting}))`],
    ['B12', `(email = (${setting})::public.citext)`],
    ['B18', `((tenant_id IS NULL) OR (tenant_id = ${context}))`],
    [
      'B21',
      `(EXISTS ( SELECT 1 FROM public.members m WHERE ((m.tenant_id = m.tenant_id) AND (m.user_id = ${context}))))`,
    ],
    ['B22', '(EXISTS ( SELECT 1 FROM public.members m WHERE (m.tenant_id = doc.tenant_id)))'],
    ['B28', "((tenant_id)::text = ((public.jwt() -> 'user_metadata'::text) ->> 'tenant'::text))"],
    ['B30', `((tenant_id)::text = ANY (string_to_array(${setting}, ','::text)))`],
  ])('%s: %s', (vector, text) => {
    const found = judged(text)
      .filter(({ bound }) => !bound)
      .flatMap((branch) => [branch.vector, ...branch.weaknesses])
    expect(found).toContain(vector)
  })
})

it('a key that means nobody is no default tenant', () => {
  expect(
    judged(`(tenant_id = COALESCE(${context}, 0))`).flatMap(({ weaknesses }) => weaknesses),
  ).not.toContain('B08')
})
