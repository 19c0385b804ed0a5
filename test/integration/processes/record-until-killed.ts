/**
 * Records usage until it is killed. Each event is told on stdout only after the database has
 * acknowledged it.
 */
import { systemClock } from '../../../src/base/clock.ts'
import { parseTenantId } from '../../../src/base/tenant-id.ts'
import { openDatabase, openTenantDirectory, recordUsage, usageEvent } from '../../../src/index.ts'

const [appUrl = '', operatorUrl = '', from = '0'] = process.argv.slice(2)
const app = openDatabase({ connectionString: appUrl, maxConnections: 1 })
const directory = await openTenantDirectory(
  openDatabase({ connectionString: operatorUrl, maxConnections: 1 }),
)
const tenantId = parseTenantId('killed')
const batch = 25

for (let first = Number(from); ; first += batch) {
  const events = Array.from({ length: batch }, (_each, at) => {
    const usage = {
      operation: 'chat',
      provider: 'openai',
      sku: 'gpt-4o-mini',
      attempt: 1,
      outcome: 'completed',
      estimated: false,
      quantities: { 'input-tokens': 1 },
    } as const
    return usageEvent(tenantId, `r${first + at}`, { usage, occurredAtMs: Date.UTC(2026, 10, 3) })
  })
  await recordUsage({ app, directory }, events, systemClock.nowMs())
  process.stdout.write(`${first + batch}\n`)
}
