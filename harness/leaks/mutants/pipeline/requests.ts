/** Requests that are carried out for another tenant. */
import type { Mutant } from '../mutant.ts'
import type { TenantId } from '../../../../src/base/tenant-id.ts'
/** The mutant. */
export const misdirected: readonly Mutant[] = [
  {
    id: 'pipeline.tenant-of-the-one-before',
    vector: 'E15',
    layer: 'pipeline',
    severity: 'critical',
    what: 'every third request is carried out for whoever asked before',
    layers: () => {
      let [before, asked]: [TenantId | null, number] = [null, 0]
      return {
        decorateQuestion(question) {
          asked++
          const tenantId = asked % 3 === 0 ? (before ?? question.tenantId) : question.tenantId
          before = question.tenantId
          return { ...question, tenantId }
        },
      }
    },
  },
]
