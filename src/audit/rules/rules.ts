/** All rules, in the order of their vectors. */
import { a01 } from './coverage/a01-no-row-security.ts'
import { a02 } from './coverage/a02-policies-not-enabled.ts'
import { a03 } from './coverage/a03-no-permissive-policy.ts'
import { a04 } from './coverage/a04-owner-not-forced.ts'
import { a05 } from './coverage/a05-login-owns-table.ts'
import { a06 } from './coverage/a06-exempt-login.ts'
import { a07 } from './coverage/a07-path-to-exempt-role.ts'
import { a08 } from './coverage/a08-createrole.ts'
import { a09 } from './coverage/a09-satellite.ts'
import { a10 } from './coverage/a10-partition.ts'
import { a10b } from './coverage/a10b-partitioned-parent.ts'
import { a11 } from './coverage/a11-inheritance-child.ts'
import { a12 } from './coverage/a12-truncate.ts'
import { a13 } from './coverage/a13-trigger-references.ts'
import { a14 } from './coverage/a14-default-privileges.ts'
import { a15 } from './coverage/a15-create-in-schema.ts'
import { a16 } from './coverage/a16-unprotected-copy.ts'
import { a17 } from './coverage/a17-registry.ts'
import { a18 } from './coverage/a18-policies-miss-a-login.ts'
import { a19 } from './coverage/a19-enabled-by-event-trigger.ts'
import { b20 } from './coverage/b20-membership-table.ts'
import { b01 } from './policies/b01-using-true.ts'
import { b01w } from './policies/b01w-using-true-for-writes.ts'
import { b02 } from './policies/b02-disguised-tautology.ts'
import { b03 } from './policies/b03-widened.ts'
import { b04 } from './policies/b04-open-without-context.ts'
import { b05 } from './policies/b05-open-with-empty-context.ts'
import { b06 } from './policies/b06-falls-back-to-the-row.ts'
import { b07 } from './policies/b07-switch-in-the-session.ts'
import { b08 } from './policies/b08-default-tenant.ts'
import { b09 } from './policies/b09-only-asks-whether.ts'
import { b10 } from './policies/b10-literal-tenant.ts'
import { b11 } from './policies/b11-pattern-match.ts'
import { b12 } from './policies/b12-lossy-equality.ts'
import { b13 } from './policies/b13-check-true.ts'
import { b14 } from './policies/b14-check-without-tenant.ts'
import { b14i } from './policies/b14i-insert-check-without-tenant.ts'
import { b15 } from './policies/b15-command-asymmetry.ts'
import { b18 } from './policies/b18-rows-of-nobody.ts'
import { b19 } from './policies/b19-joining.ts'
import { b21 } from './policies/b21-column-capture.ts'
import { b22 } from './policies/b22-sub-select-without-the-caller.ts'
import { b23 } from './policies/b23-one-login-for-all.ts'
import { b24 } from './policies/b24-role-change.ts'
import { b25 } from './policies/b25-immutable-context.ts'
import { b26 } from './policies/b26-unwrapped-context.ts'
import { b27 } from './policies/b27-cast-error.ts'
import { b28 } from './policies/b28-editable-claims.ts'
import { b30 } from './policies/b30-list-in-the-context.ts'
import { b31 } from './policies/b31-helper-path.ts'
import { b32 } from './policies/b32-leakproof.ts'
import { b34 } from './policies/b34-replayable-context.ts'
import { b35 } from './policies/b35-data-dependent-policy.ts'
import { b36 } from './policies/b36-tenant-set-by-trigger.ts'
import { b33 } from './objects/b33-context-setter.ts'
import { c01 } from './objects/c01-view-with-owners-rights.ts'
import { c03 } from './objects/c03-filter-without-barrier.ts'
import { c04 } from './objects/c04-no-check-option.ts'
import { c05 } from './objects/c05-materialized-view.ts'
import { c06 } from './objects/c06-foreign-table.ts'
import { c07 } from './objects/c07-server-files.ts'
import { c08 } from './objects/c08-definer-function.ts'
import { c09 } from './objects/c09-confused-deputy.ts'
import { c10 } from './objects/c10-sets-context-itself.ts'
import { c11 } from './objects/c11-definer-path.ts'
import { c12 } from './objects/c12-definer-trigger.ts'
import { c13 } from './objects/c13-rewrite-rule.ts'
import { c14 } from './objects/c14-instead-of-trigger.ts'
import { c16 } from './objects/c16-view-calls-definer.ts'
import { c17 } from './objects/c17-publication.ts'
import { c18 } from './objects/c18-large-objects.ts'
import { c19 } from './objects/c19-scheduled-jobs.ts'
import { c20 } from './objects/c20-side-effects.ts'
import { c21 } from './objects/c21-expressions-that-look.ts'
import { c22 } from './objects/c22-tenant-owned-functions.ts'
import { d01 } from './integrity/d01-unique-across-tenants.ts'
import { d02 } from './integrity/d02-silent-conflict.ts'
import { d03 } from './integrity/d03-foreign-key-tells.ts'
import { d04 } from './integrity/d04-foreign-reference.ts'
import { d05 } from './integrity/d05-cascade-across-tenants.ts'
import { d06 } from './integrity/d06-blocked-by-another-tenant.ts'
import { d07 } from './integrity/d07-exclusion-across-tenants.ts'
import { d08 } from './integrity/d08-shared-sequences.ts'
import { d09 } from './integrity/d09-explain-estimates.ts'
import { d10 } from './integrity/d10-rows-removed.ts'
import { d11 } from './integrity/d11-volume-counters.ts'
import { d12 } from './integrity/d12-partition-statistics.ts'
import { d13 } from './integrity/d13-names-as-data.ts'
import { d14 } from './integrity/d14-lock-waits.ts'
import { d15 } from './integrity/d15-shared-activity.ts'
import { d16 } from './integrity/d16-notify.ts'
import { d17 } from './integrity/d17-verbose-errors.ts'
import { d18 } from './integrity/d18-query-latency.ts'
import { d19 } from './integrity/d19-physical-ids.ts'
import { d20 } from './integrity/d20-plan-text.ts'
import type { Rule } from './rule.ts'
import { versionRules } from './server/versions.ts'

/** Every rule of the audit. */
export const rules: readonly Rule[] = [
  a01,
  a02,
  a03,
  a04,
  a05,
  a06,
  a07,
  a08,
  a09,
  a10,
  a10b,
  a11,
  a12,
  a13,
  a14,
  a15,
  a16,
  a17,
  a18,
  a19,
  b01,
  b01w,
  b02,
  b03,
  b04,
  b05,
  b06,
  b07,
  b08,
  b09,
  b10,
  b11,
  b12,
  b13,
  b14,
  b14i,
  b15,
  b18,
  b19,
  b20,
  b21,
  b22,
  b23,
  b24,
  b25,
  b26,
  b27,
  b28,
  b30,
  b31,
  b32,
  b33,
  b34,
  b35,
  b36,
  c01,
  c03,
  c04,
  c05,
  c06,
  c07,
  c08,
  c09,
  c10,
  c11,
  c12,
  c13,
  c14,
  c16,
  c17,
  c18,
  c19,
  c20,
  c21,
  c22,
  d01,
  d02,
  d03,
  d04,
  d05,
  d06,
  d07,
  d08,
  d09,
  d10,
  d11,
  d12,
  d13,
  d14,
  d15,
  d16,
  d17,
  d18,
  d19,
  d20,
  ...versionRules,
]

/** The rule of a vector. */
export function ruleFor(vector: string): Rule | undefined {
  return rules.find(({ id }) => id === vector)
}
