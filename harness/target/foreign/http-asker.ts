/**
 * A service over HTTP asked from a thread of its own: requests are made and read there, and
 * interpreted where the run's names are.
 */
import type { Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { httpTarget } from '../http/http-service.ts'
import type { Asker, TargetRecipe } from '../recipe.ts'
import { foreignNames } from './names.ts'
import { failureOf, type Told } from './told.ts'

/** Opens it. */
export async function httpAsker(
  { service, runId, createsTenants, current }: Extract<TargetRecipe, { kind: 'http' }>,
  clock: Clock,
): Promise<Asker> {
  const ended = new AbortController()
  const names = foreignNames(runId, createsTenants)
  const target = httpTarget(service, clock, ended.signal)
  return {
    async ask({ tenantId, requestId, text, variant }): Promise<Told> {
      const config = variant ?? current.get(tenantId)
      try {
        if (config === undefined)
          throw new TenantbenchError('TB_TENANT_UNKNOWN', {
            detail: `${tenantId} was never signed up.`,
          })
        const { model, topK, rerank } = config
        return {
          answer: await target.query({
            tenantId: names.tenant(tenantId),
            requestId: names.request(requestId),
            question: text,
            config: { model, topK, rerank },
            signal: ended.signal,
          }),
        }
      } catch (error) {
        return { failed: failureOf(error) }
      }
    },
    async [Symbol.asyncDispose]() {
      ended.abort(new TenantbenchError('TB_TARGET_UNREACHABLE', { detail: 'The load is over.' }))
    },
  }
}
