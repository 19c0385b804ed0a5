/**
 * Which mends the superuser of a clone runs: one statement that takes something from a role, and
 * nothing that is not understood.
 */
import { beforeAll, expect, it } from 'vitest'
import { takesFromRole } from '../../../src/audit/fix-check.ts'
import { loadParser } from '../../../src/audit/sql/parse.ts'

beforeAll(loadParser)

it.each([
  ['ALTER ROLE "app" NOBYPASSRLS;', true],
  ['REVOKE "boss" FROM "app";', true],
  ['ALTER ROLE "app" IN DATABASE "d" RESET app.tenant;', true],
  ['ALTER ROLE "a" NOLOGIN; ALTER ROLE "b" SUPERUSER', false],
  ['ALTER ROLE "own" SUPERUSER', false],
  ['ALTER ROLE "own" NOBYPASSRLS SUPERUSER', false],
  ['ALTER ROLE "own" PASSWORD NULL', false],
  ['GRANT "boss" TO "own"', false],
  ['ALTER ROLE "own" SET role = boss', false],
  ['-- Take public.f out of "a\nALTER ROLE own SUPERUSER; --"', false],
  ['ALTER TABLE t FORCE ROW LEVEL SECURITY;', false],
  ['CREATE POLICY p ON t USING (f());', false],
  ['this is no SQL', false],
  ['', false],
])('%s: %s', (sql, isIt) => expect(takesFromRole(sql)).toBe(isIt))
