/**
 * A database's structure as data: everything the rules, the tenancy model and the clone read. No
 * row of a user table is in it.
 */

/** A privilege on an object, with PUBLIC as grantee null. */
export interface Grant {
  readonly grantee: string | null
  readonly privilege: string
  readonly grantable: boolean
}

/** A role's attributes. */
export interface Role {
  readonly name: string
  readonly superuser: boolean
  readonly inherit: boolean
  readonly createRole: boolean
  readonly createDatabase: boolean
  readonly login: boolean
  readonly replication: boolean
  readonly bypassRls: boolean
  /** The role initdb made; its rights are a fact of the server, not a finding. */
  readonly bootstrap: boolean
}

/**
 * `member` is a member of `role`; below PostgreSQL 16 inherit follows the member's own attribute
 * and set is always true.
 */
export interface Membership {
  readonly role: string
  readonly member: string
  readonly inherit: boolean
  readonly set: boolean
  readonly admin: boolean
}

/** `ALTER ROLE ... SET` and `ALTER DATABASE ... SET`; role null is the database's own. */
export interface StoredSetting {
  readonly role: string | null
  readonly name: string
  readonly value: string
}

/** A schema. */
export interface Schema {
  readonly name: string
  readonly owner: string
  readonly grants: readonly Grant[]
}

/** A column. `baseType` is the type below domains; `type` is as written. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly baseType: string
  /** `e` enum, `d` domain, `b` base, `c` composite, `r` range. */
  readonly typeKind: string
  readonly enumLabels: readonly string[]
  readonly notNull: boolean
  readonly defaultSql: string | null
  readonly generated: '' | 's' | 'v'
  readonly identity: '' | 'a' | 'd'
  /** Set only where it differs from the type's own. */
  readonly collation: string | null
  /** False for a collation under which different texts may be equal. */
  readonly deterministic: boolean
  readonly inherited: boolean
  readonly grants: readonly Grant[]
}

/**
 * What kind of relation: table, partitioned table, view, materialized view, foreign table,
 * sequence.
 */
export type RelationKind = 'r' | 'p' | 'v' | 'm' | 'f' | 'S'

/** A relation. */
export interface Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly owner: string
  readonly persistence: 'p' | 'u' | 't'
  readonly rowSecurity: boolean
  readonly forced: boolean
  readonly isPartition: boolean
  readonly partitionBound: string | null
  readonly partitionKey: string | null
  readonly parents: readonly number[]
  readonly options: readonly string[]
  readonly grants: readonly Grant[]
  readonly columns: readonly Column[]
  /** A view's query. */
  readonly definition: string | null
  /** A foreign table's server. */
  readonly server: string | null
  /** A sequence: the column that owns it. */
  readonly ownedBy: { readonly table: number; readonly column: string } | null
  readonly comment: string | null
  /** Relations that a view reads. */
  readonly reads: readonly number[]
}

/** A constraint: primary key, unique, foreign key, check, exclusion. */
export interface Constraint {
  readonly name: string
  readonly table: number
  readonly kind: 'p' | 'u' | 'f' | 'c' | 'x'
  readonly columns: readonly string[]
  readonly target: number | null
  readonly targetColumns: readonly string[]
  /** a no action, r restrict, c cascade, n set null, d set default. */
  readonly onDelete: string
  readonly onUpdate: string
  readonly definition: string
  readonly inherited: boolean
}

/** An index; `columns` holds null where an expression stands. */
export interface Index {
  readonly name: string
  readonly table: number
  readonly unique: boolean
  readonly primary: boolean
  readonly exclusion: boolean
  readonly ofConstraint: boolean
  readonly inherited: boolean
  readonly columns: readonly (string | null)[]
  readonly predicate: string | null
  readonly definition: string
}

/** The command a policy is for; `*` is ALL. */
export type PolicyCommand = '*' | 'r' | 'a' | 'w' | 'd'

