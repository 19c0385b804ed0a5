/**
 * From where the quality of configurations is that a tenant was not asked under, in sentences: one
 * a configuration, however many tenants there are.
 */
import { named, type Configuration } from '../economics.ts'
import { leastTenants, type FoundQuality } from '../measured-quality.ts'

/** What was found for a tenant. */
export interface TenantQuality {
  readonly tenant: string
  readonly configuration: Configuration
  readonly found: FoundQuality
}

/** The sentences. */
export function qualityWords(qualities: readonly TenantQuality[]): readonly string[] {
  return [...Map.groupBy(qualities, ({ configuration }) => named(configuration))].map(
    ([name, group]) => {
      const parts = Map.groupBy(group, ({ found }) =>
        'from' in found ? found.from : `not measured: ${found.reason}`,
      )
      return (
        `Quality of ${name}: ` +
        [...parts]
          .map(
            ([part, { length }]) => `for ${length} of ${group.length} tenants ${partWords(part)}`,
          )
          .join('; ') +
        '.'
      )
    },
  )
}

function partWords(part: string): string {
  if (part === 'measured')
    return 'as another run has it, of the same tenant by its name and the size of its corpus'
  if (part === 'between')
    return 'on the line between two top_k that the tenant was asked under, with an interval that covers both'
  if (part === 'others')
    return (
      'predicted from other tenants, taking them to be like those: mean of their shares, ' +
      `Student's interval for one tenant more (at least ${leastTenants} tenants), not ` +
      `narrower than Wilson's of all their questions`
    )
  return part
}
