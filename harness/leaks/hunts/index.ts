/** All hunts, the quick ones first. A new one is a file here and a line below. */
import { askedAtOnce } from './asked-at-once.ts'
import { batch } from './batch.ts'
import { blindWrites } from './blind-writes.ts'
import { brokenOff } from './broken-off.ts'
import { costs } from './costs.ts'
import { deputies } from './deputies.ts'
import { everything } from './everything.ts'
import { foreignIds } from './foreign-ids.ts'
import { foreignNamespace } from './foreign-namespace.ts'
import { foreignReferences } from './foreign-references.ts'
import { hostileIds } from './hostile-ids.ts'
import type { Hunt } from './hunt.ts'
import { ingestionQueue } from './ingestion-queue.ts'
import { load } from './load.ts'
import { namespaces } from './namespaces.ts'
import { noTenant } from './no-tenant.ts'
import { operator } from './operator.ts'
import { otherConfiguration } from './other-configuration.ts'
import { prepared } from './prepared.ts'
import { quotedErrors } from './quoted-errors.ts'
import { removed } from './removed.ts'
import { residue } from './residue.ts'
import { roles } from './roles.ts'
import { sameQuestion } from './same-question.ts'
import { savepoints } from './savepoints.ts'
import { settings } from './settings.ts'
import { sharedKeys } from './shared-keys.ts'

/** The hunts in order. */
export const hunts: readonly Hunt[] = [
  everything,
  blindWrites,
  noTenant,
  settings,
  deputies,
  savepoints,
  prepared,
  residue,
  roles,
  operator,
  quotedErrors,
  brokenOff,
  load,
  foreignReferences,
  sharedKeys,
  batch,
  sameQuestion,
  askedAtOnce,
  foreignNamespace,
  foreignIds,
  otherConfiguration,
  namespaces,
  costs,
  ingestionQueue,
  removed,
  hostileIds,
]
