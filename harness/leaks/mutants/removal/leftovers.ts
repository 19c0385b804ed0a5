/** Removals that leave something, or take too much. */
import type { Mutant } from '../mutant.ts'
import type { NamespaceRef } from '../../../../src/index.ts'
const reviving = `create function revive() returns trigger language plpgsql as $$ begin
  update tenants set removed_at = null, name = new.name where tenant_id = new.tenant_id
    and removed_at is not null;
  if found then return null; end if;
  return new;
end $$; create trigger revive before insert on tenants for each row execute function revive()`

/** The mutants. */
export const leftovers: readonly Mutant[] = [
  {
    id: 'removal.vectors-stay',
    vector: 'F07',
    layer: 'removal',
    severity: 'high',
    what: 'the namespace of a removed tenant is not emptied',
    layers: () => ({
      decorate: (providers) => ({
        ...providers,
        vectors: { ...providers.vectors, deleteNamespace: async () => undefined },
      }),
    }),
  },
  {
    id: 'removal.rows-stay',
    vector: 'F07',
    layer: 'removal',
    severity: 'high',
    what: 'the texts of a removed tenant stay',
    sql: 'alter table documents drop constraint documents_tenant_id_fkey',
  },
  {
    id: 'removal.id-given-again',
    vector: 'F07',
    layer: 'removal',
    severity: 'critical',
    what: 'the id of a removed tenant is given again',
    sql: reviving,
  },
  {
    id: 'removal.by-prefix',
    vector: 'F05',
    layer: 'removal',
    severity: 'high',
    what: 'every namespace that begins alike is emptied',
    layers: () => {
      const places = new Map<string, NamespaceRef>()
      return {
        decorate: (providers) => ({
          ...providers,
          vectors: {
            ...providers.vectors,
            async upsert(request) {
              places.set(request.place.namespace, request.place)
              return providers.vectors.upsert(request)
            },
            async deleteNamespace(gone) {
              for (const place of places.values())
                if (place.namespace.startsWith(gone.namespace))
                  await providers.vectors.deleteNamespace(place)
            },
          },
        }),
      }
    },
  },
]
