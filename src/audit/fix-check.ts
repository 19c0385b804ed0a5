/** Trying the mends: on a clone of the structure they are applied, and the clone is audited like any database. */
import pg from 'pg'
import type { AuditResult, Finding } from '../base/finding.ts'
import { makeClone } from './clone/clone.ts'
import type { AuditOptions } from './options.ts'
import type { RuleSubject } from './rules/rule.ts'

/** The answer with `fixCheck` filled in for everything that is proven. */
export async function checkFixes(result: AuditResult, { subject, options, audit }: { readonly subject: RuleSubject; readonly options: AuditOptions; readonly audit: (options: AuditOptions) => Promise<AuditResult> }): Promise<AuditResult> {
  const tried = result.findings.filter(({ status, fix }) => status === 'proven' && !isSentence(fix))
  if (tried.length === 0) return { ...result, findings: result.findings.map((finding) => ({ ...finding, fixCheck: 'not-applicable' as const })) }
  await using server = await options.openServer(Math.floor(subject.lookup.catalogue.version / 10_000))
  await using clone = await makeClone(server, subject.lookup)
  const applied = await apply(clone.url, tried)
  const logins = [...new Set(subject.allSessions.map(({ login }) => login))].map((role) => ({ role, how: 'impersonation' as const }))
  // The clone is cloned again to be probed, on a server of its own: roles are the server's.
  const again = await audit({ ...options, databaseUrl: clone.url, roles: logins, probe: 'clone', fixCheck: false, onStage: () => undefined })
  const left = new Set(again.findings.filter(({ status }) => status === 'proven').map(({ key }) => key))
  const outcome = (finding: Finding): Finding['fixCheck'] => (!tried.includes(finding) ? 'not-applicable' : applied.has(finding.key) && !left.has(finding.key) ? 'mended' : 'not-mended')
  return { ...result, findings: result.findings.map((finding) => ({ ...finding, fixCheck: outcome(finding) })) }
}

/** A mend that no SQL makes is a comment. */
function isSentence(fix: string): boolean {
  return fix.split('\n').every((line) => line.trim() === '' || line.startsWith('--'))
}

async function apply(url: string, findings: readonly Finding[]): Promise<ReadonlySet<string>> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const applied = new Set<string>()
  try {
    for (const { key, fix } of findings) {
      try {
        await client.query(fix)
        applied.add(key)
      } catch (error) {
        // Two findings may ask for the same thing: what is mended already cannot be mended again.
        if (/already|does not exist/.test(String(error))) applied.add(key)
      }
    }
  } finally {
    await client.end().catch(() => undefined)
  }
  return applied
}
