/**
 * Names by which a system that is not ours knows tenants, documents and requests of a run. Each
 * carries the run's id: whatever the system holds already, nothing of it has that name, so nothing
 * of it is written to, answered from or removed.
 */
import type { TenantId } from '../../../src/base/tenant-id.ts'
import type { SourceDocument } from '../../../src/index.ts'

/** The names of one run, and the way back. */
export interface ForeignNames {
  tenant(id: TenantId): string
  document(tenantId: TenantId, documentId: string): string
  request(requestId: string): string
  /** The run's own name for a foreign one of a tenant or request; any other text stays as it is. */
  inward(name: string): string
  /**
   * What a text identifies, in the oracle's words: nothing, unless no other text could be meant.
   */
  identify(text: string): readonly string[]
  /** The document that an id or a title of this tenant's stands for; null when it is neither. */
  documentOf(tenantId: TenantId, source: string): string | null
  /** Remembers the documents of a tenant under their foreign ids and their titles. */
  learnDocuments(tenantId: TenantId, documents: readonly SourceDocument[]): void
  /**
   * Remembers ids that the system gave to chunks; those that can stand for something, and for one
   * tenant alone, identify it.
   */
  learnChunks(tenantId: TenantId, chunkIds: readonly string[]): void
}

/** A shorter id is a number on a page, or a score. */
const shortestId = 6

/**
 * Names for a run. Without `createsTenants` the tenants are there beforehand, under the names that
 * the scenario has.
 */
export function foreignNames(runId: string, createsTenants: boolean): ForeignNames {
  const prefix = `tb-${runId.slice(-10)}-`
  const documents = new Map<string, ReadonlyMap<string, string>>()
  const chunkOwners = new Map<string, Set<TenantId>>()
  const inward = (name: string): string =>
    name.startsWith(prefix) ? name.slice(prefix.length) : name
  const document = (tenantId: TenantId, documentId: string): string =>
    `${prefix}${tenantId}.${documentId}`
  return {
    tenant: (id) => (createsTenants ? `${prefix}${id}` : id),
    document,
    request: (requestId) => `${prefix}${requestId}`,
    inward,
    identify: (text) =>
      text.startsWith(prefix)
        ? [text, inward(text)]
        : chunkOwners.get(text)?.size === 1
          ? [text]
          : [],
    documentOf: (tenantId, source) => documents.get(tenantId)?.get(source) ?? null,
    learnDocuments: (tenantId, own) =>
      void documents.set(
        tenantId,
        new Map(
          own.flatMap(({ id, title }) => [
            [document(tenantId, id), id] as const,
            [title, id] as const,
          ]),
        ),
      ),
    learnChunks(tenantId, chunkIds) {
      for (const id of chunkIds)
        if (id.length >= shortestId)
          chunkOwners.set(id, (chunkOwners.get(id) ?? new Set()).add(tenantId))
    },
  }
}

/**
 * The text with the title before each paragraph: whoever cuts it, nearly every chunk then carries
 * the title, and with it the canary.
 */
export function marked({ title, text }: Pick<SourceDocument, 'title' | 'text'>): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => `${title}\n${paragraph}`)
    .join('\n\n')
}
