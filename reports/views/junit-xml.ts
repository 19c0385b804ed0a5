/**
 * junit.xml: the checks of a run as test cases, for CI servers. A failed check fails, one that says
 * nothing is an error, one that could not be made is skipped.
 */
import { create } from 'xmlbuilder2'
import { printable } from '../../src/base/text.ts'
import type { RunRecord } from '../record/record.ts'
import type { TextView } from './view.ts'

interface Case {
  readonly name: string
  readonly verdict: RunRecord['checks'][number]['verdict'] | 'not examined'
  readonly evidence: string
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

/** The view. */
export const junitXml: TextView = {
  file: 'junit.xml',
  render(record) {
    const suites = suitesOf(record)
    const document = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
      ...totals(suites.flatMap(({ cases }) => cases)),
      name: xmlText(`tenantbench ${record.scenario}`),
      time: record.timing.wallSeconds.toFixed(3),
    })
    for (const { name, cases } of suites) {
      const suite = document.ele('testsuite', {
        name,
        ...totals(cases),
        timestamp: record.timing.startedAt.slice(0, 19),
      })
      for (const each of cases) {
        const testcase = suite.ele('testcase', {
          classname: `tenantbench.${name}`,
          name: xmlText(each.name),
          time: '0',
        })
        if (each.verdict === 'pass') testcase.ele('system-out').txt(xmlText(each.evidence))
        else if (each.verdict === 'not examined')
          testcase.ele('skipped', { message: xmlText(each.evidence) })
        else
          testcase.ele(isFailure(each) ? 'failure' : 'error', {
            type: each.verdict,
            message: xmlText(each.evidence),
          })
      }
    }
    return `${document.end({ prettyPrint: true })}\n`
  },
}

function suitesOf({ checks, notExamined, isolation, reconciliation }: RunRecord): readonly Suite[] {
  const shown = isolation.boundaries.filter(({ state }) => state !== 'not-shown')
  return [
    {
      name: 'checks',
      cases: [
        ...checks.map(({ id, verdict, evidence }) => ({ name: id, verdict, evidence })),
        ...notExamined.map(({ id, reason }) => ({
          name: id,
          verdict: 'not examined' as const,
          evidence: reason,
        })),
      ],
    },
    {
      name: 'isolation',
      cases: shown.map(({ boundary, state, ownSeen, leaks }) => ({
        name: boundary,
        verdict: state === 'leak' ? 'leak' : state === 'covered' ? 'pass' : 'inconclusive',
        evidence: `own mark seen ${ownSeen} times, leaks: ${leaks}`,
      })),
    },
    ...(reconciliation.verdict === null
      ? []
      : [
          {
            name: 'reconciliation',
            cases: reconciliation.components.map(
              ({ component, verdict, allocatedUsd, billedUsd }) => ({
                name: component,
                verdict: verdict === 'pass' ? 'pass' : 'fail',
                evidence: `allocated $${allocatedUsd}, billed $${billedUsd}: ${verdict}`,
              }),
            ),
          } satisfies Suite,
        ]),
  ]
}

function isFailure({ verdict }: Case): boolean {
  return verdict === 'fail' || verdict === 'leak'
}

function totals(cases: readonly Case[]): Readonly<Record<string, number>> {
  const failures = cases.filter(isFailure).length
  const skipped = cases.filter(({ verdict }) => verdict === 'not examined').length
  return {
    tests: cases.length,
    failures,
    errors: cases.filter(({ verdict }) => verdict !== 'pass').length - failures - skipped,
    ...(skipped === 0 ? {} : { skipped }),
  }
}

/** What XML can hold at all; the writer escapes the rest. */
export function xmlText(text: string): string {
  return printable(text).replace(
    /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  )
}
