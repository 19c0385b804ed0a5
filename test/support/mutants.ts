/** Mutants of harness/leaks/mutants, planted into an ordinary run. */
import { mutants } from '../../harness/leaks/mutants/index.ts'
import type { Sabotage } from '../../harness/run/run-options.ts'
import { openDatabase, roleNames } from '../../src/index.ts'

/** The mutant of that id as a run's sabotage: its layers, and its SQL after provisioning. */
export function planted(id: string): Sabotage {
  const mutant = mutants.find((each) => each.id === id)
  if (mutant === undefined) throw new RangeError(`There is no mutant ${id}.`)
  // Layers that need more than the system itself has are for the self-test.
  const admin = openDatabase({
    connectionString: 'postgres://nobody@127.0.0.1:1/none',
    maxConnections: 1,
  })
  return {
    ...mutant.layers?.({ admin }),
    async afterProvisioning(adminUrl) {
      if (mutant.sql === undefined) return
      await using superuser = openDatabase({ connectionString: adminUrl, maxConnections: 1 })
      const database = decodeURIComponent(new URL(adminUrl).pathname.slice(1))
      const names: Readonly<Record<string, string>> = { ...roleNames(database), database }
      await superuser.query(
        mutant.sql.replace(/\{(\w+)\}/g, (_found, name: string) => `"${names[name] ?? ''}"`),
      )
    },
  }
}
