/** C14: a view's INSTEAD OF trigger writes past the policies. */
import { comment, qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { viewHits } from './views.ts'

/** The rule. */
export const c14: Rule = {
  id: 'C14',
  title: 'Writing to a view writes rows of other tenants',
  severities: always('high'),
  explanation:
    'The trigger does the writing, with the rights of its owner where it is SECURITY DEFINER; ' +
    'no policy or CHECK OPTION of the view applies.',
  source: 'PostgreSQL documentation, CREATE TRIGGER, INSTEAD OF',
  shownBy: ['insert', 'move', 'update', 'delete', 'side-write'],
  find: (subject) =>
    viewHits(subject, {
      kinds: ['v'],
      test: (view) => {
        const trigger = subject.lookup
          .triggersOf(view)
          .find(({ definition }) => /INSTEAD OF/.test(definition))
        return trigger === undefined
          ? null
          : `trigger "${trigger.name}" writes in place of the view`
      },
      fix: (view) =>
        comment(
          `Make the trigger function of ${qualified(view)} SECURITY INVOKER, or check the tenant in it.`,
        ),
    }),
}
