/** A variable for "the current tenant", which every request shares. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
/** The mutants. */
export const currentTenant: readonly Mutant[] = [
  {
    id: 'session.current-tenant-variable',
    vector: 'E19',
    layer: 'session',
    severity: 'critical',
    what: 'connections ask a variable who the tenant is',
    layers: () => {
      let current = ''
      return {
        decorateDatabase: (database) => {
          const { directory } = database
          const noting = {
            ...directory,
            require: (tenantId: unknown) => {
              const tenant = directory.require(tenantId)
              current = tenant.id
              return tenant
            },
          }
          return layeredPool({ ...database, directory: noting }, { context: () => current })
        },
      }
    },
  },
  {
    id: 'session.place-of-the-one-before',
    vector: 'F01',
    layer: 'session',
    severity: 'critical',
    what: 'the place of a tenant is that of whoever was looked up before',
    layers: () => ({
      decorateDatabase: (database) => {
        const { directory } = database
        let before: ReturnType<typeof directory.require> | null = null
        return {
          ...database,
          directory: {
            ...directory,
            require: (tenantId: unknown) => {
              const tenant = directory.require(tenantId)
              const { placement } = before ?? tenant
              before = tenant
              return { ...tenant, placement }
            },
          },
        }
      },
    }),
  },
]
