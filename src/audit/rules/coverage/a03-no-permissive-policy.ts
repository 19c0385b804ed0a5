/** A03: row security without a permissive policy. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment, qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, sessionsWith, tenantTables } from '../support.ts'

/**
 * The rule: no leak, but nobody sees anything, and such a table is usually "mended" with a role
 * that bypasses.
 */
export const a03: Rule = {
  id: 'A03',
  title: 'Nobody sees a row of this table',
  severities: always('info'),
  explanation: 'Row security is on and no permissive policy lets anything through.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) =>
    tenantTables(subject)
      .filter(
        (relation) =>
          relation.rowSecurity &&
          !subject.lookup.policiesOf(relation).some(({ permissive }) => permissive),
      )
      .flatMap((relation) => {
        const sessions = sessionsWith(subject, relation, ['SELECT'])
        return sessions.length === 0
          ? []
          : [
              {
                object: nameOf(relation),
                oid: relation.oid,
                roles: loginsOf(sessions),
                detail: 'no permissive policy',
                fix: comment(
                  `CREATE POLICY ... ON ${qualified(relation)} for the role that is to read it.`,
                ),
              },
            ]
      }),
}
