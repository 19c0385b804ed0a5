/**
 * The public door of the modules under test: what a service is built from, and what the harness
 * drives.
 */
export { audit } from './audit/audit.ts'
export type { AuditOptions, Exception } from './audit/options.ts'
export type { ThrowawayServer } from './audit/clone/server.ts'
export type { NamedRole } from './audit/reach/sessions.ts'
export type {
  TargetConfig,
  TargetDocument,
  TargetModule,
  TargetQuery,
  TargetTenant,
  ToldAnswer,
  ToldIngest,
  ToldTokens,
  ToldUsage,
} from './base/target-module.ts'
export { adjustToBill } from './cost/allocation/adjustment.ts'
export { allocateMonth, minimumTopUps, shareOut } from './cost/allocation/allocate.ts'
export type { Allocation, TenantActivity } from './cost/allocation/allocate.ts'
export { allocationMethods } from './cost/allocation/method.ts'
export type { AllocationMethod, AllocationRule } from './cost/allocation/method.ts'
export {
  amountOf,
  chargesOf,
  costOfUsage,
  exactAmountOf,
  roundedUsd,
  usageEvent,
} from './cost/charge.ts'
export type { Charge, UsageEvent } from './cost/charge.ts'
export { billedUnits, findPrice, priceOf, productAt } from './cost/prices/price-book.ts'
export type { BilledUnit, Price, PriceBook } from './cost/prices/price-book.ts'
export { diffBooks, pricesAt } from './cost/prices/diff.ts'
export type { PriceChange } from './cost/prices/diff.ts'
export { compareWithMap, parsePriceMap } from './cost/prices/litellm.ts'
export type { MapComparison } from './cost/prices/litellm.ts'
export { buildPriceBook, loadPriceBook, priceBookIds, readPriceBook } from './cost/prices/load.ts'
export { breakEvenOf } from './cost/plans/break-even.ts'
export type { BreakEven, LinearCost } from './cost/plans/break-even.ts'
export { marginOf } from './cost/plans/margin.ts'
export type { Margin } from './cost/plans/margin.ts'
export { planSchema, revenueOf } from './cost/plans/plan.ts'
export type { Plan } from './cost/plans/plan.ts'
export { parsePlans } from './cost/plans/plans-file.ts'
export { focusExport } from './cost/bills/focus-export.ts'
export { readBill } from './cost/bills/read-bill.ts'
export type { Bill, BillLine } from './cost/bills/bill.ts'
export {
  billedQuantities,
  hoursPerMonth,
  promptTokensOf,
  storedQuantity,
} from './cost/meter/quantities.ts'
export { reconcile, runDriftLimits } from './cost/reconcile/drift.ts'
export type {
  ComponentAmount,
  ComponentDrift,
  DriftVerdict,
  Reconciliation,
} from './cost/reconcile/drift.ts'
export { explainBill } from './cost/reconcile/explain.ts'
export type { Cause, CauseId, ExplainedBill } from './cost/reconcile/explain.ts'
export { detectShifts } from './cost/reconcile/shift.ts'
export type { HourlyCount } from './cost/reconcile/shift.ts'
export { readHourlyCounts } from './cost/store/hours.ts'
export { dayCharges } from './cost/ledger/posting.ts'
export type { DayCharge } from './cost/ledger/posting.ts'
export { cliffsOf, groupUsage, pricedGroup, storageGroup } from './cost/meter/groups.ts'
export type { UsageGroup } from './cost/meter/groups.ts'
export { reprice } from './cost/reprice.ts'
export { readUsageGroups } from './cost/store/groups.ts'
export { readWitnesses } from './cost/store/witnesses.ts'
export { postMonth, readBalance, readOwnLedger } from './cost/store/ledger.ts'
export type { PostingResult } from './cost/store/ledger.ts'
export { readStoredBytes, readUsage, recordUsage } from './cost/store/usage.ts'
export { openConfigStore } from './config/config-store.ts'
export type { ConfigStore } from './config/config-store.ts'
export {
  defaultTemplate,
  parsePromptTemplate,
  parseSlotValues,
  promptTemplateSchema,
} from './config/prompt-template.ts'
export type { PromptTemplate, SlotValues, WrittenTemplate } from './config/prompt-template.ts'
export { configSettingsSchema } from './config/tenant-config.ts'
export type { ConfigSettings, NewTenantConfig, TenantConfig } from './config/tenant-config.ts'
export { writeConfig, writePromptTemplate, writeTier } from './config/write-config.ts'
export { namedDatabaseError, openDatabase } from './db/pool.ts'
export type { Database, Queryable, Row } from './db/pool.ts'
export { namespaceOf } from './isolation/namespaces.ts'
export { decidePlacement, fill, hasRoom } from './isolation/capacity.ts'
export type { Filling, IndexLoad, PlacementDecision } from './isolation/capacity.ts'
export { capacityWebhook } from './isolation/capacity-webhook.ts'
export { placeTenant, provisionIndex } from './isolation/placement.ts'
export type {
  CapacityEvent,
  CapacityLimits,
  Placement,
  PlacementOptions,
  Signup,
} from './isolation/placement.ts'
export { installSchema, roleNames } from './isolation/roles.ts'
export type { RoleLogins } from './isolation/roles.ts'
export { openTenantDirectory } from './isolation/tenant-directory.ts'
export type { Tenant, TenantDirectory } from './isolation/tenant-directory.ts'
export { queryAsTenant, withTenant } from './isolation/tenant-session.ts'
export type { TenantDatabase, TenantSession } from './isolation/tenant-session.ts'
export type { ChatMessage, ChatModel } from './providers/chat-model.ts'
export type { Embedder } from './providers/embedder.ts'
export { ProviderError } from './providers/provider-error.ts'
export { openProviders } from './providers/providers.ts'
export type { ProviderEndpoints, Providers } from './providers/providers.ts'
export type { Reranker } from './providers/reranker.ts'
export { countTokens } from './providers/tokens.ts'
export type { NamespaceRef, VectorStore } from './providers/vector-store.ts'
export { answerQuestion } from './rag/answer.ts'
export type { Answer, Question, Source } from './rag/answer.ts'
export { chunkDocument } from './rag/chunk.ts'
export type { Chunk, SourceDocument } from './rag/chunk.ts'
export { hydrate } from './rag/hydrate.ts'
export type { Passage } from './rag/hydrate.ts'
export { countWords, ingest, insertChunks } from './rag/ingest.ts'
export { buildPrompt } from './rag/prompt.ts'
export type { IngestRequest, IngestResult } from './rag/ingest.ts'
export { removeTenant } from './rag/remove-tenant.ts'
export type { RagServices, SharedModels } from './rag/services.ts'
