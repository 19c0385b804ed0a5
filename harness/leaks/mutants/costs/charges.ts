/** Usage that is charged to somebody else. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
const isMetering = (text: string): boolean => text.startsWith('insert into usage_events (')

/** The mutants. */
export const charges: readonly Mutant[] = [
  {
    id: 'costs.charged-to-the-one-before',
    vector: 'F18',
    layer: 'costs',
    severity: 'high',
    what: 'usage is charged to the tenant that was metered before',
    layers: () => {
      let [before, charged] = ['', '']
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            values(text, values) {
              if (!isMetering(text)) return values
              charged = before === '' ? String(values[0]) : before
              before = String(values[0])
              return values.with(0, charged)
            },
            context: (tenantId, text) => (isMetering(text) && charged !== '' ? charged : tenantId),
          }),
      }
    },
  },
  {
    id: 'costs.one-account',
    vector: 'F18',
    layer: 'costs',
    severity: 'high',
    what: 'usage of every second request is charged to tenant A',
    layers: () => {
      let [metered, toA] = [0, false]
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            values(text, values) {
              if (!isMetering(text)) return values
              toA = ++metered % 2 === 0
              return toA ? values.with(0, 'A') : values
            },
            context: (tenantId, text) => (isMetering(text) && toA ? 'A' : tenantId),
          }),
      }
    },
  },
  {
    id: 'costs.only-once-a-request-id',
    vector: 'F18',
    layer: 'costs',
    severity: 'high',
    what: 'a request id that another tenant has used is not metered again',
    layers: () => {
      const metered = new Set<string>()
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            values(text, values) {
              if (!isMetering(text)) return values
              const events = JSON.parse(String(values[1])) as readonly {
                readonly requestId: string
                readonly idempotencyKey: string
              }[]
              const fresh = events.filter(({ requestId, idempotencyKey }) => {
                const key = `${requestId.split('.').at(-1)} ${idempotencyKey.split(':').slice(-2).join(':')}`
                const isNew = !metered.has(key)
                metered.add(key)
                return isNew
              })
              return values.with(1, JSON.stringify(fresh))
            },
          }),
      }
    },
  },
]
