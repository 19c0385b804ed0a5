/**
 * Refusals that say that code tried to leave its session, in PostgreSQL's own words of 15 to 18,
 * and those that do not.
 */
import { describe, expect, it } from 'vitest'
import { stepsOut } from '../../../../src/audit/probes/steps-out.ts'

describe('a step out', () => {
  it.each([
    ['42501', 'permission denied to set session authorization "postgres"'],
    ['42501', 'permission denied to set role "boss"'],
    ['42501', 'must be able to SET ROLE "boss"'],
    ['42501', 'must be member of role "boss"'],
    ['42501', 'permission denied to COPY to or from an external program'],
    [
      '42501',
      'must be superuser or have privileges of the pg_execute_server_program role to COPY to ' +
        'or from an external program',
    ],
    ['42501', 'must be superuser to alter superuser roles or change superuser attribute'],
    ['42501', 'permission denied to create role'],
    ['42501', 'permission denied to create extension "dblink"'],
    ['42501', 'permission denied to set parameter "session_preload_libraries"'],
    ['42501', 'permission denied for language c'],
    ['42501', 'permission denied for function lo_export'],
    ['42501', 'permission denied to terminate process'],
    ['22023', 'role "tenantbench" does not exist'],
    ['42501', 'cannot set parameter "role" within security-definer function'],
  ])('%s %s', (state, message) => expect(stepsOut(state, message)).toBe(true))
})

describe('no step out', () => {
  it.each([
    ['42501', 'new row violates row-level security policy for table "doc"'],
    ['42501', 'permission denied for table doc'],
    ['42501', 'permission denied for schema crm'],
    ['42501', 'permission denied for function is_member'],
    ['42501', 'not your tenant'],
    ['P0001', 'permission denied to set role'],
    ['23505', 'duplicate key value violates unique constraint "k"'],
  ])('%s %s', (state, message) => expect(stepsOut(state, message)).toBe(false))
})
