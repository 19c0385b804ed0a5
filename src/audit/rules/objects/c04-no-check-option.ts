/** C04: rows can be written through a view that would not show them. */
import { qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { filtersBySession, viewHits } from './views.ts'

/** The rule: an updatable filter view without CHECK OPTION. */
export const c04: Rule = {
  id: 'C04',
  title: 'A tenant writes rows for others through a view',
  severities: always('high'),
  explanation:
    'The condition of a view is for reading. Without WITH CHECK OPTION new rows need not meet it.',
  source: 'PostgreSQL documentation, CREATE VIEW, WITH CHECK OPTION',
  shownBy: ['insert', 'move'],
  find: (subject) =>
    viewHits(subject, {
      kinds: ['v'],
      test: (view, bases) =>
        filtersBySession(subject, view) &&
        bases.some(({ rowSecurity }) => !rowSecurity) &&
        !view.options.some((option) => option.startsWith('check_option=')) &&
        subject.lookup.triggersOf(view).length === 0 &&
        subject.sessions.some(
          ({ role }) =>
            subject.privileges.columns(role, view, 'INSERT').length +
              subject.privileges.columns(role, view, 'UPDATE').length >
            0,
        )
          ? 'it can be written through, and nothing checks what is written'
          : null,
      fix: (view) => `ALTER VIEW ${qualified(view)} SET (check_option = cascaded);`,
    }),
}
