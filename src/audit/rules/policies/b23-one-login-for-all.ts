/** B23: policies ask for the database user, and there is one for all. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'

/** The rule. */
export const b23: Rule = {
  id: 'B23',
  title: 'Policies ask who is logged in, and everybody is the same',
  severities: always('high'),
  explanation:
    'current_user is the same for all tenants behind one pool login: the policy separates nobody.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find({ model, sessions, graph }) {
    const logins = new Set(sessions.map(({ login }) => login))
    const others = [...logins].flatMap((login) =>
      [...graph.settable(login)].filter((role) => role !== login),
    )
    if (logins.size !== 1 || others.length > 0) return []
    return model.policies.flatMap(({ relation, using, policy }) => {
      const asks = using?.branches.some(({ atoms }) =>
        atoms.some(
          (atom) =>
            atom.kind === 'bound' &&
            atom.sources.length > 0 &&
            atom.sources.every(({ setting }) => setting === 'role'),
        ),
      )
      return asks === true
        ? [
            {
              object: nameOf(relation),
              oid: relation.oid,
              roles: [...logins],
              detail: `policy "${policy.name}": ${using?.text ?? ''}; the only login is ${[...logins].join()}`,
              fix:
                '-- Give each tenant a role of its own, or set the tenant as a setting in each ' +
                'transaction and compare with that.',
            },
          ]
        : []
    })
  },
}