/** A policy. `roles` empty means PUBLIC. */
export interface Policy {
  readonly table: number
  readonly name: string
  readonly command: PolicyCommand
  readonly permissive: boolean
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

/** A function or procedure. */
export interface DatabaseFunction {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly identityArguments: string
  readonly argumentNames: readonly string[]
  readonly argumentTypes: readonly string[]
  readonly defaults: number
  readonly returns: string
  readonly returnsSet: boolean
  readonly kind: 'f' | 'p' | 'a' | 'w'
  readonly language: string
  readonly trustedLanguage: boolean
  readonly volatility: 'i' | 's' | 'v'
  readonly definer: boolean
  readonly leakproof: boolean
  readonly owner: string
  readonly settings: readonly string[]
  readonly source: string
  readonly definition: string | null
  readonly grants: readonly Grant[]
}

/** A trigger of a user's. */
export interface Trigger {
  readonly table: number
  readonly name: string
  readonly function: number
  readonly definition: string
  readonly enabled: string
}

/** A rewrite rule that is not a view's own. */
export interface RewriteRule {
  readonly table: number
  readonly name: string
  readonly definition: string
}

/** A type of a user's: enum, domain, composite, range. */
export interface DatabaseType {
  readonly schema: string
  readonly name: string
  readonly kind: 'e' | 'd' | 'c' | 'r'
  readonly owner: string
  readonly definition: string
}

/** `ALTER DEFAULT PRIVILEGES`. */
export interface DefaultPrivilege {
  readonly owner: string
  readonly schema: string | null
  readonly objects: string
  readonly grants: readonly Grant[]
}

/** A table in a publication, and whether rows are filtered. */
export interface PublishedTable {
  readonly publication: string
  readonly table: number
  readonly filtered: boolean
}

/** A foreign server with its mappings. */
export interface ForeignServer {
  readonly name: string
  readonly wrapper: string
  readonly owner: string
  readonly grants: readonly Grant[]
  /** Roles with a mapping; null is PUBLIC. */
  readonly mappings: readonly (string | null)[]
}

/**
 * A relation that was not read because of a lock of another session. `through` names the locked
 * one, null for itself.
 */
export interface LockedRelation {
  readonly schema: string
  readonly name: string
  readonly through: string | null
}

/** Privileges on a server parameter, beyond those that everybody has. */
export interface ParameterGrant {
  readonly parameter: string
  readonly grants: readonly Grant[]
}

/**
 * Functions of the system and of extensions that may act beyond a statement, such as ending a
 * session, or that run SQL they are handed as text. By name.
 */
export interface ActingFunctions {
  /** Those that reading a relation runs. */
  readonly inRelations: readonly { readonly relation: number; readonly name: string }[]
  /**
   * Those behind operators, casts, aggregates and domains of the database's own, which any code may
   * use without their name.
   */
  readonly around: readonly string[]
  /** Those that planting rows or filling views runs. */
  readonly whenPlanted: readonly string[]
  /** All that the server has. */
  readonly names: readonly string[]
}

/** The whole structure. */
export interface Catalogue {
  readonly version: number
  readonly versionText: string
  readonly database: {
    readonly name: string
    readonly owner: string
    readonly grants: readonly Grant[]
    readonly encoding: string
    readonly collation: string
  }
  readonly currentRole: string
  readonly roles: readonly Role[]
  readonly memberships: readonly Membership[]
  readonly storedSettings: readonly StoredSetting[]
  readonly schemas: readonly Schema[]
  readonly relations: readonly Relation[]
  readonly locked: readonly LockedRelation[]
  readonly constraints: readonly Constraint[]
  readonly indexes: readonly Index[]
  readonly policies: readonly Policy[]
  readonly functions: readonly DatabaseFunction[]
  readonly triggers: readonly Trigger[]
  readonly rules: readonly RewriteRule[]
  readonly types: readonly DatabaseType[]
  readonly collations: readonly {
    readonly schema: string
    readonly name: string
    readonly owner: string
    readonly definition: string
  }[]
  readonly extensions: readonly { readonly name: string; readonly schema: string }[]
  readonly defaultPrivileges: readonly DefaultPrivilege[]
  readonly published: readonly PublishedTable[]
  readonly servers: readonly ForeignServer[]
  readonly subscriptions: readonly string[]
  readonly eventTriggers: readonly string[]
  readonly parameterGrants: readonly ParameterGrant[]
  /**
   * Functions that policies, views, rules, indexes and checks of a relation call, by number; of
   * relation 0, checks of domains.
   */
  readonly calledByRelations: readonly { readonly relation: number; readonly function: number }[]
  /** Relations that a relation's policies look into. */
  readonly readByPolicies: readonly { readonly relation: number; readonly reads: number }[]
  /** Functions that run without being named: of operators, casts, and checks of domains. */
  readonly ambientFunctions: readonly number[]
  /**
   * Functions that run when rows are planted or views are filled: of defaults, checks, keys,
   * indexes, materialized views.
   */
  readonly plantingFunctions: readonly number[]
  readonly acting: ActingFunctions
  readonly wrappersUsable: readonly {
    readonly name: string
    readonly grants: readonly Grant[]
    readonly owner: string
  }[]
  /** Jobs of pg_cron as (command, role), empty without it. */
  readonly jobs: readonly { readonly command: string; readonly role: string }[]
  readonly largeObjectsCompatible: boolean
  /** Whether pg_stats_ext still has the definition from before CVE-2024-4317 was mended. */
  readonly statisticsViewOld: boolean
}

/** An object's name as findings show it: schema and name, unquoted. */
export function nameOf({
  schema,
  name,
}: {
  readonly schema: string
  readonly name: string
}): string {
  return `${schema}.${name}`
}
