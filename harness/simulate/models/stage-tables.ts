/** The stages of a system as plain tables: what engines look up. */
import type { StageTables } from '../plan.ts'
import type { ServiceModels } from './service-models.ts'

/** The tables of a system. */
export function stagesOf({
  embedMs,
  retrieveMs,
  hydrateMs,
  rerankMs,
  otherMs,
}: ServiceModels): StageTables {
  return {
    embedMs: embedMs.values,
    retrieveMs: retrieveMs.values,
    hydrateMs: hydrateMs.values,
    rerankMs: rerankMs.values,
    otherMs: otherMs.values,
  }
}
