/** Setting the stage: every tenant signed up, configured, and its corpus ingested. */
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { IngestReport, Target } from '../../target/target.ts'
import type { TenantCorpus } from '../../workload/corpus.ts'

/** What is provisioned, and who hears of progress. */
export interface ProvisionOptions {
  readonly scenario: LoadedScenario
  readonly corpora: readonly TenantCorpus[]
  readonly target: Target
  readonly signal: AbortSignal
  onTenant(tenantId: TenantId): void
}

/** What each tenant's corpus came to. */
export type Provisioned = ReadonlyMap<TenantId, IngestReport>

const ingestsAtOnce = 2

/**
 * Signs tenants up one after the other, so that placement is the same in every run, then ingests
 * two at a time: more would only wait for the same two cores.
 */
export async function provision({
  scenario,
  corpora,
  target,
  signal,
  onTenant,
}: ProvisionOptions): Promise<Provisioned> {
  for (const { id, name, tier, row, current, template } of scenario.tenants) {
    signal.throwIfAborted()
    await target.signUp({ id: parseTenantId(id), name, tier, config: row, current, template })
  }
  const reports = new Map<TenantId, IngestReport>()
  const waiting = [...corpora]
  const work = async (): Promise<void> => {
    for (let corpus = waiting.shift(); corpus !== undefined; corpus = waiting.shift()) {
      signal.throwIfAborted()
      reports.set(
        corpus.tenantId,
        await target.ingest(corpus.tenantId, corpus.documents, corpus.canary),
      )
      onTenant(corpus.tenantId)
    }
  }
  await Promise.all(Array.from({ length: ingestsAtOnce }, work))
  return reports
}
