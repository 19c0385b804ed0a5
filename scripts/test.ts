/**
 * `npm test`: types, lint, format, then every kind of test. Ends with one line, `N passed, N
 * failed`, in which a failed check of types, lint or format counts as one.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  readonly passed: number
  readonly failed: number
}

function check(name: string, args: readonly string[]): Counts {
  console.log(`> ${name} ${args.join(' ')}`)
  const passed = spawnSync(join('node_modules/.bin', name), args, { stdio: 'inherit' }).status === 0
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** A run without a report is one failure: a crash must not read as success. */
function tests(args: readonly string[]): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-report-'))
  const report = join(folder, 'report.json')
  try {
    const status = spawnSync(
      'node_modules/.bin/vitest',
      ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...args],
      { stdio: 'inherit' },
    ).status
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as {
      readonly numPassedTests: number
      readonly numFailedTests: number
    }
    const failed = status === 0 ? numFailedTests : Math.max(1, numFailedTests)
    return numPassedTests === 0
      ? { passed: 0, failed: Math.max(1, failed) }
      : { passed: numPassedTests, failed }
  } catch {
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const counts = [
  check('tsc', ['--noEmit']),
  check('oxlint', ['--deny-warnings']),
  check('prettier', ['--check', '.']),
  tests(process.argv.slice(2)),
]
const passed = counts.reduce((sum, each) => sum + each.passed, 0)
const failed = counts.reduce((sum, each) => sum + each.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
