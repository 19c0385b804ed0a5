/**
 * From vector ids to texts. The texts come from Postgres in the tenant's own session: an id that a
 * wrong namespace or a poisoned index brought along finds no row.
 */
import type { TenantId } from '../base/tenant-id.ts'
import { queryAsTenant, type TenantDatabase } from '../isolation/tenant-session.ts'

/** A chunk with its text and where it stands. */
export interface Passage {
  readonly chunkId: string
  readonly documentId: string
  readonly title: string
  readonly body: string
}

/**
 * The passages found, in the order of the ids, and what the namespace weighs (reads are billed by
 * it).
 */
export interface Hydrated {
  readonly passages: readonly Passage[]
  readonly namespaceBytes: number
}

// No tenant filter on purpose: row security is what keeps tenants apart, and a filter here would
// hide that it is off.
const hydrateText = `
  select chunk_id as "chunkId", document_id as "documentId", title, body, (select bytes
    from namespace_sizes) as "namespaceBytes"
  from unnest($1::text[]) with ordinality as wanted (chunk_id, position)
  join chunks using (chunk_id) join documents using (tenant_id, document_id) order by position`

/** Reads the texts of chunk ids. Ids that are not the tenant's own are silently absent. */
export async function hydrate(
  database: TenantDatabase,
  tenantId: TenantId,
  chunkIds: readonly string[],
): Promise<Hydrated> {
  const rows = await queryAsTenant<{
    chunkId: string
    documentId: string
    title: string
    body: string
    namespaceBytes: number
  }>(database, tenantId, { text: hydrateText, values: [chunkIds] })
  return {
    passages: rows.map(({ chunkId, documentId, title, body }) => ({
      chunkId,
      documentId,
      title,
      body,
    })),
    namespaceBytes: rows[0]?.namespaceBytes ?? 0,
  }
}
