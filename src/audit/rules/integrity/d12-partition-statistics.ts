/** D12: statistics of partitions, or of an old definition, can be read. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'
import { sessionsWith } from '../support.ts'

/** The rule. */
export const d12: Rule = {
  id: 'D12',
  title: 'Statistics show values of other tenants',
  severities: always('low'),
  explanation:
    'pg_stats hides what row security hides, but a partition with a grant and no row security ' +
    'of its own shows its most common values.',
  source: 'PostgreSQL documentation, pg_stats; CVE-2024-4317',
  shownBy: 'catalogue',
  find: (subject) => [
    ...subject.lookup.catalogue.relations
      .filter(
        (relation) =>
          relation.isPartition &&
          !relation.rowSecurity &&
          sessionsWith(subject, relation, ['SELECT']).length > 0 &&
          (subject.model.tables.get(relation.oid)?.kind ?? 'shared') !== 'shared',
      )
      .map((relation) => ({
        object: nameOf(relation),
        oid: null,
        detail: 'its statistics can be read',
        fix: '-- Revoke the grant on the partition.',
      })),
    ...(subject.lookup.catalogue.statisticsViewOld
      ? [
          {
            object: 'pg_catalog.pg_stats_ext',
            oid: null,
            detail: 'the view has the definition from before CVE-2024-4317 was mended',
            fix: '-- Run the script of the release notes of 16.3 in this cluster.',
          },
        ]
      : []),
  ],
}
