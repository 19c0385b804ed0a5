/** Ingestion jobs that remember the one before. */
import type { Mutant } from '../mutant.ts'
import type { IngestRequest } from '../../../../src/index.ts'
/** The mutants. */
export const jobs: readonly Mutant[] = [
  {
    id: 'ingestion.tenant-of-the-job-before',
    vector: 'F16',
    layer: 'ingestion',
    severity: 'critical',
    what: 'a job is done for the tenant of the one before',
    layers: () => {
      let before: IngestRequest['tenantId'] | null = null
      return {
        decorateIngest(request) {
          const tenantId = before ?? request.tenantId
          before = request.tenantId
          return { ...request, tenantId }
        },
      }
    },
  },
  {
    id: 'ingestion.documents-of-the-job-before',
    vector: 'F15',
    layer: 'ingestion',
    severity: 'critical',
    what: 'the list of documents is not emptied between jobs',
    layers: () => {
      let before: IngestRequest | null = null
      return {
        decorateIngest(request) {
          const left =
            before === null || before.tenantId === request.tenantId ? [] : before.documents
          before = request
          return {
            ...request,
            documents: [
              ...left.map((document) => ({
                ...document,
                id: `${document.id}-${request.documents[0]?.id ?? ''}`,
              })),
              ...request.documents,
            ],
          }
        },
      }
    },
  },
]
