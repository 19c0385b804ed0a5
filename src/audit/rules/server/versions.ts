/**
 * Known vulnerabilities of PostgreSQL that open row security or what it hides, by the first minor
 * version without them.
 */
import { always, type Rule } from '../rule.ts'

interface Advisory {
  readonly id: string
  readonly title: string
  readonly severity: 'high' | 'medium' | 'low'
  /**
   * First sound minor version, by major version. A major version that is not named never had it.
   */
  readonly mendedIn: Readonly<Record<number, number>>
}

const advisories: readonly Advisory[] = [
  {
    id: 'CVE-2023-2455',
    title: 'Policies ignore a change of role after inlining',
    severity: 'medium',
    mendedIn: { 15: 3 },
  },
  {
    id: 'CVE-2023-39418',
    title: 'MERGE does not enforce policies for UPDATE and SELECT',
    severity: 'medium',
    mendedIn: { 15: 4 },
  },
  {
    id: 'CVE-2024-4317',
    title: 'Extended statistics of all tables can be read by everybody',
    severity: 'low',
    mendedIn: { 15: 7, 16: 3 },
  },
  {
    id: 'CVE-2024-10976',
    title: 'A cached plan keeps the policies of another role',
    severity: 'medium',
    mendedIn: { 15: 9, 16: 5, 17: 1 },
  },
  {
    id: 'CVE-2024-10978',
    title: 'SET ROLE and SET SESSION AUTHORIZATION can set the wrong role',
    severity: 'medium',
    mendedIn: { 15: 9, 16: 5, 17: 1 },
  },
  {
    id: 'CVE-2025-8713',
    title: 'Sampled statistics of views, partitions and children can be read',
    severity: 'low',
    mendedIn: { 15: 14, 16: 10, 17: 6 },
  },
  {
    id: 'CVE-2025-12817',
    title: 'CREATE STATISTICS needs no right to create in the schema',
    severity: 'low',
    mendedIn: { 15: 15, 16: 11, 17: 7, 18: 1 },
  },
]

/** A rule for each advisory: the version decides. */
export const versionRules: readonly Rule[] = advisories.map(
  ({ id, title, severity, mendedIn }) => ({
    id,
    title,
    severities: always(severity),
    explanation: 'The server is older than the release in which this was mended.',
    source: `PostgreSQL security advisories, ${id}`,
    shownBy: 'unprobed',
    find({ lookup }) {
      const [major, minor] = [
        Math.floor(lookup.catalogue.version / 10_000),
        lookup.catalogue.version % 10_000,
      ]
      const mended = mendedIn[major]
      return mended === undefined || minor >= mended
        ? []
        : [
            {
              object: 'server',
              oid: null,
              detail: `version ${lookup.catalogue.versionText}; mended in ${major}.${mended}`,
              fix: `-- Update to ${major}.${mended} or newer.`,
            },
          ]
    },
  }),
)
