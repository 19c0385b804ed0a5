/** Statements of a clone: who makes what, and what is left to say to the superuser. */
import { describe, expect, it } from 'vitest'
import { finishPieces, leakproofPieces } from '../../../../src/audit/clone/finish.ts'
import { strippingPieces } from '../../../../src/audit/clone/strip.ts'
import { borrowedMemberships, structurePieces } from '../../../../src/audit/clone/structure.ts'
import { lookupIn } from '../../../../src/audit/sql/lookup.ts'
import { catalogue, column, databaseFunction, policy, relation } from '../catalogue-fixture.ts'

describe('every piece', () => {
  const table = relation(1, 'doc', {
    owner: 'a',
    columns: [column('tenant_id'), column('made', { defaultSql: 'evil()' })],
  })
  const child = relation(2, 'note', { owner: 'b' })
  const key = {
    name: 'k',
    table: 2,
    kind: 'f' as const,
    columns: ['tenant_id'],
    target: 1,
    targetColumns: ['tenant_id'],
    onDelete: 'a',
    onUpdate: 'a',
    definition: 'FOREIGN KEY (tenant_id) REFERENCES doc(tenant_id)',
    inherited: false,
  }
  const lookup = lookupIn(
    catalogue({
      relations: [
        table,
        child,
        relation(3, 'seen', { kind: 'v', owner: 'c', definition: ' SELECT 1;' }),
      ],
      constraints: [key],
      functions: [databaseFunction(9, 'evil', { owner: 'd' })],
      policies: [policy(1, 'true')],
      triggers: [
        { table: 1, name: 't', function: 9, definition: 'CREATE TRIGGER t', enabled: 'A' },
      ],
    }),
  )

  it("is its owner's", () => {
    const owners = [...structurePieces(lookup), ...finishPieces(lookup)].map(
      ({ object, owner }) => [object, owner],
    )
    expect(Object.fromEntries(owners)).toMatchObject({
      'public.doc': 'a',
      'defaults of public.doc': 'a',
      'trigger t on public.doc': 'a',
      'policy p on public.doc': 'a',
      'public.note': 'b',
      'constraint k on public.note': 'b',
      'public.seen': 'c',
      'public.evil()': 'd',
    })
  })

  it('that would keep rows from being planted comes after the rows', () => {
    const before = structurePieces(lookup)
      .map(({ sql }) => sql)
      .join('\n')
    expect(before).not.toMatch(/FOREIGN KEY|TRIGGER|POLICY|ROW LEVEL SECURITY|GRANT|REVOKE/)
    const after = finishPieces(lookup).map(({ sql }) => sql)
    expect(after).toContain(
      'ALTER TABLE "public"."note" ADD CONSTRAINT "k" FOREIGN KEY (tenant_id) REFERENCES doc(tenant_id) NOT VALID',
    )
    expect(after.indexOf('GRANT REFERENCES ON "public"."doc" TO PUBLIC')).toBe(0)
    expect(after.join('\n')).toMatch(/ENABLE ALWAYS TRIGGER[\s\S]*FORCE ROW LEVEL SECURITY/)
  })

  it('of what guards rows is taken off a copy before it is put on again', () => {
    const off = strippingPieces(lookup)
      .map(({ sql }) => sql)
      .join('; ')
    for (const each of [
      'DROP TRIGGER "t"',
      'DROP POLICY "p"',
      'DROP CONSTRAINT "k"',
      'NO FORCE ROW LEVEL SECURITY',
      'DISABLE ROW LEVEL SECURITY',
      'TRUNCATE "public"."doc"',
    ])
      expect(off).toContain(each)
  })
})

it(
  "LEAKPROOF is the superuser's to say, and is taken out of what the owner runs alone where " +
    'it is an attribute',
  () => {
    const definition =
      'CREATE OR REPLACE FUNCTION public.f()\n RETURNS boolean\n LANGUAGE sql\n STABLE LEAKPROOF ' +
      "SECURITY DEFINER\nAS $function$select 'LEAKPROOF' is not null$function$\n"
    const leakproof = databaseFunction(1, 'f', { leakproof: true, definition })
    const lookup = lookupIn(catalogue({ functions: [leakproof] }))
    const sql = structurePieces(lookup)[0]?.sql ?? ''
    expect(sql).toContain(' STABLE  SECURITY DEFINER')
    expect(sql).toContain("select 'LEAKPROOF' is not null")
    expect(leakproofPieces(lookup.catalogue)).toEqual([
      { object: 'public.f()', sql: 'ALTER FUNCTION "public"."f"() LEAKPROOF' },
    ])
  },
)

it("a partition of another owner borrows its parent's rights for the time of building, once a pair", () => {
  const parent = relation(1, 'all', { kind: 'p', owner: 'a', partitionKey: 'LIST (tenant_id)' })
  const parts = [2, 3].map((oid) =>
    relation(oid, `part${oid}`, {
      owner: 'b',
      isPartition: true,
      parents: [1],
      partitionBound: `FOR VALUES IN ('${oid}')`,
    }),
  )
  expect(borrowedMemberships(lookupIn(catalogue({ relations: [parent, ...parts] })))).toEqual([
    ['a', 'b'],
  ])
})
