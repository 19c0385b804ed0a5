/**
 * Tenant configurations, from the database, kept in memory while that is safe. An UPDATE notifies;
 * the listener forgets that tenant's entry, or every entry when a tier was changed. While the
 * listening connection is down every read goes to the database, and an entry is never trusted for
 * longer than half a second, so a change is in force within a second whatever happens to the
 * connection.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Clock } from '../base/clock.ts'
import { TenantbenchError } from '../base/errors.ts'
import type { TenantId } from '../base/tenant-id.ts'
import { queryAsTenant, type TenantDatabase } from '../isolation/tenant-session.ts'
import { parseTenantConfig, type TenantConfig } from './tenant-config.ts'

/** Reads configurations. */
export interface ConfigStore extends AsyncDisposable {
  /**
   * The tenant's configuration as of now. Throws TB_CONFIG_MISSING, TB_CONFIG_INVALID,
   * TB_TEMPLATE_INVALID.
   */
  current(tenantId: TenantId): Promise<TenantConfig>
  /** Whether changes are being listened for; false while reads go to the database. */
  isListening(): boolean
  close(): Promise<void>
}

/** Where configurations come from. `listenUrl` is a secret. */
export interface ConfigStoreOptions {
  readonly database: TenantDatabase
  readonly clock: Clock
  readonly listenUrl: string
}

interface Entry {
  readonly config: TenantConfig
  readonly readAtMs: number
}

const longestTrustMs = 500
const relistenAfterMs = 200
const channel = 'tenantbench_config'

/** Opens the store and begins to listen. */
export async function openConfigStore(options: ConfigStoreOptions): Promise<ConfigStore> {
  const entries = new Map<string, Entry>()
  const listener = listenForChanges(options, (tenantHash) =>
    tenantHash === null ? entries.clear() : entries.delete(tenantHash),
  )
  await listener.firstAttempt
  const current = async (tenantId: TenantId): Promise<TenantConfig> => {
    const key = hashOf(tenantId)
    const known = entries.get(key)
    if (
      known !== undefined &&
      listener.isListening() &&
      options.clock.monotonicMs() - known.readAtMs < longestTrustMs
    )
      return known.config
    const readAtMs = options.clock.monotonicMs()
    const config = await readConfig(options.database, tenantId)
    entries.set(key, { config, readAtMs })
    return config
  }
  return {
    current,
    isListening: listener.isListening,
    close: listener.close,
    [Symbol.asyncDispose]: listener.close,
  }
}

function hashOf(tenantId: TenantId): string {
  return createHash('sha256').update(tenantId).digest('hex')
}

async function readConfig(database: TenantDatabase, tenantId: TenantId): Promise<TenantConfig> {
  const [row] = await queryAsTenant(database, tenantId, {
    text: `select configs.version, tier_version as "tierVersion", model, top_k as "topK", rerank,
      temperature::float8 as temperature,
        max_output_tokens as "maxOutputTokens", prompt_template as "promptTemplate", prompt_values
          as "promptValues",
        monthly_budget_usd::text as "monthlyBudgetUsd", coalesce(templates.version, 0) as
          "templateVersion", templates.body as "templateBody", templates.slots as "templateSlots"
      from effective_tenant_configs as configs
      left join prompt_templates as templates on templates.tenant_id = configs.tenant_id
        and templates.name = configs.prompt_template`,
    values: [],
  })
  if (row === undefined)
    throw new TenantbenchError('TB_CONFIG_MISSING', { detail: `Tenant ${tenantId}.` })
  return parseTenantConfig(row)
}

interface Listener {
  readonly firstAttempt: Promise<void>
  isListening(): boolean
  close(): Promise<void>
}

/** Listens on a connection of its own; when that is lost, forgets everything and connects again. */
function listenForChanges(
  options: ConfigStoreOptions,
  forget: (tenantHash: string | null) => void,
): Listener {
  const closing = new AbortController()
  let client: pg.Client | null = null
  let listening = false
  const lost = (gone: pg.Client): void => {
    // A late word of a connection that was given up already.
    if (client !== gone) return
    listening = false
    client = null
    forget(null)
    if (!closing.signal.aborted)
      void options.clock.sleep(relistenAfterMs, closing.signal).then(connect, () => undefined)
  }
  const connect = async (): Promise<void> => {
    const opened = new pg.Client({
      connectionString: options.listenUrl,
      application_name: 'tenantbench-config',
    })
    client = opened
    opened.on('error', () => lost(opened))
    opened.on('end', () => lost(opened))
    // An empty word is a tier's: it concerns everybody in it.
    opened.on('notification', ({ payload }) =>
      forget(payload === undefined || payload === '' ? null : payload),
    )
    try {
      await opened.connect()
      await opened.query(`listen ${channel}`)
      forget(null)
      listening = true
    } catch {
      lost(opened)
      await opened.end().catch(() => undefined)
    }
  }
  const close = async (): Promise<void> => {
    closing.abort()
    await client?.end().catch(() => undefined)
  }
  return { firstAttempt: connect(), isListening: () => listening, close }
}
