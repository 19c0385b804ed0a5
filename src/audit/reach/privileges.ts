/**
 * What a session may do: schema USAGE, table and column grants, PUBLIC and ownership, through
 * inherited roles.
 */
import type { Catalogue, DatabaseFunction, Grant, Relation } from '../catalogue/catalogue.ts'
import type { RoleGraph } from './roles.ts'

/** A session: the role that logged in and the role it runs as. */
export interface SessionRole {
  readonly login: string
  /** Differs from `login` after SET ROLE. */
  readonly role: string
}

/** A privilege on a table. */
export type TablePrivilege =
  'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'REFERENCES' | 'TRIGGER' | 'MAINTAIN'

/** Answers about privileges. */
export interface Privileges {
  /** On the whole table, and its schema can be used. */
  onTable(role: string, relation: Relation, privilege: TablePrivilege): boolean
  /** Columns on which the role holds it, also through the table. */
  columns(
    role: string,
    relation: Relation,
    privilege: 'SELECT' | 'INSERT' | 'UPDATE',
  ): readonly string[]
  /** Whether the role reaches the relation with anything at all. */
  reaches(role: string, relation: Relation): boolean
  canExecute(role: string, called: DatabaseFunction): boolean
  onSchema(role: string, schema: string, privilege: 'USAGE' | 'CREATE'): boolean
  holds(role: string, grants: readonly Grant[], privilege: string): boolean
  owns(role: string, owner: string): boolean
}

/** Builds the answers. */
export function privilegesIn(catalogue: Catalogue, graph: RoleGraph): Privileges {
  const schemas = new Map(catalogue.schemas.map((schema) => [schema.name, schema]))
  const isSuperuser = (role: string): boolean => graph.role(role)?.superuser === true
  const actsAs = (role: string, owner: string): boolean =>
    graph.inherited(role).has(owner) ||
    (owner === 'pg_database_owner' && graph.inherited(role).has(catalogue.database.owner))
  const holds = (role: string, grants: readonly Grant[], privilege: string): boolean =>
    isSuperuser(role) ||
    grants.some(
      (grant) =>
        grant.privilege === privilege && (grant.grantee === null || actsAs(role, grant.grantee)),
    )
  const onSchema = (role: string, name: string, privilege: 'USAGE' | 'CREATE'): boolean => {
    const schema = schemas.get(name)
    // A schema of an extension is not listed; its objects are not judged either.
    return schema === undefined || holds(role, schema.grants, privilege)
  }
  const onTable = (role: string, relation: Relation, privilege: TablePrivilege): boolean =>
    onSchema(role, relation.schema, 'USAGE') && holds(role, relation.grants, privilege)
  const columns = (
    role: string,
    relation: Relation,
    privilege: 'SELECT' | 'INSERT' | 'UPDATE',
  ): readonly string[] => {
    if (!onSchema(role, relation.schema, 'USAGE')) return []
    const whole = holds(role, relation.grants, privilege)
    return relation.columns
      .filter((column) => whole || holds(role, column.grants, privilege))
      .map(({ name }) => name)
  }
  return {
    onTable,
    columns,
    onSchema,
    holds,
    owns: (role, owner) => isSuperuser(role) || graph.inherited(role).has(owner),
    canExecute: (role, called) =>
      onSchema(role, called.schema, 'USAGE') && holds(role, called.grants, 'EXECUTE'),
    reaches: (role, relation) =>
      columns(role, relation, 'SELECT').length > 0 ||
      columns(role, relation, 'INSERT').length > 0 ||
      columns(role, relation, 'UPDATE').length > 0 ||
      onTable(role, relation, 'DELETE') ||
      onTable(role, relation, 'TRUNCATE'),
  }
}
