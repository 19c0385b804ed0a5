/** Namespaces that two tenants share, because none is named or because a name loses something. */
import type { Mutant } from '../mutant.ts'
import { withPlaces } from './places.ts'
const lost = (id: string, what: string, change: (namespace: string) => string): Mutant => ({
  id: `vectors.${id}`,
  vector: id === 'default-namespace' ? 'F01' : 'F03',
  layer: 'vectors',
  severity: 'critical',
  what,
  layers: () => ({
    decorate: (providers) =>
      withPlaces(providers, (place) => ({ ...place, namespace: change(place.namespace) })),
  }),
})

/** The mutants. */
export const lostNamespaces: readonly Mutant[] = [
  lost('default-namespace', 'the default namespace is used', () => '__default__'),
  lost('namespace-lower-case', 'namespaces are in lower case', (namespace) =>
    namespace.toLowerCase(),
  ),
  lost('namespace-cut', 'namespaces are cut at 40 letters', (namespace) => namespace.slice(0, 40)),
  lost('namespace-slug', 'everything but letters and digits becomes a dash', (namespace) =>
    namespace.replace(/[^A-Za-z0-9]/g, '-'),
  ),
  lost('namespace-trimmed', 'dots at the end are dropped', (namespace) =>
    namespace.replace(/[.]+$/, ''),
  ),
  lost(
    'namespace-prefix-twice',
    'a prefix that is there already is not put before the id again',
    (namespace) => namespace.replace(/^(tenant-)+/, 'tenant-'),
  ),
]
