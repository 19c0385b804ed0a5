/** Which mends the superuser of a clone runs: one statement about roles, and nothing that is not understood. */
import { beforeAll, expect, it } from 'vitest'
import { isOfRoles } from '../../../src/audit/fix-check.ts'
import { loadParser } from '../../../src/audit/sql/parse.ts'

beforeAll(loadParser)

it.each([
  ['ALTER ROLE "app" NOBYPASSRLS;', true],
  ['REVOKE "boss" FROM "app";', true],
  ['ALTER ROLE "app" IN DATABASE "d" RESET app.tenant;', true],
  ['ALTER ROLE "a" NOLOGIN; ALTER ROLE "b" SUPERUSER', false],
  ['ALTER TABLE t FORCE ROW LEVEL SECURITY;', false],
  ['CREATE POLICY p ON t USING (f());', false],
  ['this is no SQL', false],
  ['', false],
])('%s: %s', (sql, isIt) => expect(isOfRoles(sql)).toBe(isIt))
