/** `tenantbench audit`. */
import { printableJson } from '../../../src/base/text.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { threatModels, type AuditResult } from '../../../src/base/finding.ts'
import { audit } from '../../../src/index.ts'
import { auditJunit } from '../../../reports/audit/audit-junit.ts'
import { auditSarif } from '../../../reports/audit/audit-sarif.ts'
import { auditText } from '../../../reports/audit/audit-terminal.ts'
import { startClonePostgres } from '../../services/services.ts'
import { exceptionsFrom } from '../../audit/exceptions.ts'
import { rolesFrom } from '../../audit/roles.ts'
import { statedFrom } from '../../audit/stated.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { packageVersion } from '../version.ts'

const formats = ['pretty', 'json', 'sarif', 'junit'] as const
const probes = ['clone', 'template', 'readonly', 'off'] as const

/** The command. */
export const auditCommand: Command = {
  build: (yargs) =>
    yargs
      .option('database-url', {
        type: 'string',
        describe: 'The database to judge (or TENANTBENCH_DATABASE_URL); nothing in it is changed',
      })
      .option('role', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'A login role of the application, by name or as postgres://role:password@host/db; ' +
          'repeatable (default: every login role that reaches something)',
      })
      .option('probe', {
        choices: probes,
        default: 'clone',
        describe:
          'clone: structure only, on an embedded PostgreSQL; template: a copy on its own ' +
          'server; readonly: on the database itself; off: rules only',
      })
      .option('threat-model', {
        choices: threatModels,
        default: 'M2',
        describe:
          'M1: the application forgets a filter; M2: a tenant influences values; M3: a tenant can run SQL',
      })
      .option('format', {
        choices: formats,
        default: 'pretty',
        describe: 'How the answer is printed',
      })
      .option('json', { type: 'boolean', default: false, describe: 'The same as --format json' })
      .option('context', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'A setting that makes a session a tenant and the column it is compared with, e.g. ' +
          'app.tenant_id=public.tenants.id; a claim as setting/claim',
      })
      .option('tenant-column', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'A column that says whose a row is, e.g. public.doc.owner_ref',
      })
      .option('allow', {
        type: 'string',
        describe: 'A YAML list of accepted findings: key, reason, expires',
      })
      .option('baseline', {
        type: 'string',
        describe: 'An earlier answer as JSON; its findings are accepted',
      })
      .option('fix-check', {
        type: 'boolean',
        default: false,
        describe: 'Apply the mends on a clone and probe again',
      })
      .example(
        '$0 audit --database-url postgres://me@localhost/shop --role shop_app',
        "Rules and probes, as the application's login",
      )
      .example(
        '$0 audit --database-url postgres://me@localhost/shop --format sarif',
        'For a code host',
      ),
  async execute(given, environment) {
    const databaseUrl = databaseUrlFrom(given, environment, {})
    if (databaseUrl === null)
      throw new TenantbenchError('TB_USAGE', {
        detail: 'Name the database: --database-url postgres://user@host/database.',
      })
    const exceptions = await exceptionsFrom(given, systemClock)
    const stated = statedFrom(given)
    for (const warning of exceptions.warnings) process.stderr.write(`note: ${warning}\n`)
    using lifetime = watchLifetime(systemClock)
    const result = await audit({
      databaseUrl,
      roles: await rolesFrom(given),
      probe: probes.find((probe) => probe === given['probe']) ?? 'clone',
      threatModel: threatModels.find((model) => model === given['threat-model']) ?? 'M2',
      stated,
      exceptions: exceptions.accepted,
      fixCheck: given['fix-check'] === true,
      signal: lifetime.signal,
      clock: systemClock,
      openServer: (majorVersion) =>
        startClonePostgres(
          { majorVersion, runtimeFolder: environment['XDG_RUNTIME_DIR'] ?? null },
          systemClock,
        ),
      onStage: (stage) => process.stderr.write(`${stageWords[stage]}\n`),
    })
    process.stdout.write(`${rendered(result, given)}\n`)
    return result.exitCode
  },
}

const stageWords = {
  catalogue: '[1/4] reading the structure',
  rules: '[2/4] applying the rules',
  clone: '[3/4] making a clone',
  probes: '[4/4] probing',
  'fix-check': '      trying the mends on a clone',
} as const

function rendered(result: AuditResult, given: Readonly<Record<string, unknown>>): string {
  switch (given['json'] === true ? 'json' : given['format']) {
    case 'json':
      return printableJson(result)
    case 'sarif':
      return auditSarif(result, packageVersion())
    case 'junit':
      return auditJunit(result)
    default:
      return auditText(result)
  }
}
