/** Catalogues as data, for tests that need no server: everything is empty but what a test names. */
import type {
  Catalogue,
  Column,
  DatabaseFunction,
  Membership,
  Policy,
  Relation,
  Role,
} from '../../../src/audit/catalogue/catalogue.ts'

/** An empty database on PostgreSQL 18, with more. */
export function catalogue(more: Partial<Catalogue> = {}): Catalogue {
  return {
    version: 180_000,
    versionText: '18.0',
    database: { name: 'shop', owner: 'own', grants: [], encoding: 'UTF8', collation: 'C' },
    currentRole: 'reader',
    roles: [],
    memberships: [],
    storedSettings: [],
    schemas: [
      {
        name: 'public',
        owner: 'own',
        grants: [{ grantee: null, privilege: 'USAGE', grantable: false }],
      },
    ],
    relations: [],
    locked: [],
    constraints: [],
    indexes: [],
    policies: [],
    functions: [],
    triggers: [],
    rules: [],
    types: [],
    collations: [],
    extensions: [],
    defaultPrivileges: [],
    published: [],
    servers: [],
    subscriptions: [],
    eventTriggers: [],
    parameterGrants: [],
    calledByRelations: [],
    readByPolicies: [],
    ambientFunctions: [],
    acting: {
      inRelations: [],
      around: [],
      whenPlanted: [],
      names: ['pg_terminate_backend', 'query_to_xml'],
    },
    plantingFunctions: [],
    wrappersUsable: [],
    jobs: [],
    largeObjectsCompatible: false,
    statisticsViewOld: false,
    ...more,
  }
}

/** A role that may log in and nothing else, with more. */
export function role(name: string, more: Partial<Role> = {}): Role {
  return {
    name,
    superuser: false,
    inherit: true,
    createRole: false,
    createDatabase: false,
    login: true,
    replication: false,
    bypassRls: false,
    bootstrap: false,
    ...more,
  }
}

/** A membership with every option but ADMIN. */
export function membership(member: string, of: string, more: Partial<Membership> = {}): Membership {
  return { role: of, member, inherit: true, set: true, admin: false, ...more }
}

/** A table of `own` with a column of text, with more. */
export function relation(oid: number, name: string, more: Partial<Relation> = {}): Relation {
  return {
    oid,
    schema: 'public',
    name,
    kind: 'r',
    owner: 'own',
    persistence: 'p',
    rowSecurity: true,
    forced: true,
    isPartition: false,
    partitionBound: null,
    partitionKey: null,
    parents: [],
    options: [],
    grants: [],
    columns: [column('tenant_id')],
    definition: null,
    server: null,
    ownedBy: null,
    comment: null,
    reads: [],
    ...more,
  }
}

/** A column of text. */
export function column(name: string, more: Partial<Column> = {}): Column {
  return {
    name,
    type: 'text',
    baseType: 'text',
    typeKind: 'b',
    enumLabels: [],
    notNull: true,
    defaultSql: null,
    generated: '',
    identity: '',
    collation: null,
    deterministic: true,
    inherited: false,
    grants: [],
    ...more,
  }
}

/** A function in SQL of `own` without arguments, with more. */
export function databaseFunction(
  oid: number,
  name: string,
  more: Partial<DatabaseFunction> = {},
): DatabaseFunction {
  const source = more.source ?? 'select true'
  const language = more.language ?? 'sql'
  return {
    oid,
    schema: 'public',
    name,
    identityArguments: '',
    argumentNames: [],
    argumentTypes: [],
    defaults: 0,
    returns: 'boolean',
    returnsSet: false,
    kind: 'f',
    language,
    trustedLanguage: true,
    volatility: 'v',
    definer: false,
    leakproof: false,
    owner: 'own',
    settings: [],
    source,
    definition:
      `CREATE OR REPLACE FUNCTION public.${name}()\n RETURNS boolean\n LANGUAGE ` +
      `${language}\nAS $function$${source}$function$\n`,
    grants: [],
    ...more,
  }
}

/** A permissive policy for everybody and all commands, with more. */
export function policy(table: number, using: string, more: Partial<Policy> = {}): Policy {
  return {
    table,
    name: 'p',
    command: '*',
    permissive: true,
    roles: [],
    using,
    check: null,
    ...more,
  }
}
