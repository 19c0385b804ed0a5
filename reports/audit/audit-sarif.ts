/** An audit as SARIF 2.1.0, for code hosts that show findings beside the code. */
import { atLeast, type AuditResult, type Finding } from '../../src/base/finding.ts'
import { printable, printableJson } from '../../src/base/text.ts'

const level = ({ severity }: Finding): 'error' | 'warning' | 'note' =>
  atLeast(severity, 'high') ? 'error' : severity === 'medium' ? 'warning' : 'note'

/** Numbers by which code hosts sort: CVSS-like, 0 to 10. */
const scores = { critical: '9.5', high: '8.0', medium: '5.0', low: '3.0', info: '0.0' } as const

/** The document as text. An object of a database has no file: it stands as a logical location. */
export function auditSarif(result: AuditResult, version: string): string {
  const vectors = [...new Map(result.findings.map((finding) => [finding.vector, finding])).values()]
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tenantbench audit',
            version,
            rules: vectors.map((finding) => ({
              id: finding.vector,
              name: finding.vector,
              shortDescription: { text: finding.title },
              fullDescription: { text: finding.explanation },
              defaultConfiguration: { level: level(finding) },
              properties: {
                'security-severity': scores[finding.severity],
                tags: ['security', 'tenant-isolation'],
              },
            })),
          },
        },
        invocations: [{ executionSuccessful: true, exitCode: result.exitCode }],
        results: result.findings.map((finding) => ({
          ruleId: finding.vector,
          ruleIndex: vectors.findIndex(({ vector }) => vector === finding.vector),
          level: level(finding),
          kind: finding.status === 'possible' ? 'review' : 'fail',
          message: {
            text: `${finding.title}: ${finding.object}. ${printable(finding.witness)} Mend: ${printable(finding.fix)}`,
          },
          locations: [
            { logicalLocations: [{ fullyQualifiedName: finding.object, kind: 'resource' }] },
          ],
          partialFingerprints: { 'tenantbench/v1': finding.key },
          ...(finding.status === 'accepted'
            ? { suppressions: [{ kind: 'external', justification: finding.reason ?? '' }] }
            : {}),
        })),
        properties: {
          verdict: result.verdict,
          threatModel: result.threatModel,
          abstained: result.abstained,
        },
      },
    ],
  }
  return printableJson(document)
}
