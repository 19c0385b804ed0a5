/** Caches of configurations and templates. */
import type { Mutant } from '../mutant.ts'
import type { TenantConfig } from '../../../../src/index.ts'
/** The mutants. */
export const configurationCaches: readonly Mutant[] = [
  {
    id: 'caches.configuration-of-the-first',
    vector: 'F13',
    layer: 'caches',
    severity: 'high',
    what: 'a configuration is kept without saying whose',
    layers: () => {
      let kept: TenantConfig | null = null
      return {
        decorateConfigs: (configs) => ({
          ...configs,
          current: async (tenantId) => (kept ??= await configs.current(tenantId)),
        }),
      }
    },
  },
  {
    id: 'caches.configuration-of-the-one-before',
    vector: 'F14',
    layer: 'caches',
    severity: 'high',
    what: 'a configuration that is read while another is asked for is that of the other',
    layers: () => {
      let last: TenantConfig | null = null
      return {
        decorateConfigs: (configs) => ({
          ...configs,
          async current(tenantId) {
            const own = await configs.current(tenantId)
            const given = last ?? own
            last = own
            return given
          },
        }),
      }
    },
  },
  {
    id: 'caches.template-by-name',
    vector: 'F09',
    layer: 'caches',
    severity: 'critical',
    what: 'a template is kept by its name',
    layers: () => {
      const kept = new Map<string, TenantConfig['template']>()
      return {
        decorateConfigs: (configs) => ({
          ...configs,
          async current(tenantId) {
            const own = await configs.current(tenantId)
            const template = kept.get(own.promptTemplate) ?? own.template
            kept.set(own.promptTemplate, template)
            return { ...own, template }
          },
        }),
      }
    },
  },
]
