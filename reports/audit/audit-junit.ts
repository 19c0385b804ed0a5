/**
 * An audit as JUnit XML: each finding a test case that failed, each abstention one that could not
 * be run.
 */
import { create } from 'xmlbuilder2'
import type { AuditResult, Finding } from '../../src/base/finding.ts'
import { xmlText } from '../views/junit-xml.ts'

/** The document as text. An audit without findings has one case that passed: the audit itself. */
export function auditJunit({ findings, abstained, verdict, statement }: AuditResult): string {
  const failed = findings.filter(isFailure)
  const clean = failed.length === 0
  const totals = {
    tests: findings.length + abstained.length + 1,
    failures: failed.length + (verdict === 'leak' && clean ? 1 : 0),
    errors: verdict === 'inconclusive' ? 1 : 0,
    skipped: abstained.length,
  }
  const suite = create({ version: '1.0', encoding: 'UTF-8' })
    .ele('testsuites', { ...totals, name: 'tenantbench audit' })
    .ele('testsuite', { ...totals, name: 'audit' })
  const whole = suite.ele('testcase', {
    classname: 'tenantbench.audit',
    name: 'verdict',
    time: '0',
  })
  if (verdict === 'inconclusive') whole.ele('error', { type: verdict, message: xmlText(statement) })
  else whole.ele('system-out').txt(xmlText(statement))
  for (const finding of findings) {
    const testcase = suite.ele('testcase', {
      classname: `tenantbench.audit.${finding.vector}`,
      name: xmlText(`${finding.object} ${finding.key}`),
      time: '0',
    })
    const text = xmlText(
      `${finding.severity}, ${finding.status}: ${finding.title}. ${finding.witness}`,
    )
    if (isFailure(finding))
      testcase.ele('failure', { type: finding.severity, message: text }).txt(xmlText(finding.fix))
    else testcase.ele('system-out').txt(text)
  }
  for (const { object, reason } of abstained)
    suite
      .ele('testcase', {
        classname: 'tenantbench.audit.abstained',
        name: xmlText(object),
        time: '0',
      })
      .ele('skipped', { message: xmlText(reason) })
  return suite.end({ prettyPrint: true })
}

/** What counts against a build: medium and worse, unless it is accepted. */
function isFailure({ severity, status }: Finding): boolean {
  return (
    status !== 'accepted' &&
    (severity === 'critical' || severity === 'high' || severity === 'medium')
  )
}
