/** D17: errors and notices quote other tenants' values. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'

/** The rule: functions that raise with values of rows. */
export const d17: Rule = {
  id: 'D17',
  title: 'An error or a notice quotes a value of a row',
  severities: always('low'),
  explanation:
    'Messages, details and hints reach the client and the logs; what a definer function puts ' +
    'into them is under no policy.',
  source: 'PostgreSQL documentation, PL/pgSQL "Errors and Messages"',
  shownBy: 'catalogue',
  find: ({ lookup, sessions, privileges }) =>
    lookup.catalogue.functions
      .filter(
        (called) =>
          called.language === 'plpgsql' &&
          called.definer &&
          /\braise\s+(notice|warning|exception|info)?\s*'[^']*%/i.test(called.source) &&
          (called.returns === 'trigger' ||
            sessions.some(({ role }) => privileges.canExecute(role, called))),
      )
      .map((called) => ({
        object: nameOf(called),
        oid: null,
        detail: 'it raises with values, as its owner',
        fix: '-- Raise with a code, and log the values where tenants do not read.',
      })),
}
