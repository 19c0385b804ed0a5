/**
 * All mutants. A new kind is a file in the folder of its layer and a line in each of the two lists
 * here.
 */
import type { Mutant } from './mutant.ts'
import { checkOpen } from './schema/check-open.ts'
import { forceDropped } from './schema/force-dropped.ts'
import { functions } from './schema/functions.ts'
import { granted } from './schema/granted.ts'
import { keys } from './schema/keys.ts'
import { policyAnyTenant } from './schema/policy-any-tenant.ts'
import { policyBypassFlag } from './schema/policy-bypass-flag.ts'
import { policyCasts } from './schema/policy-casts.ts'
import { policyCoalesce } from './schema/policy-coalesce.ts'
import { policyColumnCapture } from './schema/policy-column-capture.ts'
import { policyDefaultTenant } from './schema/policy-default-tenant.ts'
import { policyImmutableHelper } from './schema/policy-immutable-helper.ts'
import { policyList } from './schema/policy-list.ts'
import { policyLiteral } from './schema/policy-literal.ts'
import { policyLossy } from './schema/policy-lossy.ts'
import { policyOpenOnEmpty } from './schema/policy-open-on-empty.ts'
import { policyOpenOnNull } from './schema/policy-open-on-null.ts'
import { policyPrefix } from './schema/policy-prefix.ts'
import { policySelfComparison } from './schema/policy-self-comparison.ts'
import { policyTrue } from './schema/policy-true.ts'
import { policyUnboundExists } from './schema/policy-unbound-exists.ts'
import { rowSecurityOff } from './schema/row-security-off.ts'
import { secondPolicy } from './schema/second-policy.ts'
import { views } from './schema/views.ts'
import { memberships } from './roles/memberships.ts'
import { operatorReads } from './roles/operator.ts'
import { contextKept } from './session/context-kept.ts'
import { contextWrong } from './session/context-wrong.ts'
import { currentTenant } from './session/current-tenant.ts'
import { dirtyConnection } from './session/dirty-connection.ts'
import { errorsWithRows } from './session/errors.ts'
import { noticesToAll } from './session/notices.ts'
import { sharedConnection } from './session/shared-connection.ts'
import { vectorBatches } from './vectors/batches.ts'
import { lostNamespaces } from './vectors/namespaces.ts'
import { farSearches } from './vectors/searches.ts'
import { sharedClient } from './vectors/shared-client.ts'
import { answerCaches } from './caches/answers.ts'
import { configurationCaches } from './caches/configuration.ts'
import { memories } from './caches/memory.ts'
import { resultCache } from './caches/results.ts'
import { retrievalCaches } from './caches/retrieval.ts'
import { mixedAnswers } from './pipeline/answers.ts'
import { quotingErrors } from './pipeline/errors.ts'
import { hydration } from './pipeline/hydration.ts'
import { misdirected } from './pipeline/requests.ts'
import { rerankBatches } from './pipeline/rerank.ts'
import { jobs } from './ingestion/jobs.ts'
import { misplacedRows } from './ingestion/rows.ts'
import { charges } from './costs/charges.ts'
import { leftovers } from './removal/leftovers.ts'

/** The mutants, by layer. */
export const mutants: readonly Mutant[] = [
  ...checkOpen,
  ...forceDropped,
  ...functions,
  ...granted,
  ...keys,
  ...policyAnyTenant,
  ...policyBypassFlag,
  ...policyCasts,
  ...policyCoalesce,
  ...policyColumnCapture,
  ...policyDefaultTenant,
  ...policyImmutableHelper,
  ...policyList,
  ...policyLiteral,
  ...policyLossy,
  ...policyOpenOnEmpty,
  ...policyOpenOnNull,
  ...policyPrefix,
  ...policySelfComparison,
  ...policyTrue,
  ...policyUnboundExists,
  ...rowSecurityOff,
  ...secondPolicy,
  ...views,
  ...memberships,
  ...operatorReads,
  ...contextKept,
  ...contextWrong,
  ...currentTenant,
  ...dirtyConnection,
  ...errorsWithRows,
  ...noticesToAll,
  ...sharedConnection,
  ...vectorBatches,
  ...lostNamespaces,
  ...farSearches,
  ...sharedClient,
  ...answerCaches,
  ...configurationCaches,
  ...memories,
  ...resultCache,
  ...retrievalCaches,
  ...mixedAnswers,
  ...quotingErrors,
  ...hydration,
  ...misdirected,
  ...rerankBatches,
  ...jobs,
  ...misplacedRows,
  ...charges,
  ...leftovers,
]
