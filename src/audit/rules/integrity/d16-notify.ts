/** D16: NOTIFY carries rows to whoever listens. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'

/** The rule. */
export const d16: Rule = {
  id: 'D16',
  title: 'A notification carries rows to every login that listens',
  severities: always('low'),
  explanation: 'Channels have no privileges: any login may LISTEN, and the payload reaches all.',
  source: 'PostgreSQL documentation, NOTIFY',
  shownBy: 'catalogue',
  find: ({ lookup, sessions }) =>
    sessions.length === 0
      ? []
      : lookup.catalogue.functions
          .filter(({ source, definition }) =>
            /\bpg_notify\s*\(|\bnotify\s+\w+\s*,/i.test(
              source + (source.trim() === '' ? (definition ?? '') : ''),
            ),
          )
          .map((called) => ({
            object: nameOf(called),
            oid: null,
            detail: 'it notifies with a payload',
            fix: '-- Send an id that means nothing to others, and let the listener read the row under its own context.',
          })),
}
